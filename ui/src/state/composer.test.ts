// Longer than 400 lines: each rule of one dialog, on the helpers at the top.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BackendError } from '../ipc/backend';
import { document, organizations, pages, spaces } from '../ipc/fake_data';
import { Fake } from '../ipc/fake';
import type { Compose, Space } from '../ipc/bindings';
import { App } from './app.svelte';
import { KEEP_AFTER, type Composer } from './composer.svelte';
import { PAUSE } from './finders.svelte';

const request: Compose = { items: ['item-0-2'], action: 'create_page' };
const space = spaces[0] as Space;
const [acme, labs] = organizations.map(({ id }) => id) as [string, string];
const typed = (words: string) => document([], words);

async function start(options: ConstructorParameters<typeof Fake>[0] = { connected: true }) {
  const fake = new Fake(options);
  const app = new App(fake);
  await app.start();
  return { fake, app, composer: app.composer };
}

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe('keeping what is typed', () => {
  it('keeps the draft a moment after the last change, once', async () => {
    const { fake, composer } = await start();
    await composer.open(request);
    composer.set({ title: 'A' });
    await vi.advanceTimersByTimeAsync(KEEP_AFTER - 1);
    composer.set({ title: 'Another title' });
    await vi.advanceTimersByTimeAsync(KEEP_AFTER - 1);
    expect(fake.requests('save_draft')).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(fake.requests('save_draft').map(({ title }) => title)).toEqual(['Another title']);
  });

  it('keeps it at once when the dialog is closed', async () => {
    const { fake, composer } = await start();
    await composer.open(request);
    composer.set({ document: typed('Half a thought') });
    composer.close();
    expect(fake.requests('save_draft').map(({ document }) => document)).toEqual([typed('Half a thought')]);
  });

  it.each<[string, (composer: Composer) => unknown]>([
    ['the dialog is closed', (composer) => composer.close()],
    ['the window goes away', (composer) => composer.flush()],
  ])('keeps what the editor still holds back when %s', async (_, leave) => {
    const { fake, composer } = await start();
    await composer.open(request);
    composer.attach(() => composer.set({ document: typed('The last words') }));
    leave(composer);
    expect(fake.requests('save_draft').map(({ document }) => document)).toEqual([typed('The last words')]);
  });

  it('keeps nothing that nobody changed', async () => {
    const { fake, composer } = await start();
    await composer.open(request);
    composer.close();
    await vi.advanceTimersByTimeAsync(KEEP_AFTER);
    expect(fake.requests('save_draft')).toHaveLength(0);
  });

  it('restores it, and starts over on request', async () => {
    const { composer } = await start();
    await composer.open(request);
    composer.set({ title: 'Typed' });
    composer.close();
    await composer.open(request);
    expect(composer.draft?.title).toBe('Typed');
    expect(composer.restored).toBe(true);
    await composer.startOver();
    expect(composer.draft?.title).toBe('Ship the importer behind a flag');
    expect(composer.restored).toBe(false);
  });

  it('keeps nothing of what was sent', async () => {
    const { fake, composer } = await start();
    await composer.open(request);
    composer.set({ organization: 'cloud-acme', space, title: 'Sent' });
    await composer.create();
    await vi.advanceTimersByTimeAsync(KEEP_AFTER);
    expect(fake.drafts.size, 'a draft kept after the send would come back as "typed earlier"').toBe(0);
  });
});

describe('several items', () => {
  const several: Compose = { items: ['item-0-2', 'item-0-5'], action: 'create_page' };

  it('are one draft, apart from the drafts of each', async () => {
    const { composer } = await start();
    await composer.open(several);
    composer.set({ title: 'Both' });
    composer.close();
    await composer.open(request);
    expect(composer.draft?.title).toBe('Ship the importer behind a flag');
    await composer.open(several);
    expect(composer.draft).toMatchObject({ items: several.items, title: 'Both', kept: true });
  });

  it('come back when their delivery is edited', async () => {
    const { fake, composer } = await start();
    await composer.open(several);
    composer.set({ organization: 'cloud-acme', space });
    await composer.create();
    await composer.edit(fake.deliveries[0]?.id ?? '');
    expect(composer.request).toEqual(several);
  });

  it('run what waits for them when they are sent, and not when the dialog is left', async () => {
    const { composer } = await start();
    let sent = 0;
    await composer.open(several, () => (sent += 1));
    composer.close();
    expect(sent).toBe(0);
    await composer.open(several, () => (sent += 1));
    composer.set({ organization: 'cloud-acme', space });
    await composer.create();
    expect(sent).toBe(1);
  });
});

