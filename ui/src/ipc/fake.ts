// A stand-in for the core, in memory: for Vitest, and for looking at the screens in a plain browser.
// Refuses to be clever: it knows the wire and a few well-chosen failures, not the rules of the core.
//
// In a browser, the address chooses the scene: `?connected`, `?empty`, `?meetings=100000`, `?slow`,
// `?connection=not_configured`, `?tokens` (sites connected by API tokens), `?sally` (a server that meetings come from), `?sandbox`, `?wayland` (no shortcut, no tray), `?proxy` (one that asks for a password), `?notargets`,
// `?editor` (a description with everything that one can hold).
// Longer than 400 lines: one table with an answer for each command, over the state that these change.

import { BackendError, type Answer, type Backend, type EventName, type Name, type Payload, type Request, type Stop } from './backend';
import type {
  Account,
  ApiToken,
  Compose,
  Connection,
  DamagedFile,
  DeliveryState,
  DeliveryView,
  Desktop,
  Draft,
  ErrorView,
  FoundItem,
  ItemView,
  MeetingServer,
  MeetingView,
  Network,
  Organization,
  ProxyPasswordKept,
  QuickTarget,
  Send,
  Settings,
  SyncState,
  WatchedFolder,
} from './bindings';
import { document, meetings, offered, organizations, pages, people, scopes, spaces, targets, templates, type FakeMeeting } from './fake_data';
import { everything } from './fake_document';
import { editing, firstSaid, listed } from './fake_library';
import { found, linked } from './fake_pages';
import { foundItems, matching, parcels, starred } from './fake_quick';
import { apiToken, connectingByToken, tokenScopes } from './fake_tokens';

export interface FakeOptions {
  /** Milliseconds that every answer takes; 0 for tests, which then only wait a microtask. */
  latency?: number;
  meetings?: number;
  connected?: boolean;
  sandbox?: boolean;
  connection?: Connection;
  /** Descriptions hold everything that one can hold. */
  editor?: boolean;
  servers?: MeetingServer[];
  tokens?: ApiToken[];
}

/** What answers each command. */
export type Handlers = { [K in Name]: (request: Request<K>) => Answer<K> | Promise<Answer<K>> };

const account: Account = {
  id: '557058:ada',
  name: 'Ada Lovelace',
  email: 'ada@acme.example',
  organizations,
  remembered: true,
  missing_scopes: [],
};

/** Sally as the integrations show her. */
export const sally: MeetingServer = {
  id: 'server-sally',
  name: 'Sally',
  address: 'https://app.sally.io/api/v1/McpExternal',
  host: 'app.sally.io',
  company: 'Acme',
  synced: null,
  remembered: true,
  trouble: null,
};

function failure(code: ErrorView['code'], message: string, hint: ErrorView['hint'] = null): ErrorView {
  return { code, message, hint };
}

/** Where nothing of a delivery has left, so that it can be replaced. */
const open: DeliveryState['kind'][] = ['queued', 'held', 'waiting', 'needs_you'];

/** Why a delivery is not replaced. */
function goneOn({ id, state, changed }: DeliveryView): ErrorView {
  if (state.kind !== 'sent') return failure('failed', 'What you are changing is on its way, or may have arrived.');
  return failure('sent_meanwhile', `It was sent at ${new Date(changed).toTimeString().slice(0, 5)}.`, { kind: 'send_as_another', delivery: id });
}

/** One that stands well, one that ends soon, and one that ended. */
function tokensOfScene(): ApiToken[] {
  const day = (ahead: number) => new Date(Date.now() + ahead * 86_400_000).toISOString().slice(0, 10);
  const site = (name: string) => ({ id: `cloud-${name}`, name, url: `https://${name.toLowerCase()}.atlassian.net` });
  const trouble = failure('invalid_token', 'Initech does not accept the API token any more.', { kind: 'renew_token', organization: 'cloud-Initech' });
  return [apiToken(site('Acme'), { expires: day(200) }), apiToken(site('Globex'), { expires: day(9), remembered: false }), apiToken(site('Initech'), { trouble })];
}

