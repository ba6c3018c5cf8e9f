// Which lines of a transcript are picked to become an item.

import { SvelteSet } from 'svelte/reactivity';
import type { Cue } from '../ipc/bindings';
import type { Said } from './editing.svelte';

export class Picking {
  readonly lines = new SvelteSet<number>();
  /** Where a range starts. */
  #anchor: number | null = null;

  /** Picks a line or no longer; with `extend`, picks everything from the line picked last to this one. */
  pick(line: number, extend: boolean): void {
    if (extend && this.#anchor !== null) {
      const [first, last] = [this.#anchor, line].sort((a, b) => a - b) as [number, number];
      for (let one = first; one <= last; one += 1) this.lines.add(one);
    } else if (!this.lines.delete(line)) this.lines.add(line);
    this.#anchor = line;
  }

  clear(): void {
    this.lines.clear();
    this.#anchor = null;
  }

  /** What was said in them. */
  said(cues: Cue[]): Said {
    const picked = cues.filter((_, line) => this.lines.has(line));
    return { text: picked.map(({ text }) => text).join(' '), at_ms: picked[0]?.start_ms ?? null, onadded: () => this.clear() };
  }
}
