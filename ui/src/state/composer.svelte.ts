// The dialog that makes a page or a comment of one item or several: its fields, what is wrong with them, and that
// nothing typed is ever lost. Refuses to know about markup; the screen asks it and tells it.
// Longer than 400 lines: one dialog, whose fields, problems and drafts change each other.

import { BackendError, type Backend } from '../ipc/backend';
import type { Compose, DeliveryId, Destination, Draft, ErrorCode, ErrorView, RenderedTemplates, Mentionable, OrganizationId, Page, Place, Space } from '../ipc/bindings';
import type { Deliveries } from './deliveries.svelte';
import { PageFinder, PAUSE, SHORTEST, SpaceFinder } from './finders.svelte';
import type { Notices } from './notices.svelte';
import type { Session } from './session.svelte';
import { beneath, inOrganization, onPage, type Found, type Where } from './where';

export type Field = 'organization' | 'space' | 'parent' | 'page' | 'title' | 'description';

/** What the person can change. */
type Change = Partial<Pick<Draft, Exclude<Field, 'description'> | 'document' | 'replaces'>>;

/** A space or a page that was chosen, and why nothing can be made there. */
interface Barred {
  field: 'space' | 'page';
  chosen: string;
  space: Space;
  why: ErrorView;
}

/** Pause after a change before the draft is kept, in milliseconds. */
export const KEEP_AFTER = 400;
/** Confluence's limit, in characters. */
export const LONGEST_TITLE = 255;

const fieldOf: Partial<Record<ErrorCode, Field>> = {
  invalid_organization: 'organization',
  invalid_space: 'space',
  invalid_parent: 'parent',
  invalid_page: 'page',
  invalid_title: 'title',
  title_exists: 'title',
  invalid_description: 'description',
};

const order: Field[] = ['organization', 'space', 'parent', 'page', 'title', 'description'];

export class Composer {
  /** Which dialog is open. */
  request = $state.raw<Compose | null>(null);
  /** Replaced as a whole: a long document is not worth watching piece by piece. */
  draft = $state.raw<Draft | null>(null);
  /** Who can be mentioned. */
  people = $state.raw<Mentionable[]>([]);
  /** What is wrong with a field, shown beside it. */
  problems = $state.raw<Partial<Record<Field, ErrorView>>>({});
  /** What is wrong, but with no field. */
  failure = $state.raw<ErrorView | null>(null);
  /** The connection was found wanting while the dialog was open. */
  refusal = $state.raw<ErrorView | null>(null);
  /** The person connects one more site. */
  adding = $state(false);
  /** The fields hold what was typed earlier. */
  restored = $state(false);
  sending = $state(false);
  /** The dialog is there, and takes what is typed. */
  opened = $state(false);
  /** The field that should have the focus; the turn tells one request from the next. */
  focus = $state.raw<{ field: Field; turn: number } | null>(null);

  /** The account that it is sent as, where there are two. */
  readonly sender = $derived.by((): string | null => {
    if (!this.draft) return null;
    const { organization, senders } = this.draft;
    if (organization !== null) return senders[organization] ?? null;
    const [first, ...others] = Object.values(senders);
    return first !== undefined && others.every((name) => name === first) ? first : null;
  });

  #seeking: ReturnType<typeof setTimeout> | undefined;

  readonly spaces: SpaceFinder;
  readonly parents: PageFinder;
  readonly pages: PageFinder;

