// What strangers wrote, as the windows show it: where links lead, and text that reads from right to left.

import { render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import Window from '../Quick.svelte';
import { Fake } from '../ipc/fake';
import { targets } from '../ipc/fake_data';
import { Quick } from '../state/quick.svelte';

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
    const user = userEvent.setup({ pointerEventsCheck: 0 });
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
    await waitFor(() => expect(waiting).toHaveLength(1));
    quick.move(1);
    await waitFor(() => expect(waiting).toHaveLength(2));
    waiting[1]?.(['second.example']);
    await waitFor(() => expect(links()).toBe('Links to second.example'));
    waiting[0]?.(['first.example']);
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
