// Whether a dialog in the middle asks something. The notices read it; a style that looked for such a dialog, by `:has()` or
// by a mark on the page, would have everything beneath looked at anew, and a dialog of a long meeting waited for that.

import { SvelteSet } from 'svelte/reactivity';

const dialogs = new SvelteSet<symbol>();

export function isAsking(): boolean {
  return dialogs.size > 0;
}

/** While the component is there, and `middle` says so. */
export function asking(middle: () => boolean = () => true): void {
  $effect(() => {
    if (!middle()) return;
    const dialog = Symbol();
    dialogs.add(dialog);
    return () => void dialogs.delete(dialog);
  });
}
