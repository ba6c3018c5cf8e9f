// Taking everything off the computer: what is named, and what becomes of a removal that does not get to its end.

import { screen, waitFor, within } from '@testing-library/svelte';
import { beforeAll, describe, expect, it } from 'vitest';
import { BackendError } from '../ipc/backend';
import { sally, type FakeOptions } from '../ipc/fake';
import { apiToken } from '../ipc/fake_tokens';
import { openWindow, user } from './window.testing';

beforeAll(async () => {
  await import('./SettingsScreen.svelte');
}, 120_000);

const site = { id: 'cloud-globex', name: 'Globex', url: 'https://globex.atlassian.net' };

async function ask(options: FakeOptions = { connected: true }) {
  const opened = await openWindow(options);
  await user.click(screen.getByRole('link', { name: 'Settings' }));
  await user.click(await screen.findByRole('tab', { name: 'About' }));
  await user.click(await screen.findByRole('button', { name: 'Remove everything…' }));
  const dialog = await screen.findByRole('alertdialog', { name: 'Remove everything?' });
  return { ...opened, dialog, inside: within(dialog), verb: () => within(dialog).getByRole('button', { name: /^(Remove everything|Removing…|Try again)$/ }) };
}

describe('Remove everything…', () => {
  it('names what goes and what stays, with the way back first', async () => {
    const { inside, fake } = await ask({ connected: true, tokens: [apiToken(site, {})], servers: [{ ...sally, company: 'Acme' }] });
    expect(document.activeElement).toBe(inside.getByRole('button', { name: 'Cancel' }));
    const goes = within(inside.getByRole('list', { name: 'What goes' }));
    const connections = goes.getAllByRole('listitem')[0]?.textContent;
    for (const name of ['Ada Lovelace', 'globex.atlassian.net', 'Sally (Acme)']) expect(connections).toContain(name);
    expect(inside.getByRole('list', { name: 'This stays' }).textContent).toContain('What was sent to Confluence');
    await user.click(inside.getByRole('button', { name: 'Show connected apps' }));
    expect(fake.requests('open_link')).toEqual([{ kind: 'connected_apps' }]);
  });

  it('says how many deliveries were not sent', async () => {
    const opened = await openWindow();
    await opened.fake.call('send', {
      items: ['item-0-2'],
      destination: { kind: 'new_page', organization: 'acme', space: { id: '1', key: 'ENG', name: 'Engineering' }, parent: null, title: 'Waits' },
      document: { version: 1, type: 'doc', content: [] },
      replaces: null,
      again: false,
    });
    await opened.app.deliveries.load();
    opened.app.navigation.settings('about');
    opened.app.removal.ask();
    expect((await screen.findByRole('list', { name: 'What goes' })).textContent).toContain('1 delivery that was not sent');
  });

  it('removes nothing when it is cancelled', async () => {
    const { inside, fake } = await ask();
    await user.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByRole('alertdialog')).toBeNull());
    expect(inside).toBeTruthy();
    expect(fake.requests('remove_everything')).toEqual([]);
  });

  it('asks once, and waits for the end of the app', async () => {
    const { verb, fake, app } = await ask();
    await user.click(verb());
    await waitFor(() => expect(verb().textContent).toContain('Removing…'));
    await user.click(verb());
    await app.removal.remove();
    expect(fake.requests('remove_everything')).toHaveLength(1);
    await user.keyboard('{Escape}');
    expect(screen.getByRole('alertdialog')).toBeTruthy();
  });

  it('says why nothing was removed, and can be tried again', async () => {
    const { verb, inside, fake } = await ask();
    fake.instead.remove_everything = () => {
      throw new BackendError({ code: 'failed', message: 'The keyring of your desktop is locked.', hint: { kind: 'unlock_keyring' } });
    };
    await user.click(verb());
    expect((await inside.findByRole('alert')).textContent).toContain('The keyring of your desktop is locked.');
    expect(inside.getByText('Nothing was removed. Unlock the keyring, then try again.')).toBeTruthy();
    delete fake.instead.remove_everything;
    await user.click(verb());
    await waitFor(() => expect(fake.requests('remove_everything')).toHaveLength(2));
    expect(inside.queryByRole('alert')).toBeNull();
  });

  it('names what is left, and ends the app from there', async () => {
    const { verb, fake } = await ask();
    fake.instead.remove_everything = () => ['/data/sally.db: permission denied'];
    await user.click(verb());
    const dialog = within(await screen.findByRole('alertdialog', { name: 'Not everything could be removed' }));
    expect(dialog.getByRole('list', { name: 'What is left' }).textContent).toContain('/data/sally.db: permission denied');
    await user.click(dialog.getByRole('button', { name: 'Quit' }));
    expect(fake.requests('quit')).toHaveLength(1);
  });
});
