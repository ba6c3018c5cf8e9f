// Changing items and meetings by hand, as a person does it. Controls are found by role and name.

import { screen, waitFor, within } from '@testing-library/svelte';
import { beforeAll, describe, expect, it } from 'vitest';
import { BackendError } from '../ipc/backend';
import type { MeetingView } from '../ipc/bindings';
import { item, openWindow, user } from './window.testing';

beforeAll(async () => {
  await Promise.all([
    import('./MeetingPane.svelte'),
    import('./ItemDialog.svelte'),
    import('./MergeDialog.svelte'),
    import('./DeleteMeetingDialog.svelte'),
    import('./Notices.svelte'),
  ]);
}, 120_000);

const flag = 'Ship the importer behind a flag';
const focused = () => document.activeElement;

async function choose(button: HTMLElement, name: string): Promise<void> {
  await user.click(button);
  await user.click(await screen.findByRole('menuitem', { name }));
}

async function more(text: string, name: string): Promise<void> {
  await choose(within(await item(text)).getByRole('button', { name: 'More actions' }), name);
}

/** Of the meeting, which stands before those of its items. */
async function meetingMore(name: string): Promise<void> {
  await item(flag);
  await choose(within(document.querySelector('article header') as HTMLElement).getByRole('button', { name: 'More actions' }), name);
}

async function dialog(name: string) {
  const box = within(await screen.findByRole('dialog', { name }));
  const field = (label: string) => box.getByRole('textbox', { name: new RegExp(`^${label}`) }) as HTMLTextAreaElement;
  return { ...box, field, button: (label: string) => box.getByRole('button', { name: label }) as HTMLButtonElement };
}

