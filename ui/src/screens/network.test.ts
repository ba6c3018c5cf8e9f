// Settings → General → Network: which proxy is in between, and the form for its password.

import { screen, waitFor, within } from '@testing-library/svelte';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Network } from '../ipc/bindings';
import { openWindow, user } from './window.testing';

beforeAll(async () => {
  await Promise.all([import('./SettingsScreen.svelte'), import('./OutboxScreen.svelte')]);
}, 120_000);

const proxy = { name: 'proxy.acme.example:3128', origin: 'system', password: 'no' } as const;

async function settings(network: Network) {
  const opened = await openWindow({ connected: true }, (fake) => (fake.network = network));
  await user.click(screen.getByRole('link', { name: 'Settings' }));
  const section = await screen.findByRole('region', { name: 'Network' });
  return { ...opened, section, inside: within(section) };
}

describe('Network', () => {
  it.each<[string, Network, string[]]>([
    ['nothing in between', { proxy: null, script: false }, ['without a proxy']],
    ['a proxy of the system', { proxy, script: false }, ['proxy.acme.example:3128', 'network settings of your system', 'No password is kept']],
    ['a proxy of the environment', { proxy: { ...proxy, origin: 'environment', password: 'in_keyring' }, script: false }, ['environment variable', 'in the keyring']],
    ['a password that the keyring did not take', { proxy: { ...proxy, password: 'for_this_run' }, script: false }, ['until Sally ends']],
    ['a script', { proxy: null, script: true }, ['script (PAC)', 'px or cntlm', 'HTTPS_PROXY']],
  ])('says what is there: %s', async (_, network, words) => {
    const { section } = await settings(network);
    for (const word of words) await waitFor(() => expect(section.textContent).toContain(word));
  });

  it('asks for a password, says that it is wrong, keeps it, and forgets it', async () => {
    const { fake, inside } = await settings({ proxy, script: false });
    await user.click(await inside.findByRole('button', { name: 'Enter the password…' }));
    const form = within(await inside.findByRole('form', { name: 'Sign in at the proxy' }));
    await waitFor(() => expect(document.activeElement).toBe(form.getByRole('textbox', { name: 'Name' })));
    await user.click(form.getByRole('button', { name: 'Sign in' }));
    expect(await form.findByText('Enter the name first.')).toBeTruthy();
    await user.type(form.getByRole('textbox', { name: 'Name' }), 'ada');
    await user.type(form.getByLabelText('Password'), 'wrong{Enter}');
    expect((await form.findByRole('alert')).textContent).toContain('does not accept');
    expect(fake.requests('network').length).toBeGreaterThan(1);
    expect(document.activeElement).toBe(form.getByLabelText('Password'));
    await user.clear(form.getByLabelText('Password'));
    await user.type(form.getByLabelText('Password'), 'right{Enter}');
    const change = await inside.findByRole('button', { name: 'Change the password…' });
    await waitFor(() => expect(document.activeElement).toBe(change));
    expect(fake.requests('enter_proxy_password').at(-1)).toEqual({ proxy: proxy.name, name: 'ada', password: 'right' });
    await user.click(inside.getByRole('button', { name: 'Forget the password' }));
    expect(await inside.findByRole('button', { name: 'Enter the password…' })).toBeTruthy();
    expect(fake.requests('forget_proxy_password')).toEqual([proxy.name]);
  });

  it('forgets what was typed when the form is closed', async () => {
    const { inside } = await settings({ proxy, script: false });
    await user.click(await inside.findByRole('button', { name: 'Enter the password…' }));
    await user.type(await inside.findByLabelText('Password'), 'half');
    await user.click(inside.getByRole('button', { name: 'Cancel' }));
    const again = await inside.findByRole('button', { name: 'Enter the password…' });
    await waitFor(() => expect(document.activeElement).toBe(again));
    await user.click(again);
    expect((await inside.findByLabelText<HTMLInputElement>('Password')).value).toBe('');
  });

  it('is where the way on from the outbox leads', async () => {
    const { app } = await openWindow({ connected: true }, (fake) => (fake.network = { proxy, script: false }));
    app.follow({ kind: 'proxy_password' });
    const name = await screen.findByRole('textbox', { name: 'Name' });
    await waitFor(() => expect(document.activeElement).toBe(name));
  });
});
