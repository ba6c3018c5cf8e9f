// What lists do that the library does not know: four kinds that turn into each other, and the nesting of tasks,
// where a nested list is a sibling that follows its item. Changes transactions and nothing else.

import { Fragment, type Attrs, type Node, type ResolvedPos } from 'prosemirror-model';
import { TextSelection, type Command, type Transaction } from 'prosemirror-state';
import { canJoin } from 'prosemirror-transform';
import { schema } from './schema';

export type ListKind = 'bulletList' | 'orderedList' | 'taskList' | 'decisionList';

const { nodes } = schema;
const kinds: readonly string[] = ['bulletList', 'orderedList', 'taskList', 'decisionList'] satisfies ListKind[];

export const isList = (node: Node): boolean => kinds.includes(node.type.name);

/** One item of any list: how deep it is, and what it holds besides nested items. */
interface Entry {
  depth: number;
  blocks: Node[];
  /** The attributes of a task or decision. */
  attrs?: Attrs;
}

function entriesOf(list: Node, depth = 0): Entry[] {
  const out: Entry[] = [];
  for (const item of list.children) {
    if (isList(item)) out.push(...entriesOf(item, depth + 1));
    else if (item.inlineContent) out.push({ depth, blocks: [nodes.paragraph.create(null, item.content)], attrs: item.attrs });
    else {
      let open: Entry | null = null;
      for (const block of item.children) {
        if (isList(block)) {
          out.push(...entriesOf(block, depth + 1));
          open = null;
        } else if (open) open.blocks.push(block);
        else out.push((open = { depth, blocks: [block] }));
      }
    }
  }
  return out;
}

/** Blocks as one line of inline content, parted by line breaks. */
function inline(blocks: Node[]): Fragment {
  const out: Node[] = [];
  for (const [i, block] of blocks.entries()) {
    if (i) out.push(nodes.hardBreak.create());
    if (block.type !== nodes.codeBlock) out.push(...block.content.content);
    else
      for (const [j, line] of block.textContent.split('\n').entries()) {
        if (j) out.push(nodes.hardBreak.create());
        if (line) out.push(schema.text(line));
      }
  }
  return Fragment.fromArray(out);
}

function build(kind: ListKind, entries: Entry[], attrs: Attrs | null = null): Node {
  const type = nodes[kind];
  const items: Node[] = [];
  for (let i = 0; i < entries.length; ) {
    const entry = entries[i] as Entry;
    let end = i + 1;
    while (end < entries.length && (entries[end] as Entry).depth > entry.depth) end += 1;
    const below = entries.slice(i + 1, end);
    if (kind === 'decisionList') {
      items.push(nodes.decisionItem.create({ localId: entry.attrs?.localId ?? null }, inline(entry.blocks)));
      items.push(...(below.length ? build(kind, below).children : []));
    } else if (kind === 'taskList') {
      const state = entry.attrs?.state === 'DONE' ? 'DONE' : 'TODO';
      items.push(nodes.taskItem.create({ localId: entry.attrs?.localId ?? null, state }, inline(entry.blocks)));
      if (below.length) items.push(build(kind, below));
    } else {
      items.push(nodes.listItem.create(null, [...entry.blocks, ...(below.length ? [build(kind, below)] : [])]));
    }
    i = end;
  }
  return type.create(attrs, items);
}

/** How many steps of text lie between the start of a range and a position; the same whatever the text is in. */
function measure(doc: Node, start: number, end: number, pos: number): number {
  let steps = 0;
  doc.nodesBetween(start, end, (node, at) => {
    if (!node.isTextblock) return true;
    if (at + node.nodeSize <= pos) steps += node.content.size + 1;
    else if (at < pos) steps += pos - at - 1;
    return false;
  });
  return steps;
}

function locate(doc: Node, start: number, end: number, steps: number): number {
  let left = steps;
  let found = -1;
  doc.nodesBetween(start, end, (node, at) => {
    if (found >= 0 || !node.isTextblock) return found < 0;
    if (left <= node.content.size) found = at + 1 + left;
    left -= node.content.size + 1;
    return false;
  });
  return found < 0 ? start + 1 : found;
}

