import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BackendError } from '../ipc/backend';
import type { RenderedTemplates, Page, Place, Settings, Space } from '../ipc/bindings';
import { Fake } from '../ipc/fake';
import { document, organizations, pages, spaces, templates as defaults } from '../ipc/fake_data';
import { App } from './app.svelte';
import { PREVIEW_AFTER, SAVE_AFTER } from './templates.svelte';

async function start() {
  const fake = new Fake();
  const app = new App(fake);
  await app.start();
  app.templates.open();
  await vi.advanceTimersByTimeAsync(0);
  fake.calls.length = 0;
  return { fake, app, templates: app.templates };
}

const refuse = (code: 'invalid_title' | 'invalid_description' | 'failed', message: string) => () => {
  throw new BackendError({ code, message, hint: null });
};

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe('saving templates', () => {
  it('happens a moment after the last change, once, with the other settings as they are', async () => {
    const { fake, app, templates } = await start();
    await app.session.choose('dark');
    const before = fake.settings;
    fake.calls.length = 0;
    templates.set('item_body', 'One');
    await vi.advanceTimersByTimeAsync(SAVE_AFTER - 1);
    templates.set('meeting_title', 'Two');
    await vi.advanceTimersByTimeAsync(SAVE_AFTER);
    const expected: Partial<Settings> = { appearance: 'dark', templates: { ...defaults, item_body: 'One', meeting_title: 'Two' }, own_templates: [] };
    expect(fake.requests('save_settings')).toEqual([{ ...before, ...expected }]);
  });

  it('happens at once on leaving, and not at all where nothing changed', async () => {
    const { fake, templates } = await start();
    await templates.flush();
    expect(fake.requests('save_settings')).toHaveLength(0);
    templates.set('comment_body', 'Left');
    await templates.flush();
    await vi.advanceTimersByTimeAsync(SAVE_AFTER);
    expect(fake.requests('save_settings').map(({ templates: { comment_body } }) => comment_body)).toEqual(['Left']);
  });

  it('keeps what another setting is changed to meanwhile', async () => {
    const { fake, app, templates } = await start();
    templates.set('item_body', 'Mine');
    await Promise.all([app.session.choose('light'), templates.flush()]);
    expect(fake.settings).toMatchObject({ appearance: 'light', templates: { ...defaults, item_body: 'Mine' }, own_templates: [] });
  });

  it('says by the field that was changed why it failed, keeps the words, and tries again', async () => {
    const { fake, templates } = await start();
    fake.instead.save_settings = refuse('failed', 'The disk is full.');
    templates.set('item_body', 'Kept');
    await vi.advanceTimersByTimeAsync(SAVE_AFTER);
    expect(templates.problemOf('item_body')?.message).toBe('The disk is full.');
    expect(templates.values.item_body).toBe('Kept');
    templates.open();
    expect(templates.values.item_body, 'coming back does not fall back to what was saved').toBe('Kept');
    delete fake.instead.save_settings;
    await templates.flush();
    expect(fake.settings.templates.item_body).toBe('Kept');
    expect(templates.problemOf('item_body')).toBeUndefined();
  });

  it('restores the defaults, which the core knows', async () => {
    const { fake, templates } = await start();
    templates.set('item_title', 'Changed');
    await templates.flush();
    templates.set('item_title', 'Changed again');
    await templates.restore();
    await vi.advanceTimersByTimeAsync(SAVE_AFTER);
    expect(templates.values).toEqual(defaults);
    expect(fake.settings.templates, 'a change that was waiting must not come after it').toEqual(defaults);
  });
});

