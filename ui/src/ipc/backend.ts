// What the state asks of whoever is on the other side: the core, or the stand-in for tests and the browser.
// Refuses to know either. `call.ts` and `fake.ts` implement it; the classes in `state/` take one.

import type { Commands, ErrorCode, ErrorView, Event, Hint } from './bindings';

/** `listen` is the bridge's own: it makes `on` of it. */
export type Name = Exclude<keyof Commands, 'listen'>;
export type Request<K extends Name> = Commands[K]['args'];
export type Answer<K extends Name> = Commands[K]['result'];
export type EventName = Event['event'];
export type Payload<K extends EventName> = Extract<Event, { event: K }> extends { payload: infer P } ? P : null;

/** Ends a subscription. */
export type Stop = () => void;

export interface Backend {
  /** Rejects with a `BackendError`, and with nothing else. */
  call<K extends Name>(name: K, request: Request<K>): Promise<Answer<K>>;
  /** Resolves when events arrive for sure. */
  on<K extends EventName>(event: K, handler: (payload: Payload<K>) => void): Promise<Stop>;
}

/** What the core answers in place of a result. */
export class BackendError extends Error implements ErrorView {
  readonly code: ErrorCode;
  readonly hint: Hint | null;

  constructor(view: ErrorView) {
    super(view.message);
    this.name = 'BackendError';
    this.code = view.code;
    this.hint = view.hint;
  }

  /** Anything that was thrown, as a `BackendError`. */
  static from(thrown: unknown): BackendError {
    if (thrown instanceof BackendError) return thrown;
    if (isErrorView(thrown)) return new BackendError(thrown);
    // The bridge itself rejects with a string, such as when a request does not fit its type.
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    return new BackendError({ code: 'failed', message, hint: null });
  }

  /** The plain value, for state that is compared and kept. */
  get view(): ErrorView {
    return { code: this.code, message: this.message, hint: this.hint };
  }
}

function isErrorView(value: unknown): value is ErrorView {
  return typeof value === 'object' && value !== null && 'code' in value && 'message' in value;
}
