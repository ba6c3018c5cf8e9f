// What buttons, keys and the menu do to the document. Each is a ProseMirror command: it answers whether it applies,
// and acts only where it is handed a `dispatch`.

import {
  chainCommands,
  createParagraphNear,
  lift,
  liftEmptyBlock,
  newlineInCode,
  setBlockType,
  splitBlock,
  splitBlockAs,
  toggleMark,
  wrapIn,
} from 'prosemirror-commands';
import type { Attrs, MarkType, Node, NodeType, ResolvedPos } from 'prosemirror-model';
import { liftListItem, sinkListItem, splitListItem } from 'prosemirror-schema-list';
import { NodeSelection, Selection, TextSelection, type Command, type EditorState, type Transaction } from 'prosemirror-state';
import { findWrapping } from 'prosemirror-transform';
import { convertList, leaveItems, listBlocks, listKind, shiftTasks, type ListKind } from './lists';
import { schema, type MarkName, type Panel, type StatusColor } from './schema';

const { nodes, marks } = schema;

/** The depth of the nearest ancestor of a type. */
export function depthOf($pos: ResolvedPos, ...types: NodeType[]): number | null {
  for (let depth = $pos.depth; depth > 0; depth--) if (types.includes($pos.node(depth).type)) return depth;
  return null;
}

export const inTable = (state: EditorState): boolean => depthOf(state.selection.$head, nodes.table) !== null;

/** Whether Tab has a use here, and so does not leave the editor. */
export function keepsTab(state: EditorState): boolean {
  const { $head } = state.selection;
  return depthOf($head, nodes.listItem, nodes.taskItem, nodes.table) !== null;
}

export function toggle(name: MarkName, attrs: Attrs | null = null): Command {
  return toggleMark(marks[name], attrs, { enterInlineAtoms: false, removeWhenPresent: true });
}

/** Sub or superscript; the other of the two gives way. */
export function toggleSubsup(type: 'sub' | 'sup'): Command {
  return (state, dispatch) => {
    const other = type === 'sub' ? 'sup' : 'sub';
    if (!hasMark(state, marks.subsup, { type: other }) || !dispatch) return toggle('subsup', { type })(state, dispatch);
    const { from, to, empty } = state.selection;
    const mark = marks.subsup.create({ type });
    dispatch(empty ? state.tr.addStoredMark(mark) : state.tr.addMark(from, to, mark));
    return true;
  };
}

/** Whether the whole selection, or what is typed next, has a mark. */
export function hasMark(state: EditorState, type: MarkType, attrs: Attrs | null = null): boolean {
  const { $from, from, to, empty } = state.selection;
  const fits = (set: Node['marks']) => set.some((mark) => mark.type === type && Object.entries(attrs ?? {}).every(([name, value]) => mark.attrs[name] === value));
  if (empty) return fits(state.storedMarks ?? $from.marks());
  let some = false;
  let all = true;
  state.doc.nodesBetween(from, to, (node) => {
    if (!node.isText) return true;
    some = true;
    all &&= fits(node.marks);
    return all;
  });
  return some && all;
}

/** Takes every mark from the selection. */
export const clearMarks: Command = (state, dispatch) => {
  const { from, to, empty } = state.selection;
  if (empty) return false;
  dispatch?.(state.tr.removeMark(from, to).setStoredMarks([]));
  return true;
};

export function heading(level: number): Command {
  return level === 0 ? setBlockType(nodes.paragraph) : setBlockType(nodes.heading, { level });
}

/** The heading's level at the selection; 0 for normal text, `null` for anything else. */
export function headingLevel(state: EditorState): number | null {
  const { parent } = state.selection.$from;
  if (parent.type === nodes.heading) return parent.attrs.level as number;
  return parent.type === nodes.paragraph ? 0 : null;
}

export const currentList = (state: EditorState): ListKind | null => listKind(state.selection.$from, state.selection.to);

/** Makes a list of the selection, turns a list into this kind, or takes its items out of it. */
export function toggleList(kind: ListKind): Command {
  return (state, dispatch) => {
    const current = currentList(state);
    if (current === kind) {
      if (kind === 'taskList' || kind === 'decisionList') return chainCommands(shiftTasks(-1), leaveItems)(state, dispatch);
      return liftListItem(nodes.listItem)(state, dispatch);
    }
    const tr = state.tr;
    if (!(current ? convertList(tr, kind) : listBlocks(tr, kind))) return false;
    dispatch?.(tr.scrollIntoView());
    return true;
  };
}

