// The window of Quick send as a whole: it is opened, something is found, Enter sends it, and the window hides. Refuses
// to lose anything: a failure leaves what was typed and marked as it was.

import { createContext } from 'svelte';
import { BackendError, type Backend } from '../ipc/backend';
import type { ErrorView, FoundItem, Hint, ItemId, QuickSend, Screen } from '../ipc/bindings';
import { targetAction } from '../words/places';
import { CopiedText } from './copied.svelte';
import { Notices } from './notices.svelte';
import { meetingsOf, QuickItems, type Taken } from './quick_items.svelte';
import { QuickLinks } from './quick_links.svelte';
import { QuickSent } from './quick_sent.svelte';
import { QuickTargets } from './quick_target.svelte';
import { Session } from './session.svelte';

/** Where the focus can be asked for. */
type Place = 'search' | 'destination';

export class Quick {
  readonly session: Session;
  readonly items: QuickItems;
  readonly targets: QuickTargets;
  readonly links: QuickLinks;
  readonly sent: QuickSent;
  readonly #administrator: CopiedText;

  /** How often the window was opened. */
  openings = $state(0);
  /** Where the focus should go; the turn tells one request from the next. */
  focus = $state.raw<{ place: Place; turn: number }>({ place: 'search', turn: 0 });
  /** Why sending, or opening the dialog, did not work. */
  problem = $state.raw<ErrorView | null>(null);

  /** The one thing to say about what went wrong, the nearest to the person first. */
  readonly trouble = $derived.by(() => this.problem ?? this.sent.problem ?? this.targets.problem ?? this.items.problem ?? this.links.problem);

  readonly #backend: Backend;
  #sending = false;
  #sent: Promise<void> = Promise.resolve();
  /** What the problem is about, for sending it once more. */
  #refused: QuickSend | null = null;
  /** What lay there before sending, for `Undo`, until the person does something else. */
  #before: Taken | null = null;
  #known: Promise<void> = Promise.resolve();

