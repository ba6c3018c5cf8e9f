import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BackendError } from '../ipc/backend';
import { Fake, type FakeOptions } from '../ipc/fake';
import { targets } from '../ipc/fake_data';
import type { FoundItem } from '../ipc/bindings';
import { Quick } from './quick.svelte';

const HOLD = 5_000;

async function start(options: FakeOptions = { connected: true }, prepare?: (fake: Fake) => void) {
  const fake = new Fake(options);
  prepare?.(fake);
  const quick = new Quick(fake);
  await quick.start();
  fake.emit('quick_opened', { item: null });
  await vi.advanceTimersByTimeAsync(0);
  return { fake, quick };
}

const refused = (code: 'sent_before' | 'failed', message: string) => () => {
  throw new BackendError({ code, message, hint: code === 'sent_before' ? { kind: 'send_again' } : { kind: 'try_again', at: null } });
};

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe('finding', () => {
  it('drops the answer to what was typed before', async () => {
    const { fake, quick } = await start();
    const waiting: (() => void)[] = [];
    const found = (text: string) => [{ ...(quick.items.found?.[0] as FoundItem), id: text, text }];
    fake.instead.find_items = ({ query }) => new Promise((resolve) => waiting.push(() => resolve(found(query))));
    quick.type('p');
    quick.type('pi');
    waiting[1]?.();
    await vi.advanceTimersByTimeAsync(0);
    waiting[0]?.();
    await vi.advanceTimersByTimeAsync(0);
    expect(quick.items.found?.map(({ text }) => text)).toEqual(['pi']);
  });

  it('sends what was typed even where Enter is faster than the answer', async () => {
    const { fake, quick } = await start();
    quick.type('migration guide');
    await quick.send();
    expect(fake.requests('quick_send').map(({ items }) => items)).toEqual([['item-0-5']]);
  });

  it('keeps apart what was typed before Enter and after it', async () => {
    const { fake, quick } = await start();
    quick.type('migration guide');
    const sent = quick.send();
    quick.type('pilot');
    await sent;
    expect(fake.requests('quick_send').map(({ items }) => items)).toEqual([['item-0-5']]);
    expect(quick.items.query).toBe('pilot');
    expect(quick.items.active?.id).toBe('item-0-4');
  });

  it('sends nothing where nothing matches', async () => {
    const { fake, quick } = await start();
    quick.type('nowhere');
    await quick.send();
    expect(fake.requests('quick_send')).toEqual([]);
    expect(quick.items.query).toBe('nowhere');
  });

  it('starts with the first item again, for the same words too', async () => {
    const { fake, quick } = await start();
    quick.move(3);
    fake.emit('quick_opened', { item: null });
    await vi.advanceTimersByTimeAsync(0);
    expect(quick.items.active?.id).toBe('item-0-0');
  });

  it('never moves past an end', async () => {
    const { quick } = await start();
    quick.move(-1);
    expect(quick.items.at).toBe(0);
    quick.move(1_000);
    expect(quick.items.at).toBe((quick.items.found?.length ?? 0) - 1);
  });

  it('shows the item of the tray alone, and sends it and nothing that was marked before', async () => {
    const { fake, quick } = await start();
    const item = quick.items.found?.[4] as FoundItem;
    quick.mark();
    fake.emit('quick_opened', { item });
    await vi.advanceTimersByTimeAsync(0);
    expect(quick.items.found).toEqual([item]);
    await quick.send();
    expect(fake.requests('quick_send').map(({ items }) => items)).toEqual([[item.id]]);
  });
});