/** Wraps in a quote, or takes out of it. */
export const toggleQuote: Command = (state, dispatch) => {
  if (depthOf(state.selection.$from, nodes.blockquote) !== null) return unwrap(nodes.blockquote)(state, dispatch);
  return wrapIn(nodes.blockquote)(state, dispatch);
};

/** Makes code of the blocks in a range. What code cannot hold becomes its text. */
export function makeCode(tr: Transaction, from: number, to: number, attrs: Attrs | null = null): Transaction {
  const start = tr.steps.length;
  tr.doc.nodesBetween(from, to, (block, pos, parent, index) => {
    if (!block.isTextblock) return true;
    if (!parent?.canReplaceWith(index, index + 1, nodes.codeBlock)) return false;
    block.forEach((child, offset) => {
      if (child.isText || child.type === nodes.hardBreak) return;
      const at = tr.mapping.slice(start).map(pos + 1 + offset);
      const words = child.type.spec.leafText?.(child);
      tr.replaceWith(at, at + child.nodeSize, words ? schema.text(words) : []);
    });
    return false;
  });
  const { mapping } = tr;
  const moved = mapping.slice(start);
  return tr.setBlockType(moved.map(from, -1), moved.map(to), nodes.codeBlock, attrs);
}

export const toggleCodeBlock: Command = (state, dispatch) => {
  const { $from, from, to } = state.selection;
  if ($from.parent.type === nodes.codeBlock) return setBlockType(nodes.paragraph)(state, dispatch);
  if (!setBlockType(nodes.codeBlock)(state)) return false;
  dispatch?.(makeCode(state.tr, from, to).scrollIntoView());
  return true;
};

/** The kind of the panel around the selection. */
export function currentPanel(state: EditorState): Panel | null {
  const depth = depthOf(state.selection.$from, nodes.panel);
  return depth === null ? null : (state.selection.$from.node(depth).attrs.panelType as Panel);
}

/** Wraps in a panel, changes the kind of the panel, or takes out of it where it is of that kind already. */
export function togglePanel(panelType: Panel): Command {
  return (state, dispatch) => {
    const { $from } = state.selection;
    const depth = depthOf($from, nodes.panel);
    if (depth === null) return wrapIn(nodes.panel, { panelType })(state, dispatch);
    if ($from.node(depth).attrs.panelType === panelType) return unwrap(nodes.panel)(state, dispatch);
    dispatch?.(state.tr.setNodeAttribute($from.before(depth), 'panelType', panelType));
    return true;
  };
}

/** Puts the content of the nearest node of a type in its place. */
function unwrap(type: NodeType): Command {
  return (state, dispatch) => {
    const { $from, anchor, head } = state.selection;
    const depth = depthOf($from, type);
    if (depth === null) return false;
    const { content } = $from.node(depth);
    const outer = $from.node(depth - 1);
    if (!outer.canReplace($from.index(depth - 1), $from.indexAfter(depth - 1), content)) return false;
    if (dispatch) {
      const tr = state.tr.replaceWith($from.before(depth), $from.after(depth), content);
      dispatch(tr.setSelection(TextSelection.between(tr.doc.resolve(anchor - 1), tr.doc.resolve(head - 1))));
    }
    return true;
  };
}

/** Puts a block after the current one, or in its place if that is an empty paragraph, and the cursor where one types. */
export function insertBlock(make: () => Node): Command {
  return (state, dispatch) => {
    const { $from } = state.selection;
    const block = make();
    const empty = $from.parent.type === nodes.paragraph && $from.parent.content.size === 0;
    for (let depth = $from.depth; depth > 0; depth--) {
      const outer = $from.node(depth - 1);
      const index = $from.index(depth - 1);
      const replaces = empty && depth === $from.depth;
      if (!outer.canReplaceWith(replaces ? index : index + 1, index + 1, block.type)) continue;
      if (dispatch) {
        const at = replaces ? $from.before(depth) : $from.after(depth);
        const tr = state.tr.replaceWith(at, replaces ? $from.after(depth) : at, block);
        const end = at + block.nodeSize;
        if (block.isLeaf) {
          // A line to go on in, where there is none.
          if (!tr.doc.resolve(end).nodeAfter?.isTextblock) tr.insert(end, nodes.paragraph.create());
          tr.setSelection(Selection.near(tr.doc.resolve(end), 1));
        } else tr.setSelection(Selection.near(tr.doc.resolve(at + 1), 1));
        dispatch(tr.scrollIntoView());
      }
      return true;
    }
    return false;
  };
}

