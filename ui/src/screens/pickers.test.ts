// The five fields that are filled by choosing, by keys alone, over the stand-in for the core: its answers come when the
// test lets them, so that lists shrink to one and grow again while a request is under way.
// Longer than 400 lines: one set of rules, tried on each of five fields by the same harness.

import { render, screen, waitFor } from '@testing-library/svelte';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import Quick from '../Quick.svelte';
import { BackendError } from '../ipc/backend';
import type { Action, Organization, Page, QuickTarget, Space } from '../ipc/bindings';
import { Fake, type Handlers } from '../ipc/fake';
import { offered } from '../ipc/fake_data';
import { Quick as QuickState } from '../state/quick.svelte';
import { openWindow, user } from './window.testing';

const ORGANIZATION = 'cloud-acme';
const team = (number: number) => `Team ${String(number).padStart(2, '0')}`;
const numbers = Array.from({ length: 12 }, (_, at) => at + 1);

const organizations: Organization[] = [
  { id: ORGANIZATION, name: 'Acme', url: 'https://acme.example' },
  ...numbers.map((one) => ({ id: `org-${one}`, name: team(one), url: `https://team-${one}.example` })),
];
const spaceOf = (one: number): Space => ({ id: `space-${one}`, key: `T${one}`, name: team(one) });
const pageOf = (one: number): Page => ({ id: `page-${one}`, title: team(one), space: 'Engineering' });
const targetOf = (one: number): QuickTarget => ({ target: { kind: 'comment', organization: ORGANIZATION, page: pageOf(one) }, organization: 'Acme', favourite: false, sender: null });

const fitting = (query: string) => numbers.filter((one) => team(one).toLowerCase().includes(query.toLowerCase()));

/** Holds back the answers of a command until `answer` lets them go. */
class Late {
  #waiting: { query: string; answer: () => void; fail: (error: BackendError) => void }[] = [];

  /** What was let go last is not held back when it is asked for again. */
  #known: string | null = null;

