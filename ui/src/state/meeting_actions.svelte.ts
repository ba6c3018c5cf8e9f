// What a person does with a meeting as a whole: taking it along as a file, and deleting it for good.

import type { Backend } from '../ipc/backend';
import type { DamagedFile, ExportFormat, MeetingView } from '../ipc/bindings';
import type { Meetings } from './meetings.svelte';
import type { Notices } from './notices.svelte';
import type { Session } from './session.svelte';

export class MeetingActions {
  /** The meeting that is about to be deleted, while the person is asked. */
  deleting = $state.raw<MeetingView | null>(null);
  /** Damaged files that were put aside, which may hold words of that meeting. */
  damaged = $state.raw<DamagedFile[]>([]);
  /** Whether they are to be deleted as well. */
  withDamaged = $state(false);
  busy = $state(false);

  readonly #backend: Backend;
  readonly #meetings: Meetings;
  readonly #notices: Notices;
  readonly #session: Session;

  constructor(backend: Backend, meetings: Meetings, notices: Notices, session: Session) {
    this.#backend = backend;
    this.#meetings = meetings;
    this.#notices = notices;
    this.#session = session;
  }

  async export({ id, title }: MeetingView, format: ExportFormat): Promise<void> {
    try {
      const written = await this.#backend.call('export_meeting', { meeting: id, format });
      if (written) this.#notices.show({ tone: 'good', message: 'Meeting exported', detail: title });
    } catch (thrown) {
      this.#notices.failed(thrown);
    }
  }

  /** Asks before a meeting is deleted, and shows which files it would be left in. */
  async ask(meeting: MeetingView): Promise<void> {
    this.withDamaged = false;
    this.damaged = [];
    try {
      this.damaged = await this.#backend.call('damaged_files', null);
    } catch (thrown) {
      this.#notices.failed(thrown);
    }
    this.deleting = meeting;
  }

  /** Deletes the meeting that the person was asked about, and shows the next one of the list. */
  async delete(): Promise<void> {
    const meeting = this.deleting;
    if (!meeting || this.busy) return;
    this.busy = true;
    const place = this.#meetings.placeOf(meeting.id) ?? 0;
    try {
      await this.#backend.call('delete_meeting', meeting.id);
      this.deleting = null;
      if (this.withDamaged) await this.#deleteDamaged();
      await Promise.all([this.#meetings.reload(), this.#session.load()]);
      const next = this.#meetings.row(place) ?? this.#meetings.row(place - 1);
      if (this.#meetings.chosen !== meeting.id) return;
      if (next) await this.#meetings.choose(next.id);
      else this.#meetings.leave();
    } catch (thrown) {
      this.deleting = null;
      this.#notices.failed(thrown);
    } finally {
      this.busy = false;
    }
  }
  /** The files that the person saw; the meeting is gone, whatever becomes of them. */
  async #deleteDamaged(): Promise<void> {
    try {
      await this.#backend.call('delete_damaged_files', this.damaged.map(({ name }) => name));
    } catch (thrown) {
      this.#notices.failed(thrown);
    }
  }
}
