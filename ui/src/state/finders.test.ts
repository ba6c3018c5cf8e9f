import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BackendError } from '../ipc/backend';
import { Fake } from '../ipc/fake';
import type { FoundPages, Space } from '../ipc/bindings';
import { linkOf } from '../ipc/fake_pages';
import { offered, organizations, pages, spaces } from '../ipc/fake_data';
import { PageFinder, PAUSE, SpaceFinder } from './finders.svelte';

const [acme, labs] = organizations as [(typeof organizations)[0], (typeof organizations)[0]];
const [log] = pages as [(typeof pages)[0]];
const answer = (title: string, organization = acme.id): FoundPages => ({ organization, pages: [{ page: { id: title, title, space: 'Engineering' }, space: null }] });

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe('finding pages', () => {
  it('asks once, when typing pauses', async () => {
    const fake = new Fake();
    const finder = new PageFinder(fake, () => false);
    finder.open('cloud-acme', null);
    await vi.advanceTimersByTimeAsync(0);
    for (const text of ['ar', 'arc', 'arch']) {
      finder.type(text);
      await vi.advanceTimersByTimeAsync(PAUSE - 1);
    }
    expect(fake.requests('find_pages').map(({ query }) => query), 'only the recent pages so far').toEqual(['']);
    await vi.advanceTimersByTimeAsync(1);
    expect(fake.requests('find_pages').map(({ query }) => query)).toEqual(['', 'arch']);
    expect(finder.found.map(({ page }) => page.title)).toEqual(['Architecture overview', 'Architecture decision records']);
  });

  it('asks nothing for a single letter', async () => {
    const fake = new Fake();
    const finder = new PageFinder(fake, () => false);
    finder.open('cloud-acme', null);
    finder.type('a');
    await vi.advanceTimersByTimeAsync(10 * PAUSE);
    expect(fake.requests('find_pages')).toHaveLength(1);
    expect(finder.note).toBe('Type one more letter');
  });

  it('says nothing about a search that was superseded', async () => {
    const fake = new Fake();
    fake.instead.find_pages = () => {
      throw new BackendError({ code: 'superseded', message: 'A newer search took its place.', hint: null });
    };
    const finder = new PageFinder(fake, () => false);
    finder.open('cloud-acme', null);
    await vi.advanceTimersByTimeAsync(0);
    expect(finder.problem).toBeNull();
    expect(finder.loading, 'the newer search is still under way').toBe(true);
  });

  it('drops an answer that a newer question overtook', async () => {
    const fake = new Fake();
    const waiting: Record<string, (pages: FoundPages) => void> = {};
    fake.instead.find_pages = ({ query }) => new Promise((resolve) => (waiting[query] = resolve));
    const finder = new PageFinder(fake, () => false);
    finder.open('cloud-acme', null);
    for (const text of ['old', 'new']) {
      finder.type(text);
      await vi.advanceTimersByTimeAsync(PAUSE);
    }
    waiting['new']?.(answer('New'));
    waiting['old']?.(answer('Old'));
    await vi.advanceTimersByTimeAsync(0);
    expect(finder.found.map(({ page }) => page.title)).toEqual(['New']);
  });

  it('stops the search that nobody waits for', async () => {
    const fake = new Fake();
    fake.instead.find_pages = () => new Promise(() => undefined);
    const finder = new PageFinder(fake, () => false);
    finder.open('cloud-acme', null);
    finder.close();
    await vi.advanceTimersByTimeAsync(0);
    expect(fake.requests('stop_finding')).toHaveLength(1);
    finder.close();
    expect(fake.requests('stop_finding'), 'there was nothing left to stop').toHaveLength(1);
  });
});