describe('the example', () => {
  it('is made anew for what was changed alone, when one pauses', async () => {
    const { fake, templates } = await start();
    templates.set('meeting_body', '{items}');
    templates.set('meeting_title', 'About {meeting}');
    await vi.advanceTimersByTimeAsync(PREVIEW_AFTER);
    expect(fake.requests('preview')).toMatchObject([{ action: 'create_page', several: true, templates: { meeting_body: '{items}' } }]);
    expect(templates.previews.meeting?.title).toBe('About Weekly product sync');
  });

  it('is not replaced by an answer that comes late', async () => {
    const { fake, templates } = await start();
    const answers: ((previewed: RenderedTemplates) => void)[] = [];
    fake.instead.preview = () => new Promise((resolve) => answers.push(resolve));
    for (const words of ['First', 'Second']) {
      templates.set('item_body', words);
      await vi.advanceTimersByTimeAsync(PREVIEW_AFTER);
    }
    answers[1]?.({ title: 'Second', document: document([], 'Second') });
    await vi.advanceTimersByTimeAsync(0);
    answers[0]?.({ title: 'First', document: document([], 'First') });
    await vi.advanceTimersByTimeAsync(0);
    expect(templates.previews.page?.title).toBe('Second');
  });

  it.each([
    ['invalid_title', 'item_title', 'item_body'],
    ['invalid_description', 'item_body', 'item_title'],
  ] as const)('that fails with %s is said by its field until it is mended', async (code, wrong, right) => {
    const { fake, templates } = await start();
    fake.instead.preview = refuse(code, 'There is no field {nothing}.');
    templates.set(wrong, '{nothing}');
    await vi.advanceTimersByTimeAsync(PREVIEW_AFTER);
    expect(templates.problemOf(wrong)?.message).toBe('There is no field {nothing}.');
    expect(templates.problemOf(right)).toBeUndefined();
    expect(templates.previews.page, 'the last good example stays').toBeDefined();
    delete fake.instead.preview;
    templates.set(wrong, '{item}');
    expect(templates.problemOf(wrong)).toBeUndefined();
  });
});

describe('a destination of its own', () => {
  const organization = organizations[0]?.id ?? '';
  const space: Place = { kind: 'space', organization, space: spaces[0] as Space };
  const page: Place = { kind: 'page', organization, page: pages[0] as Page };

  it('begins with the templates of all others, and keeps its own apart', async () => {
    const { fake, templates } = await start();
    templates.set('item_title', 'All: {item}');
    await templates.add(space);
    expect(templates.values.item_title).toBe('All: {item}');
    templates.set('item_title', 'Here: {item}');
    await templates.choose(null);
    expect(templates.values.item_title, 'all others are as they were').toBe('All: {item}');
    expect(fake.settings.own_templates).toEqual([{ place: space, templates: { ...defaults, item_title: 'Here: {item}' } }]);
    await templates.choose(space);
    expect(templates.values.item_title).toBe('Here: {item}');
  });

  it('shows what can be sent there: pages to a space, comments to a page', async () => {
    const { templates } = await start();
    expect(templates.shown).toEqual(['page', 'meeting', 'comment']);
    await templates.add(space);
    expect(templates.shown).toEqual(['page', 'meeting']);
    await templates.add(page);
    expect(templates.shown).toEqual(['comment']);
  });

  it('is there once, also under a name that has changed since', async () => {
    const { fake, templates } = await start();
    await templates.add(space);
    templates.set('item_title', 'Kept');
    await templates.add({ ...space, space: { ...space.space, name: 'Renamed' } });
    expect(fake.settings.own_templates.map(({ templates: { item_title } }) => item_title)).toEqual(['Kept']);
  });

  it('can be removed, with what was being written into it', async () => {
    const { fake, templates } = await start();
    await templates.add(page);
    templates.set('comment_body', 'Gone');
    await templates.remove();
    await vi.advanceTimersByTimeAsync(SAVE_AFTER);
    expect(fake.settings).toMatchObject({ own_templates: [], templates: defaults });
    expect(templates.place).toBeNull();
    expect(templates.values).toEqual(defaults);
  });

  it('is not left while its templates could not be saved', async () => {
    const { fake, templates } = await start();
    await templates.add(space);
    fake.instead.save_settings = refuse('failed', 'The disk is full.');
    templates.set('item_title', 'Unsaved');
    await templates.choose(null);
    expect(templates.place).toEqual(space);
    expect(templates.values.item_title).toBe('Unsaved');
  });
});
