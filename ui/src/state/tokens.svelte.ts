// The sites that are connected by API tokens, and the form that connects one or renews its token. Refuses to keep a
// token: it goes to the core and is forgotten.

import { SvelteMap } from 'svelte/reactivity';
import { BackendError, type Backend } from '../ipc/backend';
import type { ApiToken, ErrorCode, ErrorView, OrganizationId } from '../ipc/bindings';
import type { Notices } from './notices.svelte';

export type TokenField = 'site' | 'email' | 'token';

/** What the form holds besides the token. */
export interface Typed {
  site: string;
  email: string;
  /** ISO 8601. */
  expires: string | null;
}

interface Form {
  /** Tells one opening from the next. */
  turn: number;
  /** Whose token gets a new one in its place; `null` for one more site. */
  renews: ApiToken | null;
}

const NOTHING: Typed = { site: '', email: '', expires: null };

const fieldOf: Partial<Record<ErrorCode, TokenField>> = { invalid_site: 'site', invalid_email: 'email', invalid_token: 'token' };

const order: TokenField[] = ['site', 'email', 'token'];

export class Tokens {
  /** By the names of the organizations. */
  list = $state.raw<ApiToken[]>([]);
  form = $state.raw<Form | null>(null);
  typed = $state.raw<Typed>(NOTHING);
  /** What is wrong with a field, shown beside it. */
  problems = $state.raw<Partial<Record<TokenField, ErrorView>>>({});
  /** What is wrong, but with no field. */
  failure = $state.raw<ErrorView | null>(null);
  /** A token is being tried. */
  trying = $state(false);
  /** What the form has connected; its place is taken by what the token can do. */
  connected = $state.raw<ApiToken | null>(null);
  /** The field that should have the focus; the turn tells one request from the next. */
  focus = $state.raw<{ field: TokenField; turn: number }>({ field: 'site', turn: 0 });

  /** Whether any of them can be used. */
  readonly some = $derived(this.list.some(({ trouble }) => trouble === null));
  /** The first one that cannot. */
  readonly lost = $derived(this.list.find(({ trouble }) => trouble !== null) ?? null);

  readonly #backend: Backend;
  readonly #notices: Notices;
  readonly #onreached: () => void;
  /** What was typed and not connected, for each site that gets a new token, and for one more site. */
  readonly #kept = new SvelteMap<OrganizationId | null, Typed>();
  /** There was an event since the status was asked for. */
  #told = false;
  #turn = 0;
  /** Tells the answer that the form waits for from one that nobody waits for any more. */
  #attempt = 0;
  #reached = 0;

  /** `onreached` runs when a site can be reached that could not, or by another token. */
  constructor(backend: Backend, notices: Notices, onreached: () => void) {
    this.#backend = backend;
    this.#notices = notices;
    this.#onreached = onreached;
  }

