// What the pickers offer: spaces from the cache at once, and pages, and the spaces of large organizations, from Confluence
// after a pause in typing.

import { BackendError, type Backend, type Stop } from '../ipc/backend';
import type { ErrorView, ListedSpace, OrganizationId, Space, SpaceId, SpaceListing, SpaceRights, Spaces } from '../ipc/bindings';
import { count } from '../words/deliveries';
import type { Found } from './where';

/** Pause in typing before Confluence is asked, in milliseconds. */
export const PAUSE = 300;
/** Shorter words match too much to be worth a request. */
export const SHORTEST = 2;

const NOTHING_BARRED: SpaceRights = { pages: null, comments: null };

export class SpaceFinder {
  found = $state.raw<ListedSpace[]>([]);
  total = $state(0);
  /** Which spaces are kept; `null` before Confluence was asked for the first time. */
  listing = $state.raw<SpaceListing | null>(null);
  loading = $state(false);
  /** Confluence is asked for what was typed, or will be in a moment. */
  searching = $state(false);
  /** Loaded so far, while the cache is brought up to date. */
  loaded = $state<number | null>(null);
  problem = $state.raw<ErrorView | null>(null);
  /** Why no page can be made in a space, by its id. */
  refused = $state.raw<Record<SpaceId, ErrorView>>({});

  readonly #backend: Backend;
  readonly #failed: (error: BackendError) => boolean;
  #organization: OrganizationId | null = null;
  #query = $state('');
  /** What `found` was asked for. */
  #asked = $state<string | null>(null);
  #turn = 0;
  #searchTurn = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #paging = false;
  /** What was asked last. */
  #last: Promise<void> = Promise.resolve();

  /** Whether `found` is the answer to what was typed last, as far as it can be before all is loaded. */
  readonly fits = $derived.by(() => this.#asked === this.#query && !this.searching && !(this.loading && !this.found.length));

  /** `failed` says whether it took care of an error that is not the picker's own. */
  constructor(backend: Backend, failed: (error: BackendError) => boolean) {
    this.#backend = backend;
    this.#failed = failed;
  }

  readonly note = $derived.by(() => {
    if (this.loading && !this.found.length) return 'Loading spaces…';
    if (this.loaded !== null) return `Loading spaces… ${this.loaded.toLocaleString('en')} so far`;
    if (this.searching) return 'Searching…';
    if (!this.found.length && this.problem) return this.problem.message;
    const typed = this.#query.trim();
    if (this.listing === 'searched' && typed.length < SHORTEST) return typed ? 'Type one more letter' : `${count(this.total, 'space')}; type to find one`;
    if (this.listing === 'paged') return typed ? 'Only spaces seen so far: type a whole key, or empty the field and scroll' : 'Scroll down for more spaces';
    if (!this.found.length) return 'No space matches';
    if (this.total > this.found.length) return `${this.found.length} of ${count(this.total, 'space')}; type to narrow`;
    return null;
  });

  listen(): Promise<Stop> {
    return this.#backend.on('spaces', ({ organization, loaded, complete }) => {
      if (organization !== this.#organization) return;
      this.loaded = complete ? null : loaded;
      void this.#find();
    });
  }

  /** The list was opened: the cache answers at once, while Confluence is asked what is new. */
  async open(organization: OrganizationId): Promise<void> {
    if (organization !== this.#organization) {
      this.found = [];
      this.listing = null;
      this.#asked = null;
    }
    this.#organization = organization;
    this.#query = '';
    await this.#bring(organization, false);
  }

