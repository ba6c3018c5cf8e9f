// Round trips between the editor and the format, on random documents and on what may not get through.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UnsupportedDocument, fromAdf, holdable, toAdf, type AdfDocument, type AdfNode } from './adf';
import { editorDocuments } from './random.testing';
import { schema } from './schema';

const RUNS = 10_000;
const MINUTES = 60_000;

const documentOf = (...content: AdfNode[]): AdfDocument => ({ version: 1, type: 'doc', content });
const paragraph = (...content: AdfNode[]): AdfNode => ({ type: 'paragraph', content });
const roundTrip = (...content: AdfNode[]) => toAdf(fromAdf(documentOf(...content))).content;

describe('the round trip', () => {
  it('is the identity from the editor to the format and back', () => {
    fc.assert(
      fc.property(editorDocuments, (doc) => {
        doc.check();
        const back = fromAdf(JSON.parse(JSON.stringify(toAdf(doc))) as AdfDocument);
        if (!back.eq(doc)) throw new Error(`it came back as ${back}, and was ${doc}`);
      }),
      { numRuns: RUNS },
    );
  }, 5 * MINUTES);

  it('is the identity from the format to the editor and back', () => {
    fc.assert(
      fc.property(editorDocuments.map(toAdf), (json) => {
        expect(toAdf(fromAdf(json))).toEqual(json);
      }),
      { numRuns: RUNS },
    );
  }, 5 * MINUTES);

  it('joins text that is apart for no reason, keeps empty paragraphs, and leaves out empty attributes', () => {
    expect(roundTrip({ type: 'paragraph', attrs: {}, content: [] }, paragraph({ type: 'text', text: 'a' }, { type: 'text', text: 'b', marks: [] }))).toEqual([
      { type: 'paragraph' },
      { type: 'paragraph', content: [{ type: 'text', text: 'ab' }] },
    ]);
  });

  it('gives an empty document a paragraph for the cursor', () => {
    expect(roundTrip()).toEqual([{ type: 'paragraph' }]);
  });
});

describe('what may not get through', () => {
  it.each<[string, AdfNode, number[]]>([
    ['an unknown block', { type: 'layoutSection', content: [] }, [0]],
    ['an unknown inline node', paragraph({ type: 'placeholder', attrs: { text: 'x' } }), [0, 0]],
    ['an unknown mark', paragraph({ type: 'text', text: 'x', marks: [{ type: 'textColor', attrs: { color: '#ff0000' } }] }), [0, 0]],
    ['a document in a document', { type: 'doc', content: [] }, [0]],
    ['a name that every object has', { type: 'constructor' }, [0]],
    ['a paragraph in a task', { type: 'taskList', attrs: { localId: 'a' }, content: [{ type: 'taskItem', attrs: { localId: 'b', state: 'TODO' }, content: [paragraph()] }] }, [0, 0]],
    ['a heading without its level', { type: 'heading' }, [0]],
  ])('%s is refused, and the place is named', (_, node, path) => {
    const attempt = () => fromAdf(documentOf(node));
    expect(attempt).toThrow(UnsupportedDocument);
    expect(attempt).toThrow(expect.objectContaining({ path }));
  });

  it.each(['javascript:alert(1)', 'data:text/html,x', 'file:///etc/passwd', '/relative', '', 'vbscript:x', 42])(
    'the link %s is dropped, and its text stays',
    (href) => {
      const marks = [{ type: 'link', attrs: { href } }];
      expect(roundTrip(paragraph({ type: 'text', text: 'words', marks }))).toEqual([paragraph({ type: 'text', text: 'words' })]);
    },
  );

  it.each(['https://example.com/a?b=c#d', 'HTTP://example.com', 'mailto:ada@example.com'])('the link %s stays as it is', (href) => {
    const text = { type: 'text', text: 'words', marks: [{ type: 'link', attrs: { href } }] };
    expect(roundTrip(paragraph(text))).toEqual([paragraph(text)]);
  });

  it('a character that XML cannot hold is dropped, and a whole one outside the first plane stays', () => {
    expect(holdable('a\u0000b\u000bc\ud83dd\udc00e\uffff 😀\n\t')).toBe('abcde 😀\n\t');
    expect(roundTrip(paragraph({ type: 'text', text: '\u0001' }))).toEqual([{ type: 'paragraph' }]);
    expect(toAdf(schema.node('doc', null, [schema.node('paragraph', null, [schema.text('x\u0002')])])).content).toEqual([
      paragraph({ type: 'text', text: 'x' }),
    ]);
  });
});
