// What is copied, as text: readable, and with the signs of Markdown where structure would be lost without them.

import type { Fragment, Node } from 'prosemirror-model';
import { isList } from './lists';
import { schema } from './schema';

const { nodes } = schema;

const inlineText = (node: Node): string => node.textBetween(0, node.content.size);

function marker(list: Node, item: Node, index: number): string {
  if (item.type === nodes.taskItem) return item.attrs.state === 'DONE' ? '- [x] ' : '- [ ] ';
  return list.type === nodes.orderedList ? `${((list.attrs.order as number | null) ?? 1) + index}. ` : '- ';
}

const indented = (text: string, by: number): string => text.replaceAll('\n', `\n${' '.repeat(by)}`);

function listText(list: Node): string {
  return list.children
    .map((item, i) => {
      if (isList(item)) return `  ${indented(listText(item), 2)}`;
      const sign = marker(list, item, i);
      const words = item.inlineContent ? inlineText(item) : item.children.map(blockText).join('\n');
      return sign + indented(words, sign.startsWith('-') ? 2 : sign.length);
    })
    .join('\n');
}

function blockText(node: Node): string {
  if (node.inlineContent) return inlineText(node);
  if (isList(node)) return listText(node);
  if (node.type === nodes.tableRow) return node.children.map((cell) => cell.children.map(blockText).join(' ')).join('\t');
  if (node.type === nodes.table) return node.children.map(blockText).join('\n');
  if (node.type === nodes.rule) return '---';
  if (node.isInline) return node.text ?? node.type.spec.leafText?.(node) ?? '';
  return node.children.map(blockText).join(node.type === nodes.listItem ? '\n' : '\n\n');
}

/** The text of what was selected. */
export function textOf(content: Fragment): string {
  // From within one block, only its words were selected.
  const { firstChild } = content;
  if (content.childCount === 1 && firstChild && !firstChild.isInline) {
    let inner = firstChild;
    while (inner.childCount === 1 && inner.firstChild && !inner.firstChild.isInline) inner = inner.firstChild;
    if (inner.inlineContent) return inlineText(inner);
  }
  return content.content.map(blockText).join(firstChild?.isInline ? '' : '\n\n');
}
