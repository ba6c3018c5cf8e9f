// Which items of a meeting are sent together. Refuses to send by itself; it hands them to the dialog, and is still there if
// the dialog is left.

import type { Action } from '../ipc/bindings';
import { Choice } from './choice.svelte';
import type { Composer } from './composer.svelte';

export class Selection extends Choice {
  readonly #composer: Composer;

  constructor(composer: Composer) {
    super();
    this.#composer = composer;
  }

  /** On to the dialog. What is chosen stays until it was sent. */
  async send(action: Action): Promise<void> {
    const items = this.chosen.map(({ id }) => id);
    if (items.length) await this.#composer.open({ items, action }, () => this.close());
  }
}