  hold<T>(query: string, answer: () => T): T | Promise<T> {
    if (query === this.#known) return answer();
    this.#known = null;
    return new Promise((resolve, reject) => this.#waiting.push({ query, answer: () => resolve(answer()), fail: reject }));
  }

  /** Waits until this is asked for, and answers it and everything before it. */
  async answer(query: string): Promise<void> {
    if (query === this.#known) return;
    for (const one of await this.#all(query)) one.answer();
    this.#known = query;
  }

  async fail(query: string): Promise<void> {
    for (const one of await this.#all(query)) one.fail(new BackendError({ code: 'failed', message: 'Confluence did not answer.', hint: null }));
  }

  async #all(query: string) {
    await waitFor(() => expect(this.#waiting.map((one) => one.query)).toContain(query));
    return this.#waiting.splice(0);
  }
}

interface Bench {
  fake: Fake;
  field: HTMLInputElement;
  /** Chooses one before anything else happens. */
  choose: (one: number) => void;
  /** The name of what is chosen. */
  chosen: () => string | null;
  /** Whether what was asked for waits for `answer`. */
  late: Late | null;
  /** Lets the list come that fits what the field shows, or was opened with. */
  answer: (query: string) => Promise<void>;
  send: () => Promise<void>;
  sent: () => unknown[];
}

async function composer(action: Action, name: string): Promise<Bench & { app: Awaited<ReturnType<typeof openWindow>>['app'] }> {
  const late = new Late();
  const connected = { id: 'a', name: 'Ada', email: null, organizations, remembered: true, missing_scopes: [] };
  const { fake, app } = await openWindow({ connection: { state: 'connected', ...connected } });
  const instead: Partial<Handlers> = {
    find_spaces: ({ query }) => late.hold(query, () => offered(fitting(query).map(spaceOf))),
    find_pages: ({ query }) => late.hold(query, () => ({ organization: ORGANIZATION, pages: fitting(query).map((one) => ({ page: pageOf(one), space: null })) })),
    refresh_spaces: () => new Promise(() => undefined),
  };
  Object.assign(fake.instead, instead);
  await app.composer.open({ items: ['item-0-2'], action });
  app.composer.set({ organization: ORGANIZATION, space: name === 'Parent page' ? spaceOf(1) : null, parent: null, page: null, title: 'A title' });
  const dialog = await screen.findByRole('dialog', { name: /Confluence/ }, { timeout: 10_000 });
  const field = (await screen.findByRole('combobox', { name }, { timeout: 10_000 })) as HTMLInputElement;
  const { composer: state } = app;
  const choose = (one: number) => {
    if (name === 'Organization') state.chooseOrganization(`org-${one}`);
    else if (name === 'Space') state.chooseSpace(spaceOf(one));
    else if (name === 'Page') state.choosePage({ organization: ORGANIZATION, page: pageOf(one), space: null });
    else state.set({ parent: pageOf(one) });
  };
  const chosen = () => {
    const draft = state.draft;
    if (name === 'Organization') return organizations.find(({ id }) => id === draft?.organization)?.name ?? null;
    if (name === 'Space') return draft?.space?.name ?? null;
    return (name === 'Page' ? draft?.page : draft?.parent)?.title ?? null;
  };
  const isLate = name !== 'Organization';
  return {
    app,
    fake,
    field,
    choose,
    chosen,
    late: isLate ? late : null,
    answer: async (query) => (isLate ? late.answer(query) : undefined),
    send: () => user.click(screen.getByRole('button', { name: 'Create' })),
    sent: () => {
      expect(screen.queryByRole('dialog')).toBe(dialog);
      return fake.requests('send');
    },
  };
}

async function quick(): Promise<Bench> {
  const fake = new Fake({ connected: true });
  fake.targets = numbers.map(targetOf);
  const state = new QuickState(fake);
  render(Quick, { quick: state });
  await state.start();
  fake.emit('quick_opened', { item: null });
  const search = screen.getByRole('searchbox', { name: 'Quick send' });
  await waitFor(() => expect(document.activeElement).toBe(search));
  const field = (await screen.findByRole('combobox', { name: 'Destination' })) as HTMLInputElement;
  return {
    fake,
    field,
    choose: (one) => state.targets.choose(targetOf(one)),
    chosen: () => {
      const target = state.targets.shown?.target;
      return target?.kind === 'comment' ? target.page.title : null;
    },
    late: null,
    answer: async () => undefined,
    send: async () => {
      search.focus();
      await user.keyboard('{Enter}');
    },
    sent: () => fake.requests('quick_send'),
  };
}

const benches: [string, () => Promise<Bench>][] = [
  ['Organization', () => composer('create_page', 'Organization')],
  ['Space', () => composer('create_page', 'Space')],
  ['Parent page', () => composer('create_page', 'Parent page')],
  ['Page', () => composer('add_comment', 'Page')],
  ['Destination', quick],
];

const ways: [string, (field: HTMLInputElement) => Promise<void>][] = [
  ['a click', (field) => user.click(field)],
  [
    'Tab and Alt+Down',
    async (field) => {
      for (let at = 0; document.activeElement !== field && at < 40; at += 1) await user.tab();
      expect(document.activeElement).toBe(field);
      await user.keyboard('{Alt>}{ArrowDown}{/Alt}');
    },
  ],
];

const shown = () => screen.queryAllByRole('option').filter((one) => one.textContent?.includes('Team'));

/** The option that Enter would take, as assistive technology and the eye are told. */
function active(field: HTMLInputElement): string | null {
  const id = field.getAttribute('aria-activedescendant');
  const option = id === null ? null : document.getElementById(id);
  expect(option === null, 'points at an option, or at nothing').toBe(id === null);
  expect([...document.querySelectorAll('[role=option][data-highlighted]')], 'the same is seen').toEqual(option ? [option] : []);
  return option?.textContent?.match(/Team \d+/)?.[0] ?? null;
}

async function expectActive(field: HTMLInputElement, name: string, count: number): Promise<void> {
  await waitFor(() => expect([active(field), shown().length]).toEqual([name, count]));
}

async function clear(): Promise<void> {
  await user.keyboard('{Control>}a{/Control}{Delete}');
}

// Compiling a screen for the first time can take longer than a person would be made to wait.
beforeAll(async () => {
  await Promise.all([import('./ComposerDialog.svelte'), import('../parts/editor/Editor.svelte'), import('./QuickDestination.svelte'), import('./QuickElsewhere.svelte')]);
}, 120_000);

beforeEach(() => {
  delete document.documentElement.dataset.focused;
});

describe.each(benches)('%s', (name, start) => {
  it.each(ways)('opened by %s: typing leaves one, which Enter takes', async (_, open) => {
    const { field, answer, chosen } = await start();
    await open(field);
    await waitFor(() => expect(field.getAttribute('aria-expanded')).toBe('true'));
    await answer('');
    await waitFor(() => expect(shown()).toHaveLength(12));
    await user.keyboard('team 07');
    await answer('team 07');
    await expectActive(field, team(7), 1);
    await user.keyboard('{Enter}');
    await waitFor(() => expect(field.getAttribute('aria-expanded')).toBe('false'));
    expect(field.value).toContain(team(7));
    expect(chosen()).toBe(team(7));
  });

  it.each(ways)('opened by %s: the list shrinks to one and grows again, and the first is active each time', async (_, open) => {
    const { field, answer, chosen } = await start();
    await open(field);
    await answer('');
    await waitFor(() => expect(shown()).toHaveLength(12));
    await user.keyboard('team 1');
    await answer('team 1');
    await expectActive(field, team(10), 3);
    await user.keyboard('2');
    await answer('team 12');
    await expectActive(field, team(12), 1);
    await user.keyboard('{Backspace}{Backspace}');
    await answer('team');
    await expectActive(field, team(1), 12);
    await user.keyboard('{ArrowDown}{ArrowDown}{ArrowUp}');
    await expectActive(field, team(2), 12);
    await user.keyboard('{PageDown}{PageUp}{ArrowDown}');
    expect(active(field)).toBe(team(3));
    await user.keyboard('{Enter}');
    await waitFor(() => expect(field.value).toContain(team(3)));
    expect(chosen()).toBe(team(3));
  });

  it('opens with what was chosen, and goes on from there', async () => {
    const { field, choose, answer, chosen } = await start();
    choose(5);
    await waitFor(() => expect(field.value).toContain(team(5)));
    field.focus();
    await user.keyboard('{Alt>}{ArrowDown}{/Alt}');
    await answer('');
    await expectActive(field, team(5), 12);
    await user.keyboard('{ArrowUp}');
    expect(active(field)).toBe(team(4));
    await user.keyboard('{Enter}');
    await waitFor(() => expect(chosen()).toBe(team(4)));
  });

  it('restores with Escape what was chosen, and leaves the rest open', async () => {
    const { fake, field, choose, answer, chosen } = await start();
    choose(5);
    await waitFor(() => expect(field.value).toContain(team(5)));
    const { value } = field;
    field.focus();
    await user.keyboard('{Alt>}{ArrowDown}{/Alt}');
    await clear();
    await user.keyboard('team 07');
    await answer('team 07');
    await expectActive(field, team(7), 1);
    await user.keyboard('{ArrowDown}{Escape}');
    await waitFor(() => expect(field.getAttribute('aria-expanded')).toBe('false'));
    expect([field.value, chosen()]).toEqual([value, team(5)]);
    expect(screen.getByRole('dialog')).toBeTruthy();
    expect(fake.requests('hide_quick')).toEqual([]);
  });

  it('keeps what was typed where the field is left, and sends nothing until it is a choice', async () => {
    const { field, choose, answer, chosen, send, sent } = await start();
    choose(5);
    await waitFor(() => expect(field.value).toContain(team(5)));
    const { value } = field;
    await user.click(field);
    await clear();
    await user.keyboard('team 0');
    await answer('team 0');
    await expectActive(field, team(1), 9);
    await user.tab();
    await waitFor(() => expect(document.activeElement).not.toBe(field));
    expect([field.value, field.getAttribute('aria-invalid')], 'as typed, and marked').toEqual(['team 0', 'true']);
    expect(chosen(), 'nothing was taken that nobody asked for').toBe(team(5));
    await send();
    await waitFor(() => expect(document.activeElement).toBe(field));
    expect(sent()).toEqual([]);
    expect(field.value).toBe('team 0');
    // The list answers what the field shows.
    if (field.getAttribute('aria-expanded') === 'false') await user.keyboard('{Alt>}{ArrowDown}{/Alt}');
    await answer('team 0');
    await expectActive(field, team(1), 9);
    await user.keyboard('{Escape}');
    await waitFor(() => expect(field.value).toBe(value));
    expect(field.getAttribute('aria-invalid')).toBeNull();
  });

  it.skipIf(name === 'Destination')('restores with Escape also where the list is closed already', async () => {
    const { fake, field, choose, answer } = await start();
    choose(5);
    await waitFor(() => expect(field.value).toContain(team(5)));
    const { value } = field;
    await user.click(field);
    await clear();
    await user.keyboard('team 0');
    await answer('team 0');
    await user.keyboard('{Alt>}{ArrowUp}{/Alt}');
    await waitFor(() => expect(field.getAttribute('aria-expanded')).toBe('false'));
    const advice = () => document.getElementById(field.getAttribute('aria-describedby') ?? '')?.textContent;
    await waitFor(() => expect(advice()).toMatch(/^Choose an? \w+ from the list, or press Escape for “.*Team 05/));
    await user.keyboard('{Escape}');
    await waitFor(() => expect(field.value).toBe(value));
    expect(advice()).toBeUndefined();
    expect(screen.getByRole('dialog'), 'the dialog hears of the next one').toBeTruthy();
    await user.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(fake.requests('send')).toEqual([]);
  });

  it('shows what was chosen where the same is chosen again', async () => {
    const { field, choose, answer, chosen } = await start();
    choose(7);
    await waitFor(() => expect(field.value).toContain(team(7)));
    const { value } = field;
    await user.click(field);
    await clear();
    await user.keyboard('team 07');
    await answer('team 07');
    await expectActive(field, team(7), 1);
    await user.keyboard('{Enter}');
    await waitFor(() => expect(field.value).toBe(value));
    expect(chosen()).toBe(team(7));
  });
});

describe.each(benches.slice(1, 4))('%s, while its list is on the way', (_, start) => {
  it('waits with Enter for the first match of what was typed', async () => {
    const { field, answer, chosen } = await start();
    await user.click(field);
    await answer('');
    await waitFor(() => expect(shown()).toHaveLength(12));
    await user.keyboard('team 07{Enter}');
    expect([field.value, chosen()], 'an old match is not taken, and nothing is lost').toEqual(['team 07', null]);
    await answer('team 07');
    await waitFor(() => expect(chosen()).toBe(team(7)));
    expect(field.value).toContain(team(7));
  });

  it('counts the arrow keys that come before the answer', async () => {
    const { field, answer, chosen } = await start();
    await user.click(field);
    await answer('');
    await waitFor(() => expect(shown()).toHaveLength(12));
    await user.keyboard('team 1{ArrowDown}{ArrowDown}{ArrowDown}{ArrowUp}');
    await answer('team 1');
    await waitFor(() => expect(shown()).toHaveLength(3));
    await user.keyboard('{Enter}');
    await waitFor(() => expect(chosen()).toBe(team(12)));
  });

  it('forgets Enter when typing goes on, and when the field is left', async () => {
    const { field, answer, chosen } = await start();
    await user.click(field);
    await answer('');
    await user.keyboard('team 1{Enter}2');
    await answer('team 12');
    await expectActive(field, team(12), 1);
    expect(chosen()).toBeNull();
    await user.keyboard('{Backspace}{Enter}');
    await user.tab();
    await answer('team 1').catch(() => undefined);
    expect([field.value, chosen()]).toEqual(['team 1', null]);
  });

  it('keeps what was typed where nothing matches, or no answer comes', async () => {
    const { field, answer, chosen, late } = await start();
    await user.click(field);
    await answer('');
    await user.keyboard('nowhere{Enter}');
    await answer('nowhere');
    await waitFor(() => expect(shown()).toEqual([]));
    expect([field.value, chosen(), field.getAttribute('aria-expanded')]).toEqual(['nowhere', null, 'true']);
    await user.keyboard('{Enter}');
    expect(field.value).toBe('nowhere');
    await user.keyboard(' else{Enter}');
    await late?.fail('nowhere else');
    await waitFor(() => expect(screen.getAllByText(/Confluence did not answer/).length).toBeGreaterThan(0));
    expect([field.value, chosen()]).toEqual(['nowhere else', null]);
    expect(active(field)).toBeNull();
  });

  it('creates with Ctrl+Enter only what is shown', async () => {
    const { field, choose, answer, sent } = await start();
    choose(5);
    await waitFor(() => expect(field.value).toContain(team(5)));
    await user.click(field);
    await clear();
    await user.keyboard('team 07');
    await answer('team 07');
    await expectActive(field, team(7), 1);
    await user.keyboard('{Control>}{Enter}{/Control}');
    expect(sent(), 'neither the one nor the other').toEqual([]);
    expect([field.value, field.getAttribute('aria-expanded')]).toEqual(['team 07', 'false']);
    expect(document.activeElement).toBe(field);
  });
});

describe('a list that changes by itself', () => {
  async function open() {
    const bench = await composer('create_page', 'Space');
    const list = { from: 6 };
    bench.fake.instead.find_spaces = () => {
      const spaces = numbers.filter((one) => one >= list.from).map(spaceOf);
      return offered(spaces);
    };
    const loaded = async (from: number) => {
      list.from = from;
      bench.fake.emit('spaces', { organization: ORGANIZATION, loaded: 12 - from, complete: false });
      await waitFor(() => expect(shown()).toHaveLength(13 - from));
    };
    await user.click(bench.field);
    await expectActive(bench.field, team(6), 7);
    return { ...bench, loaded };
  }

  it('has its first option active', async () => {
    const { field, loaded } = await open();
    await loaded(3);
    expect(active(field)).toBe(team(3));
    await loaded(9);
    expect(active(field)).toBe(team(9));
    await loaded(1);
    expect(active(field)).toBe(team(1));
  });

  it('keeps the one that was gone to, as long as it is there', async () => {
    const { field, loaded, chosen } = await open();
    await user.keyboard('{ArrowDown}{ArrowDown}');
    expect(active(field)).toBe(team(8));
    await loaded(1);
    expect(active(field)).toBe(team(8));
    await loaded(11);
    expect(active(field)).toBe(team(11));
    await user.keyboard('{Enter}');
    await waitFor(() => expect(chosen()).toBe(team(11)));
  });

  it('is waited for where nothing is there yet', async () => {
    const bench = await composer('create_page', 'Space');
    let spaces: Space[] = [];
    bench.fake.instead.find_spaces = () => offered(spaces);
    await user.click(bench.field);
    await user.keyboard('{Enter}');
    await user.keyboard('team 07{Enter}');
    await screen.findAllByText(/Loading spaces/);
    expect(bench.chosen()).toBeNull();
    spaces = [spaceOf(7)];
    bench.fake.emit('spaces', { organization: ORGANIZATION, loaded: 250, complete: false });
    await waitFor(() => expect(bench.chosen()).toBe(team(7)));
  });

  it('offers nothing where no organization says whose', async () => {
    const { field, app } = await open();
    await user.keyboard('{Escape}');
    app.composer.set({ organization: null });
    await user.keyboard('{ArrowDown}');
    await screen.findAllByText('Choose an organization first');
    expect(shown()).toEqual([]);
    expect(active(field)).toBeNull();
  });
});

describe('a space that takes nothing', () => {
  const why = { code: 'invalid_space', message: 'You may read it, but not create pages in it.', hint: { kind: 'choose_another_place' } } as const;

  it('says so before anything is sent, and is greyed in the list', async () => {
    const { fake, field, app, sent, send } = await composer('create_page', 'Space');
    fake.instead.find_spaces = () => offered(numbers.map(spaceOf));
    let barred: typeof why | null = why;
    fake.instead.space_rights = () => ({ pages: barred, comments: null });
    await user.click(field);
    await expectActive(field, team(1), 12);
    await user.keyboard('{Enter}');
    await screen.findByText(why.message);
    expect(field.getAttribute('aria-invalid')).toBe('true');
    await send();
    expect(sent(), 'nothing went').toEqual([]);
    await user.click(field);
    const option = await screen.findByRole('option', { name: /Team 01/ });
    expect(option.getAttribute('aria-disabled')).toBe('true');
    expect(option.textContent).toContain(why.message);
    await user.click(option);
    expect(field.getAttribute('aria-expanded'), 'it cannot be chosen').toBe('true');
    await user.keyboard('{Escape}');
    barred = null;
    await send();
    await waitFor(() => expect(fake.requests('send'), 'what stood in the way was mended meanwhile').toHaveLength(1));
    expect(app.composer.request).toBeNull();
  });

  it('may be refreshed from the list, which stays open, by keys and by a click', async () => {
    const { fake, field } = await composer('create_page', 'Space');
    fake.instead.find_spaces = () => offered([spaceOf(1), spaceOf(2)]);
    fake.instead.refresh_spaces = () => null;
    await user.click(field);
    const refresh = await screen.findByRole('option', { name: 'Refresh the list' });
    await user.keyboard('{ArrowDown}{ArrowDown}{Enter}');
    await waitFor(() => expect(fake.requests('refresh_spaces').at(-1)).toEqual({ organization: ORGANIZATION, again: true }));
    expect(field.getAttribute('aria-expanded')).toBe('true');
    await user.click(await screen.findByRole('option', { name: 'Refresh the list' }));
    await waitFor(() => expect(screen.queryByText('Loading spaces…')).toBeNull());
    expect(fake.requests('refresh_spaces'), 'once a click').toHaveLength(3);
    expect(field.getAttribute('aria-expanded')).toBe('true');
    expect(refresh).toBeDefined();
  });

  it('is not active by itself where nothing matches', async () => {
    const { fake, field } = await composer('create_page', 'Space');
    fake.instead.find_spaces = () => offered([]);
    fake.instead.refresh_spaces = () => null;
    await user.click(field);
    await screen.findByRole('option', { name: 'Refresh the list' });
    await user.keyboard('{Enter}');
    expect(fake.requests('refresh_spaces')).toHaveLength(1);
  });
});

describe('an emptied field', () => {
  it.each([
    ['Enter', '{Enter}'],
    ['Tab', '{Tab}'],
  ])('means none where that is allowed, with %s', async (_, keys) => {
    const { field, choose, answer, app } = await composer('create_page', 'Parent page');
    choose(5);
    await waitFor(() => expect(field.value).toBe(team(5)));
    await user.click(field);
    await clear();
    await answer('');
    await waitFor(() => expect(shown()).toHaveLength(12));
    expect(active(field), 'a recent page is not what was asked for').toBeNull();
    await user.keyboard(keys);
    await waitFor(() => expect(app.composer.draft?.parent).toBeNull());
    expect([field.value, field.getAttribute('aria-invalid')]).toEqual(['', null]);
  });

  it('means none also for Ctrl+Enter', async () => {
    const { fake, field, choose } = await composer('create_page', 'Parent page');
    choose(5);
    await waitFor(() => expect(field.value).toBe(team(5)));
    await user.click(field);
    await clear();
    await user.keyboard('{Control>}{Enter}{/Control}');
    await waitFor(() => expect(fake.requests('send')).toMatchObject([{ destination: { kind: 'new_page', parent: null } }]));
  });

  it('is filled again by an arrow key and Enter', async () => {
    const { field, choose, answer, chosen } = await composer('create_page', 'Parent page');
    choose(5);
    await waitFor(() => expect(field.value).toBe(team(5)));
    await user.click(field);
    await clear();
    await answer('');
    await waitFor(() => expect(shown()).toHaveLength(12));
    await user.keyboard('{ArrowDown}{ArrowDown}{Enter}');
    await waitFor(() => expect(chosen()).toBe(team(2)));
  });

  it('sends nothing where a choice is needed', async () => {
    const { field, choose, send, sent, chosen } = await composer('create_page', 'Space');
    choose(5);
    await waitFor(() => expect(field.value).toContain(team(5)));
    await user.click(field);
    await clear();
    await user.tab();
    await send();
    await waitFor(() => expect(document.activeElement).toBe(field));
    expect(sent()).toEqual([]);
    await user.keyboard('{Escape}');
    expect([field.value, chosen()]).toEqual([`${team(5)} (T5)`, team(5)]);
  });
});

describe('Enter held down', () => {
  it('sends nothing from the destination of Quick send', async () => {
    const { fake, field, chosen } = await quick();
    await user.tab();
    await waitFor(() => expect(document.activeElement).toBe(field));
    await user.keyboard('team 07{Enter>4/}');
    expect(document.activeElement, 'where the next Enter sends').not.toBe(field);
    expect(chosen()).toBe(team(7));
    expect(fake.requests('quick_send')).toEqual([]);
    await user.keyboard('{Enter}');
    await waitFor(() => expect(fake.requests('quick_send')).toHaveLength(1));
  });

  it('does not use the form of another destination', async () => {
    const { fake, field } = await quick();
    await user.tab();
    await waitFor(() => expect(document.activeElement).toBe(field));
    await user.keyboard('another{Enter}');
    const space = (await screen.findByRole('combobox', { name: 'Space' })) as HTMLInputElement;
    await waitFor(() => expect(document.activeElement).toBe(space));
    await user.keyboard('people');
    await screen.findByRole('option', { name: /^People/ });
    await user.keyboard('{Enter>3/}');
    expect(space.value).toBe('People (PPL)');
    expect(screen.getByRole('form', { name: 'Another destination' })).toBeTruthy();
    await user.keyboard('x');
    expect((screen.getByRole('button', { name: 'Use' }) as HTMLButtonElement).disabled, 'what is shown is no choice').toBe(true);
    await user.keyboard('{Escape}');
    await waitFor(() => expect((screen.getByRole('button', { name: 'Use' }) as HTMLButtonElement).disabled).toBe(false));
    expect(fake.requests('quick_send')).toEqual([]);
  });
});

it('Quick send begins anew with the destination it had, whatever was left in the field', async () => {
  const { fake, field, chosen, send, sent } = await quick();
  const { value } = field;
  await user.tab();
  await user.keyboard('team 0');
  await user.tab({ shift: true });
  await waitFor(() => expect(document.activeElement).not.toBe(field));
  expect(screen.queryByRole('button', { name: 'Favourite' }), 'of what is not shown').toBeNull();
  fake.emit('quick_opened', { item: null });
  await waitFor(() => expect((screen.getByRole('combobox', { name: 'Destination' }) as HTMLInputElement).value).toBe(value));
  await send();
  await waitFor(() => expect(sent()).toHaveLength(1));
  expect(chosen()).toBe(team(1));
});
