// A text of the core that goes to the clipboard, and that the person sends on.

import { BackendError } from '../ipc/backend';

export class CopiedText {
  /** The text where the clipboard did not take it, to be copied by hand. */
  shown = $state.raw<string | null>(null);

  readonly #source: () => Promise<string>;
  readonly #failed: (thrown: unknown) => void;
  #text: string | null = null;

  constructor(source: () => Promise<string>, failed: (thrown: unknown) => void) {
    this.#source = source;
    this.#failed = failed;
  }

  /** Asks ahead: a web view may refuse the clipboard to an answer that comes after the click. */
  prepare(): void {
    this.#source().then(
      (text) => (this.#text = text),
      () => undefined,
    );
  }

  /** Answers whether it was copied. */
  async copy(): Promise<boolean> {
    this.shown = null;
    const text = this.#text ?? this.#source();
    // The next time it may say something else.
    this.#text = null;
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
}

/** A text that is still on its way is promised, so that it counts as written within the click. */
async function write(text: string | Promise<string>): Promise<void> {
  if (typeof text === 'string') return navigator.clipboard.writeText(text);
  if (typeof ClipboardItem === 'undefined') return navigator.clipboard.writeText(await text);
  const blob = text.then((plain) => new Blob([plain], { type: 'text/plain' }));
  await Promise.all([navigator.clipboard.write([new ClipboardItem({ 'text/plain': blob })]), blob]);
}
