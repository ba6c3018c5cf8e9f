// The sections of a meeting, in their order and in words.

import type { ItemKind, ItemView } from '../ipc/bindings';
import { shortDay } from './dates';

export const sections: { kind: ItemKind; heading: string; all: string }[] = [
  { kind: 'insight', heading: 'Insights', all: 'All insights' },
  { kind: 'decision', heading: 'Decisions', all: 'All decisions' },
  { kind: 'next_step', heading: 'Next steps', all: 'All next steps' },
  { kind: 'task', heading: 'Tasks', all: 'All tasks' },
];

/** When it is due, such as "due 20 Nov 2026": by the day, or in the words of its source. */
export function dueWords({ due }: Pick<ItemView, 'due'>): string | null {
  return due && `due ${due.date ? shortDay(due.date) : due.text}`;
}

/**
 * Where the items came from, where that is one place: a file or a server. Where they came from several, or of some it is not
 * known, `null`, so that each says it. What was added by hand came from nowhere.
 */
export function commonOrigin(items: Pick<ItemView, 'origin' | 'edited'>[]): string | null {
  const [first, ...others] = items.filter(({ origin, edited }) => origin !== null || !edited);
  return first && others.every(({ origin }) => origin === first.origin) ? first.origin : null;
}

/** The items as they are seen: section by section, those without items left out. */
export function inSections(items: ItemView[]): { kind: ItemKind; heading: string; all: string; items: ItemView[] }[] {
  return sections.map((section) => ({ ...section, items: items.filter(({ kind }) => kind === section.kind) })).filter((section) => section.items.length);
}
