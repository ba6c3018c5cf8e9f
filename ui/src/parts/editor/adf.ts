// Between the editor and the Atlassian Document Format. The schema carries the format's own names, so this only
// leaves out what is not said (attributes at their defaults, empty lists) and refuses what the schema does not know.

import { Mark, type Attrs, type MarkType, type Node, type NodeType } from 'prosemirror-model';
import { safeLink } from './links';
import { schema } from './schema';

export interface AdfMark {
  type: string;
  attrs?: Record<string, unknown>;
}

export interface AdfNode {
  type: string;
  attrs?: Record<string, unknown>;
  content?: AdfNode[];
  marks?: AdfMark[];
  text?: string;
}

export interface AdfDocument {
  version: 1;
  type: 'doc';
  content: AdfNode[];
}

/** The document holds something that the editor cannot show, and so must not lose. */
export class UnsupportedDocument extends Error {
  constructor(
    message: string,
    /** Where, as a path of indices below the document. */
    readonly path: readonly number[],
  ) {
    super(message);
    this.name = 'UnsupportedDocument';
  }
}

// What XML 1.0 cannot hold, and halves of characters; Confluence stores XML.
// eslint-disable-next-line no-control-regex -- control characters are what it is about
const UNHOLDABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu;

/** The text without characters that Confluence cannot store. */
export function holdable(text: string): string {
  return text.replace(UNHOLDABLE, '');
}

function said(attrs: Attrs, type: NodeType | MarkType): Record<string, unknown> | undefined {
  const entries = Object.entries(attrs).filter(([name, value]) => {
    const spec = type.spec.attrs?.[name];
    // A cell that spans one column is every cell.
    return value !== null && !(name.endsWith('span') && value === spec?.default);
  });
  return entries.length ? Object.fromEntries(entries) : undefined;
}

function toAdfNode(node: Node): AdfNode | null {
  const out: AdfNode = { type: node.type.name };
  if (node.isText) {
    const text = holdable(node.text ?? '');
    if (text === '') return null;
    out.text = text;
    if (node.marks.length) {
      out.marks = node.marks.map(({ type, attrs }): AdfMark => {
        const values = said(attrs, type);
        return values ? { type: type.name, attrs: values } : { type: type.name };
      });
    }
    return out;
  }
  const attrs = said(node.attrs, node.type);
  if (attrs) out.attrs = attrs;
  // A row names its content even where it has none.
  if (node.childCount || node.type === schema.nodes.tableRow) out.content = children(node);
  return out;
}

function children(node: Node): AdfNode[] {
  return node.children.map(toAdfNode).filter((child) => child !== null);
}

/** The document that is sent for what the editor shows. */
export function toAdf(doc: Node): AdfDocument {
  return { version: 1, type: 'doc', content: children(doc) };
}

function attrsOf(type: NodeType | MarkType, given: Record<string, unknown> | undefined, path: readonly number[]): Attrs {
  const attrs: Record<string, unknown> = {};
  for (const [name, spec] of Object.entries(type.spec.attrs ?? {})) {
    const value = given?.[name] ?? spec.default;
    if (value === undefined) throw new UnsupportedDocument(`A ${type.name} has no ${name}`, path);
    attrs[name] = value;
  }
  return attrs;
}

function fromMarks(marks: AdfMark[] | undefined, path: readonly number[]): readonly Mark[] {
  let set = Mark.none;
  for (const { type: name, attrs } of marks ?? []) {
    const type = Object.hasOwn(schema.marks, name) ? schema.marks[name as keyof typeof schema.marks] : undefined;
    if (!type) throw new UnsupportedDocument(`The mark “${name}” cannot be shown`, path);
    if (name === 'link' && safeLink(attrs?.href) === null) continue;
    set = type.create(attrsOf(type, attrs, path)).addToSet(set);
  }
  return set;
}

function fromAdfNode(json: AdfNode, path: readonly number[]): Node | null {
  if (json.type === 'text') {
    const text = holdable(json.text ?? '');
    return text === '' ? null : schema.text(text, fromMarks(json.marks, path));
  }
  const type = Object.hasOwn(schema.nodes, json.type) ? schema.nodes[json.type as keyof typeof schema.nodes] : undefined;
  if (!type || type === schema.nodes.doc) throw new UnsupportedDocument(`“${json.type}” cannot be shown`, path);
  return build(type, json, path);
}

function build(type: NodeType, json: { attrs?: Record<string, unknown>; content?: AdfNode[] }, path: readonly number[]): Node {
  const content = (json.content ?? []).map((child, i) => fromAdfNode(child, [...path, i])).filter((child) => child !== null);
  try {
    return type.createChecked(attrsOf(type, json.attrs, path), content);
  } catch (thrown) {
    if (thrown instanceof RangeError) throw new UnsupportedDocument(`A ${type.name} cannot hold this: ${thrown.message}`, path);
    throw thrown;
  }
}

/** What the editor shows for a document. Throws `UnsupportedDocument` rather than lose a part of it. */
export function fromAdf(json: AdfDocument): Node {
  // A cursor needs a paragraph to be in.
  return json.content.length ? build(schema.nodes.doc, { content: json.content }, []) : schema.node('doc', null, [schema.node('paragraph')]);
}

/** Whether two are one and the same object: what was handed out has come back. */
export const isSame = (one: AdfDocument, other: AdfDocument | null): boolean => one === other;