const pause = (ms: number) => (ms ? new Promise<void>((resolve) => setTimeout(resolve, ms)) : Promise.resolve());

export class Fake implements Backend {
  /** Every call, in order, for assertions. */
  readonly calls: { name: Name; request: unknown }[] = [];
  /** What a command answers in place of its usual answer; a thrown `BackendError` rejects. */
  readonly instead: Partial<Handlers> = {};

  connection: Connection;
  settings: Settings = {
    appearance: 'system',
    templates,
    own_templates: [],
    hold_seconds: 0,
    quick_hold_seconds: 5,
    keep_in_tray: true,
    notifications: true,
    shortcut: 'CmdOrCtrl+Shift+Space',
    keep_sent_days: 0,
  };
  desktop: Desktop = { tray: true, shortcut: { kind: 'works' }, command: '/usr/bin/sally-desktop --quick-send', autostart: false };
  network: Network = { proxy: null, script: false };
  /** Favourites first. */
  targets: QuickTarget[] = targets.map((one) => ({ ...one }));
  watched: WatchedFolder | null = null;
  meetings: FakeMeeting[];
  /** Damaged files that were put aside. */
  damaged: DamagedFile[] = [];
  deliveries: DeliveryView[] = [];
  servers: MeetingServer[];
  tokens: ApiToken[];
  sync: SyncState = { kind: 'idle' };
  drafts = new Map<string, Draft>();
  /** Milliseconds between the steps of a delivery and of a login. */
  readonly #pace: number;
  readonly #latency: number;
  readonly #sandbox: boolean;
  readonly #editor: boolean;
  readonly #listeners = new Map<EventName, Set<(payload: never) => void>>();
  #search = 0;
  #serial = 0;
  #login = 0;

  constructor(options: FakeOptions = {}) {
    this.#latency = options.latency ?? 0;
    this.#pace = options.latency ? 1_200 : 0;
    this.#sandbox = options.sandbox ?? false;
    this.#editor = options.editor ?? false;
    this.meetings = meetings(options.meetings ?? 8);
    this.servers = options.servers ?? [];
    this.tokens = options.tokens ?? [];
    this.connection = options.connection ?? (options.connected ? { state: 'connected', ...account } : { state: 'disconnected', why: null });
  }

  static fromAddress(location: Location): Fake {
    const query = new URLSearchParams(location.search);
    const fake = new Fake({
      latency: query.has('slow') ? 1_500 : 15,
      meetings: query.has('empty') ? 0 : Number(query.get('meetings') ?? 8),
      connected: query.has('connected'),
      sandbox: query.has('sandbox'),
      editor: query.has('editor'),
      tokens: query.has('tokens') ? tokensOfScene() : [],
      servers: query.has('sally') ? [{ ...sally, synced: new Date().toISOString() }] : [],
      connection:
        query.get('connection') === 'not_configured'
          ? { state: 'not_configured', missing: ['SALLY_ATLASSIAN_CLIENT_ID', 'SALLY_ATLASSIAN_CLIENT_SECRET'] }
          : query.get('connection') === 'needs_reconnecting'
            ? { state: 'needs_reconnecting', account, why: failure('reconnect_needed', 'Atlassian no longer accepts the connection; it was not used for 90 days.', { kind: 'reconnect' }) }
            : undefined,
    });
    if (query.has('proxy')) fake.network = { proxy: { name: 'proxy.acme.example:3128', origin: 'system', password: 'no' }, script: false };
    if (query.has('wayland')) fake.desktop = { ...fake.desktop, tray: false, shortcut: { kind: 'not_allowed' } };
    if (query.has('notargets')) fake.targets = [];
    Object.assign(window, { fake });
    return fake;
  }

