import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BackendError, type Name } from '../ipc/backend';
import { Fake } from '../ipc/fake';
import { document, spaces } from '../ipc/fake_data';
import type { DeliveryView, ItemView, Send, Space } from '../ipc/bindings';
import { App } from './app.svelte';
import { Quick } from './quick.svelte';
import { RELOAD_EVERY } from './servers.svelte';

async function start() {
  const fake = new Fake({ connected: true });
  const app = new App(fake);
  await app.start();
  return { fake, app };
}

/** Answers of a command that come when they are asked for. */
function heldBack<T>(usual: () => T) {
  const waiting: (() => void)[] = [];
  const answer = () => new Promise<T>((resolve) => waiting.push(() => resolve(usual())));
  return { answer, release: () => waiting.splice(0).forEach((go) => go()) };
}

const settle = () => vi.advanceTimersByTimeAsync(0);
const names = (fake: Fake, ...wanted: Name[]) => fake.calls.map(({ name }) => name).filter((name) => wanted.includes(name));

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe('the last words of an app that ends', () => {
  it('are kept before that is said, wherever they were typed', async () => {
    const { fake, app } = await start();
    const held = heldBack(() => null);
    fake.instead.save_draft = fake.instead.save_item_draft = held.answer;
    await app.composer.open({ items: ['item-0-2'], action: 'create_page' });
    app.composer.attach(() => app.composer.set({ document: document([], 'The last words') }));
    app.composer.set({ title: 'Half a ti' });
    await app.meetings.choose(fake.meetings[0]?.id ?? '');
    await app.editing.edit(app.meetings.open?.items[0] as ItemView);
    app.editing.set({ text: 'Half a sen' });
    app.templates.set('item_title', '{item} from');
    fake.emit('flush_pages', null);
    await settle();
    expect(fake.requests('save_draft').map(({ title, document }) => [title, document])).toEqual([['Half a ti', document([], 'The last words')]]);
    expect(fake.requests('save_item_draft').map(({ words }) => words?.text)).toEqual(['Half a sen']);
    expect(fake.requests('save_settings').map(({ templates }) => templates.item_title)).toEqual(['{item} from']);
    expect(fake.requests('pages_flushed'), 'the core has not answered yet').toHaveLength(0);
    held.release();
    await settle();
    expect(fake.requests('pages_flushed')).toHaveLength(1);
  });

  it('are waited for also where they were already on their way', async () => {
    const { fake, app } = await start();
    const held = heldBack(() => null);
    fake.instead.save_draft = held.answer;
    await app.composer.open({ items: ['item-0-2'], action: 'create_page' });
    app.composer.set({ title: 'Typed' });
    app.composer.close();
    void app.composer.open({ items: ['item-0-3'], action: 'create_page' });
    fake.emit('flush_pages', null);
    await settle();
    expect(fake.requests('pages_flushed')).toHaveLength(0);
    held.release();
    await settle();
    expect(fake.requests('pages_flushed')).toHaveLength(1);
  });

  it('are what is being sent, until it is stored', async () => {
    const { fake, app } = await start();
    const held = heldBack(() => null);
    fake.instead.send = async () => {
      await held.answer();
      throw new BackendError({ code: 'failed', message: 'The disk is full.', hint: null });
    };
    await app.composer.open({ items: ['item-0-2'], action: 'create_page' });
    app.composer.chooseOrganization(app.session.organizations[0]?.id ?? null);
    app.composer.chooseSpace(spaces[0] as Space);
    await settle();
    app.composer.set({ title: 'Sent at the last moment' });
    const created = app.composer.create();
    fake.emit('flush_pages', null);
    await settle();
    expect(names(fake, 'send', 'pages_flushed')).toEqual(['send']);
    held.release();
    await created;
    await settle();
    expect(names(fake, 'send', 'save_draft', 'pages_flushed').slice(-3), 'what was refused is kept').toEqual(['send', 'save_draft', 'pages_flushed']);
    expect(fake.requests('save_draft').at(-1)?.title).toBe('Sent at the last moment');
  });

  it('are an edit that is being saved', async () => {
    const { fake, app } = await start();
    const held = heldBack(() => null);
    fake.instead.edit_item = held.answer;
    await app.meetings.choose(fake.meetings[0]?.id ?? '');
    await app.editing.edit(app.meetings.open?.items[0] as ItemView);
    app.editing.set({ text: 'A whole sentence' });
    void app.editing.save();
    fake.emit('flush_pages', null);
    await settle();
    expect(names(fake, 'edit_item', 'pages_flushed')).toEqual(['edit_item']);
    held.release();
    await settle();
    expect(names(fake, 'edit_item', 'pages_flushed')).toEqual(['edit_item', 'pages_flushed']);
  });

  it('are said even if they could not be kept', async () => {
    const { fake, app } = await start();
    fake.instead.save_draft = () => {
      throw new BackendError({ code: 'failed', message: 'The disk is full.', hint: null });
    };
    await app.composer.open({ items: ['item-0-2'], action: 'create_page' });
    app.composer.set({ title: 'Typed' });
    fake.emit('flush_pages', null);
    await settle();
    expect(fake.requests('pages_flushed'), 'nobody is waited for in vain').toHaveLength(1);
  });

  it('are what Quick send is sending', async () => {
    const fake = new Fake({ connected: true });
    const quick = new Quick(fake);
    await quick.start();
    fake.emit('flush_pages', null);
    await settle();
    expect(fake.requests('pages_flushed'), 'there is nothing to wait for').toHaveLength(1);
    const held = heldBack((): DeliveryView[] => []);
    fake.instead.quick_send = held.answer;
    const sent = quick.send();
    fake.emit('flush_pages', null);
    await settle();
    expect(names(fake, 'quick_send', 'pages_flushed')).toEqual(['pages_flushed', 'quick_send']);
    held.release();
    await sent;
    await settle();
    expect(names(fake, 'quick_send', 'pages_flushed')).toEqual(['pages_flushed', 'quick_send', 'pages_flushed']);
  });
});

