// One editor at work: joins the library's view with what is shown around it. Says what was written a moment after
// it was, since to serialise a long document at each key would be felt.
// Longer than 400 lines: one editor, whose menus and toolbar follow the same selection.

import { redo, undo } from 'prosemirror-history';
import type { Node } from 'prosemirror-model';
import { EditorState, NodeSelection, type Command } from 'prosemirror-state';
import { addRowAfter, goToNextCell } from 'prosemirror-tables';
import { EditorView } from 'prosemirror-view';
import { tick } from 'svelte';
import { UnsupportedDocument, fromAdf, isSame, toAdf, type AdfDocument } from './adf';
import { findBlocks, findPeople, type Block, type Question } from './blocks';
import { textOf } from './clipboard_text';
import { dateNode, indent, inTable, insertInline, keepsTab, linkAt, mentionNode, outdent, setLink, statusNode } from './commands';
import { forComment } from './comments';
import { MAX_DEPTH } from './depth';
import { learnMarkdown, paste, pasting } from './paste';
import { plugins } from './plugins';
import { schema, type StatusColor } from './schema';
import { dismiss, suggestionIn, type Suggestion } from './suggest';
import { TaskView } from './views';

export interface Person {
  id: string;
  name: string;
}

/** A small form over the text, and what it is about. */
export type Ask = { from: number; to: number; place: DOMRect } & (
  | { kind: 'link'; href: string; words: string }
  | { kind: 'date'; timestamp: string | null }
  | { kind: 'status'; text: string; color: StatusColor }
);

export interface Options {
  comment: boolean;
  people: readonly Person[];
  onchange: (document: AdfDocument) => void;
}

/** Pause after a change before it is said, and the longest that it may take while somebody goes on typing; milliseconds. */
export const SAY_AFTER = 250;
export const SAY_AT_LATEST = 2_000;

/** From this size on (in ProseMirror's steps, about characters) a text is laid out in full a moment after it is shown. */
const LONG = 10_000;
/** That moment, in milliseconds: nobody has found the place to write by then. */
const FRESH = 300;

const { nodes } = schema;

const isEmpty = (doc: Node): boolean => doc.childCount === 1 && doc.firstChild?.type === nodes.paragraph && doc.content.size === 2;

export class Editing {
  /** What the buttons show; `null` before the view is there. */
  state = $state.raw<EditorState | null>(null);
  suggestion = $state.raw<Suggestion | null>(null);
  /** Which of the offers is the chosen one. */
  active = $state(0);
  ask = $state.raw<Ask | null>(null);
  /** For screen readers. */
  said = $state('');
  /** Why the document cannot be edited here; it stays as it was handed in. */
  unsupported = $state<string | null>(null);

