// Markdown as one types it: what begins a block, what closes a mark, and addresses that become links.

import { InputRule, inputRules, textblockTypeInputRule, wrappingInputRule } from 'prosemirror-inputrules';
import type { Attrs, MarkType } from 'prosemirror-model';
import { Plugin, TextSelection, type EditorState, type Transaction } from 'prosemirror-state';
import { depthOf, makeCode } from './commands';
import { typedLink } from './links';
import { convertItem, listBlocks, type ListKind } from './lists';
import { schema } from './schema';

const { nodes, marks } = schema;

/** Begins a list; in an item of a bullet or ordered list, turns that item. */
function listRule(match: RegExp, kind: ListKind, read: (match: RegExpMatchArray) => { list?: Attrs; item?: Attrs } = () => ({})): InputRule {
  return new InputRule(match, (state, found, start, end) => {
    const tr = state.tr.delete(start, end);
    const { list = null, item = null } = read(found);
    const inItem = depthOf(state.selection.$from, nodes.listItem) !== null;
    if (inItem && kind !== 'taskList' && kind !== 'decisionList') return null;
    return (inItem ? convertItem(tr, kind, item) : state.selection.$from.parent.type === nodes.paragraph && listBlocks(tr, kind, list, item)) ? tr : null;
  });
}

/** Marks the text between two equal signs. The pattern's groups: before, sign, words. */
function markRule(match: RegExp, type: MarkType): InputRule {
  return new InputRule(match, (state, found, start, end) => {
    const [whole, before = '', sign = '', words = ''] = found;
    const from = start + before.length;
    if (!whole || !state.doc.resolve(from).parent.type.allowsMarkType(type)) return null;
    const tr = state.tr;
    // The last character of the sign is being typed and is not in the document yet.
    const inner = from + sign.length;
    tr.delete(inner + words.length, end).delete(from, inner);
    tr.addMark(from, from + words.length, type.create());
    return tr.removeStoredMark(type);
  });
}

const link = new InputRule(/\[([^[\]]+)\]\(([^()\s]+)\)$/, (state, [, words = '', address = ''], start, end) => {
  const href = typedLink(address);
  if (href === null) return null;
  const tr = state.tr.delete(start + 1 + words.length, end).delete(start, start + 1);
  return tr.addMark(start, start + words.length, marks.link.create({ href })).removeStoredMark(marks.link);
});

const code = new InputRule(/^```([\w+#-]*)\s$/, (state, match, start, end) => {
  const $start = state.doc.resolve(start);
  if (!$start.node(-1).canReplaceWith($start.index(-1), $start.indexAfter(-1), nodes.codeBlock)) return null;
  return makeCode(state.tr.delete(start, end), start, start, { language: match[1] || null });
});

const rule = new InputRule(/^---$/, (state, _, start) => {
  const $start = state.doc.resolve(start);
  if ($start.parent.type !== nodes.paragraph) return null;
  if (!$start.node(-1).canReplaceWith($start.index(-1), $start.indexAfter(-1), nodes.rule)) return null;
  const at = $start.before();
  const tr = state.tr.replaceWith(at, $start.after(), [nodes.rule.create(), nodes.paragraph.create()]);
  return tr.setSelection(TextSelection.create(tr.doc, at + 2));
});

const ADDRESS = /(?:^|[\s(])((?:https?:\/\/|www\.|mailto:)[^\s<>"]*[^\s<>".,;:!?)'\]])[.,;:!?)'\]]*$/i;

/** Links the address that ends at the cursor. */
export function linkBefore(state: EditorState): Transaction | null {
  const { $from, empty } = state.selection;
  if (!empty || !$from.parent.type.allowsMarkType(marks.link)) return null;
  const before = $from.parent.textBetween(Math.max(0, $from.parentOffset - 2000), $from.parentOffset, undefined, '\ufffc');
  const found = ADDRESS.exec(before);
  const href = found?.[1] ? typedLink(found[1]) : null;
  if (!found?.[1] || href === null) return null;
  const from = $from.pos - before.length + before.indexOf(found[1], found.index);
  const to = from + found[1].length;
  if (state.doc.rangeHasMark(from, to, marks.link) || state.doc.rangeHasMark(from, to, marks.code)) return null;
  return state.tr.addMark(from, to, marks.link.create({ href })).removeStoredMark(marks.link);
}

/** Typed addresses become links when something is typed after them. */
export const autolink = new Plugin({
  props: {
    handleTextInput(view, _, __, text) {
      if (!/^\s$/.test(text)) return false;
      const tr = linkBefore(view.state);
      if (tr) view.dispatch(tr);
      return false;
    },
    handleKeyDown(view, event) {
      if (event.key !== 'Enter') return false;
      const tr = linkBefore(view.state);
      if (tr) view.dispatch(tr);
      return false;
    },
  },
});

export function markdownRules(comment: boolean): Plugin {
  return inputRules({
    rules: [
      textblockTypeInputRule(comment ? /^(#{1,3})\s$/ : /^(#{1,6})\s$/, nodes.heading, (match) => ({ level: match[1]?.length ?? 1 })),
      listRule(/^\s*[-*+]\s$/, 'bulletList'),
      listRule(/^\s*(\d{1,9})[.)]\s$/, 'orderedList', (match) => ({ list: match[1] === '1' ? undefined : { order: Number(match[1]) } })),
      listRule(/^\s*\[([ xX]?)\]\s$/, 'taskList', (match) => ({ item: { state: match[1]?.trim() ? 'DONE' : 'TODO' } })),
      listRule(/^\s*<>\s$/, 'decisionList'),
      wrappingInputRule(/^\s*>\s$/, nodes.blockquote),
      code,
      rule,
      link,
      markRule(/(^|[^*])(\*\*)([^*\s](?:[^*]*[^*\s])?)\*\*$/, marks.strong),
      markRule(/(^|[^_\p{L}\p{N}])(__)([^_\s](?:[^_]*[^_\s])?)__$/u, marks.strong),
      markRule(/(^|[^*])(\*)([^*\s](?:[^*]*[^*\s])?)\*$/, marks.em),
      markRule(/(^|[^_\p{L}\p{N}])(_)([^_\s](?:[^_]*[^_\s])?)_$/u, marks.em),
      markRule(/(^|[^~])(~~)([^~\s](?:[^~]*[^~\s])?)~~$/, marks.strike),
      markRule(/(^|[^`])(`)([^`]+)`$/, marks.code),
    ],
  });
}