describe('what is typed', () => {
  it('is told at once where it has nothing to search for', async () => {
    const fake = new Fake({ connected: true });
    const finder = new PageFinder(fake, () => false);
    finder.open(acme.id, null);
    await vi.advanceTimersByTimeAsync(PAUSE);
    finder.type('🚀 ++');
    await vi.advanceTimersByTimeAsync(PAUSE);
    expect([finder.found, finder.note]).toEqual([[], 'Type letters or digits: Confluence finds no other signs']);
    expect(fake.requests('find_pages')).toHaveLength(1);
    finder.type('c#');
    await vi.advanceTimersByTimeAsync(PAUSE);
    expect(fake.requests('find_pages').at(-1)).toMatchObject({ query: 'c#', parent: false });
  });
});

describe('a pasted link', () => {
  async function paste(link: string, organization: string | null = acme.id) {
    const fake = new Fake({ connected: true });
    const finder = new PageFinder(fake, () => false);
    finder.open(organization, null);
    finder.type(link);
    await vi.advanceTimersByTimeAsync(PAUSE);
    return { fake, finder };
  }

  it('finds the page in its own organization, whichever is chosen', async () => {
    const { finder } = await paste(` ${linkOf(labs, log)}\n`);
    expect(finder.found).toMatchObject([{ organization: labs.id, page: log, space: { name: log.space } }]);
    expect(finder.note).toBeNull();
  });

  it('needs no chosen organization, as words do', async () => {
    const { fake, finder } = await paste('decisions', null);
    expect(fake.requests('find_pages')).toEqual([]);
    expect(finder.note).toBe('Choose an organization first, or paste a link');
    finder.type(linkOf(labs, log));
    await vi.advanceTimersByTimeAsync(PAUSE);
    expect(finder.found).toMatchObject([{ organization: labs.id }]);
  });

  it('is found with words around it', async () => {
    const { finder } = await paste(`See ${linkOf(labs, log)} please`, null);
    expect(finder.found).toMatchObject([{ organization: labs.id, page: log }]);
  });

  it('of an organization that is not connected says so, and offers to connect it', async () => {
    const { finder } = await paste('https://initech.example/wiki/spaces/ENG/pages/900100/T');
    expect(finder.found).toEqual([]);
    expect(finder.problem).toMatchObject({ message: 'This page belongs to initech.example, which is not connected.', hint: { kind: 'connect_site' } });
  });

  it('is not offered any more when the list opens again', async () => {
    const { fake, finder } = await paste(linkOf(labs, log));
    fake.instead.find_pages = () => new Promise(() => undefined);
    finder.open(acme.id, null);
    expect(finder.found, 'what is there is of Labs').toEqual([]);
  });

  it('is not taken for another organization that is chosen while it is looked up', async () => {
    const fake = new Fake({ connected: true });
    let arrive: (pages: FoundPages) => void = () => undefined;
    fake.instead.find_pages = ({ query }) => (query ? new Promise((resolve) => (arrive = resolve)) : answer('Recent', labs.id));
    const finder = new PageFinder(fake, () => false);
    finder.open(acme.id, null);
    finder.type(linkOf(acme, log));
    await vi.advanceTimersByTimeAsync(PAUSE);
    // The list closes when another field takes the focus, and opens again with the other organization.
    finder.close();
    finder.open(labs.id, null);
    await vi.advanceTimersByTimeAsync(0);
    arrive(answer('Late'));
    await vi.advanceTimersByTimeAsync(0);
    expect(finder.found.map(({ organization, page }) => [organization, page.title])).toEqual([[labs.id, 'Recent']]);
  });
});

