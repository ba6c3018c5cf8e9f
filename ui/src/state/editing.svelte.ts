// What a person changes of a meeting's items by hand: the dialog that changes one or adds one, and deleting. What was
// typed and not saved is kept until the app ends.

import { SvelteMap } from 'svelte/reactivity';
import { BackendError, type Backend } from '../ipc/backend';
import type { ErrorView, ItemId, ItemKind, ItemView, ItemWords, MeetingId } from '../ipc/bindings';
import { inSections } from '../words/items';
import type { Meetings } from './meetings.svelte';
import type { Notices } from './notices.svelte';

/** What the fields of the dialog hold. */
export interface ItemFields {
  kind: ItemKind;
  text: string;
  owner: string;
  due: string;
  done: boolean;
}

interface Form {
  /** The item that is changed; `null` for one that is added. */
  item: ItemId | null;
  meeting: MeetingId;
  at_ms: number | null;
  /** As the dialog opens without anything that was kept. */
  original: ItemFields;
  onadded?: () => void;
}

/** Something said in a meeting that becomes an item. */
export interface Said {
  text: string;
  at_ms: number | null;
  onadded?: () => void;
}

const same = (a: ItemFields, b: ItemFields) => JSON.stringify(a) === JSON.stringify(b);

export class Editing {
  /** What the dialog is about; `null` while it is closed. */
  form = $state.raw<Form | null>(null);
  fields = $state.raw<ItemFields>({ kind: 'insight', text: '', owner: '', due: '', done: false });
  /** Whether the fields hold what was typed earlier. */
  restored = $state(false);
  /** Why it was not saved; `text` if that is a field. */
  problem = $state.raw<{ field: 'text' | null; error: ErrorView } | null>(null);
  saving = $state(false);
  /** The item that should have the focus; `null` means what is there without items. The turn tells wishes apart. */
  focus = $state.raw<{ item: ItemId | null; turn: number } | null>(null);

  readonly #backend: Backend;
  readonly #meetings: Meetings;
  readonly #notices: Notices;
  readonly #kept = new SvelteMap<string, ItemFields>();
  #turn = 0;

  constructor(backend: Backend, meetings: Meetings, notices: Notices) {
    this.#backend = backend;
    this.#meetings = meetings;
    this.#notices = notices;
  }

  edit({ id, kind, text, owner, due, done }: ItemView): void {
    const meeting = this.#meetings.open?.id;
    if (meeting) this.#open({ item: id, meeting, at_ms: null, original: { kind, text, owner: owner ?? '', due: due?.text ?? '', done } });
  }

  add(meeting: MeetingId, { text, at_ms, onadded }: Said = { text: '', at_ms: null }): void {
    this.#open({ item: null, meeting, at_ms, onadded, original: { kind: 'insight', text, owner: '', due: '', done: false } });
  }

  set(change: Partial<ItemFields>): void {
    this.fields = { ...this.fields, ...change };
    if (change.text !== undefined) this.problem = null;
  }

  /** Closes the dialog. What was changed is there again when it opens again. */
  close(): void {
    const { form, fields } = this;
    if (!form) return;
    if (same(fields, form.original)) this.#kept.delete(keyOf(form));
    else this.#kept.set(keyOf(form), fields);
    this.form = null;
  }

  startOver(): void {
    if (!this.form) return;
    this.fields = this.form.original;
    this.restored = false;
    this.problem = null;
  }

  async save(): Promise<void> {
    const { form, fields } = this;
    if (!form || this.saving) return;
    if (!fields.text.trim()) {
      this.problem = { field: 'text', error: { code: 'failed', message: 'Say what it is about.', hint: null } };
      return;
    }
    this.saving = true;
    this.problem = null;
    try {
      const words = wordsOf(fields, form.original);
      const { item, meeting, at_ms } = form;
      const id = item ?? (await this.#backend.call('add_item', { meeting, words, at_ms }));
      if (item !== null) await this.#backend.call('edit_item', { item, words });
      this.#kept.delete(keyOf(form));
      form.onadded?.();
      if (this.form === form) this.form = null;
      await this.#meetings.refresh();
      this.wish(id);
    } catch (thrown) {
      this.problem = { field: null, error: BackendError.from(thrown).view };
    } finally {
      this.saving = false;
    }
  }

  /** Deletes an item. The focus goes to the one after it, and back when it is put back. */
  async remove(item: ItemId): Promise<void> {
    const order = inSections(this.#meetings.open?.items ?? []).flatMap(({ items }) => items.map(({ id }) => id));
    const at = order.indexOf(item);
    try {
      await this.#backend.call('delete_item', item);
    } catch (thrown) {
      this.#notices.failed(thrown);
      return;
    }
    this.#notices.show({ id: `deleted-${item}`, tone: 'good', message: 'Item deleted', actions: [{ label: 'Undo', run: () => void this.#putBack(item) }] });
    await this.#meetings.refresh();
    this.wish(order[at + 1] ?? order[at - 1] ?? null);
  }

  /** Puts the focus on an item when it is there. */
  wish(item: ItemId | null): void {
    this.focus = { item, turn: ++this.#turn };
  }

  async #putBack(item: ItemId): Promise<void> {
    try {
      await this.#backend.call('put_back_item', item);
      await this.#meetings.refresh();
      this.wish(item);
    } catch (thrown) {
      this.#notices.failed(thrown);
    }
  }

  #open(form: Form): void {
    const kept = this.#kept.get(keyOf(form));
    this.form = form;
    this.fields = kept ?? form.original;
    this.restored = kept !== undefined;
    this.problem = null;
    this.focus = null;
  }
}

/** What belongs to what was kept: an item, or the words that one would be added with. */
function keyOf({ item, meeting, original }: Form): string {
  return item ?? `${meeting} ${original.text}`;
}

function wordsOf({ kind, text, owner, due, done }: ItemFields, original: ItemFields): ItemWords {
  return {
    kind,
    text: text.trim(),
    owner: owner.trim() || null,
    due: due.trim() || null,
    // Only a task can be ticked; what its source says of others stays.
    done: done && (kind === 'task' || kind === original.kind),
  };
}
