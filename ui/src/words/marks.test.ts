import { describe, expect, it } from 'vitest';
import { marked, termsOf } from './marks';

const hits = (text: string, query: string) => marked(text, termsOf(query)).filter((piece) => piece.hit).map((piece) => piece.text);

describe('marking', () => {
  it('marks every word of the query, whatever its case', () => {
    expect(hits('Weekly product sync', 'SYNC week')).toEqual(['Week', 'sync']);
  });

  it('marks the beginnings of words, and nothing inside of them', () => {
    expect(hits('Plan to replan', 'plan')).toEqual(['Plan']);
  });

  it('knows words without their accents, however they are written', () => {
    expect(hits('Zürich, Café-Ecke', 'zur cafe')).toEqual(['Zür', 'Café']);
    expect(hits('Cafe\u0301s', 'café'), 'an accent of its own goes with its letter').toEqual(['Cafe\u0301']);
  });

  it.each(['"go live"', '“go live”', '„go live“'])('takes %s as a phrase of whole words', (query) => {
    expect(hits('Go live, go lively, live go', query)).toEqual(['Go live']);
  });

  it('lets the last word of a phrase go on while its end is missing', () => {
    expect(hits('Go live, go home', '"go li')).toEqual(['Go li']);
  });

  it('takes a word with a sign in it as a phrase with an open end', () => {
    expect(hits('A kick-off, two kick offs, a kick', 'kick-off')).toEqual(['kick-off', 'kick off']);
  });

  it('takes the query as words, not as a pattern', () => {
    expect(hits('What (now)?', '(now)?')).toEqual(['now']);
    expect(termsOf(' " - " '), 'signs are not words').toEqual([]);
  });

  it('marks once what two terms mean', () => {
    expect(hits('planning', 'plan planni')).toEqual(['planni']);
    expect(hits('go live now', '"go live" "live now"')).toEqual(['go live', ' now']);
  });

  it('never loses a letter of the text', () => {
    expect(marked('Xa, bXc Xd', termsOf('x')).map((piece) => piece.text).join('')).toBe('Xa, bXc Xd');
    expect(marked('untouched', termsOf(' '))).toEqual([{ text: 'untouched', hit: false }]);
  });
});
