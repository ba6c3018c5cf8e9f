// Quick send as a person uses it, over the stand-in for the core. Controls are found by role and name.

import { render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import Window from '../Quick.svelte';
import { BackendError } from '../ipc/backend';
import { Fake, type FakeOptions } from '../ipc/fake';
import { organizations, pages, targets } from '../ipc/fake_data';
import { linkOf } from '../ipc/fake_pages';
import { Quick } from '../state/quick.svelte';

const user = userEvent.setup({ pointerEventsCheck: 0 });

async function open(options: FakeOptions = { connected: true }, prepare?: (fake: Fake) => void) {
  const fake = new Fake(options);
  prepare?.(fake);
  const quick = new Quick(fake);
  render(Window, { quick });
  await quick.start();
  fake.emit('quick_opened', { item: null });
  const search = screen.getByRole('searchbox', { name: 'Quick send' }) as HTMLInputElement;
  await waitFor(() => expect(document.activeElement).toBe(search));
  return { fake, quick, search };
}

const [, labs] = organizations as [(typeof organizations)[0], (typeof organizations)[0]];
const [log] = pages as [(typeof pages)[0]];

const options = () => within(screen.getByRole('listbox', { name: 'Items' })).queryAllByRole('option');
const active = () => document.getElementById(screen.getByRole('searchbox').getAttribute('aria-activedescendant') ?? '');
const destination = () => screen.findByRole('combobox', { name: 'Destination' }) as Promise<HTMLInputElement>;

// Compiling a screen for the first time can take longer than a person would be made to wait.
beforeAll(async () => {
  await Promise.all([import('./QuickDestination.svelte'), import('./QuickElsewhere.svelte')]);
}, 120_000);

beforeEach(() => {
  delete document.documentElement.dataset.focused;
});

describe('opening', () => {
  it('puts the focus into the search field before any answer, and tells the shell each time', async () => {
    const { fake, search } = await open();
    await user.keyboard('pilot');
    search.blur();
    // Somebody comes back later.
    const now = performance.now();
    vi.spyOn(performance, 'now').mockReturnValue(now + 60_000);
    // The core takes its time.
    fake.instead.find_items = () => new Promise(() => undefined);
    fake.instead.targets = () => new Promise(() => undefined);
    fake.emit('quick_opened', { item: null });
    await waitFor(() => expect(document.documentElement.dataset.focused).toBe('2'));
    expect(document.activeElement).toBe(search);
    expect([search.selectionStart, search.selectionEnd], 'so that typing replaces what was there').toEqual([0, 5]);
  });

  it('keeps letters that are faster than the word that it was opened', async () => {
    const { fake, search } = await open();
    await user.keyboard('sh');
    fake.emit('quick_opened', { item: null });
    await waitFor(() => expect(document.documentElement.dataset.focused).toBe('2'));
    await user.keyboard('ip');
    expect(search.value).toBe('ship');
  });

  it('shows the newest items, which begin with their words', async () => {
    await open();
    expect(screen.getByRole('dialog', { name: 'Quick send' })).toBeTruthy();
    expect(options()[2]?.textContent?.replace(/\s+/g, ' ').trim()).toBe('Ship the importer behind a flag Weekly product sync · Today');
    expect(options()[5]?.textContent?.replace(/\s+/g, ' ').trim()).toMatch(/^Write the migration guide Grace · due 20 Nov Weekly product sync · Today/);
    expect(active()).toBe(options()[0]);
  });

  it('shows the item that was chosen in the tray, and no other', async () => {
    const { fake, quick } = await open();
    fake.emit('quick_opened', { item: quick.items.found?.[5] ?? null });
    await waitFor(() => expect(options()).toHaveLength(1));
    await user.keyboard('{Enter}');
    await waitFor(() => expect(fake.requests('quick_send').map(({ items }) => items)).toEqual([['item-0-5']]));
  });
});

describe('the keyboard', () => {
  it('sends with Enter alone to the destination that is shown', async () => {
    const { fake, search } = await open();
    expect((await destination()).value).toBe('Acme › Engineering › Decisions log (comment)');
    await user.keyboard('{Enter}');
    await waitFor(() => expect(fake.requests('quick_send')).toEqual([{ items: ['item-0-0'], target: targets[0]?.target, again: false }]));
    expect((await screen.findByText('Engineering › Decisions log', { selector: '.words bdi' })).parentElement?.textContent).toBe('Sends to Engineering › Decisions log in 5 s');
    expect(screen.getByText(/^Sends to .* in 5 seconds\. Ctrl\+Z takes it back\.$/), 'said once').toBeTruthy();
    expect(document.activeElement, 'ready for the next one').toBe(search);
  });

  it('finds by letters, walks with the arrows and marks the hit', async () => {
    const { fake, search } = await open();
    await user.keyboard('import');
    await waitFor(() => expect(options()).toHaveLength(3));
    expect(document.querySelector('mark')?.textContent).toBe('import');
    await user.keyboard('{ArrowDown}{ArrowDown}{ArrowUp}');
    expect(active()?.textContent).toMatch(/^Ship the importer/);
    expect(search.value, 'a space is a letter like any other').toBe('import');
    await user.keyboard(' behind{Enter}');
    await waitFor(() => expect(fake.requests('quick_send').map(({ items }) => items)).toEqual([['item-0-2']]));
  });

  it('marks several with Ctrl+Space or Shift and an arrow, and shows how many', async () => {
    const { fake } = await open();
    await user.keyboard('{Shift>}{ArrowDown}{ArrowDown}{/Shift}{Control>} {/Control}');
    expect(options().map((row) => row.getAttribute('aria-selected')).slice(0, 4)).toEqual(['true', 'true', 'true', 'false']);
    expect(screen.getByText('3 items')).toBeTruthy();
    await user.keyboard('{Control>} {/Control}');
    expect(screen.getByText('2 items')).toBeTruthy();
    await user.keyboard('{Enter}');
    await waitFor(() => expect(fake.requests('quick_send').map(({ items }) => items)).toEqual([['item-0-0', 'item-0-1']]));
    await waitFor(() => expect(screen.queryByText('2 items')).toBeNull());
  });

  it('clears the marks with a button before the field', async () => {
    const { search } = await open();
    await user.keyboard('{Control>} {/Control}');
    await user.tab({ shift: true });
    expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Clear marks' }));
    await user.keyboard('{Enter}');
    expect(screen.queryByText('1 item')).toBeNull();
    expect(document.activeElement).toBe(search);
  });

  it('leads with Tab to the destination, there and back again', async () => {
    const { fake, search } = await open();
    const field = await destination();
    await user.tab();
    expect(document.activeElement).toBe(field);
    const names = (await screen.findAllByRole('option', { name: /›|Another/ })).map(({ textContent }) => textContent?.trim());
    expect(names).toEqual([
      'Acme › Engineering › Decisions log (comment)',
      'Acme › ENG › new page',
      'Acme › PROD › Architecture overview › new page',
      'Another destination…',
    ]);
    await user.keyboard('prod{Enter}');
    await waitFor(() => expect(document.activeElement, 'back to the search, where Enter sends').toBe(search));
    expect((await destination()).value).toBe('Acme › PROD › Architecture overview › new page');
    await user.keyboard('{Enter}');
    await waitFor(() => expect(fake.requests('quick_send').map(({ target }) => target)).toEqual([targets[2]?.target]));
  });

  it('leaves the destination with Escape or Shift and Tab, and only then hides', async () => {
    const { fake, search } = await open();
    await destination();
    await user.tab();
    await screen.findByRole('option', { name: 'Another destination…' });
    await user.keyboard('{Escape}');
    await waitFor(() => expect(document.activeElement).toBe(search));
    expect(fake.requests('hide_quick')).toEqual([]);
    await user.tab();
    await user.tab({ shift: true });
    await waitFor(() => expect(document.activeElement).toBe(search));
    await user.keyboard('{Escape}');
    expect(fake.requests('hide_quick')).toHaveLength(1);
  });

  it('sends once while Enter is held down', async () => {
    const { fake } = await open();
    await user.keyboard('{Enter>3/}');
    await screen.findByRole('button', { name: 'Undo' });
    await user.keyboard('{ArrowDown}{Enter}');
    await waitFor(() => expect(fake.requests('quick_send'), 'the second is a new press').toHaveLength(2));
  });

  it('does not hear the shortcut that opened the window as its own', async () => {
    const { quick, search } = await open();
    await user.keyboard('{Control>}{Shift>} {/Control}{/Shift} {ArrowDown}');
    expect(quick.items.marked).toEqual([]);
    expect(search.value).toBe('');
  });

  it('takes back with Ctrl+Z', async () => {
    const { fake } = await open();
    await user.keyboard('pilot{Enter}');
    await screen.findByRole('button', { name: 'Undo' });
    await user.keyboard('{Control>}z{/Control}');
    await waitFor(() => expect(fake.deliveries).toEqual([]));
    expect(screen.queryByRole('button', { name: 'Undo' })).toBeNull();
    expect((screen.getByRole('searchbox') as HTMLInputElement).value, 'as it was').toBe('pilot');
  });

  it('makes the destination a favourite, or no longer', async () => {
    const { fake } = await open();
    const star = await screen.findByRole('button', { name: 'Favourite' });
    expect(star.getAttribute('aria-pressed')).toBe('true');
    await user.keyboard('{Control>}d{/Control}');
    await waitFor(() => expect(star.getAttribute('aria-pressed')).toBe('false'));
    expect(fake.requests('set_favourite')).toEqual([{ target: targets[0]?.target, favourite: false }]);
  });

  it('opens the dialog with Shift+Enter, unless the items are of several meetings', async () => {
    const { fake } = await open();
    await user.keyboard('{Control>} {/Control}event log');
    await waitFor(() => expect(options()).toHaveLength(1));
    await user.keyboard('{Control>} {/Control}{Shift>}{Enter}{/Shift}');
    expect((await screen.findByRole('alert')).textContent).toMatch(/items of one meeting/);
    expect(fake.requests('open_dialog')).toEqual([]);
    await user.keyboard('{Control>} {/Control}{Shift>}{Enter}{/Shift}');
    await waitFor(() => expect(fake.requests('open_dialog').map(({ items }) => items)).toEqual([['item-0-0']]));
    expect(fake.requests('hide_quick')).toHaveLength(1);
  });
});

describe('another destination', () => {
  async function openForm() {
    const opened = await open();
    await destination();
    await user.tab();
    await screen.findByRole('option', { name: 'Another destination…' });
    await user.keyboard('another{Enter}');
    return { ...opened, form: await screen.findByRole('form', { name: 'Another destination' }) };
  }

  it('is a page in a space, and stays chosen', async () => {
    const { fake, search, form } = await openForm();
    const space = within(form).getByRole('combobox', { name: 'Space' });
    await waitFor(() => expect(document.activeElement).toBe(space));
    await user.keyboard('people');
    await screen.findByRole('option', { name: /^People/ });
    await user.keyboard('{Enter}');
    await user.click(within(form).getByRole('button', { name: 'Use' }));
    await waitFor(() => expect(document.activeElement).toBe(search));
    expect((await destination()).value).toBe('Acme › PPL › new page');
    await user.keyboard('{Enter}');
    await waitFor(() =>
      expect(fake.requests('quick_send').map(({ target }) => target)).toEqual([
        { kind: 'new_page', organization: organizations[0]?.id, space: { id: '65004', key: 'PPL', name: 'People' }, parent: null },
      ]),
    );
  });

  it('is a comment on a page', async () => {
    const { form } = await openForm();
    await user.click(within(form).getByRole('radio', { name: 'Comments on a page' }));
    await user.type(within(form).getByRole('combobox', { name: 'Page' }), 'roadmap');
    await screen.findByRole('option', { name: /^Roadmap/ });
    await user.keyboard('{Enter}');
    await user.click(within(form).getByRole('button', { name: 'Use' }));
    expect((await destination()).value).toMatch(/^Acme › .* › Roadmap 2027 \(comment\)$/);
  });

  it('is in the organization of a pasted link, and so is the favourite that it becomes', async () => {
    const { fake, quick, form } = await openForm();
    await user.click(within(form).getByRole('radio', { name: 'Comments on a page' }));
    await user.click(within(form).getByRole('combobox', { name: 'Page' }));
    await user.paste(linkOf(labs, log));
    await user.click(await screen.findByRole('option', { name: /^Decisions log Acme Labs/ }));
    expect((within(form).getByRole('combobox', { name: 'Organization' }) as HTMLInputElement).value).toBe('Acme Labs');
    await user.click(within(form).getByRole('button', { name: 'Use' }));
    expect((await destination()).value).toBe('Acme Labs › Engineering › Decisions log (comment)');
    const target = { kind: 'comment', organization: labs.id, page: log };
    await quick.targets.star();
    expect(fake.requests('set_favourite')).toEqual([{ target, favourite: true }]);
    await user.keyboard('{Enter}');
    await waitFor(() => expect(fake.requests('quick_send').map((sent) => sent.target)).toEqual([target]));
  });

  it('is beneath the page of a pasted link, in its organization and space', async () => {
    const { form } = await openForm();
    await user.click(within(form).getByRole('combobox', { name: 'Parent page' }));
    await user.paste(linkOf(labs, log));
    await user.click(await screen.findByRole('option', { name: /^Decisions log Acme Labs/ }));
    await user.click(within(form).getByRole('button', { name: 'Use' }));
    expect((await destination()).value).toBe('Acme Labs › ENG › Decisions log › new page');
  });

  it('cannot be in an organization that is not connected, whose connecting is elsewhere', async () => {
    const { fake, form } = await openForm();
    await user.click(within(form).getByRole('radio', { name: 'Comments on a page' }));
    await user.click(within(form).getByRole('combobox', { name: 'Page' }));
    await user.paste('https://initech.example/wiki/spaces/ENG/pages/900100/T');
    await user.click(await within(form).findByRole('button', { name: 'Connect' }));
    await waitFor(() => expect(fake.requests('go_to')).toEqual(['integrations']));
  });

  it('that was chosen is let go where the connection no longer reaches it', async () => {
    const { fake, quick } = await open();
    quick.targets.chooseNew({ kind: 'comment', organization: labs.id, page: log });
    await waitFor(async () => expect((await destination()).value).toContain('Acme Labs'));
    fake.setConnection({ state: 'disconnected', why: null });
    const account = { id: 'a', name: 'Ada', email: null, organizations: organizations.slice(0, 1), remembered: true, missing_scopes: [] };
    fake.setConnection({ state: 'connected', ...account });
    await waitFor(async () => expect((await destination()).value).toBe('Engineering › Decisions log (comment)'));
  });

  it('is left with Escape, which hides nothing', async () => {
    const { fake, search, form } = await openForm();
    await user.type(within(form).getByRole('combobox', { name: 'Space' }), 'people');
    await screen.findByRole('option', { name: /^People/ });
    await user.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByRole('option'), 'first the list of the field closes').toBeNull());
    await user.keyboard('{Escape}');
    await waitFor(() => expect(document.activeElement).toBe(search));
    expect(fake.requests('hide_quick')).toEqual([]);
    expect((await destination()).value).toBe('Acme › Engineering › Decisions log (comment)');
  });
});

