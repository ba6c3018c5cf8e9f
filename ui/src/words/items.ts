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

/** The items as they are seen: section by section, those without items left out. */
export function inSections(items: ItemView[]): { kind: ItemKind; heading: string; all: string; items: ItemView[] }[] {
  return sections.map((section) => ({ ...section, items: items.filter(({ kind }) => kind === section.kind) })).filter((section) => section.items.length);
}
