import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BackendError } from '../ipc/backend';
import { Fake } from '../ipc/fake';
import type { Page } from '../ipc/bindings';
import { PageFinder, PAUSE, SpaceFinder } from './finders.svelte';

const page = (title: string): Page => ({ id: title, title, space: 'Engineering' });

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe('finding pages', () => {
  it('asks once, when typing pauses', async () => {
    const fake = new Fake();
    const finder = new PageFinder(fake, () => false);
    finder.open('cloud-acme', null);
    await vi.advanceTimersByTimeAsync(0);
    for (const text of ['ar', 'arc', 'arch']) {
      finder.type(text);
      await vi.advanceTimersByTimeAsync(PAUSE - 1);
    }
    expect(fake.requests('find_pages').map(({ query }) => query), 'only the recent pages so far').toEqual(['']);
    await vi.advanceTimersByTimeAsync(1);
    expect(fake.requests('find_pages').map(({ query }) => query)).toEqual(['', 'arch']);
    expect(finder.found.map(({ title }) => title)).toEqual(['Architecture overview', 'Architecture decision records']);
  });

  it('asks nothing for a single letter', async () => {
    const fake = new Fake();
    const finder = new PageFinder(fake, () => false);
    finder.open('cloud-acme', null);
    finder.type('a');
    await vi.advanceTimersByTimeAsync(10 * PAUSE);
    expect(fake.requests('find_pages')).toHaveLength(1);
    expect(finder.note).toBe('Type one more letter');
  });

  it('says nothing about a search that was superseded', async () => {
    const fake = new Fake();
    fake.instead.find_pages = () => {
      throw new BackendError({ code: 'superseded', message: 'A newer search took its place.', hint: null });
    };
    const finder = new PageFinder(fake, () => false);
    finder.open('cloud-acme', null);
    await vi.advanceTimersByTimeAsync(0);
    expect(finder.problem).toBeNull();
    expect(finder.loading, 'the newer search is still under way').toBe(true);
  });

  it('drops an answer that a newer question overtook', async () => {
    const fake = new Fake();
    const waiting: Record<string, (pages: Page[]) => void> = {};
    fake.instead.find_pages = ({ query }) => new Promise((resolve) => (waiting[query] = resolve));
    const finder = new PageFinder(fake, () => false);
    finder.open('cloud-acme', null);
    for (const text of ['old', 'new']) {
      finder.type(text);
      await vi.advanceTimersByTimeAsync(PAUSE);
    }
    waiting['new']?.([page('New')]);
    waiting['old']?.([page('Old')]);
    await vi.advanceTimersByTimeAsync(0);
    expect(finder.found.map(({ title }) => title)).toEqual(['New']);
  });

  it('stops the search that nobody waits for', async () => {
    const fake = new Fake();
    fake.instead.find_pages = () => new Promise(() => undefined);
    const finder = new PageFinder(fake, () => false);
    finder.open('cloud-acme', null);
    finder.close();
    await vi.advanceTimersByTimeAsync(0);
    expect(fake.requests('stop_finding')).toHaveLength(1);
    finder.close();
    expect(fake.requests('stop_finding'), 'there was nothing left to stop').toHaveLength(1);
  });
});

describe('finding spaces', () => {
  it('shows what is cached at once, and what is new when it comes', async () => {
    const fake = new Fake();
    let cached = 1;
    let refreshed: () => void = () => undefined;
    fake.instead.find_spaces = () => ({ spaces: Array.from({ length: cached }, (_, i) => ({ id: `${i}`, key: `K${i}`, name: `Space ${i}` })), total: cached, cached });
    fake.instead.refresh_spaces = () => new Promise((resolve) => (refreshed = () => resolve(null)));
    const finder = new SpaceFinder(fake, () => false);
    await finder.listen();
    const opened = finder.open('cloud-acme');
    await vi.advanceTimersByTimeAsync(0);
    expect(finder.found, 'from the cache, before the refresh is over').toHaveLength(1);
    cached = 3;
    fake.emit('spaces', { organization: 'cloud-acme', loaded: 3, complete: false });
    await vi.advanceTimersByTimeAsync(0);
    expect(finder.found).toHaveLength(3);
    expect(finder.note).toContain('3 so far');
    refreshed();
    await opened;
    expect(finder.note, 'nothing left to say').toBeNull();
  });

  it('ignores the spaces of another organization', async () => {
    const fake = new Fake();
    const finder = new SpaceFinder(fake, () => false);
    await finder.listen();
    await finder.open('cloud-acme');
    const asked = fake.requests('find_spaces').length;
    fake.emit('spaces', { organization: 'cloud-labs', loaded: 5, complete: false });
    await vi.advanceTimersByTimeAsync(0);
    expect(fake.requests('find_spaces')).toHaveLength(asked);
    expect(finder.loaded).toBeNull();
  });
});
