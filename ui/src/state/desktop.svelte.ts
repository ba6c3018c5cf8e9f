// What the desktop lends the app, for the settings: the keys that open Quick send, the tray, and the start at login.

import { BackendError, type Backend } from '../ipc/backend';
import type { Desktop, ErrorView } from '../ipc/bindings';
import type { Notices } from './notices.svelte';
import type { Session } from './session.svelte';

export class DesktopSettings {
  /** `null` until the core has answered. */
  lends = $state.raw<Desktop | null>(null);
  /** Why other keys could not be had. */
  refusal = $state.raw<ErrorView | null>(null);

  readonly #backend: Backend;
  readonly #session: Session;
  readonly #notices: Notices;

  constructor(backend: Backend, session: Session, notices: Notices) {
    this.#backend = backend;
    this.#session = session;
    this.#notices = notices;
  }

  /** Asks anew: the desktop changes without the app, such as when another program takes the keys. */
  async load(): Promise<void> {
    try {
      this.lends = await this.#backend.call('desktop', null);
    } catch (thrown) {
      this.#notices.failed(thrown);
    }
  }

  /** Other keys, or (empty) none. If they cannot be had, the old ones stay. */
  async chooseShortcut(shortcut: string): Promise<void> {
    this.refusal = null;
    try {
      await this.#session.saveShortcut(shortcut);
    } catch (thrown) {
      this.refusal = BackendError.from(thrown).view;
    }
    await this.load();
  }

  async startAtLogin(autostart: boolean): Promise<void> {
    try {
      this.lends = await this.#backend.call('set_autostart', autostart);
    } catch (thrown) {
      this.#notices.failed(thrown);
    }
  }
}