describe('sending', () => {
  it('sends the fields as they are, and closes', async () => {
    const { fake, app, composer } = await start();
    await composer.open(request);
    composer.set({ organization: 'cloud-acme', space, title: '  A title  ', document: typed('Words') });
    await composer.create();
    expect(fake.requests('send')).toEqual([
      {
        items: ['item-0-2'],
        destination: { kind: 'new_page', organization: 'cloud-acme', space, parent: null, title: 'A title' },
        document: typed('Words'),
        replaces: null,
        again: false,
      },
    ]);
    expect(composer.request).toBeNull();
    expect(app.deliveries.of('item-0-2').map(({ state }) => state.kind)).toEqual(['queued']);
  });

  it('sends what the editor still holds back', async () => {
    const { fake, composer } = await start();
    await composer.open(request);
    composer.set({ organization: 'cloud-acme', space });
    composer.attach(() => composer.set({ document: typed('The last words') }));
    await composer.create();
    expect(fake.requests('send')[0]?.document).toEqual(typed('The last words'));
    await vi.advanceTimersByTimeAsync(KEEP_AFTER);
    expect(fake.drafts.size).toBe(0);
  });

  it('no longer asks an editor that is gone', async () => {
    const { fake, composer } = await start();
    await composer.open(request);
    composer.attach(() => composer.set({ document: typed('Of the first') }))();
    composer.close();
    expect(fake.requests('save_draft')).toHaveLength(0);
  });

  it('sends nothing while a required field is empty, and asks for the first one', async () => {
    const { fake, composer } = await start();
    await composer.open(request);
    composer.set({ organization: 'cloud-acme', title: ' ' });
    await composer.create();
    expect(fake.requests('send')).toHaveLength(0);
    expect(Object.keys(composer.problems)).toEqual(['space', 'title']);
    expect(composer.focus?.field).toBe('space');
    composer.set({ space });
    expect(Object.keys(composer.problems), 'a mended field no longer complains').toEqual(['title']);
  });

  it('refuses a title that is longer than Confluence takes', async () => {
    const { composer } = await start();
    await composer.open(request);
    composer.set({ organization: 'cloud-acme', space, title: 'x'.repeat(256) });
    await composer.create();
    expect(composer.problems.title?.message).toContain('255');
  });

  it('stays open with the problem by its field when it is refused', async () => {
    const { fake, composer } = await start();
    fake.instead.send = () => {
      throw new BackendError({ code: 'invalid_description', message: 'The text is too long.', hint: { kind: 'shorten' } });
    };
    await composer.open(request);
    composer.set({ organization: 'cloud-acme', space });
    await composer.create();
    expect(composer.problems.description?.message).toBe('The text is too long.');
    expect(composer.focus?.field).toBe('description');
    expect(composer.sending).toBe(false);
    await vi.advanceTimersByTimeAsync(KEEP_AFTER);
    expect(fake.requests('save_draft').length, 'what was refused is kept').toBeGreaterThan(0);
  });

  it('asks before the same goes to the same place again, and then sends it', async () => {
    const { fake, composer } = await start();
    await composer.open(request);
    composer.set({ organization: 'cloud-acme', space, title: 'Once more' });
    fake.instead.send = () => {
      throw new BackendError({ code: 'sent_before', message: 'You sent this to Engineering at 9:14.', hint: { kind: 'send_again' } });
    };
    await composer.create();
    expect(composer.failure?.hint?.kind).toBe('send_again');
    expect(composer.draft?.title, 'every word is still there').toBe('Once more');
    delete fake.instead.send;
    await composer.create(true);
    expect(fake.requests('send').map(({ again }) => again)).toEqual([false, true]);
    expect(composer.request).toBeNull();
  });

  it('sends once, however often Create is pressed', async () => {
    const { fake, composer } = await start();
    await composer.open(request);
    composer.set({ organization: 'cloud-acme', space });
    await Promise.all([composer.create(), composer.create()]);
    expect(fake.requests('send')).toHaveLength(1);
  });
});

