// The screens as a person uses them, over the stand-in for the core. Controls are found by role and name.

import { render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it } from 'vitest';
import Window from '../App.svelte';
import { Fake, type FakeOptions } from '../ipc/fake';
import { App } from '../state/app.svelte';

const user = userEvent.setup({ pointerEventsCheck: 0 });

async function open(options: FakeOptions = { connected: true }) {
  const fake = new Fake(options);
  const app = new App(fake);
  render(Window, { app });
  await app.start();
  await waitFor(() => expect(document.documentElement.dataset.ready).toBe('true'));
  return { fake, app };
}

const item = async (text: string) => {
  const words = await screen.findByText(text, { selector: 'li p' });
  return words.closest('li') as HTMLElement;
};

async function openDialog(name: string, text = 'Ship the importer behind a flag') {
  (await item(text)).focus();
  await user.keyboard('{Shift>}{F10}{/Shift}');
  await user.click(await screen.findByRole('menuitem', { name }));
  return screen.findByRole('dialog', { name });
}

beforeEach(() => {
  delete document.documentElement.dataset.ready;
});

describe('the window', () => {
  it('shows the meetings as links named by their titles, and the sections of the newest', async () => {
    await open();
    expect(screen.getByRole('link', { name: /^Weekly product sync/ })).toBeTruthy();
    await item('Ship the importer behind a flag');
    const names = screen.getAllByRole('heading', { level: 2 }).map(({ textContent }) => textContent?.trim());
    expect(names.filter((name) => ['Insights', 'Decisions', 'Next steps', 'Tasks', 'Transcript'].includes(name ?? ''))).toEqual([
      'Insights',
      'Decisions',
      'Next steps',
      'Tasks',
      'Transcript',
    ]);
  });

  it('offers the ways to get meetings where there are none', async () => {
    await open({ meetings: 0 });
    expect(screen.getByRole('button', { name: 'Import files…' })).toBeTruthy();
    await user.click(screen.getByRole('button', { name: 'Load sample meetings' }));
    expect(await screen.findByRole('link', { name: /^Weekly product sync/ })).toBeTruthy();
  });

  it('counts what is unsent in the name of the outbox only where there is something', async () => {
    const { fake, app } = await open();
    expect(screen.getByRole('link', { name: 'Outbox' })).toBeTruthy();
    await fake.call('send', {
      item: 'item-0-0',
      destination: { kind: 'comment', organization: 'cloud-acme', page: { id: '1', title: 'A page', space: 'Engineering' } },
      description: 'Words',
      replaces: null,
    });
    await app.deliveries.load();
    expect(await screen.findByRole('link', { name: 'Outbox 1' })).toBeTruthy();
  });

  it('finds as one types and marks the hit', async () => {
    await open();
    await user.keyboard('{Control>}k{/Control}');
    const search = screen.getByRole('searchbox', { name: 'Search meetings' });
    await waitFor(() => expect(document.activeElement).toBe(search));
    await user.keyboard('forum');
    await waitFor(() => expect(document.querySelector('mark')?.textContent).toBe('forum'));
    await user.clear(search);
    await user.keyboard('nowhere');
    expect(await screen.findByText('No meeting matches “nowhere”')).toBeTruthy();
  });
});

describe('the menu of an item', () => {
  it.each([
    ['Shift+F10', '{Shift>}{F10}{/Shift}'],
    ['the context-menu key', '{ContextMenu}'],
  ])('opens with %s, is walked with the arrows, and gives the focus back', async (_, keys) => {
    await open();
    const row = await item('Ship the importer behind a flag');
    row.focus();
    await user.keyboard(keys);
    const items = await screen.findAllByRole('menuitem');
    expect(items.map(({ textContent }) => textContent?.trim())).toEqual(['Create a page in Confluence', 'Add a comment to a Confluence page']);
    await waitFor(() => expect(document.activeElement).toBe(items[0]));
    await user.keyboard('{ArrowDown}');
    expect(document.activeElement).toBe(items[1]);
    await user.keyboard('{Escape}');
    await waitFor(() => expect(document.activeElement).toBe(row));
    expect(screen.queryByRole('menu')).toBeNull();
  });

  it('opens at the button, which says whether it is open', async () => {
    await open();
    const button = within(await item('Ship the importer behind a flag')).getByRole('button', { name: 'Confluence' });
    expect(button.getAttribute('aria-haspopup')).toBe('menu');
    await user.click(button);
    expect(await screen.findByRole('menu')).toBeTruthy();
    expect(button.getAttribute('aria-expanded')).toBe('true');
  });

  it('is reached by the arrow keys from item to item', async () => {
    await open();
    (await item('Ship the importer behind a flag')).focus();
    await user.keyboard('{ArrowDown}');
    expect(document.activeElement).toBe(await item('Importer flag decision'));
    await user.keyboard('{Home}');
    expect(document.activeElement?.textContent).toMatch(/^Trial sign-ups doubled/);
  });
});

