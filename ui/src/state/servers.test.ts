import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Fake, sally } from '../ipc/fake';
import type { SyncState } from '../ipc/bindings';
import { App } from './app.svelte';
import { RELOAD_EVERY } from './servers.svelte';

const done: Extract<SyncState, { kind: 'ended' }> = { kind: 'ended', added: 0, updated: 0, warnings: [], cancelled: false, problem: null };

async function started(servers = [sally]) {
  const fake = new Fake({ servers });
  const app = new App(fake);
  await app.start();
  return { fake, app };
}

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe('the servers', () => {
  it('come with the status, and go with events', async () => {
    const { fake, app } = await started();
    expect(app.servers.list).toEqual([sally]);
    fake.emit('servers', []);
    expect(app.servers.list).toEqual([]);
  });

  it('are left alone where there are none', async () => {
    const { fake, app } = await started([]);
    await app.servers.looked();
    expect(fake.requests('sync_meetings')).toEqual([]);
  });

  it('give back the screen from which the form was asked for', async () => {
    const { app } = await started([]);
    app.servers.open();
    expect([app.navigation.screen, app.navigation.tab]).toEqual(['settings', 'integrations']);
    expect(await app.servers.connect({ token: 'sally_pat_x', company: null, address: null, again: null })).toBe(true);
    app.servers.connected();
    expect([app.navigation.screen, app.servers.form]).toEqual(['meetings', null]);
    expect(JSON.stringify(app.servers.list), 'the token is nowhere').not.toContain('sally_pat_x');
  });

  it('keep the form where the server refuses, with the reason', async () => {
    const { app } = await started([]);
    app.servers.open();
    expect(await app.servers.connect({ token: 'wrong', company: null, address: null, again: null })).toBe(false);
    expect(app.servers.problem?.code).toBe('invalid_token');
    expect(app.servers.form).not.toBeNull();
  });

  it('keep the form, and say nothing, where the person does not allow a new one', async () => {
    const { fake, app } = await started([]);
    app.servers.open();
    fake.instead.connect_server = () => null;
    expect(await app.servers.connect({ token: 'sally_pat_x', company: null, address: 'https://mcp.example/mcp', again: null })).toBe(false);
    expect([app.servers.problem, app.servers.connecting, app.servers.list]).toEqual([null, false, []]);
    expect(app.servers.form).not.toBeNull();
  });
});

describe('reading', () => {
  it('brings the list up to date once in a while, and at the end', async () => {
    const { fake, app } = await started();
    await app.servers.now();
    const before = fake.requests('list_meetings').length;
    for (let step = 1; step <= 5; step += 1) fake.setSync({ kind: 'reading', done: step, total: 9 });
    await vi.advanceTimersByTimeAsync(RELOAD_EVERY);
    expect(fake.requests('list_meetings').length, 'five steps, one look').toBe(before + 1);
    fake.setSync({ ...done, added: 9 });
    await vi.advanceTimersByTimeAsync(0);
    expect(fake.requests('list_meetings').length, 'and one at the end').toBe(before + 2);
  });

  it('says what came of it only where the person asked for it', async () => {
    const { fake, app } = await started();
    await app.servers.looked();
    fake.setSync(done);
    expect(app.notices.list).toEqual([]);
    await app.servers.now();
    // The list came into view again, meanwhile.
    await app.servers.looked();
    fake.setSync({ ...done, added: 2, updated: 1 });
    expect(app.notices.list.map(({ message }) => message)).toEqual(['2 meetings added, 1 updated']);
  });

  it('believes the events, which may be ahead of the answer', async () => {
    const { fake, app } = await started();
    fake.instead.sync_meetings = () => {
      fake.setSync(done);
      return { kind: 'looking', found: 0 };
    };
    await app.servers.now();
    expect(app.servers.sync.kind, 'it ended before the answer came').toBe('ended');
  });

  it('leads from a token that ended to the form for a new one', async () => {
    const trouble = { code: 'invalid_token', message: 'The token has expired.', hint: { kind: 'new_token' } } as const;
    const { app } = await started([{ ...sally, trouble }]);
    app.follow({ kind: 'new_token' });
    expect(app.servers.form?.again?.id).toBe(sally.id);
  });
});