describe('a page of another organization than is chosen', () => {
  const [acme, labs] = organizations as [(typeof organizations)[0], (typeof organizations)[0]];
  const [page] = pages as [(typeof pages)[0]];
  const found = (organization: string) => ({ organization, page, space: spaces[1] as Space });

  it('takes the comment there, also where both have a page of that number', async () => {
    const { fake, composer } = await start();
    await composer.open({ ...request, action: 'add_comment' });
    composer.set({ organization: acme.id, page: { ...page, title: 'Another with this number' } });
    composer.choosePage(found(labs.id));
    expect(composer.draft).toMatchObject({ organization: labs.id, page });
    await composer.create();
    expect(fake.requests('send').map(({ destination }) => destination)).toEqual([{ kind: 'comment', organization: labs.id, page }]);
  });

  it('as a parent takes the new page there, into its space', async () => {
    const { fake, composer } = await start();
    await composer.open(request);
    composer.set({ organization: acme.id, space, page });
    composer.chooseParent(found(labs.id));
    expect(composer.draft).toMatchObject({ organization: labs.id, space: spaces[1], parent: page, page: null });
    await composer.create();
    expect(fake.requests('send')[0]?.destination).toMatchObject({ organization: labs.id, space: spaces[1], parent: page });
  });

  it('changes nothing where it is chosen already', async () => {
    const { fake, composer } = await start();
    await composer.open({ ...request, action: 'add_comment' });
    composer.set({ organization: acme.id, page });
    composer.flush();
    composer.choosePage(found(acme.id));
    await vi.advanceTimersByTimeAsync(KEEP_AFTER);
    expect(fake.requests('save_draft')).toHaveLength(1);
  });

  it('may belong to a site that is not connected: what is typed stays while that is mended', async () => {
    const { fake, composer } = await start();
    await composer.open({ ...request, action: 'add_comment' });
    composer.pages.open(acme.id, null);
    composer.pages.type('https://initech.example/wiki/spaces/ENG/pages/900100/T');
    await vi.advanceTimersByTimeAsync(1_000);
    expect(composer.pages.problem?.hint?.kind).toBe('connect_site');
    const { connection } = fake;
    composer.attach(() => composer.set({ document: typed('The last words') }));
    await composer.connectSite();
    expect([composer.gated, composer.adding]).toEqual([true, true]);
    expect(fake.requests('save_draft').at(-1)?.document).toEqual(typed('The last words'));
    fake.setConnection(connection);
    await vi.advanceTimersByTimeAsync(0);
    expect([composer.gated, composer.adding, composer.pages.problem]).toEqual([false, false, null]);
    expect(composer.draft?.document).toEqual(typed('The last words'));
  });

  it('says why where the browser does not open', async () => {
    const { fake, composer } = await start();
    await composer.open(request);
    fake.instead.connect = () => {
      throw new BackendError({ code: 'failed', message: 'The browser could not be opened.', hint: null });
    };
    await composer.connectSite();
    expect(composer.failure?.message).toBe('The browser could not be opened.');
    expect([composer.gated, composer.adding]).toEqual([false, false]);
  });
});

describe('a destination with templates of its own', () => {
  const own = { item_title: 'ENG: {item}', item_body: 'Own words', meeting_title: '', meeting_body: '', comment_body: '' };
  const place = { kind: 'space' as const, organization: organizations[0]?.id ?? '', space };

  async function choosing() {
    const opened = await start();
    opened.app.session.settings = { ...opened.app.session.settings, own_templates: [{ place, templates: own }] };
    opened.fake.settings = opened.app.session.settings;
    await opened.composer.open(request);
    const { title = '', document: made } = opened.composer.draft ?? {};
    opened.composer.chooseOrganization(place.organization);
    return { ...opened, title, made };
  }

  it('fills the dialog anew when it is chosen, and again when it is left', async () => {
    const { composer, title, made } = await choosing();
    composer.chooseSpace(space);
    await vi.advanceTimersByTimeAsync(0);
    expect(composer.draft?.title).toBe(`ENG: ${title}`);
    expect(composer.draft?.document).toEqual(typed('Own words'));
    composer.chooseSpace(spaces[1] as Space);
    await vi.advanceTimersByTimeAsync(0);
    expect(composer.draft).toMatchObject({ title, document: made });
  });

  it('leaves alone what was typed, also what the editor still holds back', async () => {
    const { composer } = await choosing();
    composer.set({ title: 'Mine' });
    composer.attach(() => composer.set({ document: typed('My words') }));
    composer.chooseSpace(space);
    await vi.advanceTimersByTimeAsync(0);
    expect(composer.draft).toMatchObject({ title: 'Mine', document: typed('My words') });
  });

  it('costs nothing where no destination has any', async () => {
    const { fake, composer } = await start();
    await composer.open(request);
    composer.chooseOrganization(place.organization);
    composer.chooseSpace(space);
    expect(fake.requests('render_templates')).toHaveLength(0);
  });
});

