// What the test environment's DOM lacks and the widgets ask for. None of it is a stand-in for our own code.

import { vi } from 'vitest';

Element.prototype.scrollIntoView ??= () => undefined;
Element.prototype.hasPointerCapture ??= () => false;
Element.prototype.setPointerCapture ??= () => undefined;
Element.prototype.releasePointerCapture ??= () => undefined;
window.matchMedia ??= vi.fn((media: string) => ({ media, matches: false }) as MediaQueryList);
