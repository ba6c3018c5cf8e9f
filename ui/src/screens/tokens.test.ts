// Connecting a site by an API token, as a person does it. Controls are found by role and name.
// Longer than 400 lines: one dialog with each answer that it can get, on the helpers at the top.

import { render, screen, waitFor, within } from '@testing-library/svelte';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ApiToken, Connection, ErrorView, Organization } from '../ipc/bindings';
import { BackendError } from '../ipc/backend';
import { Fake, type FakeOptions } from '../ipc/fake';
import { organizations, spaces, targets } from '../ipc/fake_data';
import { administratorText, apiToken, tokenScopes } from '../ipc/fake_tokens';
import Window from '../Quick.svelte';
import { Quick } from '../state/quick.svelte';
import { item, openWindow, user } from './window.testing';

const [acme] = organizations as [Organization];
const site: Organization = { id: 'cloud-acme.atlassian.net', name: 'Acme', url: 'https://acme.atlassian.net' };
const notConfigured: Connection = { state: 'not_configured', missing: ['SALLY_ATLASSIAN_CLIENT_ID'] };
const expired: ErrorView = { code: 'invalid_token', message: 'The API token of acme.atlassian.net has expired.', hint: { kind: 'renew_token', organization: site.id } };

beforeAll(async () => {
  await Promise.all([
    import('./MeetingPane.svelte'),
    import('./ComposerDialog.svelte'),
    import('./OutboxScreen.svelte'),
    import('./SettingsScreen.svelte'),
    import('./TokenDialog.svelte'),
    import('./CopiedDialog.svelte'),
    import('./Notices.svelte'),
    import('./QuickDestination.svelte'),
    import('../parts/editor/Editor.svelte'),
  ]);
}, 120_000);

async function integrations(options: FakeOptions = {}) {
  const opened = await openWindow(options);
  opened.app.navigation.settings('integrations');
  await screen.findByRole('heading', { name: 'Your personal integrations' });
  return opened;
}

/** By keyboard, from the list of integrations to the form. */
async function openForm(options: FakeOptions = {}) {
  const opened = await integrations(options);
  screen.getByRole('button', { name: 'Add integration' }).focus();
  await user.keyboard('{Enter}');
  const card = within(await screen.findByRole('dialog', { name: 'Add integration' })).getByRole('group', { name: 'Confluence' });
  within(card).getByRole('button', { name: 'Use an API token…' }).focus();
  await user.keyboard('{Enter}');
  return { ...opened, ...(await form()) };
}

async function form(name = 'Connect with an API token') {
  const dialog = await screen.findByRole('dialog', { name });
  const inside = within(dialog);
  const box = (label: string) => inside.getByRole('textbox', { name: label }) as HTMLInputElement;
  const token = () => inside.getByLabelText(/^API token/) as HTMLInputElement;
  const verb = (label: string) => inside.getByRole('button', { name: label });
  return { dialog, inside, box, token, verb };
}

/** Types site, e-mail and token from the focus on, and leaves the focus in the token. */
async function fill(token: HTMLInputElement, words = 'ATATT-1', where = 'https://acme.atlassian.net/wiki/spaces/ENG') {
  await user.keyboard(where);
  await user.tab();
  await user.keyboard('ada@acme.example');
  token.focus();
  await user.keyboard(words);
}

const described = (field: HTMLElement) => (field.getAttribute('aria-describedby') ?? '').split(' ').map((id) => document.getElementById(id)?.textContent);

/** The row of a site. */
const row = async (name = 'API token · acme.atlassian.net') => (await screen.findByText(name, { selector: '.name bdi' })).closest('li') as HTMLElement;

async function choose(entry: string) {
  within(await row()).getByRole('button', { name: 'More actions' }).focus();
  await user.keyboard('{Enter}');
  (await screen.findByRole('menuitem', { name: entry })).focus();
  await user.keyboard('{Enter}');
}

