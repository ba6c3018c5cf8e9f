// The templates while they are edited: saved by themselves, and shown on an example as they stand.
// Refuses to judge them; the core says what is wrong, and it is shown by the field.

import { BackendError, type Backend } from '../ipc/backend';
import type { ErrorView, Preview, Previewed, Templates } from '../ipc/bindings';
import type { Notices } from './notices.svelte';
import type { Session } from './session.svelte';

export type TemplateName = keyof Templates;
/** What a template is an example of. */
export type Sample = 'page' | 'meeting' | 'comment';

/** Pause after a change before it is saved, in milliseconds. */
export const SAVE_AFTER = 500;
/** Pause after a change before the example is made anew, in milliseconds. */
export const PREVIEW_AFTER = 120;

interface Shown extends Pick<Preview, 'action' | 'several'> {
  /** Comments have none. */
  title: TemplateName | null;
  body: TemplateName;
}

export const samples: Record<Sample, Shown> = {
  page: { action: 'create_page', several: false, title: 'item_title', body: 'item_body' },
  meeting: { action: 'create_page', several: true, title: 'meeting_title', body: 'meeting_body' },
  comment: { action: 'add_comment', several: false, title: null, body: 'comment_body' },
};

const all = Object.keys(samples) as Sample[];

export class TemplateSettings {
  values = $state.raw<Templates>() as Templates;
  previews = $state.raw<Partial<Record<Sample, Previewed>>>({});
  /** What is wrong with a template. */
  problems = $state.raw<Partial<Record<TemplateName, ErrorView>>>({});
  /** Why the templates could not be saved. */
  failure = $state.raw<{ name: TemplateName; error: ErrorView } | null>(null);

  readonly #backend: Backend;
  readonly #session: Session;
  readonly #notices: Notices;
  readonly #turns: Record<Sample, number> = { page: 0, meeting: 0, comment: 0 };
  #changed: TemplateName | null = null;
  #saving: ReturnType<typeof setTimeout> | undefined;
  #showing: ReturnType<typeof setTimeout> | undefined;
  #stale: Sample[] = [];

  constructor(backend: Backend, session: Session, notices: Notices) {
    this.#backend = backend;
    this.#session = session;
    this.#notices = notices;
    this.values = session.settings.templates;
  }

  /** They come into view. */
  open(): void {
    if (this.#changed === null) this.values = this.#session.settings.templates;
    this.#show(all);
  }

  set(name: TemplateName, text: string): void {
    this.values = { ...this.values, [name]: text };
    this.#mend([name]);
    this.#changed = name;
    clearTimeout(this.#saving);
    this.#saving = setTimeout(() => void this.flush(), SAVE_AFTER);
    const touched = (sample: Sample) => samples[sample].title === name || samples[sample].body === name;
    this.#stale = all.filter((sample) => touched(sample) || this.#stale.includes(sample));
    clearTimeout(this.#showing);
    this.#showing = setTimeout(() => this.#show(this.#stale), PREVIEW_AFTER);
  }

  /** Saves what was changed, at once. */
  async flush(): Promise<void> {
    const name = this.#changed;
    if (name === null) return;
    clearTimeout(this.#saving);
    this.#changed = null;
    try {
      await this.#session.saveTemplates(this.values);
      this.failure = null;
    } catch (thrown) {
      // What could not be saved is tried again with the next change, or on leaving.
      this.#changed ??= name;
      this.failure = { name, error: BackendError.from(thrown).view };
    }
  }

  /** What is to be said by a field. */
  problemOf(name: TemplateName): ErrorView | undefined {
    return this.problems[name] ?? (this.failure?.name === name ? this.failure.error : undefined);
  }

  async restore(): Promise<void> {
    clearTimeout(this.#saving);
    this.#changed = null;
    try {
      this.values = await this.#session.saveTemplates(null);
      this.problems = {};
      this.failure = null;
      this.#show(all);
    } catch (thrown) {
      this.#notices.failed(thrown);
    }
  }

  #show(stale: Sample[]): void {
    clearTimeout(this.#showing);
    this.#stale = [];
    for (const sample of stale) void this.#ask(sample);
  }

  async #ask(sample: Sample): Promise<void> {
    const turn = ++this.#turns[sample];
    const { action, several, title, body } = samples[sample];
    try {
      const previewed = await this.#backend.call('preview', { templates: this.values, action, several });
      if (turn !== this.#turns[sample]) return;
      this.previews = { ...this.previews, [sample]: previewed };
      this.#mend([title, body]);
    } catch (thrown) {
      if (turn !== this.#turns[sample]) return;
      const { view } = BackendError.from(thrown);
      this.problems = { ...this.problems, [view.code === 'invalid_title' && title ? title : body]: view };
    }
  }

  #mend(names: (TemplateName | null)[]): void {
    const mended = (name: string) => names.some((one) => one === name);
    if (Object.keys(this.problems).some(mended)) {
      this.problems = Object.fromEntries(Object.entries(this.problems).filter(([name]) => !mended(name)));
    }
  }
}
