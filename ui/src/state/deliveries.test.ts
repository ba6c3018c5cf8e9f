import { describe, expect, it, vi } from 'vitest';
import { Fake } from '../ipc/fake';
import type { DeliveryState, DeliveryView } from '../ipc/bindings';
import { App } from './app.svelte';

const delivery = (state: DeliveryState, changed: string): DeliveryView => ({
  id: 'one',
  items: ['item-0-2'],
  words: 'Ship the importer behind a flag',
  meeting: 'meeting-0',
  meeting_title: 'Weekly product sync',
  destination: { kind: 'new_page', organization: 'cloud-acme', space: { id: '1', key: 'ENG', name: 'Engineering' }, parent: null, title: 'A page' },
  organization: 'Acme',
  sender: null,
  state,
  created: '2026-11-12T09:00:00Z',
  changed,
});

const why = { code: 'failed', message: 'The space does not take pages from you.', hint: { kind: 'choose_another_place' } } as const;

async function start() {
  const fake = new Fake({ connected: true });
  const app = new App(fake);
  await app.start();
  return { fake, app };
}

describe('deliveries', () => {
  it('tells what arrived, with the way to it', async () => {
    const { fake, app } = await start();
    fake.emit('delivery', delivery({ kind: 'sending' }, '2026-11-12T09:00:01Z'));
    expect(app.notices.list, 'progress is shown by the item alone').toHaveLength(0);
    fake.emit('delivery', delivery({ kind: 'sent', note: null }, '2026-11-12T09:00:02Z'));
    const [notice] = app.notices.list;
    expect(notice?.message).toBe('Page created');
    notice?.actions?.find(({ label }) => label === 'Open')?.run();
    expect(fake.requests('open_link')).toEqual([{ kind: 'delivery', id: 'one' }]);
  });

  it('says what failed until somebody has seen it, and takes that back when it is mended', async () => {
    const { fake, app } = await start();
    fake.emit('delivery', delivery({ kind: 'needs_you', why }, '2026-11-12T09:00:02Z'));
    expect(app.notices.list[0]).toMatchObject({ lasting: true, detail: why.message });
    expect(app.notices.list[0]?.actions?.map(({ label }) => label)).toEqual(['Edit']);
    fake.emit('delivery', delivery({ kind: 'queued' }, '2026-11-12T09:00:03Z'));
    expect(app.notices.list).toHaveLength(0);
  });

  it('does not fall back to an answer that is older than an event', async () => {
    const { fake, app } = await start();
    fake.emit('delivery', delivery({ kind: 'sent', note: null }, '2026-11-12T09:00:02Z'));
    app.deliveries.absorb(delivery({ kind: 'queued' }, '2026-11-12T09:00:01Z'));
    expect(app.deliveries.of('item-0-2')[0]?.state.kind).toBe('sent');
  });

  it('belongs to each of its items, and to no other', async () => {
    const { fake, app } = await start();
    fake.emit('delivery', { ...delivery({ kind: 'queued' }, '2026-11-12T09:00:01Z'), items: ['item-0-2', 'item-0-5'] });
    expect(['item-0-2', 'item-0-3', 'item-0-5'].map((item) => app.deliveries.of(item).length)).toEqual([1, 0, 1]);
  });

  it('says how it arrived where there is something to say, for as long as it takes to read', async () => {
    const { fake, app } = await start();
    fake.emit('delivery', delivery({ kind: 'sent', note: 'Tasks became a plain list.' }, '2026-11-12T09:00:01Z'));
    expect(app.notices.list[0]).toMatchObject({ lasting: true, detail: 'A page. Tasks became a plain list.' });
  });

  it('counts what is not sent', async () => {
    const { fake, app } = await start();
    await app.deliveries.load();
    fake.emit('delivery', delivery({ kind: 'waiting', why }, '2026-11-12T09:00:02Z'));
    expect(app.deliveries.unsent).toBe(1);
    fake.emit('delivery_gone', 'one');
    expect(app.deliveries.unsent).toBe(0);
  });

  it('can be undone while it is held back, with its words in the dialog again', async () => {
    const { fake, app } = await start();
    app.deliveries.absorb(delivery({ kind: 'held', until: '2026-11-12T09:00:10Z' }, '2026-11-12T09:00:00Z'));
    fake.instead.cancel = () => null;
    app.notices.list[0]?.actions?.find(({ label }) => label === 'Undo')?.run();
    await vi.waitFor(() => expect(app.composer.draft).not.toBeNull());
    expect(fake.requests('cancel')).toEqual(['one']);
    expect(app.composer.request).toEqual({ items: ['item-0-2'], action: 'create_page' });
    expect(app.deliveries.list).toHaveLength(0);
    expect(app.notices.list).toHaveLength(0);
  });

  it.each(['waiting', 'checking'] as const)('asks nobody to do anything while it is %s', async (kind) => {
    const { fake, app } = await start();
    fake.emit('delivery', delivery({ kind, why: { ...why, hint: null } }, '2026-11-12T09:00:02Z'));
    expect(app.notices.list[0]).toMatchObject({ tone: 'waiting' });
    expect(app.notices.list[0]?.lasting).toBeFalsy();
    await app.deliveries.load();
    expect(app.deliveries.unsent, 'and it counts as not sent').toBe(1);
  });

  it('is looked for again on request', async () => {
    const { fake, app } = await start();
    fake.deliveries = [delivery({ kind: 'not_confirmed', why }, '2026-11-12T09:00:02Z')];
    await app.deliveries.load();
    await app.deliveries.checkAgain('one');
    expect(app.deliveries.list[0]?.state.kind).toBe('checking');
  });
});
