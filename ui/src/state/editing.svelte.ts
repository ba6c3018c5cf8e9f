// What a person changes of a meeting's items by hand: the dialog that changes one or adds one, and deleting. What was
// typed and not saved is kept.

import { BackendError, type Backend } from '../ipc/backend';
import type { ErrorView, ItemDialog, ItemId, ItemKind, ItemView, ItemWords, MeetingId } from '../ipc/bindings';
import { inSections } from '../words/items';
import { KEEP_AFTER } from './composer.svelte';
import type { Meetings } from './meetings.svelte';
import type { Notices } from './notices.svelte';
import type { Transcript } from './transcript.svelte';

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

const EMPTY: ItemFields = { kind: 'insight', text: '', owner: '', due: '', done: false };

const same = (a: ItemFields, b: ItemFields) => JSON.stringify(a) === JSON.stringify(b);

export class Editing {
  /** What the dialog is about; `null` while it is closed. */
  form = $state.raw<Form | null>(null);
  fields = $state.raw<ItemFields>(EMPTY);
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
  #turn = 0;
  /** Tells the dialog that was asked for last from those before. */
  #asked = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #kept: Promise<unknown> = Promise.resolve();
  #saved: Promise<void> = Promise.resolve();

  constructor(backend: Backend, meetings: Meetings, notices: Notices) {
    this.#backend = backend;
    this.#meetings = meetings;
    this.#notices = notices;
  }

  async edit({ id, kind, text, owner, due, done }: ItemView): Promise<void> {
    const meeting = this.#meetings.open?.id;
    if (meeting) await this.#open({ item: id, meeting, at_ms: null, original: { kind, text, owner: owner ?? '', due: due?.text ?? '', done } });
  }

  async add(meeting: MeetingId): Promise<void> {
    await this.#open({ item: null, meeting, at_ms: null, original: EMPTY });
  }

  /** Adds what was said in the picked lines of a transcript. */
  async addSaid(transcript: Transcript): Promise<void> {
    const asked = ++this.#asked;
    try {
      const { text, at_ms } = await transcript.said();
      if (asked !== this.#asked) return;
      const onadded = () => transcript.clear();
      await this.#open({ item: null, meeting: transcript.meeting, at_ms, onadded, original: { ...EMPTY, text } });
    } catch (thrown) {
      this.#notices.failed(thrown);
    }
  }

  set(change: Partial<ItemFields>): void {
    this.fields = { ...this.fields, ...change };
    if (change.text !== undefined) this.problem = null;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.flush(), KEEP_AFTER);
  }

  /** Keeps what was typed, at once. */
  flush(): void {
    const { form, fields } = this;
    if (form && !this.saving && this.#timer !== undefined) this.#keep(form, fields);
  }

  /** Waits until everything that was typed is kept, or saved. */
  async settle(): Promise<void> {
    await this.#saved;
    this.flush();
    await this.#kept;
  }

  /** Closes the dialog. What was changed is there again when it opens again. */
  close(): void {
    this.flush();
    this.form = null;
  }

  startOver(): void {
    if (!this.form) return;
    this.set(this.form.original);
    this.flush();
    this.restored = false;
  }

  save(): Promise<void> {
    const { form } = this;
    if (form && !this.saving) this.#saved = this.#save(form);
    return this.#saved;
  }

  async #save(form: Form): Promise<void> {
    const { fields } = this;
    if (!fields.text.trim()) {
      this.problem = { field: 'text', error: { code: 'failed', message: 'Say what it is about.', hint: null } };
      return;
    }
    this.saving = true;
    this.problem = null;
    this.#forgetTimer();
    try {
      // What is saved is no draft: one that is on its way must not come after it.
      await this.#kept;
      const words = wordsOf(fields, form.original);
      const { item, meeting, at_ms, original } = form;
      const id = item ?? (await this.#backend.call('add_item', { meeting, words, said: original.text, at_ms }));
      if (item !== null) await this.#backend.call('edit_item', { item, words });
      this.#forgetTimer();
      form.onadded?.();
      if (this.form === form) this.form = null;
      await this.#meetings.refresh();
      this.wish(id);
    } catch (thrown) {
      const open = this.form === form;
      this.#keep(form, open ? this.fields : fields);
      if (open) this.problem = { field: null, error: BackendError.from(thrown).view };
      else this.#notices.failed(thrown);
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

  async #open(form: Form): Promise<void> {
    const asked = ++this.#asked;
    this.close();
    let kept: ItemWords | null = null;
    try {
      await this.#kept;
      kept = await this.#backend.call('item_draft', dialogOf(form));
    } catch (thrown) {
      this.#notices.failed(thrown);
    }
    if (asked !== this.#asked) return;
    this.form = form;
    this.fields = kept ? { ...kept, owner: kept.owner ?? '', due: kept.due ?? '' } : form.original;
    this.restored = kept !== null;
    this.problem = null;
    this.focus = null;
  }

  #keep(form: Form, fields: ItemFields): void {
    this.#forgetTimer();
    const words = same(fields, form.original) ? null : wordsIn(fields);
    const before = this.#kept;
    this.#kept = this.#backend.call('save_item_draft', { dialog: dialogOf(form), words }).catch(this.#notices.failed).then(() => before);
  }

  #forgetTimer(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}

function dialogOf({ item, meeting, original }: Form): ItemDialog {
  return item === null ? { add: { meeting, said: original.text } } : { edit: item };
}

/** As they are typed. */
function wordsIn({ kind, text, owner, due, done }: ItemFields): ItemWords {
  return { kind, text, owner: owner || null, due: due || null, done };
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
