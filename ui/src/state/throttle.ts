// Does something at most once in so many milliseconds, however often it is asked for. The last time it is asked for always
// counts.

export class Throttle {
  readonly #run: () => void;
  #ran = 0;
  #later: ReturnType<typeof setTimeout> | undefined;

  constructor(run: () => void) {
    this.#run = run;
  }

  /** Soon, and not within so many milliseconds after the last time. */
  ask(every: number): void {
    clearTimeout(this.#later);
    const wait = Math.max(0, this.#ran + every - Date.now());
    this.#later = setTimeout(() => {
      this.#ran = Date.now();
      this.#run();
    }, wait);
  }
}
