// A row of the outbox offers what can be done in its state, and nothing else.

import { render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import type { DeliveryState, DeliveryView } from '../ipc/bindings';
import OutboxRow from './OutboxRow.svelte';

const why = { code: 'failed', message: 'The comment was not found.', hint: null } as const;
const until = '2026-11-12T09:00:10Z';

function show(state: DeliveryState, sender: string | null = null) {
  const delivery: DeliveryView = {
    id: 'one',
    items: ['item-0-2'],
    words: 'Ship the importer behind a flag',
    meeting: 'meeting-0',
    meeting_title: 'Weekly product sync',
    destination: { kind: 'comment', organization: 'cloud-acme', page: { id: '7', title: 'Plans', space: 'Engineering' } },
    organization: 'Acme',
    sender,
    state,
    created: '2026-11-12T09:00:00Z',
    changed: '2026-11-12T09:00:00Z',
  };
  const told = { onopen: vi.fn(), onretry: vi.fn(), onedit: vi.fn(), oncancel: vi.fn(), onpost: vi.fn(), oncheck: vi.fn(), onundo: vi.fn(), onfollow: vi.fn() };
  render(OutboxRow, { delivery, onmeeting: vi.fn(), ...told });
  return told;
}

const buttons = () => screen.queryAllByRole('button').map(({ textContent }) => textContent?.trim());

describe('a row of the outbox', () => {
  it.each<[DeliveryState, string[]]>([
    [{ kind: 'queued' }, ['Edit', 'Cancel']],
    [{ kind: 'held', until }, ['Undo']],
    [{ kind: 'sending' }, []],
    [{ kind: 'checking', why }, []],
    [{ kind: 'waiting', why }, ['Retry now', 'Edit', 'Cancel']],
    [{ kind: 'needs_you', why }, ['Retry now', 'Edit', 'Cancel']],
    [{ kind: 'not_confirmed', why }, ['Open page', 'Check again', 'Post anyway', 'Cancel']],
    [{ kind: 'sent', note: null }, ['Open']],
  ])('offers for %j: %j', (state, offered) => {
    show(state);
    expect(buttons()).toEqual(offered);
  });

  it('offers to send as the connected account what another one sent', async () => {
    const anothers = { code: 'another_account', message: 'Ada sent this.', hint: { kind: 'send_as', name: 'Grace' } } as const;
    const told = show({ kind: 'needs_you', why: anothers }, 'Ada');
    expect(buttons()).toEqual(['Send as Grace', 'Edit', 'Cancel']);
    expect(document.body.textContent).toContain('sent by Ada');
    await userEvent.setup().click(screen.getByRole('button', { name: 'Send as Grace' }));
    expect(told.onfollow).toHaveBeenCalledWith(anothers.hint);
  });

  it('leads to the token that has ended', async () => {
    const ended = { code: 'reconnect_needed', message: 'acme.atlassian.net does not accept the API token any more.', hint: { kind: 'renew_token', organization: 'cloud-acme' } } as const;
    const told = show({ kind: 'needs_you', why: ended });
    expect(buttons()).toEqual(['Renew…', 'Retry now', 'Edit', 'Cancel']);
    await userEvent.setup().click(screen.getByRole('button', { name: 'Renew…' }));
    expect(told.onfollow).toHaveBeenCalledWith(ended.hint);
  });

  it('leaves what is not confirmed to the person', async () => {
    const told = show({ kind: 'not_confirmed', why });
    const user = userEvent.setup();
    for (const name of ['Open page', 'Check again', 'Post anyway']) await user.click(screen.getByRole('button', { name }));
    expect([told.onopen, told.oncheck, told.onpost].map(({ mock }) => mock.calls.length)).toEqual([1, 1, 1]);
    expect(told.onedit).not.toHaveBeenCalled();
  });
});
