import { describe, expect, it } from 'vitest';
import { Fake } from '../ipc/fake';
import type { MeetingView, Space } from '../ipc/bindings';
import { spaces } from '../ipc/fake_data';
import { App } from './app.svelte';

/** The sample meeting has the items 0 to 7: two insights, two decisions, a next step, three tasks. */
async function start() {
  const fake = new Fake({ connected: true });
  const app = new App(fake);
  await app.start();
  const meeting = fake.meetings[0] as MeetingView;
  app.selection.open(meeting);
  const id = (n: number) => `item-0-${n}`;
  const chosen = () => meeting.items.flatMap((item, n) => (app.selection.has(item.id) ? [n] : []));
  return { fake, app, selection: app.selection, meeting, id, chosen };
}

describe('choosing items', () => {
  it('takes a range from the item chosen last, in either direction', async () => {
    const { selection, id, chosen } = await start();
    selection.toggle(id(4));
    selection.extendTo(id(6));
    expect(chosen()).toEqual([4, 5, 6]);
    selection.extendTo(id(3));
    expect(chosen(), 'the range turns around its start').toEqual([3, 4]);
  });

  it('gives back what a range covered before it shrank', async () => {
    const { selection, id, chosen } = await start();
    selection.toggle(id(5));
    selection.toggle(id(2));
    selection.extendTo(id(6));
    selection.extendTo(id(3));
    expect(chosen(), '5 was chosen by itself').toEqual([2, 3, 5]);
  });

  it('takes a range away where the item that it starts from was taken away', async () => {
    const { selection, meeting, id, chosen } = await start();
    selection.toggleAll(meeting.items);
    selection.toggle(id(2));
    selection.extendTo(id(5));
    expect(chosen()).toEqual([0, 1, 6, 7]);
  });

  it('follows the keyboard, and starts a range where none was started', async () => {
    const { selection, id, chosen } = await start();
    expect(selection.step(id(1), 1, false)).toBe(id(2));
    expect(chosen(), 'walking chooses nothing').toEqual([]);
    expect(selection.step(id(2), 1, true)).toBe(id(3));
    selection.step(id(3), 1, true);
    expect(chosen()).toEqual([2, 3, 4]);
    selection.step(id(4), -1, true);
    expect(chosen()).toEqual([2, 3]);
    expect(selection.step(id(7), 1, true), 'there is nothing after the last one').toBeNull();
  });

  it('chooses sections as a whole, and knows when they are chosen in part', async () => {
    const { selection, id, chosen } = await start();
    const decisions = selection.sections.find(({ kind }) => kind === 'decision')?.items ?? [];
    expect(selection.of(decisions)).toBe(false);
    selection.toggle(id(3));
    expect(selection.of(decisions)).toBe('mixed');
    selection.toggleAll(decisions);
    expect(selection.of(decisions), 'a part becomes the whole first').toBe(true);
    expect(chosen()).toEqual([2, 3]);
    selection.toggleAll(decisions);
    expect(selection.count).toBe(0);
  });

  it('starts with nothing for another meeting', async () => {
    const { fake, selection, id } = await start();
    selection.toggle(id(1));
    selection.open(fake.meetings[1] as MeetingView);
    expect(selection.count).toBe(0);
  });
});

describe('sending what is chosen', () => {
  it('hands the items over in their order, and is done when they are on their way', async () => {
    const { fake, app, selection, id } = await start();
    for (const n of [6, 0, 3]) selection.toggle(id(n));
    await selection.send('create_page');
    expect(app.composer.draft?.items).toEqual([id(0), id(3), id(6)]);
    expect(app.composer.draft?.title, 'several items are named by their meeting').toBe('Weekly product sync');
    app.composer.set({ organization: 'cloud-acme', space: spaces[0] as Space });
    await app.composer.create();
    expect(fake.requests('send')[0]?.items).toEqual([id(0), id(3), id(6)]);
    expect(selection.meeting).toBeNull();
    expect(app.deliveries.of(id(3)), 'each item knows that it was sent').toHaveLength(1);
  });

  it('keeps the choice when the dialog is left', async () => {
    const { app, selection, id } = await start();
    selection.toggle(id(2));
    await selection.send('add_comment');
    app.composer.close();
    expect(selection.meeting?.id).toBe('meeting-0');
    expect(selection.has(id(2))).toBe(true);
  });

  it('sends nothing where nothing is chosen', async () => {
    const { fake, selection } = await start();
    await selection.send('create_page');
    expect(fake.requests('compose')).toHaveLength(0);
  });
});