describe('what the core tells', () => {
  it('brings the list up to date once for all that was sent, and once more for the last', async () => {
    const { fake, app } = await start();
    const request: Send = {
      items: ['item-0-2'],
      destination: { kind: 'new_page', organization: 'acme', space: spaces[0] as Space, parent: null, title: 'Title' },
      document: document([], 'Words'),
      replaces: null,
      again: false,
    };
    const delivery = await fake.call('send', request);
    await vi.advanceTimersByTimeAsync(RELOAD_EVERY);
    const before = fake.requests('list_meetings').length;
    for (let number = 0; number < 300; number += 1) fake.emit('delivery', { ...delivery, id: `${number}`, state: { kind: 'sent', note: null } });
    await vi.advanceTimersByTimeAsync(RELOAD_EVERY);
    expect(fake.requests('list_meetings').length, 'three hundred at once, one look').toBe(before + 1);
    fake.emit('delivery', { ...delivery, id: 'last', state: { kind: 'sent', note: null } });
    await vi.advanceTimersByTimeAsync(RELOAD_EVERY);
    expect(fake.requests('list_meetings').length, 'the last one is not dropped').toBe(before + 2);
    expect(app.meetings.problem).toBeNull();
  });

  it('again and again is one notice, with the newest way on', async () => {
    const { fake, app } = await start();
    const at = (minute: number) => `2026-11-29T12:${minute}:00Z`;
    for (const minute of [10, 11, 12]) fake.emit('notice', { code: 'failed', message: 'The disk is full.', hint: { kind: 'try_again', at: at(minute) } });
    fake.emit('notice', { code: 'failed', message: 'The disk is full.', hint: null });
    fake.emit('notice', { code: 'failed', message: 'The folder is gone.', hint: null });
    expect(app.notices.list.map(({ message, hint }) => [message, hint])).toEqual([
      ['The disk is full.', { kind: 'try_again', at: at(12) }],
      ['The disk is full.', undefined],
      ['The folder is gone.', undefined],
    ]);
    fake.emit('notice_over', { code: 'failed', message: 'The disk is full.', hint: null });
    expect(app.notices.list.map(({ message, hint }) => [message, hint?.kind]), 'what is over goes').toEqual([
      ['The disk is full.', 'try_again'],
      ['The folder is gone.', undefined],
    ]);
    app.notices.failed(new BackendError({ code: 'failed', message: 'Out of reach.', hint: null }));
    app.notices.failed(new BackendError({ code: 'failed', message: 'Out of reach.', hint: null }));
    expect(app.notices.list.filter(({ message }) => message === 'Out of reach.')).toHaveLength(1);
  });
});

describe('the way on that an error offers', () => {
  it('leads to the dialog where the same was sent before, which asks again', async () => {
    const { fake, app } = await start();
    const destination = { kind: 'new_page', organization: 'acme', space: spaces[0] as Space, parent: null, title: 'Title' } as const;
    const delivery = await fake.call('send', { items: ['item-0-2'], destination, document: document([], 'Words'), replaces: null, again: false });
    app.follow({ kind: 'send_again' }, delivery.id);
    await settle();
    expect(app.composer.request?.items).toEqual(['item-0-2']);
    expect(fake.requests('send'), 'nothing is sent without a person').toHaveLength(1);
  });

  it('leads from Quick send to the integrations where a token ended', async () => {
    const fake = new Fake({ connected: true });
    const quick = new Quick(fake);
    await quick.start();
    quick.follow({ kind: 'new_token' });
    await settle();
    expect(fake.requests('go_to')).toEqual(['integrations']);
  });
});
