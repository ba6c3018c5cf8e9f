// Where Quick send sends to: the favourites, what was used last, and another destination where neither will do.

import { BackendError, type Backend } from '../ipc/backend';
import type { ErrorView, FoundItem, QuickTarget, Target } from '../ipc/bindings';
import { targetKey } from '../words/places';
import { PageFinder, SpaceFinder } from './finders.svelte';
import { meetingsOf } from './quick_items.svelte';
import type { Session } from './session.svelte';

const keyOf = (items: FoundItem[]) => meetingsOf(items).sort().join(' ');

export class QuickTargets {
  /** `null` until the first answer. */
  list = $state.raw<QuickTarget[] | null>(null);
  /** The one that the person chose; stays until they choose another. */
  chosen = $state.raw<QuickTarget | null>(null);
  /** The field shows something else than the destination, so that nothing may go there. */
  stray = $state(false);
  /** The form for another destination is open. */
  choosing = $state(false);
  problem = $state.raw<ErrorView | null>(null);

  /** Where Enter sends to. */
  readonly shown = $derived<QuickTarget | null>(this.chosen ?? this.list?.[0] ?? null);
  /** The choices, including the shown one. */
  readonly offered = $derived.by(() => {
    const list = this.list ?? [];
    const { chosen } = this;
    return !chosen || list.some(({ target }) => targetKey(target) === targetKey(chosen.target)) ? list : [chosen, ...list];
  });

  /** For the form. */
  readonly spaces: SpaceFinder;
  readonly parents: PageFinder;
  readonly pages: PageFinder;

  readonly #backend: Backend;
  readonly #session: Session;
  #turn = 0;
  #meetings = '';
  #asked: Promise<void> = Promise.resolve();

  constructor(backend: Backend, session: Session) {
    this.#backend = backend;
    this.#session = session;
    // A finder says itself what went wrong.
    this.spaces = new SpaceFinder(backend, () => false);
    this.parents = new PageFinder(backend, () => false, { parent: true });
    this.pages = new PageFinder(backend, () => false);
  }

  async listen(): Promise<void> {
    await this.spaces.listen();
  }

  /** Asks where such items went. */
  load(items: FoundItem[]): Promise<void> {
    this.#meetings = keyOf(items);
    this.#asked = this.#load(++this.#turn, items);
    return this.#asked;
  }

  /** Other items are about to be sent: those of other meetings may go elsewhere. */
  suit(items: FoundItem[]): void {
    if (items.length && keyOf(items) !== this.#meetings) void this.load(items);
  }

  /** Resolves when there is an answer, if only to an earlier question. */
  async settled(): Promise<void> {
    if (!this.list) await this.#asked;
  }

  choose(target: QuickTarget): void {
    this.chosen = target;
    this.leave();
  }

  /** A destination from the form. */
  chooseNew(target: Target): void {
    const known = this.list?.find((one) => targetKey(one.target) === targetKey(target));
    const organization = this.#session.organizations.find(({ id }) => id === target.organization)?.name ?? '';
    const sender = this.shown?.sender ?? null;
    this.choose(known ?? { target, organization, favourite: false, sender });
  }

  /** Closes the form. */
  leave(): void {
    this.choosing = false;
    this.parents.close();
    this.pages.close();
  }

  /** Makes the shown one a favourite, or no longer. */
  async star(): Promise<void> {
    const { shown } = this;
    if (!shown || this.stray) return;
    const starred = { ...shown, favourite: !shown.favourite };
    // Favourites come first, so the order changes; what is shown must not.
    this.#put(starred);
    this.problem = null;
    try {
      await this.#backend.call('set_favourite', { target: starred.target, favourite: starred.favourite });
    } catch (thrown) {
      this.problem = BackendError.from(thrown).view;
      if (this.chosen === starred) this.#put(shown);
    }
  }

  #put(target: QuickTarget): void {
    this.chosen = target;
    this.list = this.list?.map((one) => (targetKey(one.target) === targetKey(target.target) ? target : one)) ?? null;
  }

  async #load(turn: number, items: FoundItem[]): Promise<void> {
    try {
      const list = await this.#backend.call('targets', items.map(({ id }) => id));
      if (turn !== this.#turn) return;
      this.problem = null;
      this.list = list;
      const { chosen } = this;
      const { connected, organizations } = this.#session;
      // The connection no longer reaches what was chosen.
      if (connected && chosen && !organizations.some(({ id }) => id === chosen.target.organization)) this.chosen = null;
      else if (chosen) this.chosen = list.find(({ target }) => targetKey(target) === targetKey(chosen.target)) ?? { ...chosen, favourite: false };
    } catch (thrown) {
      if (turn === this.#turn) this.problem = BackendError.from(thrown).view;
    }
  }
}
