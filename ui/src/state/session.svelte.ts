// The app as a whole: its status, its settings, and what reaches Confluence: the login, and API tokens of single sites.

import { BackendError, type Backend } from '../ipc/backend';
import { samePlace } from '../words/places';
import type { Account, Appearance, Connection, ErrorView, Link, Organization, OrganizationId, Place, Settings, Status, Templates, WatchedFolder } from '../ipc/bindings';
import type { Notices } from './notices.svelte';
import { Tokens } from './tokens.svelte';

/** After this long without an answer from the browser, help for the usual reasons is shown. */
export const SLOW_LOGIN = 20_000;

export class Session {
  /** The sites that are connected by API tokens. */
  readonly tokens: Tokens;
  status = $state.raw<Status | null>(null);
  connection = $state.raw<Connection>({ state: 'disconnected', why: null });
  settings = $state.raw<Settings>({
    appearance: 'system',
    hold_seconds: 0,
    quick_hold_seconds: 0,
    keep_in_tray: true,
    notifications: true,
    shortcut: '',
    keep_sent_days: 0,
    templates: { item_title: '', item_body: '', meeting_title: '', meeting_body: '', comment_body: '' },
    own_templates: [],
  });
  /** The login takes longer than it usually does. */
  slow = $state(false);
  /** Why a login could not even be started. */
  refusal = $state.raw<ErrorView | null>(null);

  /**
   * The organizations that pickers offer, by name; those of a lost connection too, so that a draft keeps its names. Where
   * the login reaches the same one as a token, the token is used.
   */
  readonly organizations = $derived.by((): Organization[] => {
    const own = this.tokens.list.map(({ organization }) => organization);
    const login = this.#account?.organizations.filter(({ id }) => !own.some((one) => one.id === id)) ?? [];
    return [...own, ...login].sort((one, other) => one.name.localeCompare(other.name) || one.url.localeCompare(other.url));
  });

  /** What was told since the last question. */
  #toldConnection = false;
  #toldSettings = false;
  readonly #backend: Backend;
  readonly #notices: Notices;
  readonly #onConnected: (() => void)[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #saved: Promise<unknown> = Promise.resolve();

  constructor(backend: Backend, notices: Notices) {
    this.#backend = backend;
    this.#notices = notices;
    this.tokens = new Tokens(backend, notices, () => this.#reached());
  }

  /** Whether anything of Confluence can be reached: by the login, or by a token. */
  get connected(): boolean {
    return this.loggedIn || this.tokens.some;
  }

  get loggedIn(): boolean {
    return this.connection.state === 'connected';
  }

  /** A login is under way in the browser. */
  get loggingIn(): boolean {
    return this.connection.state === 'waiting' || this.connection.state === 'finishing';
  }

  /** Whose login it is, also where it was lost. */
  get #account(): Account | null {
    if (this.connection.state === 'connected') return this.connection;
    return this.connection.state === 'needs_reconnecting' ? this.connection.account : null;
  }

  /** The one organization there is; `null` where there are several to choose from, or none. */
  get onlyOrganization(): OrganizationId | null {
    const [only, ...others] = this.organizations;
    return only && !others.length ? only.id : null;
  }

