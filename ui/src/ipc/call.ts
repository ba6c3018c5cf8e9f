// The bridge to the core, and the only module that imports Tauri.

import { invoke } from '@tauri-apps/api/core';
import { listen } from '@tauri-apps/api/event';
import { BackendError, type Answer, type Backend, type EventName, type Name, type Request, type Stop } from './backend';
import type { Events } from './bindings';

/** Calls a command of the core. */
export async function call<K extends Name>(name: K, request: Request<K>): Promise<Answer<K>> {
  try {
    return await invoke<Answer<K>>(name, { request });
  } catch (thrown) {
    throw BackendError.from(thrown);
  }
}

/** Listens to an event of the core. */
export async function on<K extends EventName>(event: K, handler: (payload: Events[K]) => void): Promise<Stop> {
  return listen<Events[K]>(event, ({ payload }) => handler(payload));
}

/** The core; while developing in a plain browser, a stand-in, which the production bundle does not contain. */
export async function backend(): Promise<Backend> {
  if (import.meta.env.DEV && !('__TAURI_INTERNALS__' in window)) {
    const { Fake } = await import('./fake');
    return Fake.fromAddress(window.location);
  }
  return { call, on };
}