  constructor(backend: Backend) {
    this.#backend = backend;
    // This window sees nothing through that would be told later: its own line says what goes wrong.
    this.session = new Session(backend, new Notices());
    this.items = new QuickItems(backend);
    this.targets = new QuickTargets(backend, this.session);
    this.links = new QuickLinks(backend);
    this.sent = new QuickSent(backend);
    this.#administrator = new CopiedText(() => backend.call('administrator_text', null), (thrown) => this.#fail(thrown));
    this.session.whenConnected(() => void this.targets.load(this.items.chosen));
    this.sent.onover = () => {
      if (this.#before) this.hide();
    };
  }

  /** Listens first, so that nothing is missed, and then asks for what the first look needs. */
  async start(): Promise<void> {
    await Promise.all([
      this.session.listen(),
      this.targets.listen(),
      this.sent.listen(),
      this.#backend.on('quick_opened', ({ item }) => void this.#opened(item)),
      // The app ends, and waits until what was sent from here is stored.
      this.#backend.on('flush_pages', () => void this.#sent.then(() => this.#backend.call('pages_flushed', null)).catch((thrown: unknown) => this.#fail(thrown))),
    ]);
    this.#known = this.session.load().catch((thrown: unknown) => this.#fail(thrown));
    await Promise.all([this.#known, this.#look()]);
  }

  type(query: string): void {
    this.#touch();
    void this.items.type(query).then(() => this.#suit());
  }

  move(by: number): void {
    this.#touch();
    this.items.move(by);
    this.#suit();
  }

  go(place: number): void {
    this.#touch();
    this.items.go(place);
    this.#suit();
  }

  mark(item = this.items.active): void {
    this.#touch();
    this.items.mark(item);
    this.#suit();
  }

  unmark(): void {
    this.#touch();
    this.items.unmark();
    this.#suit();
  }

  /** Sends the marked items, or the active one, to the shown destination. */
  send(): Promise<void> {
    if (!this.#sending) this.#sent = this.#sendShown();
    return this.#sent;
  }

  async #sendShown(): Promise<void> {
    this.#sending = true;
    try {
      // Just after the start the keys may be faster than the first answers.
      if (!this.session.status || !this.targets.shown) await Promise.all([this.#known, this.targets.settled()]);
      const target = this.targets.shown?.target;
      // What is missing is there.
      if (!this.session.connected || !target || this.targets.stray) this.askFocus('destination');
      else if (!this.items.none) await this.#send((items) => ({ items, target, again: false }));
    } finally {
      this.#sending = false;
    }
  }

  /** Takes back what was sent last, and puts everything as it was. */
  async undo(): Promise<void> {
    const before = this.#before;
    const all = await this.sent.undo();
    this.askFocus('search');
    if (!all || !before || before !== this.#before) return;
    this.#before = null;
    await this.items.restore(before);
  }

  /** Opens the whole dialog for the items in the main window. */
  async dialog(): Promise<void> {
    if (this.targets.stray) {
      this.askFocus('destination');
      return;
    }
    const chosen = await this.items.choose();
    if (!chosen.length) return;
    const meetings = meetingsOf(chosen).length;
    if (meetings > 1) {
      const message = `The dialog takes items of one meeting; these are of ${meetings}. Enter sends them as one for each meeting.`;
      this.#fail(new BackendError({ code: 'failed', message, hint: null }));
      return;
    }
    const target = this.targets.shown?.target ?? null;
    const request = { items: chosen.map(({ id }) => id), action: target ? targetAction(target) : ('create_page' as const), target };
    if (await this.#do(() => this.#backend.call('open_dialog', request))) {
      this.items.take();
      this.hide();
    }
  }

  /** The way on that a problem offers. Where it copies something, it answers whether that was copied. */
  follow(hint: Hint): Promise<boolean> | undefined {
    const refused = this.#refused;
    switch (hint.kind) {
      case 'send_again':
        if (refused) this.#sent = this.#send(() => ({ ...refused, again: true }));
        break;
      case 'try_again':
        if (refused) this.#sent = this.#send(() => refused);
        break;
      case 'choose_another_place':
        this.askFocus('destination');
        break;
      case 'choose_another_title':
      case 'shorten':
        void this.dialog();
        break;
      case 'connect':
      case 'connect_site':
      case 'reconnect':
      case 'unlock_keyring':
      case 'set_up':
      case 'new_token':
      case 'renew_token':
        this.show('integrations');
        break;
      case 'proxy_password':
        this.show('settings');
        break;
      case 'ask_site':
        // Said beside the field with the link, which asks by itself.
        break;
      case 'ask_administrator':
        return this.#copyForAdministrator();
      case 'choose_files':
        this.show('as_it_was');
        break;
      case 'send_as':
      case 'send_as_another':
      case 'send_waiting':
        // About deliveries that are there already.
        this.show('outbox');
        break;
    }
    return undefined;
  }

  /** Where this window may not write to the clipboard, the main one shows the text. */
  async #copyForAdministrator(): Promise<boolean> {
    const copied = await this.#administrator.copy();
    if (!copied && this.#administrator.shown !== null) this.show('integrations');
    return copied;
  }

  /** Shows a screen of the main window in place of this one. */
  show(screen: Screen): void {
    void this.#do(() => this.#backend.call('go_to', screen)).then((shown) => shown && this.hide());
  }

  hide(): void {
    if (this.targets.choosing) this.leave();
    void this.#do(() => this.#backend.call('hide_quick', null));
  }

  /** Closes the form for another destination. */
  leave(): void {
    this.targets.leave();
    this.askFocus('search');
  }

  askFocus(place: Place): void {
    this.focus = { place, turn: this.focus.turn + 1 };
  }

  async #opened(item: FoundItem | null): Promise<void> {
    this.#touch();
    this.sent.trouble = null;
    this.openings += 1;
    this.leave();
    await this.#look(item);
  }

  async #look(item: FoundItem | null = null): Promise<void> {
    if (item) this.items.only(item);
    const found = item ? Promise.resolve() : this.items.find();
    await Promise.all([found, this.targets.load(this.items.chosen)]);
    this.#suit();
  }

  /** The person does something: what lay there before sending is no longer to be put back, nor the window to be hidden. */
  #touch(): void {
    this.#before = null;
    this.problem = null;
    this.sent.problem = null;
    this.#refused = null;
  }

  #suit(): void {
    this.targets.suit(this.items.chosen);
  }

  async #send(requestFor: (items: ItemId[]) => QuickSend): Promise<void> {
    const taken = this.items.take();
    this.#before = taken;
    this.askFocus('search');
    const items = (await taken.chosen).map(({ id }) => id);
    const request = requestFor(items);
    const done = items.length > 0 && (await this.#do(async () => this.sent.add(await this.#backend.call('quick_send', request), request.target)));
    if (done) return;
    this.#refused = request;
    // Nothing is lost, unless the person has begun something else by now: that is not taken from them either.
    if (this.#before === taken) await this.items.restore(taken);
    else if (!this.items.marked.length) this.items.marked = taken.marked;
    if (this.#before === taken) this.#before = null;
  }

  /** Answers whether it worked. */
  async #do(work: () => Promise<unknown>): Promise<boolean> {
    this.problem = null;
    this.sent.problem = null;
    try {
      await work();
      return true;
    } catch (thrown) {
      this.#fail(thrown);
      return false;
    }
  }

  #fail(thrown: unknown): void {
    this.problem = BackendError.from(thrown).view;
  }
}

export const [useQuick, provideQuick] = createContext<Quick>();
