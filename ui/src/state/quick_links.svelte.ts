// Where the links lead that Enter would send, as the core finds them in what it would send: a link's own words may name
// another place.

import { BackendError, type Backend } from '../ipc/backend';
import type { ErrorView, FoundItem, Target } from '../ipc/bindings';

export class QuickLinks {
  /** The hosts of the chosen items and the shown destination. */
  hosts = $state.raw<string[]>([]);
  problem = $state.raw<ErrorView | null>(null);

  readonly #backend: Backend;
  #turn = 0;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** Asks for what is chosen now. Until the answer comes, nothing is shown: the last one was about something else. */
  async look(items: FoundItem[], target: Target | null): Promise<void> {
    const turn = ++this.#turn;
    this.hosts = [];
    this.problem = null;
    if (!items.length || !target) return;
    try {
      const hosts = await this.#backend.call('link_hosts', { items: items.map(({ id }) => id), target });
      if (turn === this.#turn) this.hosts = hosts;
    } catch (thrown) {
      if (turn === this.#turn) this.problem = BackendError.from(thrown).view;
    }
  }
}
