import { expect, it } from 'vitest';
import { expiry } from './tokens';

const now = new Date(2026, 10, 12, 9, 0);

it.each([
  ['2026-12-12', /^Expires on (12 December|December 12)$/, false],
  ['2027-03-01', /^Expires on (1 March 2027|March 1, 2027)$/, false],
  ['2026-11-27', /^Expires on (27 November|November 27)$/, false],
  ['2026-11-26', /^Expires in 14 days$/, true],
  ['2026-11-21', /^Expires in 9 days$/, true],
  ['2026-11-13', /^Expires tomorrow$/, true],
  ['2026-11-12', /^Expires today$/, true],
  ['2026-11-11', /^Expired on (11 November|November 11)$/, true],
])('%s is %s', (day, words, soon) => {
  const said = expiry(day, now);
  expect(said?.words).toMatch(words);
  expect(said?.soon).toBe(soon);
});

it('says nothing where nobody said when', () => {
  expect(expiry(null, now)).toBeNull();
});
