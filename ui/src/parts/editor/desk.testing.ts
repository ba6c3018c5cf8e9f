// An editor on a desk, for tests: types and presses keys at the level of the library, because the test
// environment's DOM has no typing of its own.

import type { Node } from 'prosemirror-model';
import { TextSelection } from 'prosemirror-state';
import type { EditorView } from 'prosemirror-view';
import { fromAdf, toAdf, type AdfDocument, type AdfNode } from './adf';
import { Editing, type Options, type Person } from './editing.svelte';
import { schema } from './schema';

const { nodes } = schema;

export const people: Person[] = [
  { id: 'a-1', name: 'Ada Lovelace' },
  { id: 'g-1', name: 'Grace Hopper' },
];

/** Checks what must hold of every document that was edited: it is valid, can be sent, and comes back as it is. */
export function checkDocument(doc: Node): void {
  doc.check();
  const seen = new Set<string>();
  doc.descendants((node) => {
    if (node.isInline && !node.isText && node.marks.length) throw new Error(`${node.type.name} has marks in ${doc}`);
    if (![nodes.taskItem, nodes.taskList, nodes.decisionItem, nodes.decisionList].includes(node.type)) return;
    if (!node.attrs.localId || seen.has(node.attrs.localId)) throw new Error(`${node.type.name} has no identifier of its own in ${doc}`);
    seen.add(node.attrs.localId);
  });
  if (!fromAdf(toAdf(doc)).eq(doc)) throw new Error(`It does not come back: ${doc}`);
}

export class Desk {
  readonly editing: Editing;
  readonly view: EditorView;
  readonly said: AdfDocument[] = [];
  readonly place = document.createElement('div');

  constructor(content: AdfNode[] = [], options: Partial<Options> = {}) {
    document.body.append(this.place);
    this.editing = new Editing({ comment: false, people, onchange: (value) => this.said.push(value), ...options });
    this.view = this.editing.mount(this.place, { version: 1, type: 'doc', content }, () => ({}));
    // There is no layout to ask.
    this.view.coordsAtPos = () => ({ left: 0, right: 0, top: 0, bottom: 0 });
    this.end();
  }

  /** The cursor to the end of the first block with this text, or of the document. */
  end(words?: string): this {
    return this.#cursor(words, (at, size) => at + 1 + size);
  }

  /** The cursor to the start of the first block with this text. */
  start(words: string): this {
    return this.#cursor(words, (at) => at + 1);
  }

  /** Selects the first occurrence of a text. */
  select(words: string): this {
    let found = -1;
    this.view.state.doc.descendants((node, pos) => {
      const at = node.isText ? (node.text ?? '').indexOf(words) : -1;
      if (found < 0 && at >= 0) found = pos + at;
    });
    if (found < 0) throw new Error(`“${words}” is not in ${this.view.state.doc}`);
    this.view.dispatch(this.view.state.tr.setSelection(TextSelection.create(this.view.state.doc, found, found + words.length)));
    return this;
  }

  type(text: string): this {
    for (const letter of text) {
      if (letter === '\n') {
        this.press('Enter');
        continue;
      }
      const { from, to } = this.view.state.selection;
      const insert = () => this.view.state.tr.insertText(letter, from, to);
      if (!this.view.someProp('handleTextInput', (handle) => handle(this.view, from, to, letter, insert))) this.view.dispatch(insert());
    }
    return this;
  }

  /** Presses keys such as "Shift-Tab"; answers whether the editor took the last one. */
  keys(...names: string[]): boolean {
    let taken = false;
    for (const name of names) {
      const parts = name.split('-');
      const key = parts.pop() ?? '';
      const event = new KeyboardEvent('keydown', {
        key,
        ctrlKey: parts.includes('Mod'),
        shiftKey: parts.includes('Shift'),
        altKey: parts.includes('Alt'),
        bubbles: true,
        cancelable: true,
      });
      taken = this.view.someProp('handleKeyDown', (handle) => handle(this.view, event)) ?? false;
    }
    return taken;
  }

  press(...names: string[]): this {
    this.keys(...names);
    return this;
  }

  /** Pastes as from the clipboard. */
  paste(given: { html?: string; text?: string }): this {
    const data = { getData: (type: string) => (type === 'text/html' ? given.html : type === 'text/plain' ? given.text : '') ?? '', types: [], files: [] };
    const event = Object.assign(new Event('paste', { bubbles: true, cancelable: true }), { clipboardData: data });
    this.view.dom.dispatchEvent(event);
    return this;
  }

  /** The document as one line, such as `doc(paragraph("a"))`. */
  get doc(): string {
    return this.view.state.doc.toString();
  }

  get content(): AdfNode[] {
    return toAdf(this.view.state.doc).content;
  }

  /** Where the cursor is: the text of its block, with a bar at its place. */
  get cursor(): string {
    const { $head } = this.view.state.selection;
    const text = (from: number, to: number) => $head.parent.textBetween(from, to, undefined, '*');
    return `${text(0, $head.parentOffset)}|${text($head.parentOffset, $head.parent.content.size)}`;
  }

  /** Checks what must hold after everything. */
  check(): void {
    checkDocument(this.view.state.doc);
  }

  #cursor(words: string | undefined, place: (at: number, size: number) => number): this {
    let to = -1;
    this.view.state.doc.descendants((node, pos) => {
      if (node.isTextblock && (words === undefined || (to < 0 && node.textContent === words))) to = place(pos, node.content.size);
    });
    // Such as a document that is a rule and nothing else.
    if (to < 0 && words === undefined) return this;
    if (to < 0) throw new Error(`No block says “${words}” in ${this.doc}`);
    this.view.dispatch(this.view.state.tr.setSelection(TextSelection.create(this.view.state.doc, to)));
    return this;
  }
}

const text = (words: string): AdfNode[] => (words ? [{ type: 'text', text: words }] : []);
export const p = (words = ''): AdfNode => ({ type: 'paragraph', content: text(words) });
export const h = (level: number, words: string): AdfNode => ({ type: 'heading', attrs: { level }, content: text(words) });
export const li = (...content: AdfNode[]): AdfNode => ({ type: 'listItem', content });
export const ul = (...content: AdfNode[]): AdfNode => ({ type: 'bulletList', content });
export const task = (words: string, state = 'TODO'): AdfNode => ({ type: 'taskItem', attrs: { localId: crypto.randomUUID(), state }, content: text(words) });
export const tasks = (...content: AdfNode[]): AdfNode => ({ type: 'taskList', attrs: { localId: crypto.randomUUID() }, content });
export const decisions = (...words: string[]): AdfNode => ({
  type: 'decisionList',
  attrs: { localId: crypto.randomUUID() },
  content: words.map((one) => ({ type: 'decisionItem', attrs: { localId: crypto.randomUUID(), state: 'DECIDED' }, content: text(one) })),
});
export const code = (words: string): AdfNode => ({ type: 'codeBlock', content: text(words) });
export const table = (...rows: string[][]): AdfNode => ({
  type: 'table',
  content: rows.map((row, i) => ({ type: 'tableRow', content: row.map((cell) => ({ type: i ? 'tableCell' : 'tableHeader', content: [p(cell)] })) })),
});
export const panel = (panelType: string, ...content: AdfNode[]): AdfNode => ({ type: 'panel', attrs: { panelType }, content });
export const quote = (...content: AdfNode[]): AdfNode => ({ type: 'blockquote', content });