export const insertRule = insertBlock(() => nodes.rule.create());

export function insertTable(rows = 3, columns = 3): Command {
  return insertBlock(() => {
    const row = (type: NodeType) => nodes.tableRow.create(null, Array.from({ length: columns }, () => type.create(null, nodes.paragraph.create())));
    return nodes.table.create(null, Array.from({ length: rows }, (_, i) => row(i ? nodes.tableCell : nodes.tableHeader)));
  });
}

/** Puts an inline node in place of a range, with a space after it to type on. */
export function insertInline(make: () => Node, range: { from: number; to: number } | null = null): Command {
  return (state, dispatch) => {
    const { from, to } = range ?? state.selection;
    const $from = state.doc.resolve(from);
    const node = make();
    if (!$from.parent.canReplaceWith($from.index(), $from.index(), node.type)) return false;
    if (dispatch) {
      const tr = state.tr.replaceWith(from, to, node);
      const after = from + node.nodeSize;
      if (!/^\s/.test(tr.doc.textBetween(after, tr.doc.resolve(after).end(), undefined, 'x'))) tr.insertText(' ', after);
      dispatch(tr.setSelection(TextSelection.create(tr.doc, after + 1)).scrollIntoView());
    }
    return true;
  };
}

export const dateNode = (timestamp: string): Node => nodes.date.create({ timestamp });
export const statusNode = (text: string, color: StatusColor): Node => nodes.status.create({ text, color });
export const mentionNode = ({ id, name }: { id: string; name: string }): Node => nodes.mention.create({ id, text: `@${name}` });

/** Ticks or unticks the task that the cursor is in. */
export const tick: Command = (state, dispatch) => {
  const { $from } = state.selection;
  const depth = depthOf($from, nodes.taskItem);
  if (depth === null) return false;
  const done = $from.node(depth).attrs.state === 'DONE';
  dispatch?.(state.tr.setNodeAttribute($from.before(depth), 'state', done ? 'TODO' : 'DONE'));
  return true;
};

/** The link around the cursor, or over the selection. */
export function linkAt(state: EditorState): { from: number; to: number; href: string } | null {
  const { $from, from, to } = state.selection;
  const parent = $from.parent;
  if (!parent.inlineContent) return null;
  const mark = marks.link.isInSet($from.marks()) ?? marks.link.isInSet($from.nodeAfter?.marks ?? []);
  if (!mark) return null;
  let start = $from.start();
  let found: { from: number; to: number } | null = null;
  for (const child of parent.children) {
    const end = start + child.nodeSize;
    const linked = mark.isInSet(child.marks);
    if (linked) found = found && found.to === start ? { from: found.from, to: end } : { from: start, to: end };
    if (linked && found && end >= from && start <= to) {
      // The rest of the link may lie in texts with other marks.
      continue;
    }
    if (found && found.to >= from && found.from <= from) break;
    if (!linked) found = null;
    start = end;
  }
  return found && { ...found, href: mark.attrs.href as string };
}

/** Links a range, or puts the address itself where nothing is selected; `null` takes the link away. */
export function setLink(range: { from: number; to: number }, href: string | null, words = ''): Command {
  return (state, dispatch) => {
    const tr = state.tr;
    let { to } = range;
    if (href !== null && range.from === to) {
      tr.insertText(words || href, to);
      to += (words || href).length;
    }
    tr.removeMark(range.from, to, marks.link);
    if (href !== null) tr.addMark(range.from, to, marks.link.create({ href }));
    dispatch?.(tr.setSelection(TextSelection.create(tr.doc, to)).removeStoredMark(marks.link).scrollIntoView());
    return true;
  };
}

const itemEnter: Command = (state, dispatch) => {
  const { $from, empty } = state.selection;
  const item = $from.parent;
  if (item.type !== nodes.taskItem && item.type !== nodes.decisionItem) return false;
  if (empty && item.content.size === 0) return chainCommands(shiftTasks(-1), leaveItems)(state, dispatch);
  return splitBlockAs(() => ({ type: item.type }))(state, dispatch);
};

