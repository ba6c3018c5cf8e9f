// What strangers wrote, as the windows show it: where links lead, text that reads from right to left, and where items came
// from.

import { render, screen, waitFor } from '@testing-library/svelte';
import { beforeAll, describe, expect, it } from 'vitest';
import Window from '../Quick.svelte';
import { Fake } from '../ipc/fake';
import { targets } from '../ipc/fake_data';
import { Quick } from '../state/quick.svelte';
import { openWindow, user } from './window.testing';

// Compiling a screen for the first time can take longer than a person would be made to wait.
beforeAll(async () => {
  await import('./MeetingPane.svelte');
}, 120_000);

async function openQuick(prepare: (fake: Fake) => void) {
  const fake = new Fake({ connected: true });
  prepare(fake);
  const quick = new Quick(fake);
  render(Window, { quick });
  await quick.start();
  fake.emit('quick_opened', { item: null });
  await waitFor(() => expect(document.activeElement).toBe(screen.getByRole('searchbox', { name: 'Quick send' })));
  return { fake, quick };
}

const links = () => screen.getAllByRole('status').map(({ textContent }) => textContent?.replace(/\s+/g, ' ').trim()).find((said) => said?.startsWith('Links to'));

describe('links in Quick send', () => {
  it('are told by their hosts for what Enter would send, and for nothing else', async () => {
    const { fake } = await openQuick((one) => {
      one.instead.link_hosts = ({ items }) => items.flatMap((id) => (id === 'item-0-1' ? ['docs.example.com', 'evil.example'] : id === 'item-0-2' ? ['evil.example'] : []));
    });
    await waitFor(() => expect(fake.requests('link_hosts')).toContainEqual({ items: ['item-0-0'], target: targets[0]?.target }));
    expect(links()).toBeUndefined();
    await user.keyboard('{ArrowDown}');
    await waitFor(() => expect(links()).toBe('Links to docs.example.com, evil.example'));
    await user.keyboard('{ArrowDown}');
    await waitFor(() => expect(links()).toBe('Links to evil.example'));
    await user.keyboard('{ArrowDown}');
    await waitFor(() => expect(links()).toBeUndefined());
    await user.keyboard('{ArrowUp}{Control>} {/Control}{ArrowUp}{Control>} {/Control}{ArrowUp}');
    await waitFor(() => expect(fake.requests('link_hosts').at(-1)?.items, 'the marked ones, whichever is active').toEqual(['item-0-2', 'item-0-1']));
  });

  it('are not those of an item that was left before the answer came', async () => {
    const waiting: ((hosts: string[]) => void)[] = [];
    const { quick } = await openQuick((one) => (one.instead.link_hosts = () => new Promise((resolve) => waiting.push(resolve))));
    await waitFor(() => expect(waiting.length).toBeGreaterThan(0));
    const before = waiting.length;
    quick.move(1);
    await waitFor(() => expect(waiting).toHaveLength(before + 1));
    waiting[before]?.(['second.example']);
    await waitFor(() => expect(links()).toBe('Links to second.example'));
    for (const answer of waiting.slice(0, before)) answer(['first.example']);
    await Promise.resolve();
    expect(links()).toBe('Links to second.example');
    quick.move(1);
    await waitFor(() => expect(links(), 'nor what was answered for another one').toBeUndefined());
  });

  it('that cannot be told are a problem that is said', async () => {
    await openQuick((one) => {
      one.instead.link_hosts = () => {
        throw new Error('The disk is full.');
      };
    });
    expect((await screen.findByRole('alert')).textContent).toMatch(/disk is full/);
  });
});

describe('text from right to left', () => {
  /** Somebody else's words, told apart by their script. */
  const theirs = (what: string) => `${what}: \u05e9\u05dc\u05d5\u05dd 3`;
  const texts = ['title', 'person', 'item', 'owner', 'due', 'source', 'said', 'notes'].map(theirs);

  function turned(fake: Fake): void {
    const [title, person, text, owner, due, source, said, notes] = texts as [string, string, string, string, string, string, string, string];
    fake.meetings = fake.meetings.slice(0, 1).map((meeting) => ({
      ...meeting,
      title,
      participants: [person],
      source,
      notes,
      items: meeting.items.slice(0, 1).map((item) => ({ ...item, text, owner, due: { text: due, date: null } })),
      transcript: meeting.transcript.slice(0, 1).map((cue) => ({ ...cue, speaker: person, text: said })),
    }));
  }

  /** Where their words are on the screen: the isolated text around them, or what they would turn. */
  function around(): string[] {
    const found: string[] = [];
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walk.nextNode(); node; node = walk.nextNode()) {
      if (!/[\u0590-\u05ff]/.test(node.textContent ?? '')) continue;
      const isolated = node.parentElement?.closest('bdi');
      found.push(isolated?.textContent ?? `not isolated: ${node.parentElement?.outerHTML}`);
    }
    return found;
  }

  it('turns nothing around it in an open meeting and the list', async () => {
    await openWindow({ connected: true }, turned);
    await user.click(await screen.findByRole('button', { name: 'Transcript' }));
    await user.click(await screen.findByRole('button', { name: 'Notes' }));
    await waitFor(() => expect(new Set(around())).toEqual(new Set(texts.map((text, i) => (i === 4 ? `due ${text}` : text)))));
  });

  it('turns nothing around it in Quick send', async () => {
    await openQuick(turned);
    await waitFor(() => expect(around().length).toBeGreaterThan(3));
    const [title, , text, owner, due] = texts;
    expect(new Set(around())).toEqual(new Set([title, text, owner, `due ${due}`]));
  });
});

describe('where items came from', () => {
  const origins = () => [...document.querySelectorAll('article li')].map((row) => [...row.querySelectorAll('p')].find((line) => line.textContent?.startsWith('from '))?.textContent ?? null);
  const source = () => document.querySelector('article > .source')?.textContent;

  it('is said once where it is one file', async () => {
    await openWindow();
    await waitFor(() => expect(source()).toBe('From Structured JSON · notes.md'));
    expect(new Set(origins())).toEqual(new Set([null]));
  });

  it('is said by each item where another file added some', async () => {
    await openWindow({ connected: true }, (fake) => {
      fake.meetings = fake.meetings.map((meeting) => ({ ...meeting, items: meeting.items.slice(0, 2).map((item, i) => ({ ...item, origin: i ? 'stranger.md' : 'notes.md' })) }));
    });
    await waitFor(() => expect(origins()).toEqual(['from notes.md', 'from stranger.md']));
    expect(source()).toBe('From Structured JSON');
  });
});