describe('connecting by an API token', () => {
  it('goes by keyboard alone, from the card to what the token can do and back to the integrations', async () => {
    const { fake, box, token, inside } = await openForm();
    await waitFor(() => expect(document.activeElement).toBe(box('Site')));
    expect([box('Site').placeholder, box('Site').getAttribute('aria-required'), described(box('Site'))[0]]).toEqual(['acme.atlassian.net', 'true', 'or any link of it']);
    expect([token().type, token().getAttribute('aria-required')]).toEqual(['password', 'true']);
    await fill(token());
    await user.keyboard('{Enter}');
    const heading = await inside.findByRole('heading', { name: 'What this token can do' });
    await waitFor(() => expect(document.activeElement, 'where the person was is gone').toBe(heading));
    expect(fake.requests('connect_token')).toEqual([{ site: 'https://acme.atlassian.net/wiki/spaces/ENG', email: 'ada@acme.example', token: 'ATATT-1', expires: null }]);
    const needs = within(inside.getByRole('list', { name: 'What this token can do' })).getAllByRole('listitem');
    expect(needs.map(({ textContent }) => textContent?.replace(/\s+/g, ' ').trim())).toEqual(['Find spaces Yes', 'Search pages Yes', 'Create pages Yes', 'Add comments Yes']);
    expect(inside.queryByRole('button', { name: 'Renew…' }), 'nothing is missing').toBeNull();
    await user.tab();
    expect(document.activeElement).toBe(inside.getByRole('button', { name: 'Done' }));
    await user.keyboard('{Enter}');
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect((await row()).textContent).toMatch(/Ada Lovelace · ada@acme\.example/);
    await waitFor(() => expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Add integration' })));
  });

  it('says what is missing and why, and leads to a new token with all scopes', async () => {
    const { token, inside, box } = await openForm();
    await waitFor(() => expect(document.activeElement).toBe(box('Site')));
    await fill(token(), 'ATATT-narrow');
    await user.keyboard('{Enter}');
    const needs = within(await inside.findByRole('list', { name: 'What this token can do' })).getAllByRole('listitem');
    expect(needs.map(({ textContent }) => textContent?.replace(/\s+/g, ' ').trim())[1]).toBe('Search pages No Pages are found by their link only.');
    expect(inside.getByText(/make a new token with all scopes/)).toBeTruthy();
    await user.click(inside.getByRole('button', { name: 'Renew…' }));
    const again = await form('Renew the API token of acme.atlassian.net');
    await waitFor(() => expect(document.activeElement).toBe(again.token()));
    expect([again.box('Site').value, again.box('E-mail').value, again.token().value]).toEqual(['acme.atlassian.net', 'ada@acme.example', '']);
  });

  it('tries once however often Enter is pressed, and says so meanwhile', async () => {
    const { fake, token, box, inside, dialog } = await openForm();
    let release = (): void => undefined;
    fake.instead.connect_token = () => new Promise((resolve) => (release = () => resolve(apiToken(site))));
    await waitFor(() => expect(document.activeElement).toBe(box('Site')));
    await fill(token());
    await user.keyboard('{Enter}{Enter}');
    await inside.findByText('Trying the token…');
    expect(inside.getByText('Trying the token…').getAttribute('role')).toBe('status');
    expect(inside.getByRole('button', { name: 'Connect' }).getAttribute('aria-disabled')).toBe('true');
    expect(document.activeElement, 'the focus stays').toBe(token());
    await user.click(inside.getByRole('button', { name: 'Connect' }));
    expect(fake.requests('connect_token')).toHaveLength(1);
    release();
    await within(dialog).findByRole('button', { name: 'Done' });
    expect(fake.requests('connect_token')).toHaveLength(1);
  });

  it('says by the first field that is empty what is missing', async () => {
    const { fake, box, token, verb } = await openForm();
    await user.click(verb('Connect'));
    await waitFor(() => expect(document.activeElement).toBe(box('Site')));
    expect(described(box('Site'))[0]).toBe('Enter the site first.');
    expect(described(box('E-mail'))[0]).toBe('Enter the e-mail address of your account first.');
    expect(described(token())[0]).toBe('Paste the token first.');
    await user.keyboard('a');
    expect(box('Site').getAttribute('aria-invalid'), 'it is being mended').toBeNull();
    expect(fake.requests('connect_token')).toEqual([]);
  });

  it.each([
    ['Site', 'https://nowhere.example', 'ada@acme.example', 'ATATT', 'There is no Confluence at nowhere.example.'],
    ['E-mail', 'acme.atlassian.net', 'ada', 'ATATT', 'This is not an e-mail address.'],
    ['API token', 'acme.atlassian.net', 'ada@acme.example', 'ATATT-wrong', 'acme.atlassian.net does not accept this token.'],
  ])('says by %s what is wrong with it, and keeps what was typed', async (label, where, email, words, message) => {
    const { box, token, verb, app } = await openForm();
    await user.type(box('Site'), where);
    await user.type(box('E-mail'), email);
    await user.type(token(), words);
    await user.click(verb('Connect'));
    const field = label === 'API token' ? token() : box(label);
    await waitFor(() => expect(field.getAttribute('aria-invalid')).toBe('true'));
    expect(described(field)[0]).toBe(message);
    await waitFor(() => expect(document.activeElement).toBe(field));
    expect([box('Site').value, box('E-mail').value, token().value]).toEqual([where, email, words]);
    expect(app.tokens.list).toEqual([]);
  });

  it('shows any other problem with its way on', async () => {
    const { fake, box, token, inside, verb } = await openForm();
    fake.instead.connect_token = () => {
      throw new BackendError({ code: 'failed', message: 'Only some networks are allowed there.', hint: { kind: 'ask_administrator' } });
    };
    await user.type(box('Site'), 'acme.atlassian.net');
    await user.type(box('E-mail'), 'ada@acme.example');
    await user.type(token(), 'ATATT');
    await user.click(verb('Connect'));
    const alert = await inside.findByRole('alert');
    expect(alert.textContent).toMatch(/Only some networks/);
    const write = vi.spyOn(navigator.clipboard, 'writeText').mockResolvedValue();
    await user.click(within(alert).getByRole('button', { name: 'Copy a text for your administrator' }));
    expect(await within(alert).findByText('Copied')).toBeTruthy();
    expect(write).toHaveBeenCalledWith(administratorText);
    fake.instead.connect_token = () => {
      throw new BackendError({ code: 'failed', message: 'Confluence cannot be reached.', hint: { kind: 'try_again', at: null } });
    };
    await user.click(verb('Connect'));
    const retry = await inside.findByRole('button', { name: 'Try again' });
    delete fake.instead.connect_token;
    await user.click(retry);
    expect(await inside.findByRole('button', { name: 'Done' })).toBeTruthy();
  });

  it('keeps what was typed when it is left, but for the token', async () => {
    const { box, token } = await openForm();
    await user.type(box('Site'), 'acme.atlassian.net');
    await user.type(box('E-mail'), 'ada@acme.example');
    await user.type(token(), 'ATATT-1');
    await user.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    const add = screen.getByRole('button', { name: 'Add integration' });
    await waitFor(() => expect(document.activeElement).toBe(add));
    await user.keyboard('{Enter}');
    await user.click(await screen.findByRole('button', { name: 'Use an API token…' }));
    const again = await form();
    await waitFor(() => expect(document.activeElement, 'what is missing').toBe(again.token()));
    expect([again.box('Site').value, again.box('E-mail').value, again.token().value]).toEqual(['acme.atlassian.net', 'ada@acme.example', '']);
  });

  it('that was cancelled while it was tried does not open again', async () => {
    const { fake, box, token, verb } = await openForm();
    let release = (): void => undefined;
    fake.instead.connect_token = () => new Promise((resolve) => (release = () => resolve(apiToken(site))));
    await user.type(box('Site'), 'acme.atlassian.net');
    await user.type(box('E-mail'), 'ada@acme.example');
    await user.type(token(), 'ATATT-1{Enter}');
    await user.click(verb('Cancel'));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    release();
    expect(await row(), 'it is connected all the same, and listed').toBeTruthy();
    expect((await screen.findAllByText('acme.atlassian.net is connected by its API token')).length).toBeGreaterThan(0);
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  it('takes the day on which the token ends, all of it or none', async () => {
    const { fake, box, token, inside, verb } = await openForm();
    await user.type(box('Site'), 'acme.atlassian.net');
    await user.type(box('E-mail'), 'ada@acme.example');
    await user.type(token(), 'ATATT-1');
    const part = (name: string) => within(inside.getByRole('group', { name: 'Expires on' })).getByRole('spinbutton', { name: new RegExp(`^${name}`) });
    part('month').focus();
    await user.keyboard('12');
    await user.click(verb('Connect'));
    expect(await inside.findByText('Enter the whole day, or none.')).toBeTruthy();
    expect(fake.requests('connect_token')).toEqual([]);
    part('day').focus();
    await user.keyboard('24');
    part('year').focus();
    await user.keyboard('2030');
    await user.click(verb('Connect'));
    await waitFor(() => expect(fake.requests('connect_token').map(({ expires }) => expires)).toEqual(['2030-12-24']));
  });

  it('leads to the page that makes tokens, and copies the scopes in one line', async () => {
    const { fake, inside, verb } = await openForm();
    const write = vi.spyOn(navigator.clipboard, 'writeText').mockResolvedValue();
    await user.click(verb('Create a token'));
    expect(fake.requests('open_link')).toEqual([{ kind: 'token_page' }]);
    await user.click(verb('Copy scopes'));
    expect(write).toHaveBeenCalledWith(tokenScopes.join(' '));
    expect(await inside.findByText('Copied')).toBeTruthy();
    await user.click(verb('Show scopes'));
    expect(((await inside.findByRole('textbox', { name: 'Scopes' })) as HTMLTextAreaElement).value).toBe(tokenScopes.join(' '));
  });

  it('selects the scopes where the clipboard does not take them', async () => {
    const { inside, verb } = await openForm();
    vi.spyOn(navigator.clipboard, 'writeText').mockRejectedValue(new Error('Not allowed.'));
    await user.click(verb('Copy scopes'));
    const field = (await inside.findByRole('textbox', { name: 'Scopes' })) as HTMLTextAreaElement;
    await waitFor(() => expect(document.activeElement).toBe(field));
    expect([field.selectionStart, field.selectionEnd]).toEqual([0, field.value.length]);
    expect(inside.queryByText('Copied')).toBeNull();
  });

  it('says what may be in the way where an organization forbids it, with a text for who decides', async () => {
    const { inside, verb } = await openForm();
    const write = vi.spyOn(navigator.clipboard, 'writeText').mockResolvedValue();
    const more = verb('Your organization forbids it?');
    expect(more.getAttribute('aria-expanded')).toBe('false');
    more.focus();
    await user.keyboard('{Enter}');
    expect(more.getAttribute('aria-expanded')).toBe('true');
    for (const reason of [/^The token page is missing/, /^The token stops working at once/, /^The app is blocked/, /IP allow-list/, /^You are a guest without Confluence/]) {
      expect(inside.getByText(reason)).toBeTruthy();
    }
    await user.click(verb('Copy a text for your administrator'));
    expect(write).toHaveBeenCalledWith(administratorText);
    expect(await inside.findByText('Copied')).toBeTruthy();
  });
});

describe('the card', () => {
  it('says that tokens work where nobody can log in, and offers them first', async () => {
    await integrations({ connection: notConfigured });
    await user.click(screen.getByRole('button', { name: 'Add integration' }));
    const card = within(await screen.findByRole('group', { name: 'Confluence' }));
    expect(card.getByText(/Nobody can log in with this copy of the app, but an API token of your own works/)).toBeTruthy();
    expect(card.getByRole('button', { name: 'Use an API token…' }).classList.contains('primary')).toBe(true);
    expect(card.queryByRole('button', { name: 'Connect' })).toBeNull();
  });

  it.each<[string, FakeOptions]>([
    ['a login', { connected: true }],
    ['a token', { tokens: [apiToken(site)] }],
  ])('offers one more site beside %s', async (_, options) => {
    const { token, app } = await openForm(options);
    await fill(token(), 'ATATT-2', 'globex.atlassian.net');
    await user.keyboard('{Enter}');
    await waitFor(() => expect(app.session.organizations.map(({ name }) => name)).toContain('Globex'));
    expect(app.session.organizations.length).toBeGreaterThan(1);
  });
});

describe('a connected token', () => {
  const today = new Date(2026, 10, 12, 9, 0);

  beforeEach(() => {
    vi.useFakeTimers({ now: today, toFake: ['Date'] });
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  it.each<[string, Partial<ApiToken>, RegExp, string]>([
    ['far from its end', { expires: '2026-12-12' }, /Expires on (12 December|December 12)/, 'Connected'],
    ['near its end', { expires: '2026-11-21' }, /Expires in 9 days/, 'Expires in 9 days'],
    ['after its end', { expires: '2026-11-10' }, /Expired on (10 November|November 10)/, 'Expired on'],
    ['that is not remembered', { remembered: false }, /it is for this run only/, 'Connected'],
    ['in trouble', { trouble: expired }, /has expired\./, 'Needs you'],
  ])('%s says so', async (_, change, words, state) => {
    await integrations({ tokens: [apiToken(site, change)] });
    const one = await row();
    expect(one.textContent).toMatch(words);
    expect(one.querySelector('.state')?.textContent).toContain(state);
    expect(within(one).queryByRole('button', { name: 'Renew…' }) !== null, 'what needs the person has the way on').toBe(state !== 'Connected');
  });

  it('has its menu, told apart by its site', async () => {
    await integrations({ tokens: [apiToken(site), apiToken({ ...site, id: 'two', url: 'https://two.example' })] });
    const more = within(await row()).getByRole('button', { name: 'More actions' });
    expect(described(more)).toEqual(['API token · acme.atlassian.net']);
    await user.click(more);
    const names = (await screen.findAllByRole('menuitem')).map(({ textContent }) => textContent?.trim());
    expect(names).toEqual(['Renew…', 'What this token can do', 'Disconnect']);
  });

  it('is renewed from the menu: only the token is new', async () => {
    const { fake } = await integrations({ tokens: [apiToken(site, { trouble: expired })] });
    await choose('Renew…');
    const { box, token, inside } = await form('Renew the API token of acme.atlassian.net');
    await waitFor(() => expect(document.activeElement).toBe(token()));
    expect([box('Site').value, box('E-mail').value]).toEqual(['acme.atlassian.net', 'ada@acme.example']);
    await user.keyboard('ATATT-new{Enter}');
    await user.click(await inside.findByRole('button', { name: 'Done' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(fake.tokens.map(({ trouble }) => trouble)).toEqual([null]);
    expect((await row()).querySelector('.state')?.textContent).toContain('Connected');
    await waitFor(async () => expect(document.activeElement).toBe(within(await row()).getByRole('button', { name: 'More actions' })));
  });

  it('is renewed from its trouble, after which the focus is not lost', async () => {
    await integrations({ tokens: [apiToken(site, { trouble: expired })] });
    within(await row()).getByRole('button', { name: 'Renew…' }).focus();
    await user.keyboard('{Enter}');
    const { token, inside } = await form('Renew the API token of acme.atlassian.net');
    await waitFor(() => expect(document.activeElement).toBe(token()));
    await user.keyboard('ATATT-new{Enter}');
    await inside.findByRole('button', { name: 'Done' });
    await user.keyboard('{Escape}');
    await waitFor(() => expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Add integration' })));
  });

  it('shows what it can do', async () => {
    await integrations({ tokens: [apiToken(site, { needs: [{ name: 'Search pages', scope: 'search:confluence', met: false, without: 'Pages are found by their link only.' }] })] });
    await choose('What this token can do');
    const dialog = within(await screen.findByRole('dialog', { name: 'API token · acme.atlassian.net' }));
    expect(within(dialog.getByRole('list', { name: 'What this token can do' })).getAllByRole('listitem')).toHaveLength(1);
    await user.keyboard('{Escape}');
    const more = within(await row()).getByRole('button', { name: 'More actions' });
    await waitFor(() => expect(document.activeElement).toBe(more));
    await choose('What this token can do');
    const again = within(await screen.findByRole('dialog', { name: 'API token · acme.atlassian.net' }));
    await user.click(again.getByRole('button', { name: 'Renew…' }));
    expect((await form('Renew the API token of acme.atlassian.net')).box('Site').value).toBe('acme.atlassian.net');
    await waitFor(() => expect(screen.getAllByRole('dialog')).toHaveLength(1));
  });

  it('is disconnected after a question', async () => {
    const { fake } = await integrations({ tokens: [apiToken(site)] });
    await choose('Disconnect');
    let question = await screen.findByRole('alertdialog', { name: 'Disconnect acme.atlassian.net?' });
    await waitFor(() => expect(document.activeElement, 'the way back').toBe(within(question).getByRole('button', { name: 'Cancel' })));
    await user.keyboard('{Enter}');
    await waitFor(() => expect(screen.queryByRole('alertdialog')).toBeNull());
    const more = within(await row()).getByRole('button', { name: 'More actions' });
    await waitFor(() => expect(document.activeElement).toBe(more));
    expect(fake.requests('disconnect_token')).toEqual([]);
    await choose('Disconnect');
    question = await screen.findByRole('alertdialog', { name: 'Disconnect acme.atlassian.net?' });
    within(question).getByRole('button', { name: 'Disconnect' }).focus();
    await user.keyboard('{Enter}');
    await waitFor(() => expect(screen.queryByRole('alertdialog')).toBeNull());
    expect(fake.requests('disconnect_token')).toEqual([site.id]);
    expect(screen.queryByText('API token · acme.atlassian.net')).toBeNull();
    expect(screen.getByText(/^acme\.atlassian\.net is disconnected/)).toBeTruthy();
    await waitFor(() => expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Add integration' })));
    await user.click(screen.getByRole('button', { name: 'Show API tokens' }));
    expect(fake.requests('open_link')).toEqual([{ kind: 'token_page' }]);
  });
});

describe('the way on of an error', () => {
  it('leads from a notice to the form of its site', async () => {
    const { fake } = await openWindow({ tokens: [apiToken(site, { trouble: expired })] });
    fake.emit('notice', expired);
    await user.click(await screen.findByRole('button', { name: 'Renew…' }));
    expect((await form('Renew the API token of acme.atlassian.net')).box('E-mail').value).toBe('ada@acme.example');
  });

  it('copies a text for an administrator from a notice, which stays to say so', async () => {
    const { fake } = await openWindow();
    fake.emit('notice', { code: 'failed', message: 'The app is blocked there.', hint: { kind: 'ask_administrator' } });
    const button = await screen.findByRole('button', { name: 'Copy a text for your administrator' });
    await user.click(button);
    expect(await screen.findByText('Copied')).toBeTruthy();
    expect(screen.getByText('The app is blocked there.')).toBeTruthy();
  });

  it('shows the text where the clipboard does not take it', async () => {
    const { fake } = await openWindow();
    vi.spyOn(navigator.clipboard, 'write').mockRejectedValue(new Error('Not allowed.'));
    fake.emit('notice', { code: 'failed', message: 'The app is blocked there.', hint: { kind: 'ask_administrator' } });
    await user.click(await screen.findByRole('button', { name: 'Copy a text for your administrator' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'A text for your administrator' }));
    const text = dialog.getByRole('textbox', { name: 'Text' }) as HTMLTextAreaElement;
    expect(text.value).toBe(administratorText);
    await waitFor(() => expect(document.activeElement).toBe(text));
  });
});

describe('the dialog that sends', () => {
  async function compose(name = 'Add a comment to a Confluence page') {
    (await item('Ship the importer behind a flag')).focus();
    await user.keyboard('{Shift>}{F10}{/Shift}');
    await user.click(await screen.findByRole('menuitem', { name }));
    return screen.findByRole('dialog', { name });
  }

  it('offers the token way, and comes back to the same item when it is through', async () => {
    const { app } = await openWindow({ connection: notConfigured });
    const dialog = await compose();
    within(dialog).getByRole('button', { name: 'Use an API token…' }).focus();
    await user.keyboard('{Enter}');
    const { token, box, inside } = await form();
    await waitFor(() => expect(document.activeElement).toBe(box('Site')));
    await fill(token());
    await user.keyboard('{Enter}');
    const done = await inside.findByRole('button', { name: 'Done' });
    done.focus();
    await user.keyboard('{Enter}');
    const page = await within(dialog).findByRole('combobox', { name: 'Page' });
    expect(app.composer.draft?.items).toEqual(['item-0-2']);
    expect((within(dialog).getByRole('combobox', { name: 'Organization' }) as HTMLInputElement).value).toBe('Acme');
    await waitFor(() => expect(document.activeElement).toBe(page));
  });

  it('sends by a token alone where nobody can log in', async () => {
    const { fake } = await openWindow({ connection: notConfigured, tokens: [apiToken(site)] });
    const dialog = await compose('Create a page in Confluence');
    const space = within(dialog).getByRole('combobox', { name: 'Space' });
    await waitFor(() => expect(document.activeElement).toBe(space));
    await user.keyboard('eng');
    await screen.findByRole('option', { name: /^Engineering/ });
    await user.keyboard('{Enter}{Control>}{Enter}{/Control}');
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(fake.requests('send').map(({ destination }) => destination.organization)).toEqual([site.id]);
  });

  it('tells a site of a token from an organization of the login with the same name', async () => {
    await openWindow({ connected: true, tokens: [apiToken(site)] });
    const dialog = await compose();
    await user.click(within(dialog).getByRole('combobox', { name: 'Organization' }));
    await screen.findByRole('option', { name: /acme\.atlassian\.net/ });
    const names = screen.getAllByRole('option').map((option) => option.querySelector('.title')?.textContent);
    expect(names).toEqual(['Acme (acme.atlassian.net)', `Acme (${new URL(acme.url).host})`, 'Acme Labs']);
  });

  it('leads from a token in trouble to its form', async () => {
    await openWindow({ tokens: [apiToken(site, { trouble: expired })] });
    const dialog = await compose();
    expect(within(dialog).getByText(/has to be renewed before anything can be sent/)).toBeTruthy();
    await user.click(within(dialog).getByRole('button', { name: 'Renew…' }));
    const { token, inside } = await form('Renew the API token of acme.atlassian.net');
    await waitFor(() => expect(document.activeElement).toBe(token()));
    await user.keyboard('ATATT-new{Enter}');
    await waitFor(() => expect(document.activeElement).toBe(inside.getByRole('heading', { name: 'What this token can do' })));
    await user.tab();
    await user.keyboard('{Enter}');
    const page = await within(dialog).findByRole('combobox', { name: 'Page' });
    await waitFor(() => expect(document.activeElement).toBe(page));
  });

  it('stays as it is beneath a form that a refusal leads to', async () => {
    const { fake, app } = await openWindow({ tokens: [apiToken(site)] });
    const dialog = await compose('Create a page in Confluence');
    app.composer.set({ space: spaces[0] ?? null });
    fake.instead.send = () => {
      throw new BackendError(expired);
    };
    const title = within(dialog).getByRole('textbox', { name: 'Title' }) as HTMLInputElement;
    await user.type(title, '!{Control>}{Enter}{/Control}');
    await user.click(await within(dialog).findByRole('button', { name: 'Renew…' }));
    const { token, inside } = await form('Renew the API token of acme.atlassian.net');
    await waitFor(() => expect(document.activeElement).toBe(token()));
    await user.keyboard('ATATT-new{Enter}');
    await user.click(await inside.findByRole('button', { name: 'Done' }));
    await waitFor(() => expect(document.activeElement).toBe(title));
    expect(title.value).toBe('Ship the importer behind a flag!');
    expect(within(dialog).queryByRole('alert'), 'it is mended').toBeNull();
  });

  it('connects the site of a pasted link by a token where nobody can log in', async () => {
    await openWindow({ connection: notConfigured, tokens: [apiToken(site)] });
    const dialog = await compose();
    await user.click(within(dialog).getByRole('combobox', { name: 'Page' }));
    const link = 'https://initech.example/wiki/spaces/ENG/pages/900100/T';
    await user.paste(link);
    await user.click(await within(dialog).findByRole('button', { name: 'Connect' }));
    expect((await form()).box('Site').value).toBe(link);
  });
});

describe('Quick send', () => {
  async function quickly(options: FakeOptions) {
    const fake = new Fake(options);
    fake.targets = targets.slice(0, 1).map((one) => ({ ...one, target: { ...one.target, organization: site.id } }));
    const quick = new Quick(fake);
    render(Window, { quick });
    await quick.start();
    fake.emit('quick_opened', { item: null });
    return { fake, quick };
  }

  it('sends by a token alone', async () => {
    const { fake } = await quickly({ connection: notConfigured, tokens: [apiToken(site)] });
    expect(((await screen.findByRole('combobox', { name: 'Destination' })) as HTMLInputElement).value).toBe('Engineering › Decisions log (comment)');
    await user.keyboard('{Enter}');
    await waitFor(() => expect(fake.requests('quick_send').map(({ target }) => target.organization)).toEqual([site.id]));
  });

  it('leads from a token in trouble to the integrations, and goes on when it is renewed', async () => {
    const { fake, quick } = await quickly({ tokens: [apiToken(site, { trouble: expired })] });
    expect(await screen.findByText('The API token of acme.atlassian.net has to be renewed.')).toBeTruthy();
    await user.click(screen.getByRole('button', { name: 'Show' }));
    await waitFor(() => expect(fake.requests('go_to')).toEqual(['integrations']));
    fake.setTokens([apiToken(site)]);
    expect(await screen.findByRole('combobox', { name: 'Destination' })).toBeTruthy();
    quick.follow({ kind: 'renew_token', organization: site.id });
    await waitFor(() => expect(fake.requests('go_to')).toEqual(['integrations', 'integrations']));
  });

  it('copies the text for an administrator where it says so', async () => {
    const { fake } = await quickly({ tokens: [apiToken(site)] });
    fake.instead.quick_send = () => {
      throw new BackendError({ code: 'failed', message: 'The app is blocked there.', hint: { kind: 'ask_administrator' } });
    };
    await screen.findByRole('combobox', { name: 'Destination' });
    await user.keyboard('{Enter}');
    const alert = await screen.findByRole('alert');
    await user.click(within(alert).getByRole('button', { name: 'Copy a text for your administrator' }));
    expect(await within(alert).findByText('Copied')).toBeTruthy();
    expect(fake.requests('administrator_text')).toHaveLength(1);
  });
});