describe('a link of an address that may be an organization’s own', () => {
  const why = { code: 'failed', message: 'wiki.acme.example is no address of Atlassian.', hint: { kind: 'ask_site', site: 'wiki.acme.example' } } as const;
  const link = 'https://wiki.acme.example/wiki/x/ew';

  async function pasted() {
    const fake = new Fake();
    fake.instead.find_pages = () => {
      throw new BackendError(why);
    };
    const finder = new PageFinder(fake, () => false);
    finder.open(null, null);
    finder.type(link);
    await vi.advanceTimersByTimeAsync(PAUSE);
    expect([finder.problem?.hint?.kind, fake.requests('ask_site')]).toEqual(['ask_site', []]);
    return { fake, finder };
  }

  it('is looked up again once its site has said whose it is', async () => {
    const { fake, finder } = await pasted();
    fake.instead.find_pages = () => ({ organization: acme.id, pages: [{ page: log, space: null }] });
    await finder.askSite();
    expect(fake.requests('ask_site')).toEqual([link]);
    expect([finder.found.length, finder.problem, finder.fits]).toEqual([1, null, true]);
  });

  it('says why, where it did not', async () => {
    const { fake, finder } = await pasted();
    fake.instead.ask_site = () => {
      throw new BackendError({ code: 'failed', message: 'This page belongs to wiki.acme.example, which is not connected.', hint: { kind: 'connect_site' } });
    };
    await finder.askSite();
    expect([finder.problem?.hint?.kind, finder.loading]).toEqual(['connect_site', false]);
  });
});