describe('what is missing', () => {
  it('is said without a connection, while the items are there; Enter leads to the button', async () => {
    const { fake } = await open({});
    expect(options().length).toBeGreaterThan(0);
    expect(screen.queryByRole('combobox')).toBeNull();
    await user.keyboard('{Enter}');
    const button = screen.getByRole('button', { name: 'Connect Confluence' });
    await waitFor(() => expect(document.activeElement).toBe(button));
    await user.keyboard('{Enter}');
    await waitFor(() => expect(fake.requests('go_to')).toEqual(['integrations']));
    expect(fake.requests('quick_send')).toEqual([]);
    expect(await screen.findByText('Confluence is not connected yet.')).toBeTruthy();
  });

  it('is a new connection where the old one ended, and nothing as soon as it is there', async () => {
    const account = { id: 'a', name: 'Ada', email: null, organizations: organizations.slice(0, 1), remembered: true, missing_scopes: [] };
    const { fake } = await open({ connection: { state: 'needs_reconnecting', account, why: { code: 'reconnect_needed', message: 'It ended.', hint: null } } });
    expect(screen.getByRole('button', { name: 'Reconnect' })).toBeTruthy();
    fake.setConnection({ state: 'connected', ...account });
    expect((await destination()).value, 'with one organization its name says nothing').toBe('Engineering › Decisions log (comment)');
    expect(screen.queryByRole('button', { name: 'Reconnect' })).toBeNull();
  });

  it('is a destination: Enter leads to the choice', async () => {
    const { fake } = await open({ connected: true }, (one) => (one.targets = []));
    const field = await destination();
    expect(field.placeholder).toBe('Choose a destination');
    await user.keyboard('{Enter}');
    await waitFor(() => expect(document.activeElement).toBe(field));
    expect(fake.requests('quick_send')).toEqual([]);
  });

  it('is a meeting: the way to Sally is offered', async () => {
    const { fake } = await open({ connected: true, meetings: 0 });
    await user.click(screen.getByRole('button', { name: 'Open Sally' }));
    await waitFor(() => expect(fake.requests('go_to')).toEqual(['as_it_was']));
    expect(fake.requests('hide_quick')).toHaveLength(1);
  });

  it('is a match', async () => {
    await open();
    await user.keyboard('nowhere');
    expect((await screen.findAllByText('No item matches “nowhere”')).length).toBeGreaterThan(0);
    expect(options()).toEqual([]);
  });
});