describe('changing an item', () => {
  it('has its own menu beside that of Confluence, which stays as it is', async () => {
    await openWindow();
    await user.click(within(await item(flag)).getByRole('button', { name: 'More actions' }));
    const names = async () => (await screen.findAllByRole('menuitem')).map(({ textContent }) => textContent?.trim());
    expect(await names()).toEqual(['Edit…', 'Merge…', 'Delete']);
    await user.keyboard('{Escape}');
    await waitFor(async () => expect(focused()).toBe(await item(flag)));
    await waitFor(() => expect(screen.queryByRole('menu')).toBeNull());
    await user.click(within(await item(flag)).getByRole('button', { name: 'Confluence' }));
    expect(await names()).toEqual(['Create a page in Confluence', 'Add a comment to a Confluence page']);
  });

  it('is done by keyboard alone, and the item says that it was', async () => {
    const { fake } = await openWindow();
    (await item(flag)).focus();
    await user.keyboard('{F2}');
    const { field, getByRole } = await dialog('Edit item');
    await waitFor(() => expect(focused()).toBe(field('Text')));
    expect(field('Text').value).toBe(flag);
    expect(field('Text').getAttribute('aria-required')).toBe('true');
    expect(document.getElementById(field('Due').getAttribute('aria-describedby') ?? '')?.textContent).toBe('A date such as 20 Nov 2026 is understood.');
    await user.selectOptions(getByRole('combobox', { name: 'Section' }), 'Tasks');
    await user.click(getByRole('checkbox', { name: 'Done' }));
    await user.type(field('Owner'), 'Grace');
    await user.type(field('Due'), '3 Dec 2026');
    await user.type(field('Text'), ' soon');
    await user.keyboard('{Control>}{Enter}{/Control}');
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(fake.requests('edit_item')).toEqual([
      { item: 'item-0-2', words: { kind: 'task', text: `${flag} soon`, owner: 'Grace', due: '3 Dec 2026', done: true } },
    ]);
    const row = await item(`${flag} soon`);
    await waitFor(() => expect(focused(), 'so that it can be sent at once').toBe(row));
    expect(within(row).getByText('Changed by hand')).toBeTruthy();
    expect(within(row).getByTitle(/a later sync or import will not overwrite it/)).toBeTruthy();
    expect(within(await item('Importer flag decision')).queryByText('Changed by hand')).toBeNull();
  });

  it('hushes what is only said in passing while it asks', async () => {
    const { app } = await openWindow();
    app.notices.show({ tone: 'good', message: 'All is well' });
    const toaster = () => screen.getByText('All is well').closest('[data-sonner-toaster]');
    await waitFor(() => expect(toaster()?.classList.contains('hushed')).toBe(false));
    expect(screen.getByText('All is well').closest('[data-sonner-toast]')?.classList.contains('passing')).toBe(true);
    await more(flag, 'Edit…');
    await dialog('Edit item');
    await waitFor(() => expect(toaster()?.classList.contains('hushed')).toBe(true));
    await user.keyboard('{Escape}');
    await waitFor(() => expect(toaster()?.classList.contains('hushed')).toBe(false));
    await meetingMore('Delete meeting…');
    await waitFor(() => expect(toaster()?.classList.contains('hushed')).toBe(true));
    await user.keyboard('{Escape}');
    await waitFor(() => expect(toaster()?.classList.contains('hushed')).toBe(false));
  });

  it('offers to tick tasks only', async () => {
    await openWindow();
    await more(flag, 'Edit…');
    const { queryByRole } = await dialog('Edit item');
    expect(queryByRole('checkbox', { name: 'Done' })).toBeNull();
  });

  it('asks for the words where there are none', async () => {
    const { fake } = await openWindow();
    await more(flag, 'Edit…');
    const { field, button } = await dialog('Edit item');
    await user.clear(field('Text'));
    await user.click(button('Save'));
    await waitFor(() => expect(focused()).toBe(field('Text')));
    expect(document.getElementById(field('Text').getAttribute('aria-describedby') ?? '')?.textContent).toBe('Say what it is about.');
    expect(fake.requests('edit_item')).toEqual([]);
    await user.type(field('Text'), 'N');
    expect(field('Text').getAttribute('aria-invalid')).toBeNull();
  });

  it('keeps everything that was typed when it cannot be saved', async () => {
    const { fake } = await openWindow();
    fake.instead.edit_item = () => {
      throw new BackendError({ code: 'failed', message: 'The disk is full.', hint: null });
    };
    await more(flag, 'Edit…');
    const { field, button, findByRole } = await dialog('Edit item');
    await user.type(field('Text'), '!');
    await user.click(button('Save'));
    expect((await findByRole('alert')).textContent?.trim()).toBe('The disk is full.');
    expect(field('Text').value).toBe(`${flag}!`);
    delete fake.instead.edit_item;
    await user.click(button('Save'));
    await item(`${flag}!`);
  });

  it('keeps what was not saved for its item, and says so', async () => {
    const { fake } = await openWindow();
    await more(flag, 'Edit…');
    await user.type((await dialog('Edit item')).field('Text'), ' perhaps');
    await user.keyboard('{Escape}');
    await waitFor(async () => expect(focused()).toBe(await item(flag)));
    await more('Importer flag decision', 'Edit…');
    expect((await dialog('Edit item')).field('Text').value).toBe('Importer flag decision');
    await user.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    await more(flag, 'Edit…');
    const { field, button, getByText, queryByText } = await dialog('Edit item');
    expect(field('Text').value).toBe(`${flag} perhaps`);
    expect(getByText('Restored what you typed earlier')).toBeTruthy();
    await user.click(button('Start over'));
    expect(field('Text').value).toBe(flag);
    expect(queryByText('Restored what you typed earlier')).toBeNull();
    const kept = fake.requests('save_item_draft');
    expect(kept.map(({ dialog, words }) => [dialog, words?.text])).toEqual([
      [{ edit: 'item-0-2' }, `${flag} perhaps`],
      [{ edit: 'item-0-2' }, undefined],
    ]);
    await user.keyboard('{Escape}');
    await more(flag, 'Edit…');
    expect((await dialog('Edit item')).queryByText('Restored what you typed earlier'), 'it was given up').toBeNull();
  });

  it('keeps what is being typed, for a window that is left or ends', async () => {
    const { fake } = await openWindow();
    await more(flag, 'Edit…');
    await user.type((await dialog('Edit item')).field('Owner'), 'Gra');
    window.dispatchEvent(new Event('blur'));
    await waitFor(() => expect(fake.requests('save_item_draft').at(-1)?.words?.owner).toBe('Gra'));
  });

  it('keeps what was to be saved when the dialog is gone before it fails', async () => {
    const { fake } = await openWindow();
    let fail = (): void => undefined;
    fake.instead.edit_item = () => new Promise((_, reject) => (fail = () => reject(new BackendError({ code: 'failed', message: 'The disk is full.', hint: null }))));
    await more(flag, 'Edit…');
    const { field, button } = await dialog('Edit item');
    await user.type(field('Text'), '!');
    await user.click(button('Save'));
    await waitFor(() => expect(fake.requests('edit_item')).toHaveLength(1));
    await user.keyboard('{Escape}');
    fail();
    await screen.findByText('The disk is full.');
    await more(flag, 'Edit…');
    expect((await dialog('Edit item')).field('Text').value).toBe(`${flag}!`);
  });
});

