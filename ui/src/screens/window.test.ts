// The screens as a person uses them, over the stand-in for the core. Controls are found by role and name.
// Longer than 400 lines: the screens in the order of a first day, one after the other.

import { screen, waitFor, within } from '@testing-library/svelte';
import { beforeAll, describe, expect, it } from 'vitest';
import type { MeetingView } from '../ipc/bindings';
import { sally } from '../ipc/fake';
import { document as adf, organizations, pages, spaces } from '../ipc/fake_data';
import { linkOf } from '../ipc/fake_pages';
import { item, openWindow as open, user } from './window.testing';

const [, labs] = organizations as [(typeof organizations)[0], (typeof organizations)[0]];
const [log] = pages as [(typeof pages)[0]];

async function openDialog(name: string, text = 'Ship the importer behind a flag') {
  (await item(text)).focus();
  await user.keyboard('{Shift>}{F10}{/Shift}');
  await user.click(await screen.findByRole('menuitem', { name }));
  return screen.findByRole('dialog', { name });
}

// Compiling a screen for the first time can take longer than a person would be made to wait.
beforeAll(async () => {
  await Promise.all([
    import('./MeetingPane.svelte'),
    import('./ComposerDialog.svelte'),
    import('./SendMeetingDialog.svelte'),
    import('./SettingsScreen.svelte'),
    import('./settings/TemplatePlace.svelte'),
    import('./Notices.svelte'),
    import('../parts/editor/Editor.svelte'),
    import('../parts/AdfView.svelte'),
  ]);
}, 120_000);

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
      items: ['item-0-0'],
      destination: { kind: 'comment', organization: 'cloud-acme', page: { id: '1', title: 'A page', space: 'Engineering' } },
      document: adf([], 'Words'),
      replaces: null,
      again: false,
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
    await waitFor(() => expect(screen.queryByRole('menu')).toBeNull());
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
    await waitFor(() => expect(screen.getAllByRole('option')).toHaveLength(2));
    await user.keyboard('{Enter}');
    await waitFor(() => expect((field('Space') as HTMLInputElement).value).toBe('Product (PROD)'));
    await user.keyboard('{Control>}{Enter}{/Control}');
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(fake.requests('send')[0]?.destination).toMatchObject({ kind: 'new_page', organization: 'cloud-labs', space: { key: 'PROD' } });
    await waitFor(async () => expect(document.activeElement).toBe(await item('Ship the importer behind a flag')));
  });

  it('shows the description as what it will be, and says when it is ready', async () => {
    const { app } = await open();
    const dialog = await openDialog('Add a comment to a Confluence page');
    const description = await within(dialog).findByRole('textbox', { name: 'Description' });
    expect(description.querySelector('[data-decision]')?.textContent).toBe('Ship the importer behind a flag');
    await waitFor(() => expect(app.composer.opened).toBe(true));
  });

  it('keeps what one typed and left without choosing, and sends nothing until Escape gives the choice back', async () => {
    const { fake, app } = await open();
    const dialog = await openDialog('Create a page in Confluence');
    app.composer.set({ organization: 'cloud-acme', space: spaces[0] ?? null });
    const field = within(dialog).getByRole('combobox', { name: 'Organization' }) as HTMLInputElement;
    await waitFor(() => expect(field.value).toBe('Acme'));
    await user.clear(field);
    await user.type(field, 'nothing like it');
    await user.tab();
    await waitFor(() => expect(field.getAttribute('aria-expanded')).toBe('false'));
    expect(field.value).toBe('nothing like it');
    expect(field.getAttribute('aria-invalid')).toBe('true');
    const advice = document.getElementById(field.getAttribute('aria-describedby') ?? '');
    expect(advice?.textContent).toBe('Choose an organization from the list, or press Escape for “Acme”.');
    await user.click(within(dialog).getByRole('button', { name: 'Create' }));
    await waitFor(() => expect(document.activeElement).toBe(field));
    expect(fake.requests('send')).toEqual([]);
    await user.keyboard('{Escape}');
    expect(field.value).toBe('Acme');
    expect(app.composer.draft?.organization).toBe('cloud-acme');
    await user.click(within(dialog).getByRole('button', { name: 'Create' }));
    await waitFor(() => expect(fake.requests('send')).toHaveLength(1));
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

  it('goes to the organization of a pasted link, visibly', async () => {
    const { fake } = await open();
    const dialog = await openDialog('Add a comment to a Confluence page');
    const field = (name: string) => within(dialog).getByRole('combobox', { name }) as HTMLInputElement;
    await user.click(field('Organization'));
    await user.click(await screen.findByRole('option', { name: /^Acme acme/ }));
    await user.click(field('Page'));
    await user.paste(linkOf(labs, log));
    // Whose it is, is said before it is chosen.
    await user.click(await screen.findByRole('option', { name: 'Decisions log Acme Labs › Engineering' }));
    await waitFor(() => expect(field('Organization').value).toBe('Acme Labs'));
    expect(field('Page').value).toBe('Decisions log');
    await user.keyboard('{Control>}{Enter}{/Control}');
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(fake.requests('send').map(({ destination }) => destination)).toEqual([{ kind: 'comment', organization: labs.id, page: log }]);
  });

  it('goes to the organization and the space of a parent by link, with none chosen before', async () => {
    await open();
    const dialog = await openDialog('Create a page in Confluence');
    const field = (name: string) => within(dialog).getByRole('combobox', { name }) as HTMLInputElement;
    await user.click(field('Parent page'));
    await user.paste(linkOf(labs, log));
    await user.click(await screen.findByRole('option', { name: /^Decisions log Acme Labs/ }));
    await waitFor(() => expect(field('Organization').value).toBe('Acme Labs'));
    expect([field('Space').value, field('Parent page').value]).toEqual(['Engineering (ENG)', 'Decisions log']);
  });

  it('says by the field that a link is of a site that is not connected, and connects it', async () => {
    const { fake } = await open();
    const dialog = await openDialog('Add a comment to a Confluence page');
    const field = within(dialog).getByRole('combobox', { name: 'Page' });
    await user.click(field);
    await user.paste('https://initech.example/wiki/spaces/ENG/pages/900100/T');
    const button = await within(dialog).findByRole('button', { name: 'Connect' });
    const message = document.getElementById(field.getAttribute('aria-describedby') ?? '');
    expect(message?.textContent).toBe('This page belongs to initech.example, which is not connected.');
    await user.click(button);
    expect(await within(dialog).findByText(/Choose the site of the link/)).toBeTruthy();
    expect(fake.requests('connect')).toHaveLength(1);
    await user.click(within(dialog).getByRole('button', { name: 'Cancel' }));
  });

  it('tells organizations of the same name apart', async () => {
    const { fake, app } = await open();
    const twins = organizations.map((one) => ({ ...one, name: 'Acme' }));
    fake.setConnection({ state: 'connected', id: 'a', name: 'Ada', email: null, organizations: twins, remembered: true, missing_scopes: [] });
    const dialog = await openDialog('Add a comment to a Confluence page');
    app.composer.chooseOrganization(labs.id);
    const field = within(dialog).getByRole('combobox', { name: 'Organization' }) as HTMLInputElement;
    await waitFor(() => expect(field.value).toBe('Acme (acme-labs.example)'));
  });

  it('asks to connect first, and comes back to the same item', async () => {
    const { fake, app } = await open({});
    const dialog = await openDialog('Add a comment to a Confluence page');
    await user.click(within(dialog).getByRole('button', { name: 'Connect Confluence' }));
    expect(await within(dialog).findByText(/Waiting for you to accept/)).toBeTruthy();
    fake.setConnection({ state: 'connected', id: 'a', name: 'Ada', email: null, organizations: [{ id: 'cloud-acme', name: 'Acme', url: 'https://acme.example' }], remembered: true, missing_scopes: [] });
    expect(await within(dialog).findByRole('combobox', { name: 'Page' })).toBeTruthy();
    expect(app.composer.draft?.items).toEqual(['item-0-2']);
  });
});

