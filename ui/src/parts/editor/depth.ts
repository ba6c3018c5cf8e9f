// Keeps lists, quotes, panels and tables from standing in each other deeper than can be sent. Refuses the change that
// would take them there, and says so; it never changes anything itself.

import type { Node } from 'prosemirror-model';
import { Plugin, type Transaction } from 'prosemirror-state';
import { schema } from './schema';

const { nodes } = schema;

/** As many levels as the core takes. */
export const MAX_DEPTH = 20;

const containers = new Set([nodes.bulletList, nodes.orderedList, nodes.taskList, nodes.decisionList, nodes.blockquote, nodes.panel, nodes.table]);

/** How many levels the deepest block has that lies in a range or around it. */
function deepest(doc: Node, from: number, to: number): number {
  let most = 0;
  doc.nodesBetween(from, to, (node, pos) => {
    if (!containers.has(node.type)) return !node.inlineContent;
    const $pos = doc.resolve(pos);
    let levels = 1;
    for (let depth = 1; depth <= $pos.depth; depth++) if (containers.has($pos.node(depth).type)) levels += 1;
    most = Math.max(most, levels);
    return true;
  });
  return most;
}

function tooDeep(tr: Transaction): boolean {
  return tr.mapping.maps.some((map, i) => {
    let found = false;
    const later = tr.mapping.slice(i + 1);
    map.forEach((_, __, from, to) => {
      const size = tr.doc.content.size;
      found ||= deepest(tr.doc, Math.min(later.map(from, -1), size), Math.min(later.map(to, 1), size)) > MAX_DEPTH;
    });
    return found;
  });
}

export const depthLimit = (onrefused: () => void) =>
  new Plugin({
    filterTransaction(tr) {
      const refused = tr.docChanged && tooDeep(tr);
      if (refused) onrefused();
      return !refused;
    },
  });
