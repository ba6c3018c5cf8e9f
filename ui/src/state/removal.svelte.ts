// Taking everything of the app off this computer, once the person has been asked.

import { BackendError, type Backend } from '../ipc/backend';
import type { ErrorView } from '../ipc/bindings';

export class Removal {
  /** The person is asked. */
  asking = $state(false);
  busy = $state(false);
  /** Why nothing was removed. */
  refusal = $state.raw<ErrorView | null>(null);
  /** What is left after everything else is gone, each in words. The app can do nothing any more but try again, and end. */
  left = $state.raw<string[]>([]);

  readonly #backend: Backend;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  ask(): void {
    this.refusal = null;
    this.asking = true;
  }

  /** Nothing is to be removed; or the app ends, where most of it is gone. */
  async close(): Promise<void> {
    if (this.busy) return;
    if (this.left.length) await this.#backend.call('quit', null);
    else this.asking = false;
  }

  /** The app ends by itself where all of it is gone. */
  async remove(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.refusal = null;
    try {
      this.left = await this.#backend.call('remove_everything', null);
      // What ends the app has taken over.
      if (!this.left.length) return;
    } catch (thrown) {
      this.refusal = BackendError.from(thrown).view;
    }
    this.busy = false;
  }
}