describe('deleting an item', () => {
  it('goes on to the next one, and can be undone', async () => {
    const { fake } = await openWindow();
    (await item(flag)).focus();
    await user.keyboard('{Delete}');
    await waitFor(() => expect(screen.queryByText(flag, { selector: 'li p bdi' })).toBeNull());
    await waitFor(async () => expect(focused()).toBe(await item('Importer flag decision')));
    expect(await screen.findByText('Item deleted')).toBeTruthy();
    await user.click(screen.getByRole('button', { name: 'Undo' }));
    await waitFor(async () => expect(focused()).toBe(await item(flag)));
    expect(fake.requests('put_back_item')).toEqual(['item-0-2']);
    expect(screen.getByRole('link', { name: /^Weekly.*8 items/ }), 'the list was asked again').toBeTruthy();
  });

  it('goes back where it was the last one, and to the meeting where it was the only one', async () => {
    const { app } = await openWindow();
    await app.meetings.choose('meeting-4');
    await more('Send feedback to the candidate', 'Delete');
    expect(await screen.findByText(/This meeting has no insights/)).toBeTruthy();
    await waitFor(() => expect(focused()?.id).toBe('meeting-more'));
    await app.meetings.choose('meeting-3');
    await more('Every state says what happens next', 'Delete');
    await waitFor(async () => expect(focused()).toBe(await item('People read the state word, not the icon')));
  });
});

describe('adding an item', () => {
  it('puts it in its section, with the focus', async () => {
    const { fake } = await openWindow();
    await meetingMore('Add an item…');
    const { field, button, getByRole } = await dialog('Add an item');
    expect((getByRole('combobox', { name: 'Section' }) as HTMLSelectElement).selectedOptions[0]?.textContent).toBe('Insights');
    await user.type(field('Text'), 'Nobody reads the footer');
    await user.click(button('Save'));
    await waitFor(async () => expect(focused()).toBe(await item('Nobody reads the footer')));
    expect(fake.requests('add_item')).toEqual([
      { meeting: 'meeting-0', said: '', at_ms: null, words: { kind: 'insight', text: 'Nobody reads the footer', owner: null, due: null, done: false } },
    ]);
  });
});

