// What the "/" menu offers, and the words by which it is found.

import type { Command } from 'prosemirror-state';
import { heading, insertRule, insertTable, toggleCodeBlock, toggleList, togglePanel, toggleQuote } from './commands';
import type { GlyphName } from './glyphs';
import { PANELS, type Panel } from './schema';

/** A question that has to be asked before there is something to insert. */
export type Question = 'date' | 'status' | 'link';

export interface Block {
  id: string;
  title: string;
  /** What one may type instead. */
  also: string;
  glyph: GlyphName;
  run: Command | Question;
}

export const panelNames: Record<Panel, string> = {
  info: 'Info panel',
  note: 'Note panel',
  tip: 'Tip panel',
  success: 'Success panel',
  warning: 'Warning panel',
  error: 'Error panel',
};

const everywhere: Block[] = [
  { id: 'task', title: 'Task list', also: 'todo action checkbox []', glyph: 'taskList', run: toggleList('taskList') },
  { id: 'decision', title: 'Decision', also: 'decide <>', glyph: 'decisionList', run: toggleList('decisionList') },
  { id: 'bullet', title: 'Bullet list', also: 'unordered ul', glyph: 'bulletList', run: toggleList('bulletList') },
  { id: 'ordered', title: 'Numbered list', also: 'ordered ol', glyph: 'orderedList', run: toggleList('orderedList') },
  { id: 'heading-1', title: 'Heading 1', also: 'h1 title #', glyph: 'heading', run: heading(1) },
  { id: 'heading-2', title: 'Heading 2', also: 'h2 ##', glyph: 'heading', run: heading(2) },
  { id: 'heading-3', title: 'Heading 3', also: 'h3 ###', glyph: 'heading', run: heading(3) },
  { id: 'date', title: 'Date', also: 'day due //', glyph: 'date', run: 'date' },
  { id: 'status', title: 'Status', also: 'label badge lozenge', glyph: 'status', run: 'status' },
  { id: 'link', title: 'Link', also: 'url address', glyph: 'link', run: 'link' },
  { id: 'quote', title: 'Quote', also: 'blockquote >', glyph: 'blockquote', run: toggleQuote },
  { id: 'code', title: 'Code block', also: 'pre snippet ```', glyph: 'codeBlock', run: toggleCodeBlock },
  { id: 'rule', title: 'Divider', also: 'rule line hr ---', glyph: 'rule', run: insertRule },
];

const onPages: Block[] = [
  { id: 'table', title: 'Table', also: 'grid', glyph: 'table', run: insertTable() },
  ...PANELS.map((panel): Block => ({ id: `panel-${panel}`, title: panelNames[panel], also: 'callout box', glyph: 'panel', run: togglePanel(panel) })),
];

/** The blocks that match, the best first: by the start of the title, of a word, then anywhere. */
export function findBlocks(query: string, comment: boolean): Block[] {
  const word = query.trim().toLowerCase();
  const rank = ({ title, also }: Block): number => {
    const name = title.toLowerCase();
    if (name.startsWith(word)) return 0;
    if (`${name} ${also}`.split(' ').some((one) => one.startsWith(word))) return 1;
    return name.includes(word) ? 2 : 3;
  };
  const ranked = (comment ? everywhere : [...everywhere, ...onPages]).map((block) => ({ block, rank: rank(block) }));
  return ranked.filter((one) => one.rank < 3).sort((a, b) => a.rank - b.rank).map((one) => one.block);
}

/** People whose name has a word that begins as typed. */
export function findPeople<P extends { name: string }>(query: string, people: readonly P[]): P[] {
  const word = query.trim().toLowerCase();
  const matches = (name: string) => name.startsWith(word) || name.split(/\s+/).some((one) => one.startsWith(word));
  return people.filter(({ name }) => matches(name.toLowerCase())).slice(0, 8);
}
