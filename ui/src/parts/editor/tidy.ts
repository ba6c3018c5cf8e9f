// Keeps the document such that it can be sent as it is: every task, decision and their lists have an identifier of
// their own, and only text has marks. A look at each node costs less than to work out which ones changed.

import { Plugin } from 'prosemirror-state';
import { schema } from './schema';

const { nodes } = schema;
const named = new Set([nodes.taskList, nodes.taskItem, nodes.decisionList, nodes.decisionItem]);

export const tidy = new Plugin({
  appendTransaction(transactions, _, { doc, tr }) {
    if (!transactions.some((one) => one.docChanged)) return null;
    const seen = new Set<string>();
    doc.descendants((node, pos) => {
      if (named.has(node.type)) {
        const id = node.attrs.localId as string | null;
        if (!id || seen.has(id)) tr.setNodeAttribute(pos, 'localId', crypto.randomUUID());
        else seen.add(id);
      } else if (node.isInline && !node.isText) {
        for (const mark of node.marks) tr.removeNodeMark(pos, mark);
      }
    });
    return tr.docChanged ? tr : null;
  },
});