  /** The connection, not the form, is what the dialog should show. */
  readonly gated = $derived.by(() => this.request !== null && (this.refusal !== null || !this.#session.connected || this.#joining));
  /** The form for an API token, by its turn, that was opened in place of the fields. */
  #tokenForm = $state<number | null>(null);
  /** The fields come back when this is over, and not before: the person is elsewhere. */
  readonly #joining = $derived.by(
    () => (this.adding && this.#session.loggingIn) || (this.#tokenForm !== null && this.#session.tokens.form?.turn === this.#tokenForm),
  );

  readonly #backend: Backend;
  readonly #notices: Notices;
  readonly #session: Session;
  readonly #deliveries: Deliveries;
  #changed = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #kept: Promise<unknown> = Promise.resolve();
  #sent: Promise<void> = Promise.resolve();
  #onsent: (() => void) | undefined;
  #collect: (() => void) | undefined;
  /** Fields that show something else than what was chosen. */
  #stray: readonly Field[] = [];
  #barred: Barred | null = null;
  /** What the templates made of the items; `null` where the draft did not come from them. */
  #filled: RenderedTemplates | null = null;

  constructor(backend: Backend, notices: Notices, session: Session, deliveries: Deliveries) {
    this.#backend = backend;
    this.#notices = notices;
    this.#session = session;
    this.#deliveries = deliveries;
    const failed = (error: BackendError) => this.#refused(error);
    this.spaces = new SpaceFinder(backend, failed);
    this.parents = new PageFinder(backend, failed, { parent: true });
    this.pages = new PageFinder(backend, failed);
    session.whenConnected(() => void this.#resume());
  }

  async listen(): Promise<void> {
    await this.spaces.listen();
  }

  /** Opens the dialog for one item or several; `onsent` runs when it closes because they are on their way. */
  async open(request: Compose, onsent?: () => void): Promise<void> {
    // Another window may ask while a dialog is open.
    if (this.request) this.close();
    // The core is asked first: it works while the window draws.
    const asked = this.#ask(request);
    this.#begin(request);
    this.#onsent = onsent;
    await this.#receive(request, asked);
  }

  /** The editor holds back what was typed last; `collect` makes it hand that over. Answers how to part from it. */
  attach(collect: () => void): () => void {
    this.#collect = collect;
    return () => {
      if (this.#collect === collect) this.#collect = undefined;
    };
  }

  /** The dialog takes what is typed, and is there as soon as it is drawn: what lay there before may go then. */
  ready(): void {
    requestAnimationFrame(() => setTimeout(() => (this.opened = this.request !== null)));
  }

  /** Opens the dialog of a delivery that did not get through. */
  async edit(id: DeliveryId): Promise<void> {
    try {
      const draft = await this.#backend.call('edit', id);
      this.#begin({ items: draft.items, action: draft.action });
      this.#fill(draft);
      if (draft.problem) this.#place(draft.problem);
    } catch (thrown) {
      this.#notices.failed(thrown);
    }
  }

  /** Changes fields as the person does. */
  set(change: Change): void {
    if (!this.draft) return;
    this.draft = { ...this.draft, ...change };
    // A title is taken in one space only.
    const elsewhere = this.problems.title?.code === 'title_exists' && ('organization' in change || 'space' in change);
    const mended = (field: string) => field in change || (field === 'description' && 'document' in change) || (field === 'title' && elsewhere);
    if (Object.keys(this.problems).some(mended)) {
      this.problems = Object.fromEntries(Object.entries(this.problems).filter(([field]) => !mended(field)));
    }
    this.failure = null;
    this.#changed = true;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.flush(), KEEP_AFTER);
  }

  chooseOrganization(organization: string | null): void {
    this.#go((where) => inOrganization(where, organization));
  }

  chooseSpace(space: Space | null): void {
    if (space?.id === this.draft?.space?.id) return;
    this.set({ space, parent: null });
    void this.#render_templates();
    void this.#check('space', space);
  }

  choosePage(found: Found | null): void {
    if (!this.#go((where) => onPage(where, found))) return;
    void this.#render_templates();
    void this.#check('page', found?.space ?? null);
  }

  chooseParent(found: Found | null): void {
    const space = this.draft?.space;
    if (!this.#go((where) => beneath(where, found)) || this.draft?.space?.id === space?.id) return;
    void this.#render_templates();
    void this.#check('space', this.draft?.space ?? null);
  }

  /** Connects one more site: a link led there. */
  async connectSite(): Promise<void> {
    const { request } = this;
    this.flush();
    this.adding = true;
    await this.#session.connect();
    if (this.request !== request || !this.#session.refusal) return;
    this.adding = false;
    this.failure = this.#session.refusal;
  }

  /** Connects a site by an API token, or renews one, in place of the fields. */
  openToken(renews: OrganizationId | null = null): void {
    this.flush();
    if (renews === null) this.#session.tokens.open();
    else this.#session.tokens.renew(renews);
    this.#tokenForm = this.#session.tokens.form?.turn ?? null;
  }

  /** Back to the fields, where something else than what was refused can be chosen. */
  back(): void {
    this.refusal = null;
    this.adding = false;
  }

  /** A field shows words that are no choice, or no longer; until then nothing is sent. */
  stray(field: Field, is: boolean): void {
    const others = this.#stray.filter((one) => one !== field);
    this.#stray = is ? [...others, field] : others;
    this.problems = this.#beside(this.problems);
  }

  /** Keeps what was typed, at once. */
  flush(): void {
    this.#collect?.();
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (!this.draft) return;
    const before = this.#kept;
    this.#kept = this.#backend.call('save_draft', this.draft).catch(this.#notices.failed).then(() => before);
  }

  /** Waits until everything that was typed is kept, or sent. */
  async settle(): Promise<void> {
    await this.#sent;
    this.flush();
    await this.#kept;
  }

  /** Closes the dialog; what was typed is kept. */
  close(): void {
    this.flush();
    for (const finder of [this.spaces, this.parents, this.pages]) finder.close();
    this.request = null;
    this.draft = null;
  }

  async startOver(): Promise<void> {
    const { request, draft } = this;
    if (!request || !draft) return;
    this.#forgetTimer();
    await this.#kept;
    try {
      const fresh = await this.#backend.call('reset_draft', request);
      // It still takes the place of the delivery that is being edited.
      if (this.request !== request) return;
      this.#fill({ ...fresh, replaces: draft.replaces });
      this.#askFocus(request.action === 'create_page' ? 'title' : 'description');
    } catch (thrown) {
      this.#place(BackendError.from(thrown).view);
    }
  }

  /** From the page whose title is taken to a comment on the page that has it. */
  commentInstead(page: Page): void {
    if (!this.draft || !this.request) return;
    this.flush();
    this.request = { items: this.request.items, action: 'add_comment' };
    this.draft = { ...this.draft, action: 'add_comment' };
    // The words stay: it is still what was to be said.
    this.#filled = null;
    this.set({ page });
    this.problems = {};
    this.#askFocus('description');
  }

  /** Sends, and closes the dialog as soon as the delivery is stored; `again` once the person knows that it went before. */
  create(again = false): Promise<void> {
    if (!this.sending && !this.gated) this.#sent = this.#create(again);
    return this.#sent;
  }

  async #create(again: boolean): Promise<void> {
    this.#collect?.();
    // What stood in the way may have been mended since.
    if (this.#barred && this.#barred === this.#barring(this.draft)) await this.#check(this.#barred.field, this.#barred.space);
    const { draft } = this;
    if (!draft) return;
    const problems = this.#beside(this.#validate(draft));
    if (Object.keys(problems).length || this.#stray.length) {
      this.problems = problems;
      this.#askFirst();
      return;
    }
    const destination = this.#destination(draft);
    if (!destination) return;
    this.sending = true;
    this.failure = null;
    this.#forgetTimer();
    // A draft that is still being kept must not outlive what was sent.
    await this.#kept;
    try {
      const { items, document, replaces } = draft;
      const delivery = await this.#backend.call('send', { items, destination, document, replaces, again });
      this.#deliveries.absorb(delivery);
      this.#changed = false;
      // What is typed while the answer is awaited belongs to nothing any more.
      this.#collect = undefined;
      this.#forgetTimer();
      this.#onsent?.();
      this.close();
    } catch (thrown) {
      const error = BackendError.from(thrown);
      this.set({});
      if (!this.#refused(error)) this.#place(error.view);
    } finally {
      this.sending = false;
    }
  }

  /** What was edited has arrived as it was before; the person wants this one, too. */
  async sendAsAnother(): Promise<void> {
    this.set({ replaces: null });
    await this.create(true);
  }

  /** Puts the focus into a field, such as for the button beside its problem. */
  askFocus(field: Field): void {
    this.#askFocus(field);
  }

  /** Goes somewhere else with what is written; answers whether that is another place. */
  #go(to: (where: Where) => Where): boolean {
    const { draft } = this;
    if (!draft) return false;
    const { organization, space, parent, page } = to(draft);
    const change: Change = {};
    // The ids of one organization mean something else in the next.
    const elsewhere = organization !== draft.organization;
    if (elsewhere) change.organization = organization;
    if (elsewhere || space?.id !== draft.space?.id) change.space = space;
    if (elsewhere || parent?.id !== draft.parent?.id) change.parent = parent;
    if (elsewhere || page?.id !== draft.page?.id) change.page = page;
    if (!Object.keys(change).length) return false;
    this.set(change);
    return true;
  }

  #begin(request: Compose): void {
    this.request = request;
    this.opened = false;
    this.draft = null;
    this.problems = {};
    this.failure = null;
    this.refusal = null;
    this.adding = false;
    this.#tokenForm = null;
    this.restored = false;
    this.focus = null;
    this.#changed = false;
    this.#barred = null;
    this.#onsent = undefined;
    void this.#meet();
    for (const finder of [this.spaces, this.parents, this.pages]) finder.clear();
    this.#forgetTimer();
  }

  async #ask(request: Compose): Promise<Draft> {
    await this.#kept;
    return this.#backend.call('compose', request);
  }

  async #receive(request: Compose, asked: Promise<Draft>): Promise<void> {
    try {
      const draft = await asked;
      if (this.request !== request) return;
      this.#fill(draft);
      // What it takes the place of has arrived since.
      if (draft.problem?.code === 'sent_meanwhile') this.#place(draft.problem);
    } catch (thrown) {
      const error = BackendError.from(thrown);
      if (this.request !== request || this.#refused(error)) return;
      this.request = null;
      this.#notices.failed(error);
    }
  }

  async #meet(): Promise<void> {
    clearTimeout(this.#seeking);
    try {
      this.people = await this.#backend.call('people', null);
    } catch (thrown) {
      this.#notices.failed(thrown);
    }
  }

  /** Asks Confluence who else is called so, when somebody pauses in typing. Who is found can be mentioned from then on. */
  seekPeople(query: string): void {
    clearTimeout(this.#seeking);
    const organization = this.draft?.organization;
    if (!organization || query.length < SHORTEST) return;
    this.#seeking = setTimeout(() => void this.#seek(organization, query), PAUSE);
  }

  async #seek(organization: OrganizationId, query: string): Promise<void> {
    const request = this.request;
    // It only helps: who is known already is offered all the same.
    const found = await this.#backend.call('find_people', { organization, query }).catch((): Mentionable[] => []);
    if (this.request !== request || this.draft?.organization !== organization) return;
    const others = found.filter(({ id }) => !this.people.some((known) => known.id === id));
    if (others.length) this.people = [...this.people, ...others];
  }

  #fill(draft: Draft): void {
    this.problems = {};
    this.failure = null;
    this.restored = draft.kept;
    this.#changed = false;
    this.#filled = draft.kept || draft.replaces ? null : draft;
    this.draft = { ...draft, organization: draft.organization ?? this.#session.onlyOrganization };
  }

  /** Another destination may have templates of its own; they replace what nobody has changed. */
  async #render_templates(): Promise<void> {
    const { request, draft } = this;
    const own = this.#session.settings.own_templates.length > 0;
    if (!own || !request || !draft?.organization) return;
    const { organization, space, page } = draft;
    const place: Place | null =
      request.action === 'create_page' ? space && { kind: 'space', organization, space } : page && { kind: 'page', organization, page };
    try {
      const filled = await this.#backend.call('render_templates', { items: request.items, action: request.action, place });
      const chosen = request.action === 'create_page' ? this.draft?.space : this.draft?.page;
      if (this.request !== request || chosen !== (request.action === 'create_page' ? space : page)) return;
      this.#collect?.();
      const { draft: now } = this;
      const before = this.#filled;
      if (!now || !before) return;
      const title = now.title === before.title ? filled.title : now.title;
      const document = now.document === before.document ? filled.document : now.document;
      this.#filled = { title: filled.title, document: filled.document };
      if (title !== now.title || document !== now.document) this.set({ title, document });
    } catch (thrown) {
      this.#place(BackendError.from(thrown).view);
    }
  }

  /** Something can be reached that could not: back to the same form. */
  async #resume(): Promise<void> {
    const { request, draft } = this;
    if (!request) return;
    this.back();
    if (this.failure?.hint?.kind === 'renew_token') this.failure = null;
    // What a link led to may be connected now.
    for (const finder of [this.parents, this.pages]) finder.clear();
    if (!draft || (!this.#changed && !draft.kept && !draft.replaces)) {
      // Nothing was typed yet, and now there may be a destination to suggest.
      await this.#receive(request, this.#ask(request));
    } else if (draft.organization === null) {
      const only = this.#session.onlyOrganization;
      if (only) this.set({ organization: only });
    }
  }

  /** Asks what may be made in a space that was chosen, or that has the chosen page, and says so before anything is sent. */
  async #check(field: 'space' | 'page', space: Space | null): Promise<void> {
    const { draft } = this;
    if (!draft?.organization || !space) return;
    const chosen = draft[field]?.id;
    const rights = await this.spaces.check(draft.organization, space);
    if (this.draft?.organization !== draft.organization || this.draft[field]?.id !== chosen) return;
    const why = field === 'space' ? rights.pages : rights.comments;
    this.#barred = why && chosen !== undefined ? { field, chosen, space, why } : null;
    const others = Object.entries(this.problems).filter(([name]) => name !== field);
    this.problems = this.#beside(Object.fromEntries(why ? [...others, [field, why]] : others));
  }

  /** What stands in the way of what is chosen. */
  #barring(draft: Draft | null): Barred | null {
    const barred = this.#barred;
    if (!barred || !draft || (draft.action === 'create_page') !== (barred.field === 'space')) return null;
    return draft[barred.field]?.id === barred.chosen ? barred : null;
  }

  #validate(draft: Draft): Partial<Record<Field, ErrorView>> {
    const problems: Partial<Record<Field, ErrorView>> = {};
    const wrong = (field: Field, code: ErrorCode, message: string) => (problems[field] = { code, message, hint: null });
    if (!draft.organization) wrong('organization', 'invalid_organization', 'Choose an organization.');
    if (draft.action === 'create_page') {
      if (!draft.space) wrong('space', 'invalid_space', 'Choose a space.');
      const { length } = draft.title.trim();
      if (!length) wrong('title', 'invalid_title', 'Give the page a title.');
      if (length > LONGEST_TITLE) {
        wrong('title', 'invalid_title', `A title has at most ${LONGEST_TITLE} characters; this one has ${length}.`);
      }
    } else if (!draft.page) {
      wrong('page', 'invalid_page', 'Choose a page.');
    }
    const barred = this.#barring(draft);
    if (barred) problems[barred.field] = barred.why;
    return problems;
  }

  /** Without those of fields that say themselves what to do. */
  #beside(problems: Partial<Record<Field, ErrorView>>): Partial<Record<Field, ErrorView>> {
    return Object.fromEntries(Object.entries(problems).filter(([field]) => !this.#stray.includes(field as Field)));
  }

  #destination({ action, organization, space, parent, page, title }: Draft): Destination | null {
    if (!organization) return null;
    if (action === 'create_page') {
      return space && { kind: 'new_page', organization, space, parent, title: title.trim() };
    }
    return page && { kind: 'comment', organization, page };
  }

  /** Shows a problem where it belongs. */
  #place(error: ErrorView): void {
    if (this.#refused(new BackendError(error))) return;
    const field = fieldOf[error.code];
    if (!field) {
      this.failure = error;
      return;
    }
    this.problems = { ...this.problems, [field]: error };
    this.#askFocus(field);
  }

  /** Whether it is the connection that is wrong; then the dialog says so in place of the form. A token is one site's alone. */
  #refused(error: BackendError): boolean {
    const refused = ['not_connected', 'reconnect_needed', 'not_configured'].includes(error.code) && error.hint?.kind !== 'renew_token';
    if (refused && this.request) this.refusal = error.view;
    return refused && this.request !== null;
  }

  #askFirst(): void {
    const first = order.find((field) => this.problems[field] ?? this.#stray.includes(field));
    if (first) this.#askFocus(first);
  }

  #askFocus(field: Field): void {
    this.focus = { field, turn: (this.focus?.turn ?? 0) + 1 };
  }

  #forgetTimer(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