  async call<K extends Name>(name: K, request: Request<K>): Promise<Answer<K>> {
    // A snapshot, because the caller may go on changing what it handed over.
    const copy = JSON.parse(JSON.stringify(request)) as Request<K>;
    this.calls.push({ name, request: copy });
    if (this.#latency) await pause(this.#latency);
    const handler = (this.instead[name] ?? this.#handlers[name]);
    try {
      return await handler(copy);
    } catch (thrown) {
      throw BackendError.from(thrown);
    }
  }

  async on<K extends EventName>(event: K, handler: (payload: Payload<K>) => void): Promise<Stop> {
    const handlers = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, handlers.add(handler));
    return () => handlers.delete(handler);
  }

  emit<K extends EventName>(event: K, payload: Payload<K>): void {
    for (const handler of this.#listeners.get(event) ?? []) (handler as (payload: Payload<K>) => void)(payload);
  }

  /** The requests of one command, in order. */
  requests<K extends Name>(name: K): Request<K>[] {
    return this.calls.filter((call) => call.name === name).map((call) => call.request as Request<K>);
  }

  setConnection(connection: Connection): Connection {
    this.connection = connection;
    this.emit('connection', connection);
    return connection;
  }

  setTokens(tokens: ApiToken[]): ApiToken[] {
    this.tokens = tokens;
    this.emit('tokens', tokens);
    return tokens;
  }

  setSync(sync: SyncState): SyncState {
    this.sync = sync;
    this.emit('sync', sync);
    return sync;
  }

  async #read(): Promise<void> {
    for (let done = 0; done < 4 && this.sync.kind !== 'ended'; done += 1) {
      this.setSync({ kind: 'reading', done, total: 4 });
      await pause(this.#pace);
    }
    if (this.sync.kind !== 'ended') this.setSync({ kind: 'ended', added: 0, updated: 0, warnings: [], cancelled: false, problem: null });
  }

  /** What the login and the tokens reach, the token where both do. */
  get #organizations(): Organization[] {
    const own = this.tokens.map(({ organization }) => organization);
    const login = this.connection.state === 'connected' ? this.connection.organizations : [];
    return [...own, ...login.filter(({ id }) => !own.some((one) => one.id === id))];
  }

  #meeting(id: string): FakeMeeting {
    const meeting = this.meetings.find((one) => one.id === id);
    if (!meeting) throw new BackendError(failure('gone', 'This meeting is no longer there.'));
    return meeting;
  }