describe('marks', () => {
  it('stay while something else is looked for, and are what is sent, in their order', async () => {
    const { fake, quick } = await start();
    quick.move(2);
    quick.mark();
    quick.type('initech');
    await vi.advanceTimersByTimeAsync(0);
    quick.mark();
    quick.type('retrospective');
    await quick.send();
    expect(fake.requests('quick_send').map(({ items }) => items)).toEqual([['item-0-2', 'item-0-6']]);
    expect(quick.items.marked, 'the next ones begin without').toEqual([]);
  });

  it('stay when sending fails, and so does what was typed', async () => {
    const { fake, quick } = await start();
    quick.mark();
    quick.type('pilot');
    await vi.advanceTimersByTimeAsync(0);
    fake.instead.quick_send = refused('failed', 'The disk is full.');
    await quick.send();
    expect(quick.trouble?.message).toBe('The disk is full.');
    expect(quick.items.marked.map(({ id }) => id)).toEqual(['item-0-0']);
    expect(quick.items.query).toBe('pilot');
  });
});

describe('the destination', () => {
  it('is the first that the core names, and another once it is chosen, until it is changed', async () => {
    const { fake, quick } = await start();
    const [first, second] = targets;
    expect(quick.targets.shown).toEqual(first);
    quick.targets.choose(second as (typeof targets)[0]);
    fake.emit('quick_opened', { item: null });
    await vi.advanceTimersByTimeAsync(0);
    await quick.send();
    expect(fake.requests('quick_send').map(({ target }) => target)).toEqual([second?.target]);
  });

  it('is asked for anew when items of another meeting are active, and only then', async () => {
    const { fake, quick } = await start();
    fake.calls.length = 0;
    quick.move(1);
    expect(fake.requests('targets')).toEqual([]);
    quick.move(7);
    expect(fake.requests('targets')).toEqual([['item-1-0']]);
  });

  it('stays where it is when it becomes a favourite', async () => {
    const { fake, quick } = await start({ connected: true }, (one) => (one.targets = targets.map((target) => ({ ...target, favourite: false }))));
    await quick.targets.star();
    expect(fake.requests('set_favourite')).toEqual([{ target: targets[0]?.target, favourite: true }]);
    expect(quick.targets.shown).toEqual({ ...targets[0], favourite: true });
    fake.instead.set_favourite = refused('failed', 'The disk is full.');
    await quick.targets.star();
    expect(quick.targets.shown?.favourite, 'it is still one').toBe(true);
    expect(quick.trouble?.message).toBe('The disk is full.');
  });

  it('is chosen first where there is none: Enter leads there', async () => {
    const { fake, quick } = await start({ connected: true }, (one) => (one.targets = []));
    await quick.send();
    expect(quick.focus.place).toBe('destination');
    expect(fake.requests('quick_send')).toEqual([]);
  });
});

describe('sending', () => {
  it('is held back, then hides the window', async () => {
    const { fake, quick } = await start();
    await quick.send();
    expect(quick.sent.newest?.place).toBe('Engineering › Decisions log');
    expect(quick.sent.left).toBe(5);
    await vi.advanceTimersByTimeAsync(HOLD - 1_000);
    expect(quick.sent.left).toBe(1);
    expect(fake.requests('hide_quick')).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(quick.sent.newest).toBeNull();
    expect(fake.requests('hide_quick')).toHaveLength(1);
  });

  it('hides the window at once where nothing is held back', async () => {
    const { fake, quick } = await start({ connected: true }, (one) => (one.settings.quick_hold_seconds = 0));
    await quick.send();
    expect(fake.requests('hide_quick')).toHaveLength(1);
  });

  it('does not hide the window from somebody who types the next one', async () => {
    const { fake, quick } = await start();
    await quick.send();
    quick.type('pilot');
    await vi.advanceTimersByTimeAsync(HOLD);
    expect(quick.sent.newest).toBeNull();
    expect(fake.requests('hide_quick')).toHaveLength(0);
  });

  it('happens once, however often Enter is pressed', async () => {
    const { fake, quick } = await start();
    await Promise.all([quick.send(), quick.send()]);
    expect(fake.requests('quick_send')).toHaveLength(1);
  });

  it('needs a choice before the next Enter sends anything', async () => {
    const { fake, quick } = await start();
    await quick.send();
    await quick.send();
    expect(fake.requests('quick_send')).toHaveLength(1);
    quick.move(1);
    await quick.send();
    expect(fake.requests('quick_send').map(({ items }) => items), 'the first one is the next below none').toEqual([['item-0-0'], ['item-0-0']]);
  });

  it('asks when the same went there before, and sends exactly that again', async () => {
    const { fake, quick } = await start();
    fake.instead.quick_send = refused('sent_before', 'The same went there 2 minutes ago.');
    quick.move(2);
    await quick.send();
    delete fake.instead.quick_send;
    expect(quick.trouble?.hint).toEqual({ kind: 'send_again' });
    quick.follow({ kind: 'send_again' });
    await vi.advanceTimersByTimeAsync(0);
    expect(fake.requests('quick_send').map(({ items, again }) => ({ items, again }))).toEqual([
      { items: ['item-0-2'], again: false },
      { items: ['item-0-2'], again: true },
    ]);
    expect(quick.trouble).toBeNull();
  });

  it('says what needs the person, as long as it was sent from here', async () => {
    const { fake, quick } = await start();
    await quick.send();
    const [mine] = fake.deliveries;
    if (!mine) throw new Error('nothing was sent');
    const why = { code: 'invalid_page' as const, message: 'The page is gone.', hint: null };
    fake.emit('delivery', { ...mine, id: 'elsewhere', state: { kind: 'needs_you', why } });
    expect(quick.sent.trouble).toBeNull();
    fake.emit('delivery', { ...mine, state: { kind: 'needs_you', why } });
    expect(quick.sent.trouble?.id).toBe(mine.id);
  });
});

