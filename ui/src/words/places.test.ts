import { describe, expect, it } from 'vitest';
import type { QuickTarget, Space, Target } from '../ipc/bindings';
import { organizations } from '../ipc/fake_data';
import { targetKey, targetName } from './places';

const space: Space = { id: '1', key: 'ENG', name: 'Engineering' };
const page = { id: '7', title: 'Decisions log', space: 'Engineering' };
const new_page: Target = { kind: 'new_page', organization: 'cloud-acme', space, parent: null };
const beneath: Target = { ...new_page, parent: { ...page, title: 'Roadmap' } };
const comment: Target = { kind: 'comment', organization: 'cloud-acme', page };
const named = (target: Target): QuickTarget => ({ target, organization: 'Acme', favourite: false, sender: null });

describe('a target', () => {
  it.each([
    [new_page, 'ENG › new page'],
    [beneath, 'ENG › Roadmap › new page'],
    [comment, 'Engineering › Decisions log (comment)'],
  ])('is written by its place', (target, words) => {
    expect(targetName(named(target), organizations.slice(0, 1))).toBe(words);
    expect(targetName(named(target), organizations), 'of several organizations').toBe(`Acme › ${words}`);
  });

  it('is the same one whatever its page is called by now, and another beneath another page', () => {
    const renamed: Target = { ...comment, page: { ...page, title: 'Log of decisions' } };
    expect(targetKey(renamed)).toBe(targetKey(comment));
    expect(new Set([new_page, beneath, comment].map(targetKey)).size).toBe(3);
  });
});
