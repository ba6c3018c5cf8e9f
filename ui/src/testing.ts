// What the test environment's DOM lacks and the widgets ask for. None of it is a stand-in for our own code.

import { vi } from 'vitest';

Element.prototype.scrollIntoView ??= () => undefined;
Element.prototype.hasPointerCapture ??= () => false;
Element.prototype.setPointerCapture ??= () => undefined;
Element.prototype.releasePointerCapture ??= () => undefined;
window.matchMedia ??= vi.fn((media: string) => ({ media, matches: false }) as MediaQueryList);

/** There is no layout, so every list is 600 pixels high and every row of it 50. */
class Layout implements ResizeObserver {
  readonly #report: ResizeObserverCallback;

  constructor(report: ResizeObserverCallback) {
    this.#report = report;
  }

  observe(target: Element): void {
    const row = target instanceof HTMLElement && target.style.position === 'absolute';
    const contentRect = new DOMRect(0, 0, 300, row ? 50 : 600);
    Object.defineProperty(target, 'offsetParent', { configurable: true, get: () => target.parentElement });
    queueMicrotask(() => this.#report([{ target, contentRect } as ResizeObserverEntry], this));
  }

  unobserve(): void {}
  disconnect(): void {}
}
window.ResizeObserver = Layout;