  readonly options = $derived.by((): (Block | Person)[] => {
    if (!this.suggestion) return [];
    const { trigger, query } = this.suggestion;
    return trigger === '/' ? findBlocks(query, this.#options.comment) : findPeople(query, this.#options.people);
  });

  #options = $state.raw<Options>() as Options;
  #view: EditorView | null = null;
  #written: AdfDocument | null = null;
  #changed = false;
  #since = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Escape was pressed, so that Tab leaves even where it has another use. */
  #leaving = false;
  /** A long text has just been opened. */
  #fresh = false;
  #settling: ReturnType<typeof setTimeout> | undefined;

  constructor(options: Options) {
    this.#options = options;
  }

  /** Shows the editor in an element. */
  mount(place: HTMLElement, value: AdfDocument, attributes: () => Record<string, string>): EditorView {
    this.#view = new EditorView(place, {
      state: EditorState.create({ schema }),
      editable: () => this.unsupported === null,
      attributes: (state) => ({ ...attributes(), ...this.#aria(), ...(isEmpty(state.doc) ? { 'data-empty': '' } : {}), ...(this.#fresh ? { 'data-fresh': '' } : {}) }),
      nodeViews: { taskItem: (node, view, getPos) => new TaskView(node, view, getPos) },
      dispatchTransaction: (tr) => {
        const view = this.#view;
        if (!view) return;
        const next = view.state.apply(tr);
        this.#look(next);
        view.updateState(next);
        if (tr.docChanged) this.#wait();
      },
      handleKeyDown: (view, event) => this.#key(view, event),
      handleTextInput: (view, _, __, text) => this.#typed(view, text),
      handleClickOn: (_, __, node, pos) => this.#edit(node.type === nodes.date || node.type === nodes.status ? pos : null),
      handleDOMEvents: {
        blur: () => {
          this.flush();
          return false;
        },
        click: (_, event) => this.#stay(event),
        auxclick: (_, event) => this.#stay(event),
        paste: (view, event) => paste(view, event, this.#options.comment),
      },
      scrollMargin: 14,
      scrollThreshold: 6,
      clipboardTextSerializer: (slice) => textOf(slice.content),
      ...pasting(() => this.#options.comment),
    });
    this.load(value);
    // Before those who keep what they were told when the window goes away.
    window.addEventListener('pagehide', this.#leave, true);
    void learnMarkdown();
    return this.#view;
  }

  destroy(): void {
    this.flush();
    window.removeEventListener('pagehide', this.#leave, true);
    clearTimeout(this.#settling);
    this.#view?.destroy();
    this.#view = null;
  }

  /** Options that changed from outside. */
  change(options: Options): void {
    const { comment, people } = this.#options;
    this.#options = options;
    const view = this.#view;
    if (!view || (comment === options.comment && !people.length === !options.people.length)) return;
    // What a comment cannot hold has to take another shape now, not when it is sent.
    if (options.comment && !comment) this.#replace(forComment(view.state.doc));
    view.updateState(view.state.reconfigure({ plugins: this.#plugins() }));
  }

  /** Shows another document, unless it is the one that is there. */
  load(value: AdfDocument): void {
    const view = this.#view;
    if (!view || isSame(value, this.#written)) return;
    const first = this.#written === null;
    this.#written = value;
    let doc: Node;
    try {
      doc = fromAdf(value);
      this.unsupported = null;
    } catch (thrown) {
      if (!(thrown instanceof UnsupportedDocument)) throw thrown;
      this.unsupported = thrown.message;
      doc = schema.node('doc', null, [schema.node('paragraph')]);
    }
    const shown = this.#options.comment ? forComment(doc) : doc;
    if (!first && shown.eq(view.state.doc)) return;
    this.#forget();
    this.#settle(shown);
    const state = EditorState.create({ doc: shown, plugins: this.#plugins() });
    this.#look(state);
    view.updateState(state);
    // What is seen is what is sent, also where it took another shape just now.
    if (!shown.eq(doc)) this.#wait();
  }

  /** A long text is laid out in full when it is there. */
  #settle(doc: Node): void {
    clearTimeout(this.#settling);
    this.#fresh = doc.nodeSize > LONG;
    if (!this.#fresh) return;
    this.#settling = setTimeout(() => {
      this.#fresh = false;
      this.refresh();
    }, FRESH);
  }

  /** Attributes that come from outside have changed. */
  refresh(): void {
    this.#view?.setProps({});
  }

  /** Says what was written and not said yet; answers the document as it is now. */
  flush(): AdfDocument | null {
    if (!this.#view || !this.#changed || this.unsupported !== null) return this.#written;
    this.#forget();
    this.#written = toAdf(this.#view.state.doc);
    this.#options.onchange(this.#written);
    return this.#written;
  }

  focus(): void {
    this.#view?.focus();
  }

  /** Carries out a command and goes back to the text. */
  run(command: Command): void {
    const view = this.#view;
    if (!view) return;
    command(view.state, view.dispatch, view);
    view.focus();
  }

  /** Opens a small form at the selection. */
  question(kind: Question): void {
    const view = this.#view;
    if (!view) return;
    const { from, to } = view.state.selection;
    const at = { from, to, place: this.#place(from, to) };
    if (kind === 'date') this.ask = { kind, ...at, timestamp: null };
    else if (kind === 'status') this.ask = { kind, ...at, text: view.state.doc.textBetween(from, to), color: 'neutral' };
    else {
      const link = linkAt(view.state);
      if (!view.state.selection.$from.parent.type.allowsMarkType(schema.marks.link)) return;
      const range = link ?? at;
      this.ask = { kind, ...range, place: this.#place(range.from, range.to), href: link?.href ?? '', words: view.state.doc.textBetween(range.from, range.to) };
    }
  }

  /** Closes the small form; the text is where the focus goes. */
  answer(command: Command | null): void {
    const view = this.#view;
    this.ask = null;
    if (view && command) command(view.state, view.dispatch, view);
    // The form holds the focus as long as it is there.
    void tick().then(() => this.focus());
  }

  /** `words` are what is linked where nothing is selected. */
  answerLink(href: string | null, words = ''): void {
    if (this.ask?.kind === 'link') this.answer(setLink(this.ask, href, words));
  }

  answerDate(timestamp: string): void {
    if (this.ask) this.answer(insertInline(() => dateNode(timestamp), this.ask));
  }

  answerStatus(text: string, color: StatusColor): void {
    if (this.ask) this.answer(insertInline(() => statusNode(text, color), this.ask));
  }

  /** Takes one of the offers. */
  pick(index: number): void {
    const view = this.#view;
    const option = this.options[index];
    if (!view || !option || !this.suggestion) return;
    const { from, to } = this.suggestion;
    if ('name' in option) {
      this.run(insertInline(() => mentionNode(option), { from, to }));
      return;
    }
    view.dispatch(view.state.tr.delete(from, to));
    if (typeof option.run === 'string') this.question(option.run);
    else this.run(option.run);
  }

  undo(): void {
    this.run(undo);
  }

  redo(): void {
    this.run(redo);
  }

  /** Where a range of the text is on the screen. */
  #place(from: number, to: number): DOMRect {
    const view = this.#view;
    if (!view) return new DOMRect();
    const start = view.coordsAtPos(from);
    const end = view.coordsAtPos(to);
    return new DOMRect(start.left, start.top, start.top === end.top ? end.right - start.left : 0, end.bottom - start.top);
  }

  suggestionPlace(): DOMRect {
    return this.suggestion ? this.#place(this.suggestion.from, this.suggestion.from) : new DOMRect();
  }

  #plugins() {
    const { comment, people } = this.#options;
    return plugins({
      comment,
      people: people.length > 0,
      onlink: () => this.question('link'),
      ontoodeep: () => (this.said = `Blocks can stand in each other ${MAX_DEPTH} levels deep, and no deeper.`),
    });
  }

  #replace(doc: EditorState['doc']): void {
    const view = this.#view;
    if (!view || doc.eq(view.state.doc)) return;
    view.dispatch(view.state.tr.replaceWith(0, view.state.doc.content.size, doc.content));
  }

  /** The attributes by which a screen reader follows the menu. */
  #aria(): Record<string, string> {
    if (!this.suggestion || !this.options.length) return {};
    return { 'aria-haspopup': 'listbox', 'aria-controls': this.listId, 'aria-activedescendant': this.optionId(this.active) };
  }

  readonly #id = crypto.randomUUID();
  readonly listId = `suggestions-${this.#id}`;

  optionId(index: number): string {
    return `${this.listId}-${index}`;
  }

  #look(state: EditorState): void {
    const before = this.suggestion;
    this.state = state;
    this.suggestion = suggestionIn(state);
    if (this.suggestion?.query === before?.query && this.suggestion?.from === before?.from) return;
    this.active = 0;
    if (!this.suggestion) return;
    const { length } = this.options;
    this.said = length ? `${length} ${length === 1 ? 'offer' : 'offers'}. ${this.#title(0)}` : 'Nothing matches.';
  }

  #title(index: number): string {
    const option = this.options[index];
    return option ? ('name' in option ? option.name : option.title) : '';
  }

  #move(by: number): void {
    const { length } = this.options;
    this.choose((this.active + by + length) % length);
  }

  choose(index: number): void {
    this.active = index;
    this.said = this.#title(index);
    this.refresh();
  }

  #key(view: EditorView, event: KeyboardEvent): boolean {
    if (this.suggestion && !event.ctrlKey && !event.metaKey && this.#suggestionKey(view, event)) {
      event.stopPropagation();
      return true;
    }
    if (event.key === 'Tab' && !event.ctrlKey && !event.altKey && !event.metaKey) return this.#tab(view, event.shiftKey);
    if (event.key === 'Escape') {
      if (this.#leaving || !keepsTab(view.state)) return false;
      this.#leaving = true;
      this.said = 'Tab now leaves the text.';
      // The first Escape is for the list; a second one reaches the dialog.
      event.stopPropagation();
      return true;
    }
    if (!['Shift', 'Control', 'Alt', 'Meta'].includes(event.key)) this.#leaving = false;
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      this.flush();
      // Whoever is around the editor acts on it; the text is to stay as it is.
      event.preventDefault();
      return true;
    }
    if (event.key === 'Enter' && !event.shiftKey && !event.altKey && view.state.selection instanceof NodeSelection) {
      return this.#edit(view.state.selection.from);
    }
    return false;
  }

  #tab(view: EditorView, back: boolean): boolean {
    if (this.#leaving || !keepsTab(view.state)) {
      this.#leaving = false;
      return false;
    }
    const { dispatch } = view;
    const nested = back ? outdent : indent;
    if (nested(view.state, dispatch) || !inTable(view.state)) return true;
    if (goToNextCell(back ? -1 : 1)(view.state, dispatch) || back) return true;
    // After the last cell comes a new row.
    if (addRowAfter(view.state, dispatch)) goToNextCell(1)(view.state, dispatch);
    return true;
  }

  #suggestionKey(view: EditorView, event: KeyboardEvent): boolean {
    if (event.key === 'Escape') {
      view.dispatch(dismiss(view.state));
      this.said = 'Closed.';
      return true;
    }
    if (!this.options.length) return false;
    if (event.key === 'ArrowDown') this.#move(1);
    else if (event.key === 'ArrowUp') this.#move(-1);
    else if (event.key === 'Enter' || (event.key === 'Tab' && !event.shiftKey)) this.pick(this.active);
    else return false;
    return true;
  }

  /** A second slash asks for a date. */
  #typed(view: EditorView, text: string): boolean {
    if (text !== '/' || this.suggestion?.trigger !== '/' || this.suggestion.query !== '') return false;
    view.dispatch(view.state.tr.delete(this.suggestion.from, this.suggestion.to));
    this.question('date');
    return true;
  }

  /** Opens the form of a date or a status that is in the text. */
  #edit(pos: number | null): boolean {
    const node = pos === null ? null : this.#view?.state.doc.nodeAt(pos);
    if (pos === null || !node || !this.#view) return false;
    const at = { from: pos, to: pos + node.nodeSize, place: this.#place(pos, pos + node.nodeSize) };
    if (node.type === nodes.date) this.ask = { kind: 'date', ...at, timestamp: node.attrs.timestamp as string };
    else if (node.type === nodes.status) this.ask = { kind: 'status', ...at, text: node.attrs.text as string, color: node.attrs.color as StatusColor };
    else return false;
    return true;
  }

  /** A link is text here, and leads nowhere. */
  #stay(event: Event): boolean {
    if (event.target instanceof Element && event.target.closest('a')) event.preventDefault();
    return false;
  }

  #wait(): void {
    const now = Date.now();
    if (!this.#changed) this.#since = now;
    this.#changed = true;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.flush(), Math.max(0, Math.min(SAY_AFTER, this.#since + SAY_AT_LATEST - now)));
  }

  #forget(): void {
    clearTimeout(this.#timer);
    this.#changed = false;
  }

  readonly #leave = (): void => void this.flush();
}