/** Replaces a range by blocks that hold the same text, and keeps the selection in that text. */
function replaceText(tr: Transaction, start: number, end: number, blocks: Node[]): void {
  const { anchor, head } = tr.selection;
  const steps = [anchor, head].map((pos) => measure(tr.doc, start, end, pos)) as [number, number];
  tr.replaceWith(start, end, blocks);
  const size = Fragment.fromArray(blocks).size;
  const [a, h] = steps.map((one) => locate(tr.doc, start, start + size, one)) as [number, number];
  tr.setSelection(TextSelection.between(tr.doc.resolve(a), tr.doc.resolve(h)));
}

/** The innermost list that holds both positions. */
function listAround($from: ResolvedPos, to: number): number | null {
  for (let depth = $from.sharedDepth(to); depth > 0; depth--) if (isList($from.node(depth))) return depth;
  return null;
}

/** The outermost of the task lists that are nested in each other around a position. */
function taskRoot($from: ResolvedPos, to: number): number | null {
  let depth = listAround($from, to);
  if (depth === null || $from.node(depth).type !== nodes.taskList) return null;
  while ($from.node(depth - 1).type === nodes.taskList) depth -= 1;
  return depth;
}

/** Which entries of a list the selection touches. */
function touched(list: Node, at: number, from: number, to: number): [number, number] {
  let first = -1;
  let last = -1;
  let index = 0;
  list.descendants((node, offset) => {
    const start = at + 1 + offset;
    if (node.inlineContent && (node.type === nodes.taskItem || node.type === nodes.decisionItem)) {
      if (start < to + 1 && start + node.nodeSize > from) {
        if (first < 0) first = index;
        last = index;
      }
      index += 1;
      return false;
    }
    return true;
  });
  return [first, last];
}

/** Moves the selected tasks, with what is nested in them, a level in (1) or out (-1). */
export function shiftTasks(by: 1 | -1): Command {
  return (state, dispatch) => {
    const { $from, from, to } = state.selection;
    const depth = taskRoot($from, to);
    if (depth === null) return false;
    const list = $from.node(depth);
    const at = $from.before(depth);
    const entries = entriesOf(list);
    const [first, last] = touched(list, at, from, to);
    const top = entries[first];
    const above = entries[first - 1];
    if (!top) return false;
    if (by > 0 ? !above || top.depth > above.depth : top.depth === 0) return false;
    if (dispatch) {
      let end = last + 1;
      const lowest = Math.min(...entries.slice(first, end).map((entry) => entry.depth));
      while (end < entries.length && (entries[end] as Entry).depth > lowest) end += 1;
      const moved = entries.map((entry, i) => (i >= first && i < end ? { ...entry, depth: Math.max(0, entry.depth + by) } : entry));
      const tr = state.tr;
      replaceText(tr, at, at + list.nodeSize, [build('taskList', moved, list.attrs)]);
      dispatch(tr.scrollIntoView());
    }
    return true;
  };
}

/** Makes paragraphs of the selected tasks or decisions; the list goes on before and after them. */
export const leaveItems: Command = (state, dispatch) => {
  const { $from, from, to } = state.selection;
  const inner = listAround($from, to);
  if (inner === null) return false;
  const kind = $from.node(inner).type.name as ListKind;
  const depth = kind === 'taskList' ? taskRoot($from, to) : kind === 'decisionList' ? inner : null;
  if (depth === null) return false;
  if (dispatch) {
    const list = $from.node(depth);
    const at = $from.before(depth);
    const entries = entriesOf(list);
    const [first, last] = touched(list, at, from, to);
    const before = entries.slice(0, first);
    const after = entries.slice(last + 1);
    const blocks = entries.slice(first, last + 1).flatMap((entry) => entry.blocks);
    if (before.length) blocks.unshift(build(kind, before, list.attrs));
    // It is another list from now on, and gets an identifier of its own.
    if (after.length) blocks.push(build(kind, after));
    const tr = state.tr;
    replaceText(tr, at, at + list.nodeSize, blocks);
    dispatch(tr.scrollIntoView());
  }
  return true;
};

