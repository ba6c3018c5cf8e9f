import { describe, expect, it } from 'vitest';
import { STRETCH, Stretches } from './stretches.svelte';

interface Asked {
  offset: number;
  answer: (rows: string[]) => void;
  fail: () => void;
}

/** A way to ask, whose answers come when the test says so. */
function asking(): { asked: Asked[]; ask: (offset: number) => Promise<{ rows: string[] }> } {
  const asked: Asked[] = [];
  const ask = (offset: number) =>
    new Promise<{ rows: string[] }>((resolve, reject) => {
      asked.push({ offset, answer: (rows) => resolve({ rows }), fail: () => reject(new Error('The disk is full.')) });
    });
  return { asked, ask };
}

const rows = (name: string) => Array.from({ length: STRETCH }, (_, i) => `${name} ${i}`);

describe('a list in stretches', () => {
  it('asks for each stretch once, also while its answer is on the way', async () => {
    const { asked, ask } = asking();
    const list = new Stretches(ask);
    list.show(5 * STRETCH, 5 * STRETCH + 20);
    list.show(5 * STRETCH, 5 * STRETCH + 40);
    expect(asked.map(({ offset }) => offset), 'with the row before the first').toEqual([4 * STRETCH, 5 * STRETCH]);
    asked[1]?.answer(rows('five'));
    await expect.poll(() => list.at(5 * STRETCH + 3)).toBe('five 3');
    expect(list.at(4 * STRETCH)).toBeUndefined();
  });

  it('asks again for what failed', async () => {
    const { asked, ask } = asking();
    const list = new Stretches(ask);
    list.show(0, 9);
    asked[0]?.fail();
    await expect.poll(() => list.problem?.message).toBe('The disk is full.');
    list.show(0, 10);
    asked[1]?.answer(rows('now'));
    await expect.poll(() => list.at(0)).toBe('now 0');
  });

  it('has no row of the list that it was, however late it comes', async () => {
    const [before, after] = [asking(), asking()];
    const list = new Stretches(before.ask);
    const reload = list.reload(after.ask);
    // Scrolled to while the other list is on its way.
    list.show(3 * STRETCH + 1, 3 * STRETCH + 9);
    after.asked[0]?.answer(rows('after'));
    await reload;
    before.asked[0]?.answer(rows('before'));
    expect(after.asked.map(({ offset }) => offset), 'what is seen by now is of the other list, too').toEqual([0, 3 * STRETCH]);
    after.asked[1]?.answer(rows('after, further down'));
    await expect.poll(() => list.at(3 * STRETCH)).toBe('after, further down 0');
  });

  it('keeps what it has, and what is on its way, where it cannot be loaded anew', async () => {
    const { asked, ask } = asking();
    const list = new Stretches(ask);
    list.show(0, 9);
    const reload = list.reload();
    asked[1]?.fail();
    expect(await reload).toBeNull();
    expect(list.problem?.message).toBe('The disk is full.');
    asked[0]?.answer(rows('still'));
    await expect.poll(() => list.at(0)).toBe('still 0');
  });

  it('has the row with the focus also after it was loaded anew, wherever the rest of it is', async () => {
    const { asked, ask } = asking();
    const list = new Stretches(ask);
    list.show(50 * STRETCH + 1, 50 * STRETCH + 9, 3);
    expect(asked.map(({ offset }) => offset)).toEqual([50 * STRETCH, 0]);
    const reload = list.reload();
    asked[2]?.answer(rows('fifty'));
    asked[3]?.answer(rows('focused'));
    await reload;
    expect([list.at(3), list.at(50 * STRETCH)]).toEqual(['focused 3', 'fifty 0']);
  });
});