describe('merging items', () => {
  it('shows what comes of them, and leaves one', async () => {
    const { fake } = await openWindow();
    await more('Importer flag decision', 'Merge…');
    const { button, getByRole } = await dialog('Merge items');
    const box = (name: string) => getByRole('checkbox', { name }) as HTMLInputElement;
    const result = () => within(getByRole('region', { name: 'Result' }));
    expect(box('Importer flag decision').checked).toBe(true);
    expect(button('Merge').disabled, 'one is none').toBe(true);
    await user.click(box(flag));
    await user.click(box('Write the migration guide'));
    expect(result().getByText(/^Ship/).textContent).toBe(`${flag}\nImporter flag decision\nWrite the migration guide`);
    expect(result().getByText('Grace').parentElement?.textContent).toBe('Grace · due 20 Nov');
    await user.click(button('Merge'));
    await waitFor(() => expect(focused()?.id).toBe('item-item-0-2'));
    expect(focused()?.textContent).toContain('Importer flag decision');
    expect(fake.requests('merge_items')).toEqual([['item-0-2', 'item-0-3', 'item-0-5']]);
    expect(screen.getByRole('link', { name: /^Weekly.*6 items/ })).toBeTruthy();
  });

  it('is offered for a meeting with two items or more, and says what went wrong', async () => {
    const { fake, app } = await openWindow();
    fake.instead.merge_items = () => {
      throw new BackendError({ code: 'failed', message: 'The disk is full.', hint: null });
    };
    await meetingMore('Merge items…');
    const { button, getByRole, findByRole } = await dialog('Merge items');
    await user.click(getByRole('checkbox', { name: 'All decisions' }));
    await user.click(button('Merge'));
    expect((await findByRole('alert')).textContent?.trim()).toBe('The disk is full.');
    await user.click(button('Cancel'));
    await app.meetings.choose('meeting-4');
    await screen.findByRole('heading', { name: /^Hiring/ });
    await user.click(within(document.querySelector('article header') as HTMLElement).getByRole('button', { name: 'More actions' }));
    await screen.findByRole('menu');
    expect(screen.queryByRole('menuitem', { name: 'Merge items…' })).toBeNull();
  });
});

describe('a meeting as a whole', () => {
  it('is deleted only after a question, and the next one is shown', async () => {
    const { fake } = await openWindow();
    await meetingMore('Delete meeting…');
    const question = within(await screen.findByRole('alertdialog', { name: 'Delete this meeting?' }));
    expect(question.getByText(/stays there and in the Outbox/)).toBeTruthy();
    await waitFor(() => expect(focused(), 'Enter must not delete').toBe(question.getByRole('button', { name: 'Cancel' })));
    await user.keyboard('{Enter}');
    await waitFor(() => expect(screen.queryByRole('alertdialog')).toBeNull());
    expect(fake.requests('delete_meeting')).toEqual([]);
    await meetingMore('Delete meeting…');
    await user.click(within(await screen.findByRole('alertdialog')).getByRole('button', { name: 'Delete' }));
    expect(await screen.findByRole('heading', { level: 1, name: 'Architecture forum' })).toBeTruthy();
    expect(screen.queryByRole('link', { name: /^Weekly/ })).toBeNull();
  });

  it('names damaged files that may hold it, shows what was not sent in them, and deletes them only where that is ticked', async () => {
    const { fake, app } = await openWindow();
    fake.damaged = [{ name: 'sally.db.damaged-1', is_whole: false, unsent: [{ what: 'Comment on “Rollout”', words: 'Half a thought' }] }];
    await meetingMore('Delete meeting…');
    let question = within(await screen.findByRole('alertdialog'));
    expect(question.getByText('sally.db.damaged-1')).toBeTruthy();
    expect(question.getByRole('list', { name: 'Not sent, and nowhere else:' }).textContent).toContain('Comment on “Rollout” Half a thought');
    expect(question.getByText(/can be read any more/)).toBeTruthy();
    expect(question.getByRole<HTMLInputElement>('checkbox', { name: 'Delete this file too' }).checked).toBe(false);
    await user.click(question.getByRole('button', { name: 'Delete' }));
    await waitFor(() => expect(fake.requests('delete_meeting')).toHaveLength(1));
    await waitFor(() => expect(screen.queryByRole('alertdialog')).toBeNull());
    expect(fake.requests('delete_damaged_files'), 'nobody asked for it').toEqual([]);

    await app.actions.ask(app.meetings.open as MeetingView);
    question = within(await screen.findByRole('alertdialog'));
    await user.click(question.getByRole('checkbox', { name: 'Delete this file too' }));
    await user.click(question.getByRole('button', { name: 'Delete' }));
    await waitFor(() => expect(fake.requests('delete_damaged_files')).toEqual([['sally.db.damaged-1']]));
    expect(fake.damaged).toEqual([]);

    await app.actions.ask(app.meetings.open as MeetingView);
    expect(within(await screen.findByRole('alertdialog')).queryByRole('checkbox'), 'there is none any more').toBeNull();
  });

  it('leaves the ways to get meetings when it was the last one', async () => {
    await openWindow({ connected: true, meetings: 1 });
    await meetingMore('Delete meeting…');
    await user.click(within(await screen.findByRole('alertdialog')).getByRole('button', { name: 'Delete' }));
    expect(await screen.findByRole('heading', { name: 'No meetings yet' })).toBeTruthy();
  });

  it('is exported, and says so only where a file was chosen', async () => {
    const { fake, app } = await openWindow();
    fake.instead.export_meeting = () => false;
    await meetingMore('Export as JSON…');
    await waitFor(() => expect(fake.requests('export_meeting')).toEqual([{ meeting: 'meeting-0', format: 'json' }]));
    expect(app.notices.list).toEqual([]);
    delete fake.instead.export_meeting;
    await meetingMore('Export as Markdown…');
    expect(await screen.findByText('Meeting exported')).toBeTruthy();
    fake.instead.export_meeting = () => {
      throw new BackendError({ code: 'failed', message: 'The file cannot be written.', hint: null });
    };
    await meetingMore('Export as Markdown…');
    expect(await screen.findByText('The file cannot be written.')).toBeTruthy();
  });
});

