// The keys of the editor. Ctrl+Enter is not among them: it belongs to the dialog around it. Nor is Tab, which leaves
// the text or does not: the editor at work decides.

import { chainCommands, deleteSelection, joinBackward, joinForward, joinTextblockBackward, joinTextblockForward, selectAll, selectNodeBackward, selectNodeForward, selectParentNode } from 'prosemirror-commands';
import { redo, undo } from 'prosemirror-history';
import { undoInputRule } from 'prosemirror-inputrules';
import type { Command } from 'prosemirror-state';
import { onMac } from '../../words/keys';
import {
  clearMarks,
  downFromCode,
  enter,
  heading,
  lineBreak,
  tick,
  toggle,
  toggleCodeBlock,
  toggleList,
  toggleQuote,
  toggleSubsup,
  undress,
} from './commands';

const isMac = onMac();

/** What each action is bound to, for the keymap and for the words beside it. */
export const shortcuts = {
  strong: 'Mod-b',
  em: 'Mod-i',
  underline: 'Mod-u',
  strike: 'Mod-Shift-s',
  code: 'Mod-Shift-m',
  sub: 'Mod-Shift-,',
  sup: 'Mod-Shift-.',
  clear: 'Mod-\\',
  link: 'Mod-k',
  normal: 'Mod-Alt-0',
  orderedList: 'Mod-Shift-7',
  bulletList: 'Mod-Shift-8',
  blockquote: 'Mod-Shift-9',
  taskList: 'Mod-Shift-6',
  tick: 'Alt-Enter',
  undo: 'Mod-z',
  redo: 'Mod-y',
} as const;

export type Shortcut = keyof typeof shortcuts;

/** A shortcut as people read it. */
export function spellKeys(keys: string): string {
  return keys
    .replace('Mod', isMac ? '⌘' : 'Ctrl')
    .replace('Alt', isMac ? '⌥' : 'Alt')
    .replace('Shift', isMac ? '⇧' : 'Shift')
    .split('-')
    .map((key) => (key.length === 1 ? key.toUpperCase() : key))
    .join(isMac ? '' : '+');
}

/** A shortcut as `aria-keyshortcuts` wants it. */
export function ariaKeys(keys: string): string {
  return keys.replace('Mod', isMac ? 'Meta' : 'Control').split('-').join('+');
}

/** `onlink` opens the field for a link's address. */
export function keys(comment: boolean, onlink: () => void): Record<string, Command> {
  const backspace = chainCommands(undoInputRule, deleteSelection, undress, joinTextblockBackward, joinBackward, selectNodeBackward);
  const forward = chainCommands(deleteSelection, joinTextblockForward, joinForward, selectNodeForward);
  const headings = Object.fromEntries((comment ? [0, 1, 2, 3] : [0, 1, 2, 3, 4, 5, 6]).map((level) => [`Mod-Alt-${level}`, heading(level)]));
  return {
    ...headings,
    Enter: enter,
    'Shift-Enter': lineBreak,
    Backspace: backspace,
    'Mod-Backspace': backspace,
    'Shift-Backspace': backspace,
    Delete: forward,
    'Mod-Delete': forward,
    'Mod-a': selectAll,
    'Alt-ArrowUp': selectParentNode,
    ArrowDown: downFromCode,
    [shortcuts.strong]: toggle('strong'),
    [shortcuts.em]: toggle('em'),
    [shortcuts.underline]: toggle('underline'),
    [shortcuts.strike]: toggle('strike'),
    [shortcuts.code]: toggle('code'),
    [shortcuts.sub]: toggleSubsup('sub'),
    [shortcuts.sup]: toggleSubsup('sup'),
    [shortcuts.clear]: clearMarks,
    [shortcuts.link]: () => {
      onlink();
      return true;
    },
    [shortcuts.orderedList]: toggleList('orderedList'),
    [shortcuts.bulletList]: toggleList('bulletList'),
    [shortcuts.taskList]: toggleList('taskList'),
    [shortcuts.blockquote]: toggleQuote,
    'Mod-Alt-c': toggleCodeBlock,
    [shortcuts.tick]: tick,
    [shortcuts.undo]: undo,
    [shortcuts.redo]: redo,
    'Mod-Shift-z': redo,
  };
}