/** The third line break at the end of code leads out of it. */
const leaveCode: Command = (state, dispatch) => {
  const { $from, empty } = state.selection;
  const { parent } = $from;
  if (!empty || parent.type !== nodes.codeBlock || $from.parentOffset < parent.content.size || !parent.textContent.endsWith('\n\n')) return false;
  if (dispatch) {
    const tr = state.tr.delete($from.pos - 2, $from.pos);
    const after = tr.mapping.map($from.after());
    tr.insert(after, nodes.paragraph.create());
    dispatch(tr.setSelection(TextSelection.create(tr.doc, after + 1)).scrollIntoView());
  }
  return true;
};

/** Below code that ends its parent, the arrow makes a line to go on in. */
export const downFromCode: Command = (state, dispatch) => {
  const { $from, empty } = state.selection;
  if (!empty || $from.parent.type !== nodes.codeBlock || $from.parent.textContent.indexOf('\n', $from.parentOffset) >= 0) return false;
  if ($from.indexAfter(-1) < $from.node(-1).childCount) return false;
  if (dispatch) {
    const after = $from.after();
    const tr = state.tr.insert(after, nodes.paragraph.create());
    dispatch(tr.setSelection(TextSelection.create(tr.doc, after + 1)).scrollIntoView());
  }
  return true;
};

/** Enter after "```", with or without a language, begins code. */
const fence: Command = (state, dispatch) => {
  const { $from, empty } = state.selection;
  const match = $from.parent.type === nodes.paragraph && empty && /^```([\w+#-]*)$/.exec($from.parent.textContent);
  if (!match || !$from.node(-1).canReplaceWith($from.index(-1), $from.indexAfter(-1), nodes.codeBlock)) return false;
  dispatch?.(makeCode(state.tr.delete($from.start(), $from.end()), $from.start(), $from.start(), { language: match[1] || null }));
  return true;
};

export const enter: Command = chainCommands(
  fence,
  itemEnter,
  leaveCode,
  newlineInCode,
  splitListItem(nodes.listItem),
  createParagraphNear,
  liftEmptyBlock,
  splitBlock,
);

export const lineBreak: Command = chainCommands(newlineInCode, (state, dispatch) => {
  const { $from } = state.selection;
  if (!$from.parent.inlineContent) return false;
  dispatch?.(state.tr.replaceSelectionWith(nodes.hardBreak.create()).scrollIntoView());
  return true;
});

/** At the start of a block, Backspace takes one layer of its dress off before it joins anything. */
export const undress: Command = (state, dispatch) => {
  const { $from, empty } = state.selection;
  if (!empty || !(state.selection instanceof TextSelection) || $from.parentOffset > 0) return false;
  const { parent } = $from;
  if (parent.type === nodes.taskItem || parent.type === nodes.decisionItem) return chainCommands(shiftTasks(-1), leaveItems)(state, dispatch);
  if (parent.type === nodes.heading || (parent.type === nodes.codeBlock && parent.content.size === 0)) return setBlockType(nodes.paragraph)(state, dispatch);
  if ($from.depth < 2 || $from.index(-1) > 0) return false;
  const outer = $from.node(-1).type;
  if (outer === nodes.listItem) return liftListItem(nodes.listItem)(state, dispatch);
  if (outer === nodes.blockquote || outer === nodes.panel) return lift(state, dispatch);
  return false;
};

export const indent: Command = chainCommands(shiftTasks(1), sinkListItem(nodes.listItem));
export const outdent: Command = chainCommands(shiftTasks(-1), (state, dispatch) => {
  // Out of a nested list, but not out of the last one: that would be another thing than outdenting.
  const { $from } = state.selection;
  const depth = depthOf($from, nodes.listItem);
  if (depth === null || depth < 3 || $from.node(depth - 2).type !== nodes.listItem) return false;
  return liftListItem(nodes.listItem)(state, dispatch);
});

/** Whether a wrapper has a place around the selection. */
export function canWrap(state: EditorState, type: NodeType): boolean {
  const range = state.selection.$from.blockRange(state.selection.$to);
  return !!range && !!findWrapping(range, type);
}

/** The chip that is selected, for its editing. */
export function selectedChip(state: EditorState): { pos: number; node: Node } | null {
  const { selection } = state;
  return selection instanceof NodeSelection && selection.node.isInline ? { pos: selection.from, node: selection.node } : null;
}
