// Puts the window's state together, starts it, and hands it down to the screens.

import { createContext } from 'svelte';
import type { Backend } from '../ipc/backend';
import type { DeliveryId, Hint, Screen } from '../ipc/bindings';
import { Composer } from './composer.svelte';
import { CopiedText } from './copied.svelte';
import { Deliveries } from './deliveries.svelte';
import { DesktopSettings } from './desktop.svelte';
import { Editing } from './editing.svelte';
import { Imports } from './imports.svelte';
import { MeetingActions } from './meeting_actions.svelte';
import { Meetings } from './meetings.svelte';
import { Merging } from './merging.svelte';
import { Navigation } from './navigation.svelte';
import { NetworkSettings } from './network.svelte';
import { Notices } from './notices.svelte';
import { Removal } from './removal.svelte';
import { Report } from './report.svelte';
import { Selection } from './selection.svelte';
import { RELOAD_EVERY, Servers } from './servers.svelte';
import { Session } from './session.svelte';
import { TemplateSettings } from './templates.svelte';
import { Throttle } from './throttle';
import type { Tokens } from './tokens.svelte';

export class App {
  readonly navigation = new Navigation();
  readonly notices = new Notices();
  readonly session: Session;
  readonly tokens: Tokens;
  readonly administrator: CopiedText;
  readonly report: Report;
  readonly deliveries: Deliveries;
  readonly meetings: Meetings;
  readonly composer: Composer;
  readonly selection: Selection;
  readonly editing: Editing;
  readonly merging: Merging;
  readonly actions: MeetingActions;
  readonly imports: Imports;
  readonly templates: TemplateSettings;
  readonly desktop: DesktopSettings;
  readonly network: NetworkSettings;
  readonly servers: Servers;
  readonly removal: Removal;
  readonly #backend: Backend;
  readonly #reload = new Throttle(() => void this.meetings.reload());

  constructor(backend: Backend) {
    this.#backend = backend;
    this.session = new Session(backend, this.notices);
    this.tokens = this.session.tokens;
    this.administrator = new CopiedText(() => backend.call('administrator_text', null), this.notices.failed);
    this.report = new Report(backend, this.notices);
    this.deliveries = new Deliveries(backend, this.notices, this.session);
    this.meetings = new Meetings(backend, this.deliveries);
    this.composer = new Composer(backend, this.notices, this.session, this.deliveries);
    this.selection = new Selection(this.composer);
    this.editing = new Editing(backend, this.meetings, this.notices);
    this.merging = new Merging(backend, this.meetings, this.editing);
    this.actions = new MeetingActions(backend, this.meetings, this.notices, this.session);
    this.imports = new Imports(backend, this.notices, this.session, this.meetings, () => this.navigation.go('meetings'));
    this.templates = new TemplateSettings(backend, this.session, this.notices);
    this.desktop = new DesktopSettings(backend, this.session, this.notices);
    this.network = new NetworkSettings(backend, this.notices);
    this.servers = new Servers(backend, this.notices, this.meetings, this.navigation);
    this.removal = new Removal(backend);
    this.deliveries.ways = {
      edit: (id) => void this.composer.edit(id),
      compose: (request) => void this.composer.open(request),
      outbox: () => this.navigation.go('outbox'),
      follow: (hint, delivery) => this.follow(hint, delivery),
    };
  }

  /**
   * Asks for what the first view needs. The core holds back what it has to tell until it is asked for its status, so that
   * comes after listening, and nothing is missed.
   */
  async start(): Promise<void> {
    const listed = this.meetings.reload();
    await Promise.all([
      this.session.listen(),
      this.deliveries.listen(),
      this.imports.listen(),
      this.composer.listen(),
      this.templates.listen(),
      this.servers.listen(),
      this.#backend.on('notice', ({ code, message, hint }) => {
        // What waits is in the outbox, and not lost.
        const waits = code === 'waited_long' || code === 'older_copy';
        this.notices.show({
          id: waits ? code : undefined,
          tone: waits ? 'waiting' : 'bad',
          message,
          lasting: true,
          actions: waits ? [{ label: 'Look', run: () => this.navigation.go('outbox') }] : undefined,
          hint: hint ?? undefined,
          follow: (followed) => this.follow(followed),
        });
      }),
      this.#backend.on('notice_over', ({ message, hint }) => this.notices.over(message, hint ?? undefined)),
      this.#backend.on('go_to', (screen) => this.#go(screen)),
      this.#backend.on('open_dialog', (request) => void this.composer.open(request)),
      this.#backend.on('flush_pages', () => void this.#lastWords()),
      this.#backend.on('delivery', ({ state }) => {
        // The list says how many items of a meeting were sent. After a night without a network, hundreds are at once.
        if (state.kind === 'sent') this.#reload.ask(RELOAD_EVERY);
      }),
    ]);
    await Promise.all([this.session.load().catch(this.notices.failed), listed]);
    const { status } = this.session;
    if (status) this.servers.begin(status.servers, status.sync);
  }

  /** The app ends, and waits for this: everything that was typed is kept. */
  async #lastWords(): Promise<void> {
    await Promise.all([this.composer.settle(), this.editing.settle(), this.templates.flush()]);
    await this.session.settle();
    await this.#backend.call('pages_flushed', null).catch(this.notices.failed);
  }

  /** The person asked for a screen in the tray's menu or in the window of Quick send. */
  #go(screen: Screen): void {
    if (screen === 'integrations') this.navigation.settings('integrations');
    else if (screen !== 'as_it_was') this.navigation.go(screen);
  }

  /**
   * The way on that an error offers. What it is about decides where a choice is changed. Where it copies something, it
   * answers whether that was copied.
   */
  follow(hint: Hint, delivery?: DeliveryId): Promise<boolean> | undefined {
    switch (hint.kind) {
      case 'connect':
      case 'connect_site':
        this.navigation.settings('integrations');
        // Nobody can log in there, but tokens work.
        if (this.session.connection.state === 'not_configured') this.tokens.open();
        else void this.session.connect();
        break;
      case 'reconnect':
      case 'unlock_keyring':
        this.navigation.settings('integrations');
        void this.session.connect();
        break;
      case 'set_up':
        this.session.open({ kind: 'setup_guide' });
        break;
      case 'try_again':
        if (delivery) void this.deliveries.retry(delivery);
        break;
      case 'choose_another_title':
      case 'choose_another_place':
      case 'shorten':
      case 'send_again':
        // `Send again` too is said in the dialog, which asks before the same goes again.
        if (delivery) void this.composer.edit(delivery);
        break;
      case 'choose_files':
        void this.imports.chooseFiles();
        break;
      case 'new_token':
        this.servers.follow(hint);
        break;
      case 'renew_token':
        this.tokens.renew(hint.organization);
        break;
      case 'proxy_password':
        this.composer.close();
        this.navigation.settings('general');
        this.network.ask();
        break;
      case 'ask_site':
        // Said beside the field with the link, which asks by itself.
        break;
      case 'ask_administrator':
        return this.administrator.copy();
      case 'send_as':
        if (delivery) void this.deliveries.sendAs(delivery);
        break;
      case 'send_waiting':
        void this.deliveries.sendWaiting();
        break;
      case 'send_as_another':
        void this.composer.sendAsAnother();
        break;
    }
    return undefined;
  }
}

export const [useApp, provideApp] = createContext<App>();
