// The keyboard in a list of which only the rows in view exist.

import { tick } from 'svelte';

/** The row at a place of the list. */
export function rowAt(box: HTMLElement | undefined, place: number): HTMLElement | null {
  return box?.querySelector<HTMLElement>(`[data-place="${place}"]`) ?? null;
}

/**
 * Puts the focus on what a row has for it, else on the row. A row that was far away can take the focus when it has its
 * size, some frames later; until then the list has it, so that no key is lost.
 */
export async function focusRow(box: HTMLElement | undefined, place: number, control: string): Promise<void> {
  await tick();
  for (let frame = 0; frame < 20; frame += 1) {
    const row = rowAt(box, place);
    const target = row?.querySelector<HTMLElement>(control) ?? row;
    target?.focus();
    if (target && target === document.activeElement) return;
    if (frame === 0) box?.focus();
    await new Promise(requestAnimationFrame);
    if (document.activeElement !== box) return;
  }
}
