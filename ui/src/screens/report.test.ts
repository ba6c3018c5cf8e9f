// What somebody who reports a fault sends along: the log, and a text about the app.

import { screen, waitFor, within } from '@testing-library/svelte';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { BackendError } from '../ipc/backend';
import { openWindow, user } from './window.testing';

beforeAll(async () => {
  await Promise.all([import('./SettingsScreen.svelte'), import('./CopiedDialog.svelte')]);
}, 120_000);

async function about() {
  const opened = await openWindow();
  await user.click(screen.getByRole('link', { name: 'Settings' }));
  await user.click(await screen.findByRole('tab', { name: 'About' }));
  const part = within(await screen.findByRole('region', { name: 'If something goes wrong' }));
  return { ...opened, part };
}

describe('If something goes wrong', () => {
  it('shows the log, by keyboard too', async () => {
    const { fake, part } = await about();
    part.getByRole('button', { name: 'Show log' }).focus();
    await user.keyboard('{Enter}');
    await waitFor(() => expect(fake.requests('show_log')).toHaveLength(1));
  });

  it('says why the log cannot be shown', async () => {
    const { fake, part } = await about();
    fake.instead.show_log = () => {
      throw new BackendError({ code: 'failed', message: 'This desktop has no program that shows folders.', hint: null });
    };
    await user.click(part.getByRole('button', { name: 'Show log' }));
    expect(await screen.findByText(/has no program that shows folders/)).toBeTruthy();
  });

  it('copies the details, as they are at the click', async () => {
    const { fake, part } = await about();
    const copied: string[] = [];
    vi.spyOn(navigator.clipboard, 'write').mockImplementation(async (items) => {
      for (const item of items) copied.push(await (await item.getType('text/plain')).text());
    });
    await user.click(part.getByRole('button', { name: 'Copy details for a report' }));
    expect(await part.findByText('Copied')).toBeTruthy();
    fake.instead.report_details = () => 'Another time';
    await user.click(part.getByRole('button', { name: 'Copy details for a report' }));
    await waitFor(() => expect(copied).toEqual(['Sally Desktop 0.1.0', 'Another time']));
  });

  it('shows the details where the clipboard does not take them', async () => {
    const { part } = await about();
    vi.spyOn(navigator.clipboard, 'write').mockRejectedValue(new Error('Not allowed.'));
    await user.click(part.getByRole('button', { name: 'Copy details for a report' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'Details for a report' }));
    expect(dialog.getByRole<HTMLTextAreaElement>('textbox', { name: 'Text' }).value).toBe('Sally Desktop 0.1.0');
  });
});