describe('undo', () => {
  it('takes back every delivery of what was sent, and puts back what was typed and marked', async () => {
    const { fake, quick } = await start();
    quick.mark();
    quick.type('event log');
    await vi.advanceTimersByTimeAsync(0);
    quick.mark();
    await quick.send();
    expect(fake.deliveries, 'one for each meeting').toHaveLength(2);
    expect(quick.items.query).toBe('');
    await quick.undo();
    expect(fake.deliveries).toEqual([]);
    expect(quick.sent.newest).toBeNull();
    expect(quick.items.query).toBe('event log');
    expect(quick.items.marked.map(({ id }) => id)).toEqual(['item-0-0', 'item-1-0']);
    await vi.advanceTimersByTimeAsync(HOLD);
    expect(fake.requests('hide_quick'), 'nothing went, so there is no reason to hide').toEqual([]);
  });

  it('takes back the newest first, and leaves what was typed since', async () => {
    const { fake, quick } = await start();
    await quick.send();
    quick.move(1);
    await quick.send();
    quick.type('pilot');
    await quick.undo();
    expect(fake.deliveries.map(({ items }) => items)).toEqual([['item-0-0']]);
    expect(quick.items.query).toBe('pilot');
    expect(quick.sent.newest?.held).toHaveLength(1);
  });

  it('says so where it comes too late', async () => {
    const { fake, quick } = await start();
    await quick.send();
    fake.instead.cancel = refused('failed', 'It is on its way already.');
    await quick.undo();
    expect(quick.trouble?.message).toBe('It is on its way already.');
  });
});

describe('the dialog', () => {
  it('opens in the main window for the items and the destination, and this one hides', async () => {
    const { fake, quick } = await start();
    await quick.dialog();
    expect(fake.requests('open_dialog')).toEqual([{ items: ['item-0-0'], action: 'add_comment', target: targets[0]?.target }]);
    expect(fake.requests('hide_quick')).toHaveLength(1);
  });

  it('takes items of one meeting only', async () => {
    const { fake, quick } = await start();
    quick.mark();
    quick.move(8);
    quick.mark();
    await quick.dialog();
    expect(quick.trouble?.message).toMatch(/items of one meeting; these are of 2/);
    expect(fake.requests('open_dialog')).toEqual([]);
    expect(quick.items.marked).toHaveLength(2);
  });

  it('opens without a destination too', async () => {
    const { fake, quick } = await start({ connected: true }, (one) => (one.targets = []));
    await quick.dialog();
    expect(fake.requests('open_dialog')).toEqual([{ items: ['item-0-0'], action: 'create_page', target: null }]);
  });
});
