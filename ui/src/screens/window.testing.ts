// The window over the stand-in for the core, as the tests of screens use it.

import { render, screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { expect } from 'vitest';
import Window from '../App.svelte';
import { Fake, type FakeOptions } from '../ipc/fake';
import { App } from '../state/app.svelte';

export const user = userEvent.setup({ pointerEventsCheck: 0 });

export async function openWindow(options: FakeOptions = { connected: true }, prepare?: (fake: Fake) => void) {
  delete document.documentElement.dataset.ready;
  const fake = new Fake(options);
  prepare?.(fake);
  const app = new App(fake);
  render(Window, { app });
  await app.start();
  await waitFor(() => expect(document.documentElement.dataset.ready).toBe('true'));
  return { fake, app };
}

/** The row of an item of the open meeting. */
export async function item(text: string): Promise<HTMLElement> {
  const words = await screen.findByText(text, { selector: 'li p bdi' });
  return words.closest('li') as HTMLElement;
}
