// A text for whoever administers the organization: it goes to the clipboard, and the person sends it on.

import { BackendError, type Backend } from '../ipc/backend';

export class Administrator {
  /** The text where the clipboard did not take it, to be copied by hand. */
  shown = $state.raw<string | null>(null);

  readonly #backend: Backend;
  readonly #failed: (thrown: unknown) => void;
  #text: string | null = null;

  constructor(backend: Backend, failed: (thrown: unknown) => void) {
    this.#backend = backend;
    this.#failed = failed;
  }

  /** Asks ahead: a web view may refuse the clipboard to an answer that comes after the click. */
  prepare(): void {
    this.#ask().catch(() => undefined);
  }

  /** Answers whether it was copied. */
  async copy(): Promise<boolean> {
    this.shown = null;
    const text = this.#text ?? this.#ask();
    try {
      await write(text);
      return true;
    } catch {
      try {
        this.shown = await text;
      } catch (thrown) {
        this.#failed(BackendError.from(thrown));
      }
      return false;
    }
  }

  async #ask(): Promise<string> {
    this.#text ??= await this.#backend.call('administrator_text', null);
    return this.#text;
  }
}

/** A text that is still on its way is promised, so that it counts as written within the click. */
async function write(text: string | Promise<string>): Promise<void> {
  if (typeof text === 'string') return navigator.clipboard.writeText(text);
  if (typeof ClipboardItem === 'undefined') return navigator.clipboard.writeText(await text);
  const blob = text.then((plain) => new Blob([plain], { type: 'text/plain' }));
  await Promise.all([navigator.clipboard.write([new ClipboardItem({ 'text/plain': blob })]), blob]);
}
