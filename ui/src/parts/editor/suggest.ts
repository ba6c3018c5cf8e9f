// The menus that open while one types: "/" for blocks, "@" for people. The plugin says what is asked for; who
// shows it decides what is offered.

import { Plugin, PluginKey, type EditorState } from 'prosemirror-state';

export interface Suggestion {
  trigger: '/' | '@';
  /** Where the trigger stands. */
  from: number;
  to: number;
  query: string;
}

interface Asked {
  open: Suggestion | null;
  /** Closed by hand at this place, and not to open there again. */
  dismissed: number | null;
}

const key = new PluginKey<Asked>('suggestions');
const QUERY = /(^|[\s(])([/@])((?:[\p{L}\p{N}.'-]+(?: [\p{L}\p{N}.'-]+)* ?)?)$/u;
/** A longer text is no query. */
const LONGEST = 40;

function find(state: EditorState, people: boolean): Suggestion | null {
  const { $from, empty } = state.selection;
  if (!empty || !$from.parent.inlineContent || $from.parent.type.spec.code) return null;
  const before = $from.parent.textBetween(Math.max(0, $from.parentOffset - LONGEST), $from.parentOffset, undefined, '\ufffc');
  const found = QUERY.exec(before);
  if (!found || (found[2] === '@' && !people)) return null;
  const query = found[3] ?? '';
  return { trigger: found[2] as '/' | '@', from: $from.pos - query.length - 1, to: $from.pos, query };
}

/** The menu that is open in a state. */
export const suggestionIn = (state: EditorState): Suggestion | null => key.getState(state)?.open ?? null;

/** Closes the menu without a choice. */
export const dismiss = (state: EditorState) => state.tr.setMeta(key, 'dismiss');

export function suggestions(people: boolean): Plugin<Asked> {
  return new Plugin<Asked>({
    key,
    state: {
      init: () => ({ open: null, dismissed: null }),
      apply(tr, { open, dismissed }, _, state) {
        if (tr.getMeta(key) === 'dismiss') return { open: null, dismissed: open?.from ?? dismissed };
        const kept = dismissed === null ? null : tr.mapping.map(dismissed);
        const found = find(state, people);
        if (!found || found.from === kept) return { open: null, dismissed: found ? kept : null };
        // It opens as the trigger is typed, and not when the cursor comes across one.
        const typed = tr.docChanged && found.query === '' && !tr.getMeta('history$') && tr.getMeta('paste') === undefined;
        const goesOn = open !== null && tr.mapping.map(open.from, -1) === found.from;
        return { open: typed || goesOn ? found : null, dismissed: null };
      },
    },
  });
}
