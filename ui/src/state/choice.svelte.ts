// Which items of a meeting are chosen: one by one, by section, or from one to another. What is done with them is for others
// to say.

import { SvelteSet } from 'svelte/reactivity';
import type { ItemId, ItemView, MeetingView } from '../ipc/bindings';
import { inSections } from '../words/items';

export class Choice {
  /** The meeting to choose from; `null` while nobody chooses. */
  meeting = $state.raw<MeetingView | null>(null);

  readonly sections = $derived(inSections(this.meeting?.items ?? []));
  readonly #items = $derived(this.sections.flatMap(({ items }) => items));
  readonly #order = $derived(this.#items.map(({ id }) => id));
  readonly #chosen = new SvelteSet<ItemId>();
  /** Where a range starts: what was chosen last, and all that was chosen then, so that a range can shrink again. */
  #anchor: { id: ItemId; chosen: ItemId[] } | null = null;

  /** How many can be chosen. */
  readonly total = $derived(this.#order.length);

  get count(): number {
    return this.#chosen.size;
  }

  /** What is chosen, in the order in which it is seen. */
  get chosen(): ItemView[] {
    return this.#items.filter(({ id }) => this.#chosen.has(id));
  }

  open(meeting: MeetingView): void {
    this.#chosen.clear();
    this.#anchor = null;
    this.meeting = meeting;
  }

  close(): void {
    this.meeting = null;
  }

  has(id: ItemId): boolean {
    return this.#chosen.has(id);
  }

  /** Whether all of some items are chosen, or none, or some. */
  of(items: ItemView[]): boolean | 'mixed' {
    const chosen = items.filter(({ id }) => this.#chosen.has(id)).length;
    return chosen === 0 ? false : chosen === items.length || 'mixed';
  }

  toggle(id: ItemId): void {
    this.#put([id], !this.#chosen.has(id));
    this.#anchor = { id, chosen: [...this.#chosen] };
  }

  /** Makes everything from the item chosen last to this one like that one. */
  extendTo(id: ItemId): void {
    if (!this.#anchor) return this.toggle(id);
    const { id: from, chosen } = this.#anchor;
    const [first, last] = [this.#order.indexOf(from), this.#order.indexOf(id)].sort((a, b) => a - b) as [number, number];
    const range = this.#order.slice(first, last + 1);
    const like = chosen.includes(from);
    this.#put(this.#order, false);
    this.#put(chosen, true);
    this.#put(range, like);
  }

  /** The item that the keyboard steps to from another; with `extend`, the range goes along. */
  step(from: ItemId, by: number | 'first' | 'last', extend: boolean): ItemId | null {
    const at = this.#order.indexOf(from);
    const to = this.#order[by === 'first' ? 0 : by === 'last' ? this.#order.length - 1 : at + by];
    if (to === undefined) return null;
    if (extend) {
      if (!this.#anchor) this.toggle(from);
      this.extendTo(to);
    }
    return to;
  }

  /** All of them; none, where all are chosen already. */
  toggleAll(items: ItemView[]): void {
    this.#put(items.map(({ id }) => id), this.of(items) !== true);
    this.#anchor = null;
  }

  #put(ids: ItemId[], chosen: boolean): void {
    for (const id of ids) {
      if (chosen) this.#chosen.add(id);
      else this.#chosen.delete(id);
    }
  }
}