  /** Confluence is asked anew, whatever is kept. */
  async refresh(): Promise<void> {
    if (this.#organization !== null) await this.#bring(this.#organization, true);
  }

  /** Nobody waits any more for what was typed. */
  close(): void {
    this.#stopSearching();
  }

  /** Another dialog begins. */
  clear(): void {
    this.#stopSearching();
    this.problem = null;
  }

  type(query: string): void {
    this.#query = query;
    this.#stopSearching();
    void this.#find();
    this.#searchSoon();
  }

  /** The end of the list was reached: where it is read page by page, the next one comes. */
  async more(): Promise<void> {
    const organization = this.#organization;
    if (organization === null || this.listing !== 'paged' || this.#paging || this.#query.trim()) return;
    this.#paging = true;
    try {
      await this.#backend.call('more_spaces', organization);
      if (organization === this.#organization) await this.#find();
    } catch (thrown) {
      this.#fail(organization, thrown);
    } finally {
      this.#paging = false;
    }
  }

  /** What may be made in a space that was picked. That only helps: Confluence itself refuses what may not be. */
  async check(organization: OrganizationId, space: Space): Promise<SpaceRights> {
    const rights = await this.#backend.call('space_rights', { organization, space }).catch(() => NOTHING_BARRED);
    const others = Object.entries(this.refused).filter(([id]) => id !== space.id);
    this.refused = Object.fromEntries(rights.pages ? [...others, [space.id, rights.pages]] : others);
    return rights;
  }

  async #bring(organization: OrganizationId, again: boolean): Promise<void> {
    this.problem = null;
    this.loading = true;
    const refreshed = this.#backend.call('refresh_spaces', { organization, again }).catch((thrown: unknown) => this.#fail(organization, thrown));
    await this.#find();
    await refreshed;
    if (organization !== this.#organization) return;
    await this.#find();
    if (organization !== this.#organization) return;
    this.loading = false;
    this.loaded = null;
    if (!this.searching) this.#searchSoon();
  }

  #fail(organization: OrganizationId, thrown: unknown): void {
    const error = BackendError.from(thrown);
    if (organization === this.#organization && !this.#failed(error)) this.problem = error.view;
  }

  #stopSearching(): void {
    clearTimeout(this.#timer);
    this.#searchTurn += 1;
    this.searching = false;
  }

  /** Where not all spaces are kept, Confluence is asked for what was typed when somebody pauses. */
  #searchSoon(): void {
    const { listing } = this;
    if (listing === null || listing === 'whole' || this.#query.trim().length < SHORTEST) return;
    this.searching = true;
    this.#timer = setTimeout(() => void this.#search(this.#searchTurn), PAUSE);
  }

  async #search(turn: number): Promise<void> {
    const organization = this.#organization;
    if (organization === null) return;
    const query = this.#query;
    try {
      const answer = await this.#backend.call('search_spaces', { organization, query: query.trim() });
      if (turn !== this.#searchTurn || organization !== this.#organization) return;
      // What the cache is still asked has less.
      this.#turn += 1;
      this.#show(answer, query);
      this.problem = null;
    } catch (thrown) {
      if (turn !== this.#searchTurn) return;
      this.#fail(organization, thrown);
    }
    this.searching = false;
  }

  /** Asks the cache. Done when the question is answered that was asked last, which may be a later one. */
  async #find(): Promise<void> {
    let mine: Promise<void>;
    this.#last = this.#ask();
    do {
      mine = this.#last;
      await mine;
    } while (mine !== this.#last);
  }

  async #ask(): Promise<void> {
    const organization = this.#organization;
    if (organization === null) return;
    const turn = ++this.#turn;
    const query = this.#query;
    try {
      const answer = await this.#backend.call('find_spaces', { organization, query: query.trim() });
      if (turn === this.#turn) this.#show(answer, query);
    } catch (thrown) {
      if (turn !== this.#turn) return;
      this.found = [];
      this.#asked = query;
      this.#fail(organization, thrown);
    }
  }

  #show({ spaces, total, listing }: Spaces, query: string): void {
    this.found = spaces;
    this.total = total;
    this.listing = listing;
    this.#asked = query;
  }
}

/** Whether a text holds a link. Whose it is, the core knows; a link needs no chosen organization. */
const hasLink = (text: string) => /https?:\/\//i.test(text);

/** Confluence finds words, and those are of letters and digits. */
const hasWords = (text: string) => /[\p{L}\p{N}]/u.test(text);

export class PageFinder {
  found = $state.raw<Found[]>([]);
  loading = $state(false);
  problem = $state.raw<ErrorView | null>(null);
  query = $state('');
  /** What `found` was asked for. */
  #asked = $state<string | null>(null);

  /** Whether `found` is the answer to what was typed last. */
  readonly fits = $derived.by(() => this.#asked === this.query);

  readonly #backend: Backend;
  readonly #failed: (error: BackendError) => boolean;
  readonly #parent: boolean;
  /** The organization is none until one is chosen. */
  #place = $state.raw<{ organization: OrganizationId | null; space: SpaceId | null }>({ organization: null, space: null });
  #timer: ReturnType<typeof setTimeout> | undefined;
  #turn = 0;

  /** With `parent`, a folder is as good as a page. */
  constructor(backend: Backend, failed: (error: BackendError) => boolean, { parent = false } = {}) {
    this.#backend = backend;
    this.#failed = failed;
    this.#parent = parent;
  }

  readonly note = $derived.by(() => {
    if (!this.#searches && !this.problem) return 'Choose an organization first, or paste a link';
    if (this.loading) return this.query ? 'Searching…' : 'Loading recent pages…';
    if (this.problem) return this.problem.message;
    if (this.query.length > 0 && !hasWords(this.query)) return 'Type letters or digits: Confluence finds no other signs';
    if (this.query.length > 0 && this.query.length < SHORTEST) return 'Type one more letter';
    if (!this.found.length) return this.query ? 'No page matches' : 'No recent pages; type to search or paste a link';
    return null;
  });

  /** Whether there is anything to ask. */
  get #searches(): boolean {
    return this.#place.organization !== null || hasLink(this.query);
  }

  /** The list was opened: the pages that changed last, at once. */
  open(organization: OrganizationId | null, space: SpaceId | null): void {
    const { organization: before, space: within } = this.#place;
    // What a link led to before may be another organization's.
    if (before !== organization || within !== space || this.found.some((one) => one.organization !== organization)) {
      this.found = [];
      this.#asked = null;
    }
    this.#place = { organization, space };
    this.query = '';
    this.#stop();
    if (this.#searches) return void this.#find();
    this.problem = null;
    this.#asked = this.query;
  }

  /** Somebody types: asks when they pause. */
  type(query: string): void {
    this.query = query.trim();
    this.#stop();
    this.problem = null;
    if (!this.#searches || (this.query.length > 0 && (this.query.length < SHORTEST || !hasWords(this.query)))) {
      this.loading = false;
      this.found = [];
      this.#asked = this.query;
      return;
    }
    this.loading = true;
    this.#timer = setTimeout(() => void this.#find(), PAUSE);
  }

  /** Asks the site of the link that was pasted whose Confluence it is, and then where the link leads. */
  async askSite(): Promise<void> {
    const turn = this.#turn;
    this.loading = true;
    this.problem = null;
    try {
      await this.#backend.call('ask_site', this.query);
      if (turn === this.#turn) await this.#find();
    } catch (thrown) {
      if (turn !== this.#turn) return;
      const error = BackendError.from(thrown);
      this.loading = false;
      if (!this.#failed(error)) this.problem = error.view;
    }
  }

  /** Another dialog begins. */
  clear(): void {
    this.close();
    this.found = [];
    this.#asked = null;
    this.problem = null;
  }

  /** The list was closed: nobody waits for the answer any more. */
  close(): void {
    const waiting = this.loading;
    this.#stop();
    this.loading = false;
    if (waiting) this.#backend.call('stop_finding', null).catch(() => undefined);
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#turn += 1;
  }

  async #find(): Promise<void> {
    const turn = this.#turn;
    const { query } = this;
    this.loading = true;
    this.problem = null;
    try {
      const { organization, pages } = await this.#backend.call('find_pages', { ...this.#place, query, parent: this.#parent });
      if (turn !== this.#turn) return;
      this.found = pages.map((one) => ({ ...one, organization }));
    } catch (thrown) {
      const error = BackendError.from(thrown);
      if (turn !== this.#turn || error.code === 'superseded') return;
      this.found = [];
      if (!this.#failed(error)) this.problem = error.view;
    }
    this.#asked = query;
    this.loading = false;
  }
}
