import { expect, it } from 'vitest';
import { commonOrigin } from './items';

it('has one origin for all items, or lets each say its own', () => {
  const of = (origin: string | null, edited = false) => ({ origin, edited });
  expect(commonOrigin([of('a.md'), of('a.md'), of(null, true)]), 'what was added by hand came from nowhere').toBe('a.md');
  expect(commonOrigin([of('a.md'), of('b.md')])).toBeNull();
  expect(commonOrigin([of(null), of('b.md')]), 'of an earlier version it is not known').toBeNull();
  expect(commonOrigin([])).toBeNull();
});