describe('sending a meeting', () => {
  async function choose() {
    const opened = await open();
    await user.click(await screen.findByRole('button', { name: 'Send meeting…' }));
    const dialog = await screen.findByRole('dialog', { name: 'Send meeting' });
    const box = (name: string) => within(dialog).getByRole('checkbox', { name }) as HTMLInputElement;
    const verb = (name: string) => within(dialog).getByRole('button', { name }) as HTMLButtonElement;
    return { ...opened, dialog, box, verb };
  }

  it('offers every item and section, and no verb before something is chosen', async () => {
    const { dialog, box, verb } = await choose();
    for (const name of ['All items', 'All insights', 'All decisions', 'All next steps', 'All tasks', 'Write the migration guide']) expect(box(name).checked).toBe(false);
    expect(verb('Create a page in Confluence').disabled).toBe(true);
    expect(verb('Add a comment to a Confluence page').disabled).toBe(true);
    await user.click(box('All decisions'));
    expect(box('Ship the importer behind a flag').checked).toBe(true);
    expect(box('All items').indeterminate).toBe(true);
    expect(within(dialog).getByRole('status').textContent).toBe('2 of 8 items chosen');
    expect(verb('Create a page in Confluence').disabled).toBe(false);
  });

  it('takes ranges from the keyboard and from Shift and a click', async () => {
    const { dialog, box } = await choose();
    const status = () => within(dialog).getByRole('status').textContent;
    box('Importer flag decision').focus();
    await user.keyboard(' {Shift>}{ArrowDown}{ArrowDown}{/Shift}');
    expect(document.activeElement).toBe(box('Write the migration guide'));
    expect(status()).toBe('3 of 8 items chosen');
    await user.keyboard('{ArrowDown}{ArrowDown}{Shift>} {/Shift}');
    expect(status(), 'Shift and Space reach to where the keyboard is').toBe('5 of 8 items chosen');
    await user.keyboard('{Shift>}');
    await user.click(box('Ship the importer behind a flag'));
    await user.keyboard('{/Shift}');
    expect(status(), 'the range turns around its start').toBe('2 of 8 items chosen');
    expect(box('Ship the importer behind a flag').checked).toBe(true);
    expect(box('Write the migration guide').checked).toBe(false);
  });

  it('leads into the dialog and back to what was chosen, and ends when it was sent', async () => {
    const { fake, app, box, verb } = await choose();
    await user.click(box('All tasks'));
    await user.click(verb('Create a page in Confluence'));
    const page = await screen.findByRole('dialog', { name: 'Create a page in Confluence' });
    await waitFor(() => expect((within(page).getByRole('textbox', { name: 'Title' }) as HTMLInputElement).value).toBe('Weekly product sync'));
    await user.click(within(page).getByRole('button', { name: 'Cancel' }));
    const again = await screen.findByRole('dialog', { name: 'Send meeting' });
    expect(within(again).getByRole('status').textContent).toBe('3 of 8 items chosen');
    await user.click(within(again).getByRole('button', { name: 'Add a comment to a Confluence page' }));
    await screen.findByRole('dialog', { name: 'Add a comment to a Confluence page' });
    await waitFor(() => expect(app.composer.draft).not.toBeNull());
    app.composer.set({ organization: 'cloud-acme', page: { id: '1', title: 'A page', space: 'Engineering' } });
    await user.keyboard('{Control>}{Enter}{/Control}');
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(fake.requests('send')[0]?.items).toEqual(['item-0-5', 'item-0-6', 'item-0-7']);
    await waitFor(() => expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Send meeting…' })));
  });

  it('marks what was sent already', async () => {
    const { fake, app, box } = await choose();
    fake.emit('delivery', {
      id: 'one',
      items: ['item-0-3'],
      words: null,
      meeting: 'meeting-0',
      meeting_title: null,
      destination: { kind: 'comment', organization: 'cloud-acme', page: { id: '1', title: 'A page', space: 'Engineering' } },
      organization: 'Acme',
      sender: null,
      state: { kind: 'sent', note: null },
      created: '2026-11-12T09:00:00Z',
      changed: '2026-11-12T09:00:00Z',
    });
    await waitFor(() => expect(app.deliveries.of('item-0-3')).toHaveLength(1));
    await waitFor(() => {
      const described = box('Importer flag decision').getAttribute('aria-describedby');
      expect(document.getElementById(described ?? '')?.textContent).toBe('Sent · A page');
    });
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
    fake.setConnection({ state: 'connected', id: 'a', name: 'Ada Lovelace', email: null, organizations: [], remembered: false, missing_scopes: ['search:confluence'] });
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(screen.getByText('Connected')).toBeTruthy();
    expect(screen.getByText(/for this run only/), 'without a keyring the app says so').toBeTruthy();
    expect(screen.getByText(/search:confluence/), 'a scope that was not granted is named').toBeTruthy();
    await user.click(screen.getByRole('button', { name: 'More actions' }));
    const names = (await screen.findAllByRole('menuitem')).map(({ textContent }) => textContent?.trim());
    expect(names).toEqual(['Details', 'Reconnect', 'Disconnect']);
  });
});

describe('Sally', () => {
  it('is connected from where there are no meetings yet, and the list is there again', async () => {
    const { fake } = await open({ meetings: 0 });
    await user.click(screen.getByRole('button', { name: 'Connect Sally' }));
    const drawer = await screen.findByRole('dialog', { name: 'Add integration' });
    const card = within(within(drawer).getByRole('group', { name: 'Sally' }));
    const token = card.getByLabelText(/Personal access token/) as HTMLInputElement;
    await waitFor(() => expect(document.activeElement, 'the person came for this').toBe(token));
    expect([token.type, token.getAttribute('aria-required')]).toEqual(['password', 'true']);
    await user.click(card.getByRole('button', { name: 'Connect' }));
    expect(document.getElementById('server-token-problem')?.textContent).toBe('Paste the token first.');
    await user.type(token, 'wrong');
    await user.click(card.getByRole('button', { name: 'Connect' }));
    await waitFor(() => expect(document.getElementById('server-token-problem')?.textContent).toMatch(/does not accept/));
    expect(document.activeElement).toBe(token);
    await user.clear(token);
    await user.type(token, 'sally_pat_1');
    await user.type(card.getByRole('textbox', { name: 'Company name' }), 'Acme');
    await user.click(card.getByRole('button', { name: 'Connect' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(fake.requests('connect_server').at(-1)).toEqual({ token: 'sally_pat_1', company: 'Acme', address: null, again: null });
    await waitFor(() => expect(fake.requests('sync_meetings'), 'the list came into view').toEqual([{ asked: false }]));
  });

  it('shows how far reading is, and stops it', async () => {
    const { fake } = await open({ servers: [sally] });
    await user.click(screen.getByRole('button', { name: 'Sync now' }));
    fake.setSync({ kind: 'reading', done: 3, total: 12 });
    expect(await screen.findByText('Reading meetings: 3 of 12')).toBeTruthy();
    expect((screen.getByRole('progressbar', { name: 'Reading meetings' }) as HTMLProgressElement).value).toBe(3);
    expect((screen.getByRole('button', { name: 'Sync now' }) as HTMLButtonElement).disabled).toBe(true);
    await user.click(screen.getByRole('button', { name: 'Cancel' }));
    expect(await screen.findByText(/^Stopped/)).toBeTruthy();
    fake.setSync({ kind: 'ended', added: 1, updated: 0, cancelled: false, problem: null, warnings: [{ title: 'Weekly', reason: 'It was kept.' }] });
    await user.click(await screen.findByRole('button', { name: 'Details' }));
    expect(within(await screen.findByRole('dialog', { name: 'Notes about meetings' })).getByText('It was kept.')).toBeTruthy();
  });

  it('is listed with its menu, and disconnected', async () => {
    const { fake } = await open({ servers: [{ ...sally, synced: new Date().toISOString() }] });
    await user.click(screen.getByRole('link', { name: 'Settings' }));
    await user.click(await screen.findByRole('tab', { name: 'Integrations' }));
    expect(await screen.findByText(/^Acme · app\.sally\.io · synced \d\d:\d\d$/)).toBeTruthy();
    await user.click(screen.getByRole('button', { name: 'More actions' }));
    const items = await screen.findAllByRole('menuitem');
    expect(items.map(({ textContent }) => textContent?.trim())).toEqual(['Details', 'Sync now', 'Reconnect', 'Disconnect']);
    await user.click(items[2] as HTMLElement);
    const again = await screen.findByRole('dialog', { name: 'Reconnect Sally' });
    expect(within(again).queryByRole('textbox', { name: 'Company name' }), 'only the token is new').toBeNull();
    await user.keyboard('{Escape}');
    await user.click(screen.getByRole('button', { name: 'More actions' }));
    await user.click(await screen.findByRole('menuitem', { name: 'Disconnect' }));
    await waitFor(() => expect(fake.servers).toEqual([]));
    await waitFor(() => expect(screen.queryByText(/^Acme · app\.sally\.io/)).toBeNull());
  });

  it('keeps what it does not understand as notes', async () => {
    const { fake, app } = await open();
    fake.instead.open_meeting = () => ({ ...(fake.meetings[0] as MeetingView), id: 'noted', items: [], transcript_lines: 0, notes: 'Nobody objected.' });
    await app.meetings.choose('noted');
    expect(await screen.findByText('Nobody objected.')).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Notes' }).getAttribute('aria-expanded'), 'it is all there is').toBe('true');
  });
});

describe('the templates', () => {
  async function show() {
    const opened = await open();
    await user.click(screen.getByRole('link', { name: 'Settings' }));
    await user.click(await screen.findByRole('tab', { name: 'Meetings' }));
    const box = (name: string) => screen.getByRole('textbox', { name }) as HTMLTextAreaElement;
    return { ...opened, box };
  }

  it('are filled in and shown on an example', async () => {
    const { box } = await show();
    const names = ['Title of a page', 'Body of a page', 'Title of a meeting page', 'Body of a meeting page', 'Body of a comment'];
    expect(names.map((name) => box(name).value)).toEqual(['{item}', '{items}\n\n{context}', '{meeting}', '{context}\n\n{items}', '{items}\n\n{context}']);
    const preview = screen.getByRole('region', { name: 'Preview of a page from a meeting' });
    expect(await within(preview).findByText('Weekly product sync')).toBeTruthy();
    await waitFor(() => expect(preview.querySelectorAll('[data-decision]')).toHaveLength(2));
  });

  it('take a field where one wrote last, and go on there', async () => {
    const { app, box } = await show();
    const title = box('Title of a meeting page');
    title.focus();
    title.setSelectionRange(0, 0);
    await user.click(screen.getByRole('button', { name: '{date}' }));
    expect(title.value).toBe('{date}{meeting}');
    expect(document.activeElement).toBe(title);
    await user.keyboard(' · ');
    expect(title.value).toBe('{date} · {meeting}');
    expect(app.templates.values.meeting_title).toBe('{date} · {meeting}');
  });

  it('are saved when one leaves', async () => {
    const { fake, box } = await show();
    await user.type(box('Body of a comment'), ' Thanks.');
    await user.click(screen.getByRole('link', { name: 'Meetings' }));
    await waitFor(() => expect(fake.settings.templates.comment_body).toBe('{items}\n\n{context} Thanks.'));
  });

  it('can be those of one destination, chosen in a dialog', async () => {
    const { fake, box } = await show();
    await user.click(screen.getByRole('button', { name: 'Add a destination…' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'Templates for a destination' }));
    expect((dialog.getByRole('button', { name: 'Add' }) as HTMLButtonElement).disabled).toBe(true);
    await user.type(dialog.getByRole('combobox', { name: 'Organization' }), 'labs');
    await screen.findByRole('option', { name: /^Acme Labs/ });
    await user.keyboard('{Enter}');
    await user.type(dialog.getByRole('combobox', { name: 'Space' }), 'eng');
    await screen.findByRole('option', { name: /^Engineering/ });
    await user.keyboard('{Enter}');
    await user.click(dialog.getByRole('button', { name: 'Add' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    const select = screen.getByRole('combobox', { name: 'Destination' }) as HTMLSelectElement;
    await waitFor(() => expect(select.selectedOptions[0]?.textContent).toMatch(/^Pages in Engineering \(ENG\)/));
    expect(screen.queryByRole('textbox', { name: 'Body of a comment' }), 'pages go to a space').toBeNull();
    await user.type(box('Title of a page'), '!');
    await user.selectOptions(select, 'All others');
    await waitFor(() => expect(box('Title of a page').value).toBe('{item}'));
    expect(fake.settings.own_templates[0]?.templates.item_title).toBe('{item}!');
  });

  it('of a page by its link are those of the organization of the link; of a foreign one, its site can be connected', async () => {
    const { fake, app } = await show();
    const add = async () => {
      await user.click(screen.getByRole('button', { name: 'Add a destination…' }));
      const dialog = within(await screen.findByRole('dialog', { name: 'Templates for a destination' }));
      await user.click(dialog.getByRole('radio', { name: 'Comments on a page' }));
      await user.click(dialog.getByRole('combobox', { name: 'Page' }));
      return dialog;
    };
    let dialog = await add();
    await user.paste(linkOf(labs, log));
    await user.click(await screen.findByRole('option', { name: /^Decisions log Acme Labs/ }));
    expect((dialog.getByRole('combobox', { name: 'Organization' }) as HTMLInputElement).value).toBe('Acme Labs');
    await user.click(dialog.getByRole('button', { name: 'Add' }));
    await waitFor(() => expect(fake.settings.own_templates.map(({ place }) => place)).toEqual([{ kind: 'page', organization: labs.id, page: log }]));
    dialog = await add();
    await user.paste('https://initech.example/wiki/spaces/ENG/pages/900100/T');
    await user.click(await dialog.findByRole('button', { name: 'Connect' }));
    expect(fake.requests('connect')).toHaveLength(1);
    expect([app.templates.choosing, screen.queryByRole('dialog')]).toEqual([false, null]);
    await screen.findByText(/Waiting for Confluence in the browser/);
  });

  it('say by the field what is wrong with one', async () => {
    const { box } = await show();
    await user.type(box('Body of a page'), ' {{nothing}');
    await waitFor(() => expect(box('Body of a page').getAttribute('aria-invalid')).toBe('true'));
    const message = document.getElementById(box('Body of a page').getAttribute('aria-describedby') ?? '');
    expect(message?.textContent).toBe('There is no field {nothing}.');
    expect(box('Title of a page').getAttribute('aria-invalid')).toBeNull();
  });
});

describe('pasting', () => {
  it('makes a meeting of what is pasted where nothing is written', async () => {
    const { fake } = await open();
    await user.paste('## Decisions\n- a');
    await waitFor(() => expect(fake.calls.find(({ name }) => name === 'import_text')?.request).toEqual({ text: '## Decisions\n- a' }));
  });

  it('leaves a field its own text', async () => {
    const { fake } = await open();
    await user.click(screen.getByRole('searchbox', { name: 'Search meetings' }));
    await user.paste('decisions');
    expect(fake.calls.some(({ name }) => name === 'import_text')).toBe(false);
  });

  it('leaves what somebody else took, who put something in its place', async () => {
    const { fake } = await open();
    const editor = document.body.appendChild(document.createElement('div'));
    const line = editor.appendChild(document.createElement('p'));
    editor.setAttribute('contenteditable', 'true');
    editor.addEventListener('paste', (event) => {
      event.preventDefault();
      line.remove();
    });
    const taken = new DataTransfer();
    taken.setData('text/plain', '## Decisions');
    line.dispatchEvent(new ClipboardEvent('paste', { bubbles: true, cancelable: true, clipboardData: taken }));
    editor.remove();
    expect(fake.calls.some(({ name }) => name === 'import_text')).toBe(false);
  });

  it('has a dialog for those who look for it', async () => {
    const { fake } = await open();
    await user.click(screen.getByRole('button', { name: 'Paste as a meeting' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'Paste as a meeting' }));
    const field = await dialog.findByRole('textbox', { name: 'Text of the meeting' });
    await waitFor(() => expect(document.activeElement).toBe(field));
    await user.paste('## Tasks\n- a');
    await user.click(dialog.getByRole('button', { name: 'Import' }));
    await waitFor(() => expect(screen.queryByRole('dialog', { name: 'Paste as a meeting' })).toBeNull());
    expect(fake.calls.find(({ name }) => name === 'import_text')?.request).toEqual({ text: '## Tasks\n- a' });
  });
});

describe('the watched folder', () => {
  it('is chosen, shown and left in the settings', async () => {
    const { app } = await open();
    app.navigation.settings('meetings');
    const section = within(await screen.findByRole('region', { name: 'Watched folder' }));
    await user.click(section.getByRole('button', { name: 'Choose a folder…' }));
    expect(await section.findByText('/home/ada/Meetings')).toBeTruthy();
    await user.click(section.getByRole('button', { name: 'Stop watching' }));
    expect(await section.findByRole('button', { name: 'Choose a folder…' })).toBeTruthy();
  });
});
