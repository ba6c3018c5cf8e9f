import { describe, expect, it, vi } from 'vitest';
import { BackendError } from '../ipc/backend';
import type { ApiToken, Connection, Organization } from '../ipc/bindings';
import { Fake, type FakeOptions } from '../ipc/fake';
import { organizations, spaces } from '../ipc/fake_data';
import { apiToken } from '../ipc/fake_tokens';
import { App } from './app.svelte';

const [acme, labs] = organizations as [Organization, Organization];
const other: Organization = { id: 'cloud-other.example', name: 'Other', url: 'https://other.example' };
const trouble = { code: 'invalid_token', message: 'It has expired.', hint: { kind: 'renew_token', organization: other.id } } as const;
const notConfigured: Connection = { state: 'not_configured', missing: ['SALLY_ATLASSIAN_CLIENT_ID'] };

async function started(options: FakeOptions = {}) {
  const fake = new Fake(options);
  const app = new App(fake);
  await app.start();
  return { fake, app, tokens: app.tokens, session: app.session };
}

/** A call that is answered when the test says so. */
function heldBack(answer: () => ApiToken) {
  let release = (): void => undefined;
  const waits = new Promise<void>((resolve) => (release = resolve));
  return { answer: () => waits.then(answer), release: () => release() };
}

const settled = () => new Promise((resolve) => setTimeout(resolve));

describe('the tokens', () => {
  it('come with the status, and go with events', async () => {
    const { fake, tokens } = await started({ tokens: [apiToken(other)] });
    expect(tokens.list.map(({ site }) => site)).toEqual(['other.example']);
    fake.setTokens([]);
    expect(tokens.list).toEqual([]);
  });

  it('are those of an event before an answer that is older', async () => {
    const { fake, session } = await started();
    const status = await fake.call('status', null);
    let answer = (): void => undefined;
    fake.instead.status = () => new Promise((resolve) => (answer = () => resolve(status)));
    const loaded = session.load();
    await settled();
    fake.setTokens([apiToken(other)]);
    answer();
    await loaded;
    expect(session.tokens.list).toHaveLength(1);
  });

  it('connect as a login does, unless they are in trouble', async () => {
    const { fake, session } = await started({ tokens: [apiToken(other, { trouble })] });
    expect(session.connected).toBe(false);
    expect(session.organizations, 'it can be chosen all the same').toEqual([other]);
    let told = 0;
    session.whenConnected(() => (told += 1));
    fake.setTokens([apiToken(other)]);
    expect([session.connected, told]).toEqual([true, 1]);
    fake.setTokens([apiToken(other)]);
    expect(told, 'nothing is new').toBe(1);
    fake.setConnection({ state: 'disconnected', why: null });
    expect(session.connected, 'without a login').toBe(true);
  });

  it('win over the login for the same organization, and all are sorted by name', async () => {
    const mine = { ...acme, name: 'Zebra' };
    const { session } = await started({ connected: true, tokens: [apiToken(other), apiToken(mine)] });
    expect(session.organizations).toEqual([labs, other, mine]);
  });
});

describe('the form', () => {
  it('keeps what was typed for this run, for each site on its own, and never the token', async () => {
    const { tokens } = await started({ tokens: [apiToken(other)] });
    tokens.open();
    tokens.set({ site: 'acme.atlassian.net', email: 'ada@acme.example', expires: '2027-01-31' });
    tokens.close();
    tokens.renew(other.id);
    expect(tokens.typed).toEqual({ site: 'other.example', email: 'ada@acme.example', expires: null });
    expect(tokens.focus.field).toBe('token');
    tokens.close();
    tokens.open();
    expect(tokens.typed).toEqual({ site: 'acme.atlassian.net', email: 'ada@acme.example', expires: '2027-01-31' });
    expect(await tokens.connect('secret-token')).toBe(true);
    expect(tokens.connected?.expires).toBe('2027-01-31');
    tokens.close();
    tokens.open();
    expect(tokens.typed.site, 'what is connected is done with').toBe('');
    const { list, typed, form, problems } = tokens;
    expect(JSON.stringify({ list, typed, form, problems })).not.toContain('secret-token');
  });

  it('asks for what is empty first, without a call', async () => {
    const { fake, tokens } = await started();
    tokens.open();
    tokens.set({ email: 'ada@acme.example' });
    expect(await tokens.connect(' ')).toBe(false);
    expect(Object.keys(tokens.problems)).toEqual(['site', 'token']);
    expect(tokens.focus.field).toBe('site');
    expect(fake.requests('connect_token')).toEqual([]);
  });

  it('tries one at a time', async () => {
    const { fake, tokens } = await started();
    const held = heldBack(() => apiToken(other));
    fake.instead.connect_token = held.answer;
    tokens.open('other.example');
    tokens.set({ email: 'ada@acme.example' });
    const first = tokens.connect('one');
    expect(await tokens.connect('one')).toBe(false);
    held.release();
    expect(await first).toBe(true);
    expect(fake.requests('connect_token')).toHaveLength(1);
  });

  it('that was left stays closed when the answer comes, which is told where the site is connected', async () => {
    const { fake, app, tokens } = await started();
    const held = heldBack(() => apiToken(other));
    fake.instead.connect_token = held.answer;
    tokens.open('other.example');
    tokens.set({ email: 'ada@acme.example' });
    const tried = tokens.connect('one');
    tokens.close();
    held.release();
    await tried;
    expect([tokens.form, tokens.connected]).toEqual([null, null]);
    expect(tokens.list.map(({ site }) => site)).toEqual(['other.example']);
    expect(app.notices.list.map(({ message }) => message)).toEqual(['other.example is connected by its API token']);
  });

  it('that was left and opened anew is not touched by the refusal of before', async () => {
    const { fake, tokens } = await started();
    const held = heldBack(() => {
      throw new BackendError({ code: 'invalid_token', message: 'No.', hint: null });
    });
    fake.instead.connect_token = held.answer;
    tokens.open('other.example');
    tokens.set({ email: 'ada@acme.example' });
    const tried = tokens.connect('one');
    tokens.close();
    tokens.open();
    held.release();
    await tried;
    expect([tokens.problems, tokens.failure, tokens.trying]).toEqual([{}, null, false]);
  });

  it('is the way on of a token that ended, and of a build in which nobody can log in', async () => {
    const { fake, app, tokens } = await started({ tokens: [apiToken(other, { trouble })], connection: notConfigured });
    app.follow({ kind: 'renew_token', organization: other.id });
    expect(tokens.form?.renews?.site).toBe('other.example');
    tokens.close();
    app.follow({ kind: 'renew_token', organization: 'gone' });
    expect(tokens.form?.renews, 'one that is no longer connected is connected anew').toBeNull();
    tokens.close();
    app.follow({ kind: 'connect' });
    expect(tokens.form).not.toBeNull();
    expect(fake.requests('connect')).toEqual([]);
  });
});

