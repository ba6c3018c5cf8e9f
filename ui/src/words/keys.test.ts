import { describe, expect, it } from 'vitest';
import { combinationOf, keyWords, onMac, USUAL_SHORTCUT } from './keys';

const none = { ctrlKey: false, metaKey: false, altKey: false, shiftKey: false };

describe('a combination in words', () => {
  it.each([
    [USUAL_SHORTCUT, false, 'Ctrl+Shift+Space'],
    [USUAL_SHORTCUT, true, '⌘⇧Space'],
    ['Ctrl+Alt+Up', true, '⌃⌥↑'],
    ['Super+Alt+K', false, 'Super+Alt+K'],
  ])('%s (Mac: %s) is %s', (combination, mac, expected) => {
    expect(keyWords(combination, mac)).toBe(expected);
  });

  it('knows a Mac by its platform', () => {
    expect(['MacIntel', 'Linux x86_64', 'Win32'].map(onMac)).toEqual([true, false, false]);
  });
});

describe('pressed keys', () => {
  it.each([
    [{ code: 'Space', ctrlKey: true, shiftKey: true }, false, 'CmdOrCtrl+Shift+Space'],
    [{ code: 'Space', metaKey: true, shiftKey: true }, true, 'CmdOrCtrl+Shift+Space'],
    [{ code: 'KeyK', ctrlKey: true }, true, 'Ctrl+K'],
    [{ code: 'Digit1', metaKey: true, altKey: true }, false, 'Super+Alt+1'],
    [{ code: 'ArrowUp', altKey: true }, false, 'Alt+Up'],
    [{ code: 'F9', ctrlKey: true }, false, 'CmdOrCtrl+F9'],
  ])('%j (Mac: %s) are %s', (pressed, mac, expected) => {
    expect(combinationOf({ ...none, ...pressed }, mac)).toBe(expected);
  });

  it('are none as long as only modifiers are down, or no modifier but Shift', () => {
    expect(combinationOf({ ...none, code: 'ControlLeft', ctrlKey: true }, false)).toBeNull();
    expect(combinationOf({ ...none, code: 'KeyA', shiftKey: true }, false), 'it would take a capital letter from every program').toBeNull();
    expect(combinationOf({ ...none, code: 'Tab', altKey: true }, false), 'it changes windows').toBeNull();
  });
});
