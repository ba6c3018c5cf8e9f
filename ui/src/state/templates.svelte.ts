// The templates while they are edited: those of one destination, or of all that have none of their own. Saved by
// themselves, and shown on an example as they stand. Refuses to judge them; the core says what is wrong, and it is
// shown by the field.

import { BackendError, type Backend, type Stop } from '../ipc/backend';
import type { ErrorView, RenderedTemplates, OwnTemplates, Place, Preview, Templates } from '../ipc/bindings';
import { samePlace } from '../words/places';
import { PageFinder, SpaceFinder } from './finders.svelte';
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
/** What is sent to a destination: pages to a space, comments to a page, anything to those without templates of their own. */
const sent: Record<Place['kind'] | 'any', Sample[]> = { space: ['page', 'meeting'], page: ['comment'], any: all };

export class TemplateSettings {
  /** The destination whose templates they are; `null` for all that have none of their own. */
  place = $state.raw<Place | null>(null);
  /** The dialog that chooses another destination is open. */
  choosing = $state(false);
  values = $state.raw<Templates>() as Templates;
  previews = $state.raw<Partial<Record<Sample, RenderedTemplates>>>({});
  /** What is wrong with a template. */
  problems = $state.raw<Partial<Record<TemplateName, ErrorView>>>({});
  /** Why the templates could not be saved. */
  failure = $state.raw<{ name: TemplateName; error: ErrorView } | null>(null);

  /** What is sent to the destination. */
  readonly shown = $derived(sent[this.place?.kind ?? 'any']);
  /** For the dialog that chooses a destination. */
  readonly spaces: SpaceFinder;
  readonly pages: PageFinder;

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
    this.spaces = new SpaceFinder(backend, () => false);
    this.pages = new PageFinder(backend, () => false);
  }

  async listen(): Promise<Stop> {
    return await this.spaces.listen();
  }

  /** Those that a destination has for itself. */
  get own(): OwnTemplates[] {
    return this.#session.settings.own_templates;
  }

  /** They come into view. */
  open(): void {
    if (this.#changed === null) this.values = this.#session.templates(this.place);
    this.#show(this.shown);
  }

  /** On to those of another destination. */
  async choose(place: Place | null): Promise<void> {
    await this.flush();
    // What could not be saved stays in view.
    if (this.#changed !== null) return;
    this.place = place;
    this.problems = {};
    this.open();
  }

  /** A destination gets templates of its own, which begin as those of all others. */
  async add(place: Place): Promise<void> {
    this.choosing = false;
    await this.flush();
    if (!this.own.some((one) => samePlace(one.place, place))) await this.#try(() => this.#session.saveTemplates(place, this.#session.settings.templates));
    await this.choose(place);
  }

  /** The destination has the templates of all others again. */
  async remove(): Promise<void> {
    const { place } = this;
    if (!place) return;
    this.#forget();
    await this.#try(() => this.#session.removeTemplates(place));
    await this.choose(null);
  }

  set(name: TemplateName, text: string): void {
    this.values = { ...this.values, [name]: text };
    this.#mend([name]);
    this.#changed = name;
    clearTimeout(this.#saving);
    this.#saving = setTimeout(() => void this.flush(), SAVE_AFTER);
    const touched = (sample: Sample) => samples[sample].title === name || samples[sample].body === name;
    this.#stale = this.shown.filter((sample) => touched(sample) || this.#stale.includes(sample));
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
      await this.#session.saveTemplates(this.place, this.values);
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
    this.#forget();
    await this.#try(() => this.#session.restoreTemplates());
    this.problems = {};
    this.open();
  }

  #forget(): void {
    clearTimeout(this.#saving);
    this.#changed = null;
    this.failure = null;
  }

  async #try(change: () => Promise<void>): Promise<void> {
    try {
      await change();
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