describe('a title that exists', () => {
  async function refused() {
    const started = await start();
    const { fake, app, composer } = started;
    await composer.open(request);
    composer.set({ organization: 'cloud-acme', space, title: 'Decisions log' });
    await composer.create();
    const [sent] = fake.deliveries;
    if (!sent) throw new Error('nothing was sent');
    const page = pages[0] ?? null;
    const why = { code: 'title_exists', message: 'The title exists.', hint: { kind: 'choose_another_title', suggestion: 'Decisions log (12 Nov)', page } } as const;
    fake.deliveries = [{ ...sent, state: { kind: 'needs_you', why } }];
    await composer.edit(sent.id);
    return { ...started, app, sent, page };
  }

  it('is said by the title field of the dialog that opens again', async () => {
    const { composer, sent } = await refused();
    expect(composer.draft?.replaces).toBe(sent.id);
    expect(composer.problems.title?.code).toBe('title_exists');
    expect(composer.focus?.field).toBe('title');
  });

  it('is one of its space: another space or organization knows nothing of it', async () => {
    const { composer } = await refused();
    composer.set({ document: typed('My words') });
    expect(composer.problems.title?.code).toBe('title_exists');
    composer.chooseOrganization('cloud-labs');
    expect(composer.problems.title, 'the page that it names is one of Acme').toBeUndefined();
  });

  it('may become a comment on the page that has it, with the same words', async () => {
    const { fake, composer, sent, page } = await refused();
    composer.set({ document: typed('My words') });
    if (page) composer.commentInstead(page);
    expect(composer.request?.action).toBe('add_comment');
    await composer.create();
    expect(fake.requests('send').at(-1)).toEqual({
      items: ['item-0-2'],
      destination: { kind: 'comment', organization: 'cloud-acme', page },
      document: typed('My words'),
      replaces: sent.id,
      again: false,
    });
  });
});

describe('a delivery that arrives while it is edited', () => {
  async function waiting() {
    const started = await start();
    const { fake, app, composer } = started;
    await composer.open(request);
    composer.set({ organization: 'cloud-acme', space, title: 'Plans' });
    await composer.create();
    const [sent] = fake.deliveries;
    if (!sent) throw new Error('nothing was sent');
    const why = { code: 'failed', message: 'Confluence asks to slow down.', hint: null } as const;
    fake.deliveries = [{ ...sent, state: { kind: 'waiting', why } }];
    await composer.edit(sent.id);
    composer.set({ document: typed('Edited') });
    const arrive = () => (fake.deliveries = fake.deliveries.map((one) => ({ ...one, state: { kind: 'sent', note: null } })));
    return { ...started, app, sent, arrive };
  }

  it('is not doubled: the dialog says so, and keeps the words', async () => {
    const { fake, composer, sent, arrive } = await waiting();
    arrive();
    await composer.create();
    expect(composer.failure).toMatchObject({ code: 'sent_meanwhile', hint: { kind: 'send_as_another', delivery: sent.id } });
    expect(composer.draft?.document).toEqual(typed('Edited'));
    expect(fake.deliveries.map(({ id }) => id)).toEqual([sent.id]);
    await composer.sendAsAnother();
    expect(fake.requests('send').at(-1)).toMatchObject({ replaces: null, again: true, document: typed('Edited') });
    expect(composer.request).toBeNull();
    expect(fake.deliveries).toHaveLength(2);
  });

  it('is said when the kept edit is opened again', async () => {
    const { composer, sent, arrive } = await waiting();
    composer.close();
    arrive();
    await composer.open(request);
    expect(composer.restored).toBe(true);
    expect(composer.failure).toMatchObject({ code: 'sent_meanwhile', hint: { delivery: sent.id } });
  });
});

