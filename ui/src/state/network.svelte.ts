// The proxy between the app and Atlassian, for the settings, and the form that asks for its password. Refuses to keep a
// password: it goes to the core and is forgotten.

import { BackendError, type Backend } from '../ipc/backend';
import type { ErrorView, Network } from '../ipc/bindings';
import type { Notices } from './notices.svelte';

export class NetworkSettings {
  /** `null` until the core has answered. */
  way = $state.raw<Network | null>(null);
  /** The form for the password is open. */
  asking = $state(false);
  /** What was entered is being tried. */
  trying = $state(false);
  /** Why it was not kept. */
  refusal = $state.raw<ErrorView | null>(null);
  /** Counts requests to put the focus into the form. */
  focus = $state(0);

  readonly #backend: Backend;
  readonly #notices: Notices;

  constructor(backend: Backend, notices: Notices) {
    this.#backend = backend;
    this.#notices = notices;
  }

  /** Asks anew: the system changes its proxy without the app, such as when a computer leaves the office. */
  async load(): Promise<void> {
    try {
      this.way = await this.#backend.call('network', null);
    } catch (thrown) {
      this.#notices.failed(thrown);
    }
  }

  ask(): void {
    this.refusal = null;
    this.asking = true;
    this.focus += 1;
  }

  close(): void {
    this.asking = false;
    this.refusal = null;
  }

  /** Answers whether the proxy has accepted it. */
  async enter(name: string, password: string): Promise<boolean> {
    const proxy = this.way?.proxy?.name;
    if (!proxy || this.trying) return false;
    this.trying = true;
    this.refusal = null;
    try {
      this.way = await this.#backend.call('enter_proxy_password', { proxy, name, password });
      this.close();
      return true;
    } catch (thrown) {
      this.refusal = BackendError.from(thrown).view;
      await this.load();
      return false;
    } finally {
      this.trying = false;
    }
  }

  async forget(): Promise<void> {
    const proxy = this.way?.proxy?.name;
    if (!proxy) return;
    try {
      this.way = await this.#backend.call('forget_proxy_password', proxy);
    } catch (thrown) {
      this.#notices.failed(thrown);
    }
  }
}
