// What a Markdown text says, as HTML, so that it takes the same way in as a web page.

import MarkdownIt from 'markdown-it';

const markdown = new MarkdownIt({ html: false, linkify: true });
// Only addresses that say what they are; "v1.md" is a file.
markdown.linkify.set({ fuzzyLink: false, fuzzyEmail: false });
// Images have no place; their text has.
markdown.renderer.rules.image = (tokens, i) => markdown.utils.escapeHtml(tokens[i]?.content ?? '');

/** The HTML of a Markdown text. HTML in it stays text. */
export const htmlOf = (text: string): string => markdown.render(text);
