// Random documents for tests: whatever the schema allows, and nothing else.

import fc from 'fast-check';
import { Fragment, Mark, type ContentMatch, type Node, type NodeType } from 'prosemirror-model';
import { holdable } from './adf';
import { PANELS, STATUS_COLORS, schema } from './schema';

type Draw = fc.GeneratorValue;

const words = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }).map(holdable).map((text) => text || 'x');
const urls = fc.webUrl({ withFragments: true, withQueryParameters: true });
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });
const id = fc.uuid();

const attrs: Partial<Record<string, fc.Arbitrary<Record<string, unknown>>>> = {
  heading: fc.record({ level: fc.integer({ min: 1, max: 6 }) }),
  orderedList: fc.record({ order: maybe(fc.integer({ min: 0, max: 99 })) }),
  taskList: fc.record({ localId: id }),
  taskItem: fc.record({ localId: id, state: fc.constantFrom('TODO', 'DONE') }),
  decisionList: fc.record({ localId: id }),
  decisionItem: fc.record({ localId: id, state: fc.constant('DECIDED') }),
  codeBlock: fc.record({ language: maybe(fc.constantFrom('rust', 'plaintext')) }),
  panel: fc.record({ panelType: fc.constantFrom(...PANELS) }),
  table: fc.record({
    isNumberColumnEnabled: maybe(fc.boolean()),
    layout: maybe(fc.constantFrom('default', 'wide', 'center')),
    width: maybe(fc.integer({ min: 48, max: 1800 })),
    localId: maybe(id),
  }),
  mention: fc.record({ id: fc.uuid(), text: maybe(words.map((name) => `@${name}`)) }),
  emoji: fc.record({ shortName: fc.constantFrom(':smile:', ':tada:'), text: maybe(fc.constantFrom('😄', '🎉')), id: maybe(fc.constant('1f389')) }),
  date: fc.record({ timestamp: fc.integer({ min: -1e12, max: 4e12 }).map(String) }),
  status: fc.record({ text: words, color: fc.constantFrom(...STATUS_COLORS) }),
  inlineCard: fc.record({ url: urls }),
};

const cellAttrs = fc.record({
  colspan: fc.constantFrom(1, 1, 2),
  rowspan: fc.constantFrom(1, 1, 2),
  background: maybe(fc.constant('#e3fcef')),
});
attrs.tableCell = attrs.tableHeader = cellAttrs;

function text(draw: Draw, plain: boolean): Node {
  let marks = Mark.none;
  if (!plain) {
    for (const name of draw(fc.subarray, Object.keys(schema.marks), { maxLength: 3 })) {
      const mark =
        name === 'link'
          ? schema.mark('link', { href: draw(() => urls) })
          : name === 'subsup'
            ? schema.mark('subsup', { type: draw(fc.boolean) ? 'sub' : 'sup' })
            : schema.mark(name);
      marks = mark.addToSet(marks);
    }
  }
  return schema.text(draw(() => words), marks);
}

function node(draw: Draw, type: NodeType, depth: number): Node {
  if (type.isText) return text(draw, false);
  const arbitrary = attrs[type.name];
  const values = arbitrary ? draw(() => arbitrary) : null;
  return type.createChecked(values, content(draw, type, depth));
}

function content(draw: Draw, type: NodeType, depth: number): Fragment {
  if (type.spec.code) return draw(fc.boolean) ? Fragment.from(text(draw, true)) : Fragment.empty;
  const children: Node[] = [];
  let match: ContentMatch | null = type.contentMatch;
  let wanted = draw(fc.integer, { min: 0, max: type.inlineContent ? 5 : 3 });
  while (match && (wanted > 0 || !match.validEnd)) {
    const next: NodeType[] = [];
    for (let i = 0; i < match.edgeCount; i++) next.push(match.edge(i).type);
    // Deep down, what holds nothing else ends it.
    const shallow = depth > 4 ? next.filter((one) => one.inlineContent || one.isLeaf) : [];
    const options = shallow.length ? shallow : next;
    if (!options.length) break;
    const chosen = options[draw(fc.nat, options.length - 1)] as NodeType;
    children.push(node(draw, chosen, depth + 1));
    match = match.matchType(chosen);
    wanted -= 1;
  }
  return Fragment.from(children);
}

/** A document as it may stand in the editor. */
export const editorDocuments: fc.Arbitrary<Node> = fc.gen().map((draw) => node(draw, schema.nodes.doc, 0));
