// What a comment can hold of what a page can: nothing is dropped, it takes another shape. A panel becomes what is
// in it, a table a list of its rows, a low heading the lowest that comments know.

import { Fragment, Slice, type Node } from 'prosemirror-model';
import { schema } from './schema';

const { nodes } = schema;

/** The lowest heading of a comment. */
export const LOWEST_HEADING = 3;

/** The content of a row on one line: the cells' texts, parted by bars. */
function line(row: Node): Node {
  const out: Node[] = [];
  for (const [i, cell] of row.children.entries()) {
    if (i) out.push(schema.text(' | '));
    let first = true;
    cell.descendants((node) => {
      if (!node.isTextblock) return true;
      if (!first) out.push(nodes.hardBreak.create());
      first = false;
      const strong = cell.type === nodes.tableHeader;
      for (const child of node.children) out.push(strong && child.isText && !node.type.spec.code ? child.mark(schema.marks.strong.create().addToSet(child.marks)) : child);
      return false;
    });
  }
  return nodes.paragraph.create(null, plain(out));
}

/** Code has line ends that a paragraph holds as breaks. */
function plain(content: Node[]): Node[] {
  return content.flatMap((child) => {
    if (!child.isText || !child.text?.includes('\n')) return [child];
    return child.text.split('\n').flatMap((part, i) => [...(i ? [nodes.hardBreak.create()] : []), ...(part ? [schema.text(part, child.marks)] : [])]);
  });
}

function blocks(content: Fragment): Node[] {
  return content.content.flatMap((node): Node[] => {
    if (node.type === nodes.panel) return blocks(node.content);
    if (node.type === nodes.table) return node.children.map(line);
    if (node.type === nodes.tableRow) return [line(node)];
    if (node.type === nodes.tableCell || node.type === nodes.tableHeader) return blocks(node.content);
    if (node.type === nodes.heading && node.attrs.level > LOWEST_HEADING) return [nodes.heading.create({ level: LOWEST_HEADING }, node.content)];
    return [node];
  });
}

/** A page's document as a comment. */
export function forComment(doc: Node): Node {
  return doc.copy(Fragment.fromArray(blocks(doc.content)));
}

/** What is pasted into a comment. Where something takes another shape, its ends are closed. */
export function sliceForComment(slice: Slice): Slice {
  const content = Fragment.fromArray(blocks(slice.content));
  return content.eq(slice.content) ? slice : Slice.maxOpen(content);
}
