// A description as a document, with everything that a page or a comment can hold, for looking at the editor.

import type { Action, AdfDocument } from './bindings';

const text = (words: string, ...marks: string[]) => ({ type: 'text', text: words, ...(marks.length ? { marks: marks.map((type) => ({ type })) } : {}) });
const paragraph = (...content: object[]) => ({ type: 'paragraph', content });
const id = () => crypto.randomUUID();
const task = (state: string, ...content: object[]) => ({ type: 'taskItem', attrs: { localId: id(), state }, content });
const item = (...content: object[]) => ({ type: 'listItem', content });
const cell = (type: string, words: string) => ({ type, content: [paragraph(text(words))] });
const panel = (panelType: string) => ({ type: 'panel', attrs: { panelType }, content: [paragraph(text(`This is a panel of the type ${panelType}.`))] });
const status = (words: string, color: string) => ({ type: 'status', attrs: { text: words, color } });
const date = { type: 'date', attrs: { timestamp: String(Date.UTC(2026, 10, 20)) } };

/** The document of an item. */
export function everything(words: string, action: Action): AdfDocument {
  const onPages = [
    ...['info', 'note', 'tip', 'success', 'warning', 'error'].map(panel),
    {
      type: 'table',
      content: [
        { type: 'tableRow', content: [cell('tableHeader', 'What'), cell('tableHeader', 'Who'), cell('tableHeader', 'When')] },
        { type: 'tableRow', content: [cell('tableCell', 'Migration guide'), cell('tableCell', 'Grace'), cell('tableCell', '20 November')] },
      ],
    },
  ];
  const content = [
    { type: 'decisionList', attrs: { localId: id() }, content: [{ type: 'decisionItem', attrs: { localId: id(), state: 'DECIDED' }, content: [text(words)] }] },
    {
      type: 'taskList',
      attrs: { localId: id() },
      content: [
        task('TODO', { type: 'mention', attrs: { id: 'ada', text: '@Ada Lovelace' } }, text(' writes the migration guide, due '), date),
        { type: 'taskList', attrs: { localId: id() }, content: [task('DONE', text('Ask the pilot customers')), task('TODO', text('Collect the answers'))] },
        task('DONE', text('Announce it '), status('in progress', 'blue'), text(' '), status('done', 'green')),
      ],
    },
    { type: 'heading', attrs: { level: 2 }, content: [text('How it came to this')] },
    paragraph(
      text('Some words are '),
      text('bold', 'strong'),
      text(', some '),
      text('italic', 'em'),
      text(', '),
      text('struck', 'strike'),
      text(', '),
      text('underlined', 'underline'),
      text(' or '),
      text('code', 'code'),
      text('. There is a '),
      { type: 'text', text: 'link', marks: [{ type: 'link', attrs: { href: 'https://example.com/page' } }] },
      text(', a face '),
      { type: 'emoji', attrs: { shortName: ':slight_smile:', text: '🙂' } },
      text(' and H'),
      { type: 'text', text: '2', marks: [{ type: 'subsup', attrs: { type: 'sub' } }] },
      text('O.'),
    ),
    { type: 'bulletList', content: [item(paragraph(text('One point')), { type: 'orderedList', content: [item(paragraph(text('with steps'))), item(paragraph(text('in order')))] }), item(paragraph(text('Another point')))] },
    { type: 'blockquote', content: [paragraph(text('“We ship it behind a flag.”'))] },
    { type: 'codeBlock', attrs: { language: 'rust' }, content: [text('fn main() {\n    println!("Sally");\n}')] },
    { type: 'rule' },
    ...(action === 'create_page' ? onPages : []),
    paragraph(text('From the meeting “Weekly product sync”.')),
  ];
  return { version: 1, type: 'doc', content };
}
