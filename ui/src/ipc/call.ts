// The bridge to the core, and the only module that imports Tauri.

import { Channel, invoke } from '@tauri-apps/api/core';
import { BackendError, type Answer, type Backend, type EventName, type Name, type Payload, type Request, type Stop } from './backend';
import type { Event } from './bindings';

/** Calls a command of the core. */
export async function call<K extends Name>(name: K, request: Request<K>): Promise<Answer<K>> {
  try {
    return await invoke<Answer<K>>(name, { request });
  } catch (thrown) {
    throw BackendError.from(thrown);
  }
}

const handlers = new Map<EventName, Set<(payload: never) => void>>();
/** One channel for all events: each would be a call of its own, and the first view waits for them. */
let listening: Promise<unknown> | undefined;

/** Hands an event of the core to whoever asked for it. */
function take(event: Event): void {
  const payload = 'payload' in event ? event.payload : null;
  handlers.get(event.event)?.forEach((handle) => handle(payload as never));
}

/** Listens to an event of the core. */
export async function on<K extends EventName>(event: K, handler: (payload: Payload<K>) => void): Promise<Stop> {
  const all = handlers.get(event) ?? new Set();
  handlers.set(event, all.add(handler));
  listening ??= invoke('listen', { request: new Channel<Event>(take) });
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
