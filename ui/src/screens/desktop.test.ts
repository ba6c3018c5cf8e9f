// What the main window does for the desktop: it follows what is asked for elsewhere, and its settings of Quick send.

import { render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import Window from '../App.svelte';
import { BackendError } from '../ipc/backend';
import { Fake, type FakeOptions } from '../ipc/fake';
import { targets } from '../ipc/fake_data';
import { App } from '../state/app.svelte';

const user = userEvent.setup({ pointerEventsCheck: 0 });

async function open(options: FakeOptions = { connected: true }, prepare?: (fake: Fake) => void) {
  const fake = new Fake(options);
  prepare?.(fake);
  const app = new App(fake);
  render(Window, { app });
  await app.start();
  await waitFor(() => expect(document.documentElement.dataset.ready).toBe('true'));
  return { fake, app };
}

// Compiling a screen for the first time can take longer than a person would be made to wait.
beforeAll(async () => {
  await Promise.all([import('./ComposerDialog.svelte'), import('./OutboxScreen.svelte'), import('./SettingsScreen.svelte'), import('../parts/editor/Editor.svelte')]);
}, 120_000);

beforeEach(() => {
  delete document.documentElement.dataset.ready;
  delete document.documentElement.dataset.appearance;
});

describe('what is asked for elsewhere', () => {
  it('is a screen', async () => {
    const { fake } = await open();
    fake.emit('go_to', 'outbox');
    expect(await screen.findByRole('heading', { name: 'Outbox' })).toBeTruthy();
    fake.emit('go_to', 'as_it_was');
    expect(screen.getByRole('heading', { name: 'Outbox' })).toBeTruthy();
    fake.emit('go_to', 'integrations');
    expect((await screen.findByRole('tab', { name: 'Integrations' })).getAttribute('aria-selected')).toBe('true');
    fake.emit('go_to', 'settings');
    expect(await screen.findByRole('heading', { name: 'Settings' })).toBeTruthy();
  });

  it('is a dialog, with the destination that was shown there', async () => {
    const { fake } = await open();
    const request = { items: ['item-0-2'], action: 'add_comment' as const, target: targets[0]?.target };
    fake.emit('open_dialog', request);
    expect(await screen.findByRole('dialog', { name: 'Add a comment to a Confluence page' })).toBeTruthy();
    expect(fake.requests('compose')).toEqual([request]);
  });

  it('is a dialog in place of the one that is open, whose words are kept', async () => {
    const { fake, app } = await open();
    await app.composer.open({ items: ['item-0-2'], action: 'create_page' });
    app.composer.set({ title: 'Half a title' });
    fake.emit('open_dialog', { items: ['item-0-3'], action: 'create_page', target: null });
    await waitFor(() => expect(app.composer.draft?.items).toEqual(['item-0-3']));
    expect(fake.requests('save_draft').map(({ items, title }) => ({ items, title }))).toEqual([{ items: ['item-0-2'], title: 'Half a title' }]);
  });

  it('is other settings', async () => {
    const { fake, app } = await open();
    fake.emit('settings', { ...fake.settings, appearance: 'dark', keep_in_tray: false });
    expect(document.documentElement.dataset.appearance).toBe('dark');
    expect(app.session.settings.keep_in_tray).toBe(false);
  });
});

describe('the settings of Quick send', () => {
  async function show(prepare?: (fake: Fake) => void) {
    const opened = await open({ connected: true }, prepare);
    await user.click(screen.getByRole('link', { name: 'Settings' }));
    const group = within(await screen.findByRole('region', { name: 'Quick send' }));
    return { ...opened, group, shortcut: () => group.getByRole('button', { name: /^Shortcut/ }) };
  }

  it('take a shortcut as it is pressed', async () => {
    const { fake, shortcut } = await show();
    expect(shortcut().textContent?.trim()).toBe('Ctrl+Shift+Space');
    await user.click(shortcut());
    expect(shortcut().textContent?.trim()).toBe('Press the new keys');
    await user.keyboard('a');
    expect(shortcut().textContent?.trim(), 'a letter alone is no shortcut').toBe('Press the new keys');
    await user.keyboard('{Control>}k{/Control}');
    await waitFor(() => expect(shortcut().textContent?.trim()).toBe('Ctrl+K'));
    expect(fake.settings.shortcut).toBe('CmdOrCtrl+K');
    expect(screen.getByRole('heading', { name: 'Settings' }), 'the keys did nothing else').toBeTruthy();
  });

  it('keep the shortcut with Escape, take it away with Backspace, and reset it', async () => {
    const { fake, group, shortcut } = await show();
    await user.click(shortcut());
    await user.keyboard('{Escape}');
    expect(fake.requests('save_settings')).toEqual([]);
    await user.click(shortcut());
    await user.keyboard('{Backspace}');
    await waitFor(() => expect(shortcut().textContent?.trim()).toBe('None'));
    expect(fake.settings.shortcut).toBe('');
    await user.click(group.getByRole('button', { name: 'Reset' }));
    await waitFor(() => expect(fake.settings.shortcut).toBe('CmdOrCtrl+Shift+Space'));
    expect(group.queryByRole('button', { name: 'Reset' })).toBeNull();
  });

  it('keep the old shortcut where the new one cannot be had, and say so by the field', async () => {
    const { fake, shortcut } = await show();
    fake.instead.save_settings = () => {
      throw new BackendError({ code: 'failed', message: 'Another program has Ctrl+K.', hint: null });
    };
    await user.click(shortcut());
    await user.keyboard('{Control>}k{/Control}');
    expect((await screen.findByRole('alert')).textContent).toBe('Another program has Ctrl+K.');
    expect(shortcut().textContent?.trim()).toBe('Ctrl+Shift+Space');
    expect(shortcut().getAttribute('aria-describedby')).toContain('shortcut-problem');
  });

  it('say that another program has the keys', async () => {
    await show((fake) => (fake.desktop = { ...fake.desktop, shortcut: { kind: 'taken' } }));
    expect((await screen.findByRole('alert')).textContent).toMatch(/^Another program has these keys/);
  });

  it('offer a command where a program may not take keys', async () => {
    const { group } = await show((fake) => (fake.desktop = { ...fake.desktop, shortcut: { kind: 'not_allowed' } }));
    const field = (await group.findByRole('textbox', { name: 'Command for a shortcut' })) as HTMLInputElement;
    expect(field.value).toBe('/usr/bin/sally-desktop --quick-send');
    expect(group.queryByRole('button', { name: /^Shortcut/ })).toBeNull();
    const write = vi.spyOn(navigator.clipboard, 'writeText').mockResolvedValue();
    await user.click(group.getByRole('button', { name: 'Copy' }));
    expect(write).toHaveBeenCalledWith('/usr/bin/sally-desktop --quick-send');
    expect(await group.findByText('Copied')).toBeTruthy();
  });

  it('change with their controls', async () => {
    const { fake, group } = await show();
    await user.selectOptions(group.getByRole('combobox', { name: /^Time for Undo in Quick send/ }), '10 seconds');
    await user.click(group.getByRole('switch', { name: 'Keep Sally in the tray when its window is closed' }));
    await user.click(group.getByRole('switch', { name: 'Tell me what was sent and what needs me' }));
    await waitFor(() => expect(fake.settings).toMatchObject({ quick_hold_seconds: 10, keep_in_tray: false, notifications: false }));
    const start = group.getByRole('switch', { name: 'Start Sally when I log in' });
    expect(start.getAttribute('aria-checked'), 'off unless somebody wants it').toBe('false');
    await user.click(start);
    await waitFor(() => expect(start.getAttribute('aria-checked')).toBe('true'));
    expect(fake.desktop.autostart).toBe(true);
  });

  it('say that there is no tray', async () => {
    await show((fake) => (fake.desktop = { ...fake.desktop, tray: false }));
    expect(await screen.findByText('This desktop shows no tray icons')).toBeTruthy();
  });
});