describe('the dialog', () => {
  it('moves the focus to the first field that is empty, with its message', async () => {
    const { fake } = await open();
    const dialog = await openDialog('Create a page in Confluence');
    await user.click(within(dialog).getByRole('button', { name: 'Create' }));
    const organization = within(dialog).getByRole('combobox', { name: 'Organization' });
    await waitFor(() => expect(document.activeElement).toBe(organization));
    expect(organization.getAttribute('aria-invalid')).toBe('true');
    expect(organization.getAttribute('aria-required')).toBe('true');
    const message = document.getElementById(organization.getAttribute('aria-describedby') ?? '');
    expect(message?.textContent).toBe('Choose an organization.');
    expect(fake.requests('send')).toHaveLength(0);
  });

  it('makes a page by keyboard alone', async () => {
    const { fake } = await open();
    const dialog = await openDialog('Create a page in Confluence');
    const field = (name: string) => within(dialog).getByRole('combobox', { name });
    await waitFor(() => expect(document.activeElement).toBe(field('Organization')));
    await user.keyboard('labs');
    await screen.findByRole('option', { name: /^Acme Labs/ });
    await user.keyboard('{Enter}');
    await waitFor(() => expect((field('Organization') as HTMLInputElement).value).toBe('Acme Labs'));
    await user.tab();
    expect(document.activeElement).toBe(field('Space'));
    await user.keyboard('prod');
    await screen.findByRole('option', { name: 'Product (PROD)' });
    await waitFor(() => expect(screen.getAllByRole('option')).toHaveLength(1));
    await user.keyboard('{Enter}');
    await waitFor(() => expect((field('Space') as HTMLInputElement).value).toBe('Product (PROD)'));
    await user.keyboard('{Control>}{Enter}{/Control}');
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(fake.requests('send')[0]?.destination).toMatchObject({ kind: 'new_page', organization: 'cloud-labs', space: { key: 'PROD' } });
    await waitFor(async () => expect(document.activeElement).toBe(await item('Ship the importer behind a flag')));
  });

  it('gives the choice back when one types and leaves without choosing', async () => {
    const { app } = await open();
    const dialog = await openDialog('Create a page in Confluence');
    app.composer.set({ organization: 'cloud-acme' });
    const field = within(dialog).getByRole('combobox', { name: 'Organization' }) as HTMLInputElement;
    await waitFor(() => expect(field.value).toBe('Acme'));
    await user.clear(field);
    await user.type(field, 'nothing like it');
    await user.tab();
    await waitFor(() => expect(field.value).toBe('Acme'));
    expect(app.composer.draft?.organization).toBe('cloud-acme');
  });

  it('takes a click that no pointer came before, as assistive technology makes it', async () => {
    const { app } = await open();
    const dialog = await openDialog('Create a page in Confluence');
    const field = within(dialog).getByRole('combobox', { name: 'Organization' }) as HTMLInputElement;
    field.click();
    (await screen.findByRole('option', { name: /^Acme Labs/ })).click();
    await waitFor(() => expect(field.value).toBe('Acme Labs'));
    expect(app.composer.draft?.organization).toBe('cloud-labs');
    await waitFor(() => expect(field.getAttribute('aria-expanded')).toBe('false'));
  });

  it('asks to connect first, and comes back to the same item', async () => {
    const { fake, app } = await open({});
    const dialog = await openDialog('Add a comment to a Confluence page');
    await user.click(within(dialog).getByRole('button', { name: 'Connect Confluence' }));
    expect(await within(dialog).findByText(/Waiting for you to accept/)).toBeTruthy();
    fake.setConnection({ state: 'connected', name: 'Ada', email: null, organizations: [{ id: 'cloud-acme', name: 'Acme', url: 'https://acme.example' }], remembered: true, missing_scopes: [] });
    expect(await within(dialog).findByRole('combobox', { name: 'Page' })).toBeTruthy();
    expect(app.composer.draft?.item).toBe('item-0-2');
  });
});

describe('the integrations', () => {
  it('lists Confluence once the login is through', async () => {
    const { fake } = await open({});
    await user.click(screen.getByRole('link', { name: 'Settings' }));
    await user.click(await screen.findByRole('tab', { name: 'Integrations' }));
    await user.click(await screen.findByRole('button', { name: 'Add integration' }));
    const card = within(await screen.findByRole('dialog', { name: 'Add integration' })).getByRole('group', { name: 'Confluence' });
    await user.click(within(card).getByRole('button', { name: 'Connect' }));
    expect(await within(card).findByRole('button', { name: 'Cancel' })).toBeTruthy();
    fake.setConnection({ state: 'connected', name: 'Ada Lovelace', email: null, organizations: [], remembered: false, missing_scopes: ['search:confluence'] });
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(screen.getByText('Connected')).toBeTruthy();
    expect(screen.getByText(/for this run only/), 'without a keyring the app says so').toBeTruthy();
    expect(screen.getByText(/search:confluence/), 'a scope that was not granted is named').toBeTruthy();
    await user.click(screen.getByRole('button', { name: 'More actions' }));
    const names = (await screen.findAllByRole('menuitem')).map(({ textContent }) => textContent?.trim());
    expect(names).toEqual(['Details', 'Reconnect', 'Disconnect']);
  });
});