describe('without a connection', () => {
  it('shows the connection in place of the form, and comes back to what was typed', async () => {
    const { fake, composer } = await start();
    await composer.open(request);
    composer.set({ organization: 'cloud-acme', space, title: 'Kept' });
    fake.instead.send = () => {
      throw new BackendError({ code: 'reconnect_needed', message: 'Connect again.', hint: { kind: 'reconnect' } });
    };
    await composer.create();
    expect(composer.gated).toBe(true);
    const { connection } = fake;
    fake.setConnection({ state: 'waiting', since: new Date().toISOString(), until: new Date().toISOString() });
    expect(composer.gated).toBe(true);
    fake.setConnection(connection);
    await vi.advanceTimersByTimeAsync(0);
    expect(composer.gated).toBe(false);
    expect(composer.draft?.title).toBe('Kept');
    expect(composer.draft?.space).toEqual(space);
  });

  it('asks anew for an untouched draft, which may now have a destination', async () => {
    const { fake, composer } = await start({});
    await composer.open(request);
    expect(composer.gated).toBe(true);
    const account = { id: 'a', name: 'Ada', email: null, organizations: organizations.slice(0, 1), remembered: true, missing_scopes: [] };
    fake.setConnection({ state: 'connected', ...account });
    await vi.advanceTimersByTimeAsync(0);
    expect(fake.requests('compose')).toHaveLength(2);
    expect(composer.draft?.organization, 'the only organization is preselected').toBe('cloud-acme');
  });
});

describe('whose account is used', () => {
  it('is said of the organization that is chosen, where there are two', async () => {
    const { composer } = await start();
    await composer.open(request);
    expect(composer.sender, 'there is one').toBeNull();
    const { draft } = composer;
    if (!draft) throw new Error('no draft');
    composer.draft = { ...draft, organization: null, senders: { [acme]: 'Grace Hopper', [labs]: 'Ada Lovelace' } };
    expect(composer.sender, 'nobody knows yet').toBeNull();
    composer.chooseOrganization(acme);
    expect(composer.sender).toBe('Grace Hopper');
    composer.chooseOrganization(labs);
    expect(composer.sender).toBe('Ada Lovelace');
    composer.draft = { ...draft, organization: null, senders: { [acme]: 'Ada Lovelace', [labs]: 'Ada Lovelace' } };
    expect(composer.sender, 'whichever is chosen').toBe('Ada Lovelace');
  });
});

describe('people', () => {
  it('are asked for when somebody pauses in typing, and are offered with the others', async () => {
    const { fake, composer } = await start();
    await composer.open(request);
    composer.chooseOrganization(acme);
    fake.instead.find_people = ({ query }) => [{ id: `of-${query}`, name: 'Grace Hopper' }, ...composer.people];
    const before = composer.people.length;
    for (const query of ['g', 'gr', 'gra']) composer.seekPeople(query);
    await vi.advanceTimersByTimeAsync(PAUSE);
    expect(fake.requests('find_people').map(({ query }) => query)).toEqual(['gra']);
    expect(composer.people).toHaveLength(before + 1);
    composer.seekPeople('g');
    await vi.advanceTimersByTimeAsync(PAUSE);
    expect(fake.requests('find_people'), 'a letter is too little').toHaveLength(1);
  });

  it('of an answer that comes too late are nobody here', async () => {
    const { fake, composer } = await start();
    await composer.open(request);
    composer.chooseOrganization(acme);
    let say = (): void => undefined;
    fake.instead.find_people = () => new Promise((resolve) => (say = () => resolve([{ id: 'late', name: 'Grace' }])));
    composer.seekPeople('gra');
    await vi.advanceTimersByTimeAsync(PAUSE);
    composer.chooseOrganization(labs);
    say();
    await vi.advanceTimersByTimeAsync(0);
    expect(composer.people.map(({ id }) => id)).not.toContain('late');
  });
});
