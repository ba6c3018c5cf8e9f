import { expect, it } from 'vitest';
import { Picking } from './picking.svelte';

const cues = ['One.', 'Two.', 'Three.', 'Four.'].map((text, i) => ({ text, speaker: 'Ada', start_ms: i * 1_000, end_ms: i * 1_000 + 900 }));

it('joins what was said in the order in which it was said', () => {
  const picking = new Picking();
  picking.pick(3, false);
  picking.pick(1, false);
  expect(picking.said(cues)).toMatchObject({ text: 'Two. Four.', at_ms: 1_000 });
  picking.pick(1, false);
  expect(picking.said(cues)).toMatchObject({ text: 'Four.', at_ms: 3_000 });
});

it('takes a range from the line picked last, in either direction', () => {
  const picking = new Picking();
  picking.pick(2, true);
  expect([...picking.lines], 'there is nothing to start from').toEqual([2]);
  picking.pick(0, true);
  expect(picking.said(cues).text).toBe('One. Two. Three.');
});

it('is empty when they became an item', () => {
  const picking = new Picking();
  picking.pick(0, false);
  picking.said(cues).onadded?.();
  expect(picking.lines.size).toBe(0);
});