  async listen(): Promise<void> {
    await Promise.all([
      this.tokens.listen(),
      this.#backend.on('connection', (connection) => {
        this.#toldConnection = true;
        this.#connect(connection);
      }),
      this.#backend.on('settings', (settings) => {
        this.#toldSettings = true;
        this.#set(settings);
      }),
    ]);
  }

  /** What an event tells while the answer is on its way is newer than the answer. */
  async load(): Promise<void> {
    this.#toldConnection = this.#toldSettings = false;
    this.tokens.asked();
    const status = await this.#backend.call('status', null);
    this.status = status;
    if (!this.#toldSettings) this.#set(status.settings);
    this.tokens.begin(status.tokens);
    if (!this.#toldConnection) this.#connect(status.connection);
  }

  #set(settings: Settings): void {
    this.settings = settings;
    this.#appear(settings.appearance);
  }

  /** The folder that is watched is another one, none, or no longer there. */
  watches(watched: WatchedFolder | null): void {
    if (this.status) this.status = { ...this.status, watched };
  }

  /** Runs whenever something can be reached that could not before: after a login, or by another token. */
  whenConnected(run: () => void): void {
    this.#onConnected.push(run);
  }

  async connect(): Promise<void> {
    this.refusal = null;
    try {
      this.#connect(await this.#backend.call('connect', null));
    } catch (thrown) {
      this.refusal = BackendError.from(thrown).view;
    }
  }

  async cancelConnect(): Promise<void> {
    try {
      this.#connect(await this.#backend.call('cancel_connect', null));
    } catch (thrown) {
      this.#notices.failed(thrown);
    }
  }

  async disconnect(): Promise<boolean> {
    try {
      this.#connect(await this.#backend.call('disconnect', null));
      return true;
    } catch (thrown) {
      this.#notices.failed(thrown);
      return false;
    }
  }

  async choose(appearance: Appearance): Promise<void> {
    const before = this.settings.appearance;
    this.#set({ ...this.settings, appearance });
    try {
      await this.#save(() => ({ appearance }));
    } catch (thrown) {
      this.#set({ ...this.settings, appearance: before });
      this.#notices.failed(thrown);
    }
  }

  /** Changes one of the settings that nothing more than its control depends on. */
  async set(change: Partial<Pick<Settings, 'hold_seconds' | 'quick_hold_seconds' | 'keep_sent_days' | 'keep_in_tray' | 'notifications'>>): Promise<void> {
    try {
      await this.#save(() => change);
    } catch (thrown) {
      this.#notices.failed(thrown);
    }
  }

  /** Other keys for Quick send; rejects where they cannot be had. */
  async saveShortcut(shortcut: string): Promise<void> {
    await this.#save(() => ({ shortcut }));
  }

  /** The templates of a destination as they are now; those of all others where it has none of its own. */
  templates(place: Place | null): Templates {
    const own = place && this.settings.own_templates.find((one) => samePlace(one.place, place));
    return own ? own.templates : this.settings.templates;
  }

  /** Saves the templates of a destination, or (`null`) of all others. */
  async saveTemplates(place: Place | null, templates: Templates): Promise<void> {
    await this.#save(({ own_templates }) => {
      if (!place) return { templates };
      const at = own_templates.findIndex((one) => samePlace(one.place, place));
      const own = { place, templates };
      return { own_templates: at < 0 ? [...own_templates, own] : own_templates.with(at, own) };
    });
  }

  /** Back to the defaults. */
  async restoreTemplates(): Promise<void> {
    // Only the core knows them: it fills in what is missing.
    await this.#save(() => ({ templates: {} as Templates }));
  }

  /** The destination has the templates of all others again. */
  async removeTemplates(place: Place): Promise<void> {
    await this.#save(({ own_templates }) => ({ own_templates: own_templates.filter((one) => !samePlace(one.place, place)) }));
  }

  /** Waits until every change of the settings is saved, or was refused. */
  async settle(): Promise<void> {
    await this.#saved;
  }

  open(link: Link): void {
    this.#backend.call('open_link', link).catch(this.#notices.failed);
  }

  /** Changes a part of the settings; one change after the other, so that none takes another back. */
  #save(change: (settings: Settings) => Partial<Settings>): Promise<void> {
    const saved = this.#saved.then(async () => {
      this.settings = await this.#backend.call('save_settings', { ...this.settings, ...change(this.settings) });
    });
    this.#saved = saved.catch(() => undefined);
    return saved;
  }

  #connect(connection: Connection): void {
    const was = this.connection.state;
    this.connection = connection;
    if (connection.state !== 'waiting') {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      this.slow = false;
    } else if (this.#timer === undefined) {
      const waited = Date.now() - Date.parse(connection.since);
      this.#timer = setTimeout(() => (this.slow = true), Math.max(0, SLOW_LOGIN - waited));
    }
    if (connection.state === 'connected' && was !== 'connected') this.#reached();
  }

  #reached(): void {
    for (const run of this.#onConnected) run();
  }

  #appear(appearance: Appearance): void {
    const root = document.documentElement;
    if (appearance === 'system') delete root.dataset.appearance;
    else root.dataset.appearance = appearance;
  }
}
