// Everything that works on the document while it is edited, in the order in which keys reach it.

import { baseKeymap } from 'prosemirror-commands';
import { dropCursor } from 'prosemirror-dropcursor';
import { gapCursor } from 'prosemirror-gapcursor';
import { history } from 'prosemirror-history';
import { keymap } from 'prosemirror-keymap';
import type { Plugin } from 'prosemirror-state';
import { tableEditing } from 'prosemirror-tables';
import { depthLimit } from './depth';
import { keys } from './keys';
import { autolink, markdownRules } from './rules';
import { suggestions } from './suggest';
import { tidy } from './tidy';

export interface Options {
  /** Without what comments cannot hold. */
  comment: boolean;
  /** Whether there is somebody to mention. */
  people: boolean;
  /** Opens the field for a link's address. */
  onlink: () => void;
  /** A change was refused, because blocks would stand in each other too deep. */
  ontoodeep: () => void;
}

// Ctrl+Enter is the dialog's.
const base = Object.fromEntries(Object.entries(baseKeymap).filter(([key]) => !key.endsWith('-Enter')));

export function plugins({ comment, people, onlink, ontoodeep }: Options): Plugin[] {
  return [
    suggestions(people),
    autolink,
    markdownRules(comment),
    keymap(keys(comment, onlink)),
    keymap(base),
    history(),
    dropCursor({ color: false, class: 'drop-cursor' }),
    gapCursor(),
    tableEditing(),
    tidy,
    depthLimit(ontoodeep),
  ];
}
