// What comes in by the clipboard: pages of the web, documents of Word and Google, Markdown, and plain text. All of it
// goes through the schema, so nothing gets in that could not be sent.

import { DOMParser as SchemaParser, Fragment, Slice, type Node, type ResolvedPos } from 'prosemirror-model';
import { AllSelection, TextSelection } from 'prosemirror-state';
import type { EditorProps, EditorView } from 'prosemirror-view';
import { holdable } from './adf';
import { cleaned, plainly } from './clipboard_html';
import { sliceForComment } from './comments';
import { typedLink } from './links';
import { setLink } from './commands';
import { schema } from './schema';

const parser = SchemaParser.fromSchema(schema);

let htmlOf: ((markdown: string) => string) | null = null;

/** Fetches what reads Markdown. It comes after the editor, which opens the sooner for it. */
export async function learnMarkdown(): Promise<void> {
  ({ htmlOf } = await import('./markdown'));
}

// A number with more digits is a year.
const BLOCK = [/^#{1,6} \S/, /^\s{0,3}[-*+] +\S/, /^\s{0,3}\d{1,3}[.)] +\S/, /^\s{0,3}(```|~~~)/, /^> /, /^\|.+\|\s*$/, /^(---|\*\*\*|___)\s*$/];
const INLINE = [/\*\*[^*\s][^*]*\*\*/, /(^|\W)__[^_\s][^_]*__(\W|$)/, /\[[^\]]+\]\([^)\s]+\)/, /(^|[^`])`[^`\n]+`([^`]|$)/, /~~[^~\s][^~]*~~/];

/** Whether a text was written as Markdown, as far as one can tell. */
export function looksLikeMarkdown(text: string): boolean {
  return text.split('\n').some((line) => BLOCK.some((one) => one.test(line))) || INLINE.some((one) => one.test(text));
}

/** What a piece of HTML from elsewhere says. */
export function sliceOfHtml(html: string, $context?: ResolvedPos): Slice {
  return parser.parseSlice(cleaned(html), { context: $context });
}

/** What a text says: Markdown where it looks like it, else its paragraphs and lines. */
export function sliceOfText(text: string, plain: boolean, $context?: ResolvedPos): Slice {
  const clean = holdable(text.replace(/\r\n?/g, '\n'));
  if (!plain && htmlOf && looksLikeMarkdown(clean)) return sliceOfHtml(htmlOf(clean), $context);
  const paragraphs = clean.split(/\n{2,}/).filter((one, _, all) => one !== '' || all.length === 1);
  const lines = (paragraph: string): Node[] =>
    paragraph.split('\n').flatMap((line, i) => [...(i ? [schema.nodes.hardBreak.create()] : []), ...(line ? [schema.text(line, $context?.marks())] : [])]);
  return Slice.maxOpen(Fragment.fromArray(paragraphs.map((one) => schema.nodes.paragraph.create(null, lines(one)))));
}

/** An address by itself, and a text to which HTML only adds how it looks, as code editors put it on the clipboard. */
function asText(view: EditorView, event: ClipboardEvent, comment: boolean): boolean {
  const text = event.clipboardData?.getData('text/plain') ?? '';
  const html = event.clipboardData?.getData('text/html') ?? '';
  if (text === '' || view.state.selection.$from.parent.type.spec.code) return false;
  const { selection: given } = view.state;
  // All of a single line is that line's words.
  const selection = given instanceof AllSelection ? TextSelection.between(given.$from, given.$to) : given;
  const href = /^\S+$/.test(text.trim()) && /^(https?|mailto):/i.test(text.trim()) ? typedLink(text) : null;
  if (href !== null && selection.$from.parent.type.allowsMarkType(schema.marks.link)) {
    // An address over selected words links them; by itself, it is a link.
    if (selection.empty || selection.$from.sameParent(selection.$to)) return setLink(selection, href, text.trim())(view.state, view.dispatch);
  }
  if (html === '' || !looksLikeMarkdown(text) || !plainly(html)) return false;
  const slice = sliceOfText(text, false, selection.$from);
  view.dispatch(view.state.tr.replaceSelection(comment ? sliceForComment(slice) : slice).scrollIntoView().setMeta('paste', true));
  return true;
}

/** Takes what needs both the text and the HTML of the clipboard; answers whether it did. */
export function paste(view: EditorView, event: ClipboardEvent, comment: boolean): boolean {
  if (!asText(view, event, comment)) return false;
  event.preventDefault();
  return true;
}

/** The view's part in pasting. */
export function pasting(comment: () => boolean): Pick<EditorProps, 'transformPastedHTML' | 'clipboardTextParser' | 'transformPasted'> {
  return {
    transformPastedHTML: (html) => {
      const place = document.implementation.createHTMLDocument('').createElement('div');
      place.append(...cleaned(html).childNodes);
      return place.innerHTML;
    },
    clipboardTextParser: (text, $context, plain) => sliceOfText(text, plain, $context),
    transformPasted: (slice) => (comment() ? sliceForComment(slice) : slice),
  };
}