describe('finding spaces', () => {
  it('shows what is cached at once, and what is new when it comes', async () => {
    const fake = new Fake();
    let cached = 1;
    let refreshed: () => void = () => undefined;
    fake.instead.find_spaces = () => offered(Array.from({ length: cached }, (_, i) => ({ id: `${i}`, key: `K${i}`, name: `Space ${i}` })));
    fake.instead.refresh_spaces = () => new Promise((resolve) => (refreshed = () => resolve(null)));
    const finder = new SpaceFinder(fake, () => false);
    await finder.listen();
    const opened = finder.open('cloud-acme');
    await vi.advanceTimersByTimeAsync(0);
    expect(finder.found, 'from the cache, before the refresh is over').toHaveLength(1);
    cached = 3;
    fake.emit('spaces', { organization: 'cloud-acme', loaded: 3, complete: false });
    await vi.advanceTimersByTimeAsync(0);
    expect(finder.found).toHaveLength(3);
    expect(finder.note).toContain('3 so far');
    refreshed();
    await opened;
    expect(finder.note, 'nothing left to say').toBeNull();
  });

  it('ignores the spaces of another organization', async () => {
    const fake = new Fake();
    const finder = new SpaceFinder(fake, () => false);
    await finder.listen();
    await finder.open('cloud-acme');
    const asked = fake.requests('find_spaces').length;
    fake.emit('spaces', { organization: 'cloud-labs', loaded: 5, complete: false });
    await vi.advanceTimersByTimeAsync(0);
    expect(fake.requests('find_spaces')).toHaveLength(asked);
    expect(finder.loaded).toBeNull();
  });

  it('is not done while the answer to what was loaded last is on its way, in whatever order the news comes', async () => {
    const fake = new Fake();
    let loaded = (): void => undefined;
    fake.instead.refresh_spaces = () => new Promise((resolve) => (loaded = () => resolve(null)));
    const answers: ((spaces: Space[]) => void)[] = [];
    fake.instead.find_spaces = () => new Promise((resolve) => answers.push((spaces) => resolve(offered(spaces))));
    const finder = new SpaceFinder(fake, () => false);
    await finder.listen();
    void finder.open(acme.id);
    finder.type('custom');
    answers.splice(0).forEach((say) => say([]));
    await vi.advanceTimersByTimeAsync(0);
    expect(finder.fits, 'it is loading').toBe(false);
    // A busy machine delivers the end of the call before the event that was sent first.
    loaded();
    await vi.advanceTimersByTimeAsync(0);
    fake.emit('spaces', { organization: acme.id, loaded: 12, complete: true });
    const [first, ...others] = answers.splice(0);
    first?.([]);
    await vi.advanceTimersByTimeAsync(0);
    expect(finder.fits, 'the answer that counts is not there').toBe(false);
    others.forEach((say) => say(spaces.slice(0, 1)));
    await vi.advanceTimersByTimeAsync(0);
    expect([finder.fits, finder.found.length]).toEqual([true, 1]);
  });

  /** An organization with more spaces than are kept. */
  async function inLarge(listing: 'searched' | 'paged' = 'searched') {
    const fake = new Fake();
    fake.instead.find_spaces = () => ({ spaces: [], total: 7000, listing });
    const finder = new SpaceFinder(fake, () => false);
    await finder.open(acme.id);
    return { fake, finder };
  }

  it('asks Confluence for what is typed where not all are kept, when somebody pauses', async () => {
    const { fake, finder } = await inLarge();
    expect(finder.note).toBe('7,000 spaces; type to find one');
    fake.instead.search_spaces = () => ({ ...offered(spaces.slice(0, 2)), listing: 'searched' });
    finder.type('e');
    await vi.advanceTimersByTimeAsync(PAUSE);
    expect([finder.note, fake.requests('search_spaces')], 'one letter says too little').toEqual(['Type one more letter', []]);
    finder.type('en');
    finder.type('eng');
    await vi.advanceTimersByTimeAsync(PAUSE - 1);
    expect([finder.fits, finder.note, fake.requests('search_spaces').length]).toEqual([false, 'Searching…', 0]);
    await vi.advanceTimersByTimeAsync(1);
    expect(fake.requests('search_spaces')).toEqual([{ organization: acme.id, query: 'eng' }]);
    expect([finder.fits, finder.found.length]).toEqual([true, 2]);
  });

  it('shows no answer to what was typed before, nor lets the cache take an answer away', async () => {
    const { fake, finder } = await inLarge();
    const answers: (() => void)[] = [];
    fake.instead.search_spaces = ({ query }) =>
      new Promise((resolve) => answers.push(() => resolve(offered([{ id: query, key: 'K', name: query }]))));
    finder.type('first');
    await vi.advanceTimersByTimeAsync(PAUSE);
    finder.type('second');
    await vi.advanceTimersByTimeAsync(PAUSE);
    answers[0]?.();
    await vi.advanceTimersByTimeAsync(0);
    expect([finder.found, finder.fits]).toEqual([[], false]);
    let late = (): void => undefined;
    fake.instead.find_spaces = () => new Promise((resolve) => (late = () => resolve({ spaces: [], total: 0, listing: 'searched' })));
    fake.emit('spaces', { organization: acme.id, loaded: 0, complete: true });
    answers[1]?.();
    await vi.advanceTimersByTimeAsync(0);
    late();
    await vi.advanceTimersByTimeAsync(0);
    expect(finder.found.map(({ space }) => space.name)).toEqual(['second']);
  });

  it('says why Confluence did not answer, and offers what is kept', async () => {
    const { fake, finder } = await inLarge();
    fake.instead.find_spaces = () => ({ ...offered(spaces.slice(0, 1)), listing: 'searched' });
    fake.instead.search_spaces = () => {
      throw new BackendError({ code: 'failed', message: 'Confluence cannot be reached.', hint: null });
    };
    finder.type('eng');
    await vi.advanceTimersByTimeAsync(PAUSE);
    expect([finder.found.length, finder.fits, finder.problem?.message]).toEqual([1, true, 'Confluence cannot be reached.']);
  });

  it('asks for nothing when the list was closed meanwhile', async () => {
    const { fake, finder } = await inLarge();
    finder.type('eng');
    finder.close();
    await vi.advanceTimersByTimeAsync(PAUSE);
    expect(fake.requests('search_spaces')).toEqual([]);
  });

  it('reads a list page by page where search knows no spaces, one page at a time', async () => {
    const { fake, finder } = await inLarge('paged');
    let arrived = (): void => undefined;
    fake.instead.more_spaces = () => new Promise((resolve) => (arrived = () => resolve(true)));
    const first = finder.more();
    await finder.more();
    expect(fake.requests('more_spaces')).toEqual([acme.id]);
    arrived();
    await first;
    finder.type('typed');
    await finder.more();
    expect(fake.requests('more_spaces'), 'what is typed is looked for in what was seen').toHaveLength(1);
  });

  it('asks anew when a person wants that', async () => {
    const { fake, finder } = await inLarge();
    await finder.refresh();
    expect(fake.requests('refresh_spaces')).toEqual([
      { organization: acme.id, again: false },
      { organization: acme.id, again: true },
    ]);
  });
});
