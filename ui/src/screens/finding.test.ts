// Finding meetings as a person does it: words, filters and what is marked. Controls are found by role and name.

import { screen, waitFor, within } from '@testing-library/svelte';
import { beforeAll, describe, expect, it } from 'vitest';
import type { MeetingList } from '../ipc/bindings';
import { everything } from '../words/filters';
import { openWindow, user } from './window.testing';

beforeAll(() => Promise.all([import('./MeetingPane.svelte'), import('./FilterPanel.svelte')]), 120_000);

const titles = () => screen.queryAllByRole('link').flatMap((link) => link.querySelector('.title')?.textContent ?? []);

async function openFilter() {
  await user.click(screen.getByRole('button', { name: /^Filter/ }));
  return within(await screen.findByRole('dialog', { name: 'Filter meetings' }));
}

describe('the filter', () => {
  it('narrows the list at once, and says in its name how much is set', async () => {
    const { fake } = await openWindow();
    const panel = await openFilter();
    await user.click(panel.getByRole('checkbox', { name: 'Next steps' }));
    await waitFor(() => expect(titles().map((title) => title.slice(0, 10))).toEqual(['Weekly pro', 'Customer c', 'Quarterly ']));
    await user.type(panel.getByRole('textbox', { name: 'Person' }), 'peter');
    await waitFor(() => expect(titles()).toHaveLength(2));
    expect(screen.getByRole('button', { name: 'Filter, 2 set' })).toBeTruthy();
    expect(fake.requests('list_meetings').at(-1)?.filter).toEqual({ ...everything, kinds: ['next_step'], person: 'peter' });
    await user.click(panel.getByRole('button', { name: 'Clear filters' }));
    await waitFor(() => expect(titles()).toHaveLength(8));
    expect((panel.getByRole('textbox', { name: 'Person' }) as HTMLInputElement).value).toBe('');
  });

  it('takes days from the keyboard, and no year that is still being typed', async () => {
    const { fake } = await openWindow();
    const panel = await openFilter();
    const part = (name: string) => within(panel.getByRole('group', { name: 'From' })).getByRole('spinbutton', { name: new RegExp(`^${name}`) });
    part('month').focus();
    await user.keyboard('3');
    part('day').focus();
    await user.keyboard('14');
    part('year').focus();
    await user.keyboard('2025');
    await waitFor(() => expect(fake.requests('list_meetings').at(-1)?.filter.from).toBe('2025-03-14'));
    expect(fake.requests('list_meetings').map(({ filter }) => filter.from)).toEqual([null, '2025-03-14']);
    expect(screen.getByRole('button', { name: /^Remove filter: From / })).toBeTruthy();
    await user.click(panel.getByRole('button', { name: 'Clear filters' }));
    await waitFor(() => expect(part('year').getAttribute('aria-valuetext')).toBe('Empty'));
  });

  it('tells what was sent from what was not', async () => {
    const { fake } = await openWindow();
    const panel = await openFilter();
    await user.click(panel.getByRole('radio', { name: 'Not sent' }));
    await waitFor(() => expect(fake.requests('list_meetings').at(-1)?.filter.sent).toBe(false));
    await user.click(panel.getByRole('radio', { name: 'Sent' }));
    expect(await screen.findByText('No meeting matches these filters')).toBeTruthy();
    expect(panel.getByRole('radio', { name: 'Sent' }).getAttribute('aria-checked')).toBe('true');
  });

  it('closes with Escape, and the focus is on its button again', async () => {
    await openWindow();
    const button = screen.getByRole('button', { name: 'Filter' });
    const panel = await openFilter();
    await waitFor(() => expect(document.activeElement).toBe(panel.getByRole('checkbox', { name: 'Insights' })));
    expect(button.getAttribute('aria-expanded')).toBe('true');
    await user.keyboard('{Escape}');
    await waitFor(() => expect(document.activeElement).toBe(button));
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  it('shows what is set beneath the search, to be taken away one by one', async () => {
    const { app } = await openWindow();
    await app.meetings.narrow({ kinds: ['task', 'decision'], sent: false });
    const chips = () => within(screen.getByRole('list', { name: 'Filters' })).getAllByRole('button').map((chip) => chip.getAttribute('aria-label'));
    expect(chips()).toEqual(['Remove filter: Decisions', 'Remove filter: Tasks', 'Remove filter: Not sent']);
    await user.click(screen.getByRole('button', { name: 'Remove filter: Decisions' }));
    await waitFor(() => expect(chips()).toEqual(['Remove filter: Tasks', 'Remove filter: Not sent']));
    expect(document.activeElement?.getAttribute('aria-label')).toBe('Remove filter: Tasks');
    await user.keyboard('{Enter}{Enter}');
    await waitFor(() => expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Filter' })));
    expect(app.meetings.applied).toEqual(everything);
  });

  it('is named where nothing is found, with the way to take it away', async () => {
    const { app } = await openWindow();
    await app.meetings.narrow({ kinds: ['decision'] });
    await app.meetings.search('hiring');
    expect(await screen.findByText('No meeting matches “hiring” with these filters')).toBeTruthy();
    await user.click(screen.getByRole('button', { name: 'Clear filters' }));
    expect(await screen.findByRole('link', { name: /^Hiring/ })).toBeTruthy();
    expect(document.activeElement).toBe(screen.getByRole('searchbox', { name: 'Search meetings' }));
  });
});

describe('the search', () => {
  it('is emptied by Escape', async () => {
    const { app } = await openWindow();
    await user.type(screen.getByRole('searchbox', { name: 'Search meetings' }), 'forum');
    await waitFor(() => expect(titles()).toHaveLength(1));
    await user.keyboard('{Escape}');
    await waitFor(() => expect(titles()).toHaveLength(8));
    expect(app.meetings.query).toBe('');
  });

  it('says that there are more than were counted, and invents no number', async () => {
    const { fake, app } = await openWindow();
    const [row] = (await fake.call('list_meetings', { query: '', filter: everything, offset: 0, limit: 1 })).rows;
    fake.instead.list_meetings = () => ({ total: 1_000, more: true, rows: [row] }) as MeetingList;
    await app.meetings.search('a');
    expect(await screen.findByText('More than 1,000 meetings found')).toBeTruthy();
  });
});

describe('what was found', () => {
  const marks = (within: Element | null = document.body) => [...(within?.querySelectorAll('mark') ?? [])].map(({ textContent }) => textContent);

  it('is marked in the list and in the open meeting', async () => {
    const { app } = await openWindow();
    await screen.findByRole('heading', { name: 'Weekly product sync' });
    await app.meetings.search('import "behind a flag"');
    await waitFor(() => expect(marks(document.querySelector('article'))).toEqual(['import', 'import', 'behind a flag', 'Import']));
    expect(marks(screen.getByRole('link', { name: /^Weekly/ }))).toEqual(['import']);
    expect(screen.getByRole('button', { name: 'Transcript' }).getAttribute('aria-expanded'), 'the items show it').toBe('false');
  });

  it('opens the transcript at the first hit where it stands nowhere else', async () => {
    const { app } = await openWindow();
    const heading = await screen.findByRole('button', { name: 'Transcript' });
    await app.meetings.search('"line 700"');
    await waitFor(() => expect(heading.getAttribute('aria-expanded')).toBe('true'));
    await waitFor(() => expect(marks(document.querySelector('article'))).toEqual(['Line 700']));
    await user.click(heading);
    await app.meetings.refresh();
    expect(heading.getAttribute('aria-expanded'), 'whoever closes it is not contradicted').toBe('false');
  });

  it('is marked in notes', async () => {
    const { fake, app } = await openWindow();
    const [meeting] = fake.meetings;
    if (!meeting) throw new Error('there are meetings');
    fake.instead.open_meeting = () => ({ ...meeting, id: 'noted', items: [], transcript_lines: 0, notes: 'Nobody objected.' });
    await app.meetings.choose('noted');
    await app.meetings.search('nobody');
    await waitFor(() => expect(marks(document.querySelector('article'))).toEqual(['Nobody']));
  });
});