/** Joins a list with its neighbours of the same kind. */
function joinAround(tr: Transaction, at: number): void {
  const after = at + (tr.doc.nodeAt(at)?.nodeSize ?? 0);
  for (const pos of [after, at]) {
    const { nodeBefore, nodeAfter } = tr.doc.resolve(pos);
    if (nodeBefore && nodeBefore.type === nodeAfter?.type && isList(nodeBefore) && canJoin(tr.doc, pos)) tr.join(pos);
  }
}

/** Makes a list of the selected blocks; `false` where they are no text, or a list has no place. */
export function listBlocks(tr: Transaction, kind: ListKind, attrs: Attrs | null = null, item: Attrs | null = null): boolean {
  const { $from, $to } = tr.selection;
  const range = $from.blockRange($to, (node) => !node.inlineContent && node.type !== nodes.listItem && !isList(node));
  if (!range) return false;
  const blocks = range.parent.children.slice(range.startIndex, range.endIndex);
  if (!blocks.every((block) => block.isTextblock || isList(block))) return false;
  if (!range.parent.canReplaceWith(range.startIndex, range.endIndex, nodes[kind])) return false;
  const fitting = (block: Node) => (block.type === nodes.heading ? nodes.paragraph.create(null, block.content) : block);
  const entries = blocks.flatMap((block): Entry[] => (isList(block) ? entriesOf(block) : [{ depth: 0, blocks: [fitting(block)], attrs: item ?? undefined }]));
  replaceText(tr, range.start, range.end, [build(kind, entries, attrs)]);
  joinAround(tr, range.start);
  return true;
}

/** Turns the item of a bullet or ordered list that the cursor is in into a list of another kind. */
export function convertItem(tr: Transaction, kind: ListKind, item: Attrs | null = null): boolean {
  const { $from } = tr.selection;
  const depth = listAround($from, $from.pos);
  if (depth === null || $from.node(depth + 1).type !== nodes.listItem) return false;
  const list = $from.node(depth);
  const index = $from.index(depth);
  if (!$from.node(depth - 1).canReplaceWith($from.index(depth - 1), $from.indexAfter(depth - 1), nodes[kind])) return false;
  const at = $from.before(depth);
  const entries = entriesOf(list.copy(Fragment.from(list.child(index))));
  if (item && entries[0]) entries[0].attrs = item;
  const part = (from: number, to: number): Node[] => (from < to ? [list.copy(Fragment.fromArray(list.children.slice(from, to)))] : []);
  const before = part(0, index);
  replaceText(tr, at, at + list.nodeSize, [...before, build(kind, entries), ...part(index + 1, list.childCount)]);
  joinAround(tr, at + (before[0]?.nodeSize ?? 0));
  return true;
}

/** Turns the list around the selection into another kind: the innermost whose place allows it. */
export function convertList(tr: Transaction, kind: ListKind): boolean {
  const { $from, to } = tr.selection;
  let depth = listAround($from, to);
  if (depth === null) return false;
  const list = $from.node(depth);
  if (list.type !== nodes.taskList && list.type !== nodes.decisionList && (kind === 'bulletList' || kind === 'orderedList')) {
    tr.setNodeMarkup($from.before(depth), nodes[kind], null);
    return true;
  }
  for (; depth > 0; depth--) {
    const outer = $from.node(depth);
    if (!isList(outer)) continue;
    if (!$from.node(depth - 1).canReplaceWith($from.index(depth - 1), $from.indexAfter(depth - 1), nodes[kind])) continue;
    const at = $from.before(depth);
    replaceText(tr, at, at + outer.nodeSize, [build(kind, entriesOf(outer))]);
    return true;
  }
  return false;
}

/** The kind of the list that the selection is in. */
export function listKind($from: ResolvedPos, to: number): ListKind | null {
  const depth = listAround($from, to);
  return depth === null ? null : ($from.node(depth).type.name as ListKind);
}