  async listen(): Promise<void> {
    await this.#backend.on('tokens', (tokens) => {
      this.#told = true;
      this.#take(tokens);
    });
  }

  /** The status is asked for. */
  asked(): void {
    this.#told = false;
  }

  /** What the status says, unless an event has told something newer. */
  begin(tokens: ApiToken[]): void {
    if (!this.#told) this.#take(tokens);
  }

  of(organization: OrganizationId): ApiToken | null {
    return this.list.find((one) => one.organization.id === organization) ?? null;
  }

  /** To the form for one more site, such as that of a link. */
  open(site = ''): void {
    const kept = this.#kept.get(null) ?? NOTHING;
    this.#begin(null, site ? { ...kept, site } : kept);
  }

  /** To the form for a new token of a site; for one more where the site is no longer connected. */
  renew(organization: OrganizationId): void {
    const token = this.of(organization);
    if (!token) return this.open();
    this.#begin(token, this.#kept.get(organization) ?? { site: token.site, email: token.email, expires: null });
  }

  /** Closes the form; what was typed is kept for this run, except the token. */
  close(): void {
    this.form = null;
    this.connected = null;
    this.#forget();
  }

  set(change: Partial<Typed>): void {
    this.typed = { ...this.typed, ...change };
    this.#kept.set(this.#key, this.typed);
    for (const field of order) if (field in change) this.mend(field);
  }

  /** A field was changed, so that what was wrong with it need not be. */
  mend(field: TokenField): void {
    if (this.problems[field]) this.problems = Object.fromEntries(Object.entries(this.problems).filter(([one]) => one !== field));
  }

  /** Has the token tried, one at a time; answers whether the site is connected by it. */
  async connect(token: string): Promise<boolean> {
    if (!this.form || this.trying) return false;
    const { typed } = this;
    this.failure = null;
    this.problems = missing(typed, token);
    const first = order.find((field) => this.problems[field]);
    if (first) {
      this.#askFocus(first);
      return false;
    }
    const attempt = ++this.#attempt;
    const key = this.#key;
    const reached = this.#reached;
    this.trying = true;
    try {
      const connected = await this.#backend.call('connect_token', { ...typed, site: typed.site.trim(), email: typed.email.trim(), token });
      const others = this.list.filter(({ organization }) => organization.id !== connected.organization.id);
      this.#take([...others, connected].sort((one, other) => one.organization.name.localeCompare(other.organization.name)));
      // A new token may look like the one before.
      if (reached === this.#reached) this.#reach();
      if (attempt === this.#attempt) {
        this.#kept.delete(key);
        this.connected = connected;
      } else this.#notices.show({ tone: 'good', message: `${connected.site} is connected by its API token`, lasting: true });
      return true;
    } catch (thrown) {
      if (attempt === this.#attempt) this.#place(BackendError.from(thrown).view);
      return false;
    } finally {
      if (attempt === this.#attempt) this.trying = false;
    }
  }

  async disconnect(organization: OrganizationId): Promise<boolean> {
    try {
      await this.#backend.call('disconnect_token', organization);
      this.list = this.list.filter((one) => one.organization.id !== organization);
      return true;
    } catch (thrown) {
      this.#notices.failed(thrown);
      return false;
    }
  }

  get #key(): OrganizationId | null {
    return this.form?.renews?.organization.id ?? null;
  }

  #begin(renews: ApiToken | null, typed: Typed): void {
    // From what the token can do to a new one, the form stays open.
    this.form = { turn: this.form?.turn ?? ++this.#turn, renews };
    this.connected = null;
    this.typed = typed;
    this.#forget();
    this.#askFocus(typed.site === '' ? 'site' : typed.email === '' ? 'email' : 'token');
  }

  /** Nobody waits for the answer any more. */
  #forget(): void {
    this.#attempt += 1;
    this.trying = false;
    this.problems = {};
    this.failure = null;
  }

  #take(tokens: ApiToken[]): void {
    const before = this.list.map((token) => JSON.stringify(token));
    this.list = tokens;
    if (tokens.some((token) => token.trouble === null && !before.includes(JSON.stringify(token)))) this.#reach();
  }

  #reach(): void {
    this.#reached += 1;
    this.#onreached();
  }

  /** Shows a problem where it belongs. */
  #place(error: ErrorView): void {
    const field = fieldOf[error.code];
    if (!field) {
      this.failure = error;
      return;
    }
    this.problems = { [field]: error };
    this.#askFocus(field);
  }

  #askFocus(field: TokenField): void {
    this.focus = { field, turn: this.focus.turn + 1 };
  }
}

/** The fields that are still empty. */
function missing({ site, email }: Typed, token: string): Partial<Record<TokenField, ErrorView>> {
  const problems: Partial<Record<TokenField, ErrorView>> = {};
  if (!site.trim()) problems.site = { code: 'invalid_site', message: 'Enter the site first.', hint: null };
  if (!email.trim()) problems.email = { code: 'invalid_email', message: 'Enter the e-mail address of your account first.', hint: null };
  if (!token.trim()) problems.token = { code: 'invalid_token', message: 'Paste the token first.', hint: null };
  return problems;
}
