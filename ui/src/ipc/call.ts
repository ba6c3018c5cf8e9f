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

/** An event of the core, as the shell tells it. */
interface Told {
  event: EventName;
  payload: never;
}

const handlers = new Map<EventName, Set<(payload: never) => void>>();
/** One listener for all events: each is a call of its own, and the first view waits for them. */
let listening: Promise<unknown> | undefined;

/** Listens to an event of the core. */
export async function on<K extends EventName>(event: K, handler: (payload: Events[K]) => void): Promise<Stop> {
  const all = handlers.get(event) ?? new Set();
  handlers.set(event, all.add(handler));
  listening ??= listen<Told>('told', ({ payload: told }) => handlers.get(told.event)?.forEach((handle) => handle(told.payload)));
  await listening;
  return () => void all.delete(handler);
}

/** The core; while developing in a plain browser, a stand-in, which the production bundle does not contain. */
export async function backend(): Promise<Backend> {
  if (import.meta.env.DEV && !('__TAURI_INTERNALS__' in window)) {
    const { Fake } = await import('./fake');
    return Fake.fromAddress(window.location);
  }
  return { call, on };
}
