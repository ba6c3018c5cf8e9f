// Which items of a meeting become one.

import { BackendError, type Backend } from '../ipc/backend';
import type { ErrorView, ItemView, MeetingView } from '../ipc/bindings';
import { Choice } from './choice.svelte';
import type { Editing } from './editing.svelte';
import type { Meetings } from './meetings.svelte';

export class Merging extends Choice {
  problem = $state.raw<ErrorView | null>(null);
  busy = $state(false);

  readonly #backend: Backend;
  readonly #meetings: Meetings;
  readonly #editing: Editing;

  constructor(backend: Backend, meetings: Meetings, editing: Editing) {
    super();
    this.#backend = backend;
    this.#meetings = meetings;
    this.#editing = editing;
  }

  /** What the chosen ones become: the first of them, with all their words and what only the others know. */
  get merged(): Pick<ItemView, 'kind' | 'done' | 'text' | 'owner' | 'due'> | null {
    const { chosen } = this;
    const [first, second] = chosen;
    if (!first || !second) return null;
    return {
      kind: first.kind,
      done: chosen.every(({ done }) => done),
      text: chosen.map(({ text }) => text).join('\n'),
      owner: chosen.find(({ owner }) => owner !== null)?.owner ?? null,
      due: chosen.find(({ due }) => due !== null)?.due ?? null,
    };
  }

  override open(meeting: MeetingView, item?: ItemView): void {
    super.open(meeting);
    this.problem = null;
    if (item) this.toggle(item.id);
  }

  async merge(): Promise<void> {
    if (this.count < 2 || this.busy) return;
    this.busy = true;
    this.problem = null;
    try {
      const left = await this.#backend.call('merge_items', this.chosen.map(({ id }) => id));
      this.close();
      await this.#meetings.refresh();
      this.#editing.wish(left);
    } catch (thrown) {
      this.problem = BackendError.from(thrown).view;
    } finally {
      this.busy = false;
    }
  }
}
