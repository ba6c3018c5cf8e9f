// Meetings that come in from files, and what is said about it.

import type { Backend } from '../ipc/backend';
import type { ImportProgress, ImportReport } from '../ipc/bindings';
import { cameIn } from '../words/imports';
import { count } from '../words/deliveries';
import type { Meetings } from './meetings.svelte';
import type { Notices } from './notices.svelte';
import type { Session } from './session.svelte';

/** The notice of an import that takes its time. */
const UNDER_WAY = 'importing';

export class Imports {
  /** Files are being dragged over the window. */
  dragging = $state(false);
  /** An import with something to tell file by file; shown until closed. */
  report = $state.raw<ImportReport | null>(null);
  busy = $state(false);
  /** The dialog into which a meeting is pasted is open. */
  pasting = $state(false);

  readonly #backend: Backend;
  readonly #notices: Notices;
  readonly #session: Session;
  readonly #meetings: Meetings;
  readonly #shown: () => void;

  /** `shown` runs when a meeting was opened, so that its screen is shown. */
  constructor(backend: Backend, notices: Notices, session: Session, meetings: Meetings, shown: () => void) {
    this.#backend = backend;
    this.#notices = notices;
    this.#session = session;
    this.#meetings = meetings;
    this.#shown = shown;
  }

  async listen(): Promise<void> {
    await Promise.all([
      this.#backend.on('dragging', (dragging) => (this.dragging = dragging)),
      this.#backend.on('imported', (report) => {
        this.dragging = false;
        void this.#tell(report);
      }),
      this.#backend.on('importing', (progress) => this.#goesOn(progress)),
      this.#backend.on('watched', (watched) => this.#session.watches(watched)),
    ]);
  }

  async paste(text: string): Promise<void> {
    if (!text.trim()) return;
    this.pasting = false;
    await this.#run(() => this.#backend.call('import_text', { text }));
  }

  /** Lets the person choose a folder whose files become meetings by themselves. */
  async watchFolder(): Promise<void> {
    await this.#change(async () => {
      const watched = await this.#backend.call('watch_folder', null);
      if (watched) this.#session.watches(watched);
    });
  }

  async stopWatching(): Promise<void> {
    await this.#change(async () => {
      await this.#backend.call('stop_watching', null);
      this.#session.watches(null);
    });
  }

  async #change(work: () => Promise<void>): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    try {
      await work();
    } catch (thrown) {
      this.#notices.failed(thrown);
    } finally {
      this.busy = false;
    }
  }

  chooseFiles(): Promise<void> {
    return this.#run(() => this.#backend.call('import_files', null));
  }

  loadSamples(): Promise<void> {
    return this.#run(() => this.#backend.call('load_samples', null));
  }

  async removeSamples(): Promise<void> {
    await this.#run(async () => {
      await this.#backend.call('remove_samples', null);
      this.#meetings.leave();
      await Promise.all([this.#meetings.reload(), this.#session.load()]);
      this.#notices.show({ tone: 'good', message: 'The sample meetings are removed' });
      return null;
    });
  }

  async #run(work: () => Promise<ImportReport | null>): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    try {
      const report = await work();
      if (report) await this.#tell(report);
    } catch (thrown) {
      this.#notices.failed(thrown);
    } finally {
      this.busy = false;
    }
  }

  #goesOn(progress: ImportProgress | null): void {
    if (!progress) {
      this.#notices.dismiss(UNDER_WAY);
      return;
    }
    this.#notices.show({
      id: UNDER_WAY,
      tone: 'waiting',
      message: `Importing files: ${progress.done} of ${progress.total}`,
      lasting: true,
      actions: [{ label: 'Cancel', run: () => void this.#backend.call('cancel_import', null).catch(this.#notices.failed) }],
    });
  }

  async #tell(report: ImportReport): Promise<void> {
    const { added, updated, failed, warnings } = report;
    const message = cameIn(report).join(', ') || 'No meetings were added';
    if (failed.length) this.report = report;
    else if (warnings.length) {
      this.#notices.show({
        tone: 'plain',
        message,
        detail: `${count(warnings.length, 'thing')} in the files could not be understood.`,
        lasting: true,
        actions: [{ label: 'Details', run: () => (this.report = report) }],
      });
    } else this.#notices.show({ tone: added.length || updated.length ? 'good' : 'plain', message });

    const [only, ...others] = added;
    if (only && !others.length) {
      void this.#meetings.choose(only);
      this.#shown();
    } else if (this.#meetings.chosen && updated.includes(this.#meetings.chosen)) {
      void this.#meetings.refreshOpen();
    }
    await Promise.all([this.#meetings.reload(), this.#session.load()]);
    if (added.length && !this.#meetings.chosen) this.#openFirst();
  }

  #openFirst(): void {
    const first = this.#meetings.row(0);
    if (first) void this.#meetings.choose(first.id);
  }
}