it('asks before the same goes to the same place again', async () => {
  const { fake } = await open();
  fake.instead.quick_send = () => {
    throw new BackendError({ code: 'sent_before', message: 'The same went there 2 minutes ago.', hint: { kind: 'send_again' } });
  };
  await user.keyboard('{Enter}');
  expect((await screen.findByRole('alert')).textContent).toMatch(/2 minutes ago/);
  delete fake.instead.quick_send;
  await user.click(screen.getByRole('button', { name: 'Send again' }));
  await waitFor(() => expect(fake.requests('quick_send').map(({ again }) => again)).toEqual([false, true]));
  await waitFor(() => expect(screen.queryByRole('alert')).toBeNull());
});

it('leads to the outbox from what needs the person', async () => {
  const { fake } = await open();
  await user.keyboard('{Enter}');
  await screen.findByRole('button', { name: 'Undo' });
  const [mine] = fake.deliveries;
  if (!mine) throw new Error('nothing was sent');
  fake.emit('delivery', { ...mine, state: { kind: 'needs_you', why: { code: 'invalid_page', message: 'The page is gone.', hint: null } } });
  expect((await screen.findByRole('alert')).textContent).toMatch(/Needs you: Decisions log\. The page is gone\./);
  await user.click(screen.getByRole('button', { name: 'Show in Outbox' }));
  await waitFor(() => expect(fake.requests('go_to')).toEqual(['outbox']));
});