describe('the transcript', () => {
  async function openTranscript() {
    const opened = await openWindow();
    await user.click(await screen.findByRole('button', { name: 'Transcript' }));
    const lines = within(await screen.findByRole('list', { name: 'Transcript' }));
    const line = async (n: number) => (await lines.findByRole('checkbox', { name: new RegExp(`Line ${n} of`) })) as HTMLInputElement;
    return { ...opened, lines, line };
  }

  it('gives lines that become an item, by keyboard alone', async () => {
    const { fake, line } = await openTranscript();
    (await line(1)).focus();
    await user.keyboard('{ArrowDown}');
    await waitFor(async () => expect(focused()).toBe(await line(2)));
    await user.keyboard(' {ArrowDown}');
    await waitFor(async () => expect(focused()).toBe(await line(3)));
    await user.keyboard(' ');
    expect(screen.getByText('2 lines picked')).toBeTruthy();
    await user.tab();
    await user.tab();
    expect(focused()).toBe(screen.getByRole('button', { name: 'Add as an item…' }));
    await user.keyboard('{Enter}');
    const { field, getByRole, button } = await dialog('Add an item');
    const words = 'Line 2 of what was said, which may well be short. Line 3 of what was said, which may well be short.';
    expect([field('Text').value, field('Owner').value]).toEqual([words, '']);
    expect((getByRole('combobox', { name: 'Section' }) as HTMLSelectElement).value).toBe('insight');
    await user.click(button('Save'));
    await waitFor(async () => expect(focused(), 'so that it can be sent at once').toBe(await item(words)));
    expect(fake.requests('add_item')[0]).toMatchObject({ at_ms: 4_000, words: { kind: 'insight', owner: null } });
    expect(screen.queryByText(/lines picked/)).toBeNull();
    expect(screen.getByRole('button', { name: 'Transcript' }).getAttribute('aria-expanded'), 'it stays as it was').toBe('true');
  });

  it('keeps what is picked while its dialog is left, until it is cleared', async () => {
    const { line } = await openTranscript();
    await user.click(await line(1));
    await user.click(screen.getByRole('button', { name: 'Add as an item…' }));
    await user.click((await dialog('Add an item')).button('Cancel'));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(screen.getByText('1 line picked')).toBeTruthy();
    await user.click(screen.getByRole('button', { name: 'Clear' }));
    expect((await line(1)).checked).toBe(false);
    await waitFor(async () => expect(focused(), 'the bar is gone').toBe(await line(1)));
  });

  it('is walked to its end, and has few of its lines in the window', async () => {
    const { lines, line } = await openTranscript();
    (await line(1)).focus();
    await user.keyboard('{End}');
    await waitFor(async () => expect(focused()).toBe(await line(900)));
    expect(lines.getAllByRole('listitem').length).toBeLessThan(60);
  });
});