  #opened(id: string): MeetingView {
    const { transcript, ...meeting } = this.#meeting(id);
    const items = meeting.items.map((item) => ({ ...item, deliveries: this.deliveries.filter((one) => one.items.includes(item.id)) }));
    return { ...meeting, items, transcript_lines: transcript.length };
  }

  /** The meeting of the items, and those items. */
  #source(ids: string[]): { meeting: MeetingView | undefined; items: ItemView[] } {
    const meeting = this.meetings.find((one) => one.items.some((item) => ids.includes(item.id)));
    return { meeting, items: meeting?.items.filter((item) => ids.includes(item.id)) ?? [] };
  }

  #draft({ items: ids, action }: Compose): Draft {
    const { meeting, items } = this.#source(ids);
    const [only, ...others] = items;
    return {
      items: ids,
      action,
      replaces: null,
      organization: null,
      space: null,
      parent: null,
      page: null,
      title: (others.length ? meeting?.title : only?.text)?.slice(0, 255) ?? '',
      document: this.#editor ? everything(only?.text ?? '', action) : document(items, meeting?.title ?? ''),
      kept: false,
      problem: null,
      senders: {},
    };
  }

  #delivery(id: string): DeliveryView {
    const delivery = this.deliveries.find((one) => one.id === id);
    if (!delivery) throw new BackendError(failure('gone', 'This is no longer in the outbox.'));
    return delivery;
  }

  #move(id: string, state: DeliveryState): DeliveryView {
    const moved = { ...this.#delivery(id), state, changed: new Date().toISOString() };
    this.deliveries = this.deliveries.map((one) => (one.id === id ? moved : one));
    this.emit('delivery', moved);
    return moved;
  }

  async #deliver(id: string, hold = 0): Promise<void> {
    await pause(hold || this.#pace / 3);
    // Taken back in the meantime.
    if (!this.deliveries.some((one) => one.id === id)) return;
    this.#move(id, { kind: 'sending' });
    await pause(this.#pace);
    const { destination } = this.#delivery(id);
    const title = destination.kind === 'new_page' ? destination.title : destination.page.title;
    const taken = pages.find((page) => page.title === title);
    if (destination.kind === 'new_page' && taken) {
      const why = failure('title_exists', `Confluence already has a page titled “${title}” in ${destination.space.name}.`, {
        kind: 'choose_another_title',
        suggestion: `${title} (12 Nov 2026)`,
        page: taken,
      });
      this.#move(id, { kind: 'needs_you', why });
    } else if (title.includes('offline')) {
      this.#move(id, { kind: 'waiting', why: failure('failed', 'Confluence cannot be reached.', { kind: 'try_again', at: null }) });
    } else if (title.includes('lost')) {
      this.#move(id, { kind: 'not_confirmed', why: failure('failed', 'The answer was lost, so the page may be there or not.') });
    } else {
      this.#move(id, { kind: 'sent', note: null });
    }
  }

  #send(request: Send, hold = 0): DeliveryView {
    const now = new Date().toISOString();
    const { meeting, items } = this.#source(request.items);
    const replaced = this.deliveries.find((one) => one.id === request.replaces);
    if (replaced && !open.includes(replaced.state.kind)) throw new BackendError(goneOn(replaced));
    const view: DeliveryView = {
      id: `delivery-${++this.#serial}`,
      items: request.items,
      words: items[0]?.text ?? null,
      meeting: meeting?.id ?? null,
      meeting_title: meeting?.title ?? null,
      destination: request.destination,
      organization: [...this.#organizations, ...organizations].find((one) => one.id === request.destination.organization)?.name ?? '',
      sender: null,
      state: hold ? { kind: 'held', until: new Date(Date.now() + hold).toISOString() } : { kind: 'queued' },
      created: now,
      changed: now,
    };
    if (replaced) this.#remove(replaced.id);
    this.deliveries = [view, ...this.deliveries];
    for (const action of ['create_page', 'add_comment']) this.drafts.delete(`${request.items} ${action}`);
    if (this.#pace) void this.#deliver(view.id, hold);
    return view;
  }

  #keptForProxy(password: ProxyPasswordKept): Network {
    const { proxy } = this.network;
    return (this.network = { ...this.network, proxy: proxy && { ...proxy, password } });
  }

  #found(): FoundItem[] {
    return foundItems(this.meetings, this.deliveries);
  }

  #remove(id: string): null {
    this.deliveries = this.deliveries.filter((one) => one.id !== id);
    this.emit('delivery_gone', id);
    return null;
  }

  async #logIn(login: number): Promise<void> {
    await pause(this.#pace * 2);
    if (login !== this.#login) return;
    this.setConnection({ state: 'finishing' });
    await pause(this.#pace / 2);
    this.setConnection({ state: 'connected', ...account });
  }

  readonly #handlers: Handlers = {
    status: () => ({
      version: '0.1.0',
      data_folder: '~/.local/share/sally-desktop',
      sandbox: this.#sandbox ? '127.0.0.1:7781' : null,
      connection: this.connection,
      tokens: this.tokens,
      servers: this.servers,
      sync: this.sync,
      settings: this.settings,
      watched: this.watched,
      has_samples: false,
      unsent: this.deliveries.filter((one) => one.state.kind !== 'sent').length,
      scopes,
      token_scopes: tokenScopes,
    }),
    list_meetings: (request) => listed(this.meetings, this.deliveries, request),
    open_meeting: (id) => this.#opened(id),
    read_transcript: ({ meeting, offset, limit }) => this.#meeting(meeting).transcript.slice(offset, offset + limit),
    find_in_transcript: ({ meeting, query }) => firstSaid(this.#meeting(meeting), query),
    import_files: () => null,
    cancel_import: () => null,
    import_text: ({ text }) => {
      const [first] = this.meetings;
      if (first && /decisions|tasks/i.test(text)) return { added: [first.id], updated: [], unchanged: [], failed: [], warnings: [], left_out: 0 };
      const failed = [{ file: 'Pasted meeting', place: null, reason: 'No meeting was recognised.' }];
      return { added: [], updated: [], unchanged: [], failed, warnings: [], left_out: 0 };
    },
    watch_folder: () => (this.watched = { folder: '/home/ada/Meetings', problem: null }),
    stop_watching: () => {
      this.watched = null;
      return null;
    },
    load_samples: () => {
      this.meetings = meetings(8);
      return { added: this.meetings.slice(0, 3).map((one) => one.id), updated: [], unchanged: [], failed: [], warnings: [], left_out: 0 };
    },
    remove_samples: () => {
      this.meetings = this.meetings.slice(3);
      return null;
    },
    ...editing(this),
    connect: () => {
      const login = ++this.#login;
      if (this.#pace) void this.#logIn(login);
      return this.setConnection({ state: 'waiting', since: new Date().toISOString(), until: new Date(Date.now() + 600_000).toISOString() });
    },
    cancel_connect: () => {
      this.#login += 1;
      return this.setConnection({ state: 'disconnected', why: null });
    },
    disconnect: () => this.setConnection({ state: 'disconnected', why: null }),
    ...connectingByToken(this),
    connect_server: ({ token, company, address, again }) => {
      if (!token.startsWith('sally_pat_')) throw new BackendError(failure('invalid_token', 'The server does not accept this token.', { kind: 'new_token' }));
      if (address && !address.startsWith('https://')) throw new BackendError(failure('invalid_address', 'This address cannot be used: only https is accepted.'));
      const host = address ? new URL(address).host : sally.host;
      const server = { ...sally, id: again ?? (address ? `server-${host}` : sally.id), name: address ? host : 'Sally', host, company };
      this.servers = [...this.servers.filter((one) => one.id !== server.id), server];
      this.emit('servers', this.servers);
      return server;
    },
    disconnect_server: (id) => {
      this.servers = this.servers.filter((one) => one.id !== id);
      this.emit('servers', this.servers);
      return null;
    },
    sync_meetings: ({ asked }) => {
      if (!this.servers.length || (!asked && this.sync.kind !== 'idle')) return this.sync;
      const sync = this.setSync({ kind: 'looking', found: 0 });
      if (this.#pace) void this.#read();
      return sync;
    },
    cancel_sync: () => this.setSync({ kind: 'ended', added: 0, updated: 0, warnings: [], cancelled: true, problem: null }),
    find_spaces: ({ organization, query }) => {
      const word = query.toLowerCase();
      const all = organization === 'cloud-acme' ? spaces : spaces.slice(0, 3);
      const found = all.filter((one) => one.name.toLowerCase().includes(word) || one.key.toLowerCase().startsWith(word));
      return offered(found);
    },
    ask_site: () => null,
    search_spaces: (wanted) => this.call('find_spaces', wanted),
    more_spaces: () => false,
    space_rights: () => ({ pages: null, comments: null }),
    refresh_spaces: async ({ organization }) => {
      await pause(this.#pace / 2);
      this.emit('spaces', { organization, loaded: spaces.length, complete: true });
      return null;
    },
    find_pages: async ({ organization, query }) => {
      const search = ++this.#search;
      await pause(this.#pace / 4);
      if (search !== this.#search) throw new BackendError(failure('superseded', 'A newer search took its place.'));
      if (query === 'broken') throw new BackendError(failure('failed', 'Confluence did not answer within 20 seconds.', { kind: 'try_again', at: null }));
      const [link] = /https?:\/\/\S+/i.exec(query) ?? [];
      if (link) return linked(link, this.#organizations);
      if (organization === null) throw new BackendError(failure('invalid_organization', 'Choose an organization.'));
      return found(organization, pages.filter((page) => page.title.toLowerCase().includes(query.toLowerCase())));
    },
    stop_finding: () => {
      this.#search += 1;
      return null;
    },
    compose: (request) => {
      const kept = this.drafts.get(`${request.items} ${request.action}`);
      if (!kept) return this.#draft(request);
      const replaced = this.deliveries.find((one) => one.id === kept.replaces);
      const problem = replaced?.state.kind === 'sent' ? goneOn(replaced) : kept.problem;
      return { ...kept, kept: true, replaces: replaced ? kept.replaces : null, problem: replaced ? problem : null };
    },
    save_draft: (draft) => {
      this.drafts.set(`${draft.items} ${draft.action}`, draft);
      return null;
    },
    reset_draft: (request) => {
      this.drafts.delete(`${request.items} ${request.action}`);
      return this.#draft(request);
    },
    send: (request) => this.#send(request),
    deliveries: () => this.deliveries,
    retry: (id) => {
      if (this.#pace) void this.#deliver(id);
      return this.#move(id, { kind: 'queued' });
    },
    edit: (id) => {
      const { items, destination, state } = this.#delivery(id);
      const action = destination.kind === 'new_page' ? 'create_page' : 'add_comment';
      const draft = this.#draft({ items, action });
      return {
        ...draft,
        replaces: id,
        organization: destination.organization,
        ...(destination.kind === 'new_page'
          ? { space: destination.space, parent: destination.parent, title: destination.title }
          : { page: destination.page }),
        problem: 'why' in state ? state.why : null,
      };
    },
    cancel: (id) => this.#remove(id),
    check_again: (id) => this.#move(id, { kind: 'checking', why: failure('failed', 'The answer was lost.') }),
    post_anyway: (id) => {
      if (this.#pace) void this.#deliver(id);
      return this.#move(id, { kind: 'queued' });
    },
    send_as: (id) => {
      if (this.#pace) void this.#deliver(id);
      return this.#move(id, { kind: 'queued' });
    },
    send_waiting: () => {
      for (const { id, state } of this.deliveries) {
        if ('why' in state && state.why.code === 'waited_long') this.#move(id, { kind: 'queued' });
      }
      return null;
    },
    open_link: () => null,
    people: () => people,
    find_people: () => [],
    render_templates: ({ items, action, place }) => {
      const own = this.settings.own_templates.find((one) => JSON.stringify(one.place) === JSON.stringify(place));
      const { title, document: made } = this.#draft({ items, action });
      return own ? { title: own.templates.item_title.replace('{item}', title), document: document([], own.templates.item_body) } : { title, document: made };
    },
    preview: ({ templates: { item_title, item_body, meeting_title, meeting_body, comment_body }, action, several }) => {
      const [meeting] = meetings(1);
      const items = meeting?.items.filter(({ kind }, i) => (several ? i < 7 : kind === 'decision')).slice(0, several ? 7 : 1) ?? [];
      const body = action === 'add_comment' ? comment_body : several ? meeting_body : item_body;
      if (body.includes('{nothing}')) throw new BackendError(failure('invalid_description', 'There is no field {nothing}.'));
      const put = (text: string) => text.replace('{item}', items[0]?.text ?? '').replace('{meeting}', meeting?.title ?? '');
      return {
        title: put(several ? meeting_title : item_title),
        document: body.includes('{items}') ? document(items, meeting?.title ?? '') : document([], put(body)),
      };
    },
    find_items: ({ query, limit }) => matching(this.#found(), query).slice(0, limit),
    targets: () => this.targets,
    set_favourite: (favourite) => {
      this.targets = starred(this.targets, favourite);
      return null;
    },
    link_hosts: () => [],
    quick_send: (request) => {
      const hold = this.settings.quick_hold_seconds * 1_000;
      return parcels(this.#found(), request).map((parcel) => this.#send({ ...parcel, document: document([], ''), replaces: null, again: false }, hold));
    },
    hide_quick: () => null,
    open_dialog: () => null,
    go_to: () => null,
    pages_flushed: () => null,
    desktop: () => this.desktop,
    network: () => ({ ...this.network, proxy: this.network.proxy && { ...this.network.proxy } }),
    enter_proxy_password: ({ password }) => {
      if (password === 'wrong') throw new BackendError(failure('failed', 'The proxy does not accept the name and the password.', { kind: 'proxy_password' }));
      return this.#keptForProxy('in_keyring');
    },
    forget_proxy_password: () => this.#keptForProxy('no'),
    set_autostart: (autostart) => (this.desktop = { ...this.desktop, autostart }),
    remove_everything: () => [],
    show_log: () => null,
    report_details: () => 'Sally Desktop 0.1.0',
    quit: () => null,
    // Like the core, it gives a setting that is missing its default.
    save_settings: (settings) => (this.settings = { ...settings, templates: { ...templates, ...settings.templates } }),
  };
}
