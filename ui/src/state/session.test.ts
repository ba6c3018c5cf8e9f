import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Fake } from '../ipc/fake';
import { App } from './app.svelte';
import { SLOW_LOGIN } from './session.svelte';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe('a login', () => {
  it('offers help when the browser does not come back, and takes it back when the login ends', async () => {
    const fake = new Fake();
    const { session } = new App(fake);
    await session.listen();
    await session.connect();
    await vi.advanceTimersByTimeAsync(SLOW_LOGIN - 1);
    expect(session.slow).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(session.slow).toBe(true);
    await session.cancelConnect();
    expect(session.slow).toBe(false);
    expect(session.connection.state).toBe('disconnected');
  });

  it('counts from when the login started, not from when the window saw it', async () => {
    const fake = new Fake();
    const { session } = new App(fake);
    await session.listen();
    fake.setConnection({ state: 'waiting', since: new Date(Date.now() - SLOW_LOGIN).toISOString(), until: new Date().toISOString() });
    await vi.advanceTimersByTimeAsync(0);
    expect(session.slow).toBe(true);
  });
});

it('believes an event before an answer that is older', async () => {
  const fake = new Fake({ connected: true });
  const { session } = new App(fake);
  await session.listen();
  const connected = fake.connection;
  const status = await fake.call('status', null);
  let answer = (): void => undefined;
  fake.instead.status = () =>
    new Promise((resolve) => {
      answer = () => resolve({ ...status, connection: { state: 'finishing' }, settings: { ...status.settings, hold_seconds: 30 } });
    });
  const loaded = session.load();
  await vi.advanceTimersByTimeAsync(0);
  fake.emit('connection', connected);
  fake.emit('settings', { ...status.settings, hold_seconds: 10 });
  answer();
  await loaded;
  expect(session.connection.state).toBe('connected');
  expect(session.settings.hold_seconds).toBe(10);
  expect(session.status?.version, 'the rest is the answer').toBe(status.version);
});

it('goes back to the old appearance when the new one cannot be saved', async () => {
  const fake = new Fake();
  const { session, notices } = new App(fake);
  fake.instead.save_settings = () => {
    throw new Error('The disk is full.');
  };
  const chosen = session.choose('dark');
  expect(document.documentElement.dataset.appearance, 'at once, without waiting').toBe('dark');
  await chosen;
  expect(document.documentElement.dataset.appearance).toBeUndefined();
  expect(notices.list.map(({ message }) => message)).toEqual(['The disk is full.']);
});
