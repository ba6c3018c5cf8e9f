// Every delivery that the window has heard of, and what is said when one changes.

import { SvelteMap } from 'svelte/reactivity';
import type { Backend } from '../ipc/backend';
import type { Compose, DeliveryId, DeliveryView, Hint, ItemId } from '../ipc/bindings';
import { actionOf, pageTitle, stateWord } from '../words/deliveries';
import type { Notices } from './notices.svelte';
import type { Session } from './session.svelte';

/** What the deliveries ask of the rest of the window. */
export interface DeliveryWays {
  edit: (id: DeliveryId) => void;
  /** Opens the dialog with what was kept. */
  compose: (request: Compose) => void;
  outbox: () => void;
  follow: (hint: Hint, delivery: DeliveryId) => unknown;
}

export class Deliveries {
  loaded = $state(false);
  /** Set once, when the window is put together. */
  ways: DeliveryWays | null = null;

  readonly #all = new SvelteMap<DeliveryId, DeliveryView>();
  readonly #backend: Backend;
  readonly #notices: Notices;
  readonly #session: Session;

  readonly list = $derived([...this.#all.values()].sort((a, b) => Date.parse(b.created) - Date.parse(a.created)));
  readonly #byItem = $derived.by(() => {
    const groups: Record<ItemId, DeliveryView[]> = {};
    for (const delivery of this.list) for (const item of delivery.items) (groups[item] ??= []).push(delivery);
    return groups;
  });
  readonly unsent = $derived.by(() =>
    this.loaded ? this.list.filter((one) => one.state.kind !== 'sent').length : (this.#session.status?.unsent ?? 0),
  );

  constructor(backend: Backend, notices: Notices, session: Session) {
    this.#backend = backend;
    this.#notices = notices;
    this.#session = session;
  }

  async listen(): Promise<void> {
    await Promise.all([
      this.#backend.on('delivery', (delivery) => {
        const before = this.#all.get(delivery.id)?.state.kind;
        this.#all.set(delivery.id, delivery);
        if (before !== delivery.state.kind) this.#announce(delivery);
      }),
      this.#backend.on('delivery_gone', (id) => {
        this.#all.delete(id);
        this.#notices.dismiss(id);
      }),
    ]);
  }

  async load(): Promise<void> {
    try {
      const deliveries = await this.#backend.call('deliveries', null);
      for (const delivery of deliveries) this.absorb(delivery);
      this.loaded = true;
    } catch (thrown) {
      this.#notices.failed(thrown);
    }
  }

  /** The deliveries of an item, newest first. */
  of(item: ItemId): DeliveryView[] {
    return this.#byItem[item] ?? [];
  }

  /** Takes over an answer, unless an event has already told something later. */
  absorb(delivery: DeliveryView): void {
    const known = this.#all.get(delivery.id);
    if (!known || Date.parse(delivery.changed) > Date.parse(known.changed)) this.#all.set(delivery.id, delivery);
    // What is held back can be undone for some seconds only.
    if (!known && delivery.state.kind === 'held') this.#announce(delivery);
  }

  async retry(id: DeliveryId): Promise<void> {
    await this.#goOn('retry', id);
  }

  async postAnyway(id: DeliveryId): Promise<void> {
    await this.#goOn('post_anyway', id);
  }

  /** The connected account sends what another one was to send. */
  async sendAs(id: DeliveryId): Promise<void> {
    await this.#goOn('send_as', id);
  }

  /** What waited so long that it was asked about. */
  async sendWaiting(): Promise<void> {
    await this.#change(async () => {
      await this.#backend.call('send_waiting', null);
    });
  }

  async checkAgain(id: DeliveryId): Promise<void> {
    await this.#goOn('check_again', id);
  }

  /** Takes back what is held, and shows its words again. */
  async undo(delivery: DeliveryView): Promise<void> {
    if (await this.cancel(delivery.id)) this.ways?.compose({ items: delivery.items, action: actionOf(delivery) });
  }

  /** Answers whether it is off the list. */
  async cancel(id: DeliveryId): Promise<boolean> {
    return this.#change(async () => {
      await this.#backend.call('cancel', id);
      this.#all.delete(id);
      this.#notices.dismiss(id);
    });
  }

  /** The list itself is looked at, so that nothing has to be said about its entries. */
  looked(): void {
    this.#notices.dismissAll(this.list.filter(({ state }) => state.kind !== 'sent').map(({ id }) => id));
  }

  open(id: DeliveryId): void {
    this.#session.open({ kind: 'delivery', id });
  }

  async #goOn(command: 'retry' | 'post_anyway' | 'check_again' | 'send_as', id: DeliveryId): Promise<void> {
    this.#notices.dismiss(id);
    await this.#change(async () => this.absorb(await this.#backend.call(command, id)), id);
  }

  async #change(change: () => Promise<void>, id?: DeliveryId): Promise<boolean> {
    try {
      await change();
      return true;
    } catch (thrown) {
      this.#notices.failed(thrown, (hint) => id !== undefined && this.ways?.follow(hint, id));
      return false;
    }
  }

  #announce(delivery: DeliveryView): void {
    const { id, state } = delivery;
    if (state.kind === 'sent') {
      this.#notices.show({
        id,
        tone: 'good',
        message: actionOf(delivery) === 'create_page' ? 'Page created' : 'Comment added',
        detail: state.note === null ? pageTitle(delivery) : `${pageTitle(delivery)}. ${state.note}`,
        // A sentence takes longer to read than a title.
        lasting: state.note !== null,
        actions: [{ label: 'Open', run: () => this.open(id) }],
      });
    } else if (state.kind === 'held') {
      this.#notices.show({
        id,
        tone: 'waiting',
        message: actionOf(delivery) === 'create_page' ? 'The page goes in a moment' : 'The comment goes in a moment',
        detail: pageTitle(delivery),
        lasting: true,
        actions: [{ label: 'Undo', run: () => void this.undo(delivery) }],
      });
    } else if (state.kind === 'queued' || state.kind === 'sending') {
      this.#notices.dismiss(id);
    } else if (state.kind === 'waiting' || state.kind === 'checking') {
      // It goes on by itself.
      this.#notices.show({
        id,
        tone: 'waiting',
        message: `${state.kind === 'waiting' ? 'Waiting' : 'Checking'}: ${pageTitle(delivery)}`,
        detail: state.kind === 'waiting' ? `${state.why.message} It is sent by itself later.` : `${state.why.message} Confluence is being asked.`,
        actions: [{ label: 'Show in Outbox', run: () => this.ways?.outbox() }],
      });
    } else {
      const edit = { label: 'Edit', run: () => this.ways?.edit(id) };
      const outbox = { label: 'Show in Outbox', run: () => this.ways?.outbox() };
      // An unconfirmed delivery is not edited: first somebody has to look whether it arrived.
      const actions = state.kind === 'not_confirmed' || state.why.code === 'another_account' ? [outbox] : [edit];
      // One notice asks about everything that waited for long.
      if (state.why.code === 'waited_long') return;
      const editing = ['choose_another_title', 'choose_another_place', 'shorten'];
      const hint = state.why.hint && !editing.includes(state.why.hint.kind) ? state.why.hint : undefined;
      this.#notices.show({
        id,
        tone: 'bad',
        message: `${stateWord(state.kind)}: ${pageTitle(delivery)}`,
        detail: state.why.message,
        lasting: true,
        actions,
        hint,
        follow: (followed) => this.ways?.follow(followed, id),
      });
    }
  }
}