describe('the dialog that sends', () => {
  it('is open where nobody can log in and a token is there, and sends', async () => {
    const { fake, app } = await started({ connection: notConfigured, tokens: [apiToken(other)] });
    await app.composer.open({ items: ['item-0-2'], action: 'create_page' });
    expect(app.composer.gated).toBe(false);
    expect(app.composer.draft?.organization, 'there is one only').toBe(other.id);
    app.composer.chooseSpace(spaces[0] ?? null);
    await app.composer.create();
    expect(fake.requests('send').map(({ destination }) => destination.organization)).toEqual([other.id]);
    expect(fake.deliveries[0]?.organization).toBe('Other');
  });

  it('shows what a token cannot do, and not the login, and comes back when it is renewed', async () => {
    const { fake, app, tokens } = await started({ tokens: [apiToken(other)] });
    await app.composer.open({ items: ['item-0-2'], action: 'create_page' });
    app.composer.chooseSpace(spaces[0] ?? null);
    fake.instead.send = () => {
      throw new BackendError({ code: 'reconnect_needed', message: 'The token has expired.', hint: { kind: 'renew_token', organization: other.id } });
    };
    await app.composer.create();
    expect([app.composer.gated, app.composer.failure?.message]).toEqual([false, 'The token has expired.']);
    tokens.renew(other.id);
    expect(await tokens.connect('new')).toBe(true);
    expect(app.composer.failure, 'also where the new one looks like the old one').toBeNull();
    expect(app.composer.draft?.space).toEqual(spaces[0]);
  });

  it('stays behind the form that was opened in its place until that is closed', async () => {
    const { app, tokens } = await started();
    await app.composer.open({ items: ['item-0-2'], action: 'create_page' });
    app.composer.openToken();
    tokens.set({ site: 'other.example', email: 'ada@acme.example' });
    await tokens.connect('narrow');
    expect([app.session.connected, app.composer.gated]).toEqual([true, true]);
    tokens.renew(other.id);
    expect(app.composer.gated, 'on to another token').toBe(true);
    tokens.close();
    expect(app.composer.gated).toBe(false);
    tokens.open();
    expect(app.composer.gated, 'another opening is not in its place').toBe(false);
  });

  it('waits for a login to one more site, and comes back when that is cancelled', async () => {
    const { app, session } = await started({ tokens: [apiToken(other)] });
    await app.composer.open({ items: ['item-0-2'], action: 'create_page' });
    await app.composer.connectSite();
    expect(app.composer.gated).toBe(true);
    await session.cancelConnect();
    expect(app.composer.gated).toBe(false);
  });

  it('lets another organization be chosen where only the login was lost', async () => {
    const { fake, app } = await started({ connected: true, tokens: [apiToken(other)] });
    await app.composer.open({ items: ['item-0-2'], action: 'create_page' });
    app.composer.chooseOrganization(labs.id);
    fake.instead.refresh_spaces = () => {
      throw new BackendError({ code: 'reconnect_needed', message: 'It ended.', hint: { kind: 'reconnect' } });
    };
    await app.composer.spaces.open(labs.id);
    expect(app.composer.gated).toBe(true);
    app.composer.back();
    expect(app.composer.gated).toBe(false);
  });
});

describe('the text for an administrator', () => {
  it('is shown where the clipboard does not take it', async () => {
    const { app } = await started();
    vi.spyOn(navigator.clipboard, 'write').mockRejectedValue(new Error('Not allowed.'));
    expect(await app.administrator.copy()).toBe(false);
    expect(app.administrator.shown).toMatch(/Sally Desktop/);
  });

  it('is a notice where there is none', async () => {
    const { fake, app } = await started();
    fake.instead.administrator_text = () => {
      throw new BackendError({ code: 'failed', message: 'Not now.', hint: null });
    };
    expect(await app.follow({ kind: 'ask_administrator' })).toBe(false);
    expect([app.administrator.shown, app.notices.list[0]?.message]).toEqual([null, 'Not now.']);
  });
});
