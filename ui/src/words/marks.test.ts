import { expect, it } from 'vitest';
import { marked } from './marks';

const hits = (text: string, query: string) => marked(text, query).filter((piece) => piece.hit).map((piece) => piece.text);

it('marks every word of the query, whatever its case', () => {
  expect(hits('Weekly product sync', 'SYNC week')).toEqual(['Week', 'sync']);
});

it('takes the query as text, not as a pattern', () => {
  expect(hits('What (now)?', '(now)?')).toEqual(['(now)?']);
});

it('never loses a letter of the text', () => {
  expect(marked('aXbXc', 'x').map((piece) => piece.text).join('')).toBe('aXbXc');
  expect(marked('untouched', ' ')).toEqual([{ text: 'untouched', hit: false }]);
});
