// What the engine of the window gets wrong about keys.

/**
 * WebKitGTK has no name for Tab with Shift, so that nobody knows the key: neither the editor nor the dialogs, which keep
 * the focus among their controls. Gives the key its name. For the window, before anybody else hears of the key.
 */
export function nameKey(event: KeyboardEvent): void {
  if (event.key !== 'Unidentified' || event.code !== 'Tab' || !event.target) return;
  event.stopImmediatePropagation();
  const { code, shiftKey, ctrlKey, altKey, metaKey, repeat } = event;
  const named = new KeyboardEvent('keydown', { key: 'Tab', code, shiftKey, ctrlKey, altKey, metaKey, repeat, bubbles: true, cancelable: true, composed: true });
  if (!event.target.dispatchEvent(named)) event.preventDefault();
}
