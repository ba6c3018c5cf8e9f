// Key combinations: as the shell writes them ("CmdOrCtrl+Shift+Space"), as people read them, and as they are pressed.

/** What opens Quick send unless the person chose other keys. */
export const USUAL_SHORTCUT = 'CmdOrCtrl+Shift+Space';

/** Whether the machine has the keys of a Mac. */
export const onMac = (platform = navigator.platform): boolean => /Mac|iP(hone|[oa]d)/.test(platform);

const signs: Record<string, string> = { CmdOrCtrl: '⌘', Super: '⌘', Ctrl: '⌃', Alt: '⌥', Shift: '⇧', Enter: '⏎', Up: '↑', Down: '↓', Left: '←', Right: '→' };
const words: Record<string, string> = { CmdOrCtrl: 'Ctrl', Up: '↑', Down: '↓', Left: '←', Right: '→' };

/** A combination as it stands on the keys: "Ctrl+Shift+Space", and "⌘⇧Space" on a Mac. */
export function keyWords(combination: string, mac = onMac()): string {
  const names = mac ? signs : words;
  const parts = combination.split('+').map((part) => names[part] ?? part);
  return parts.join(mac ? '' : '+');
}

/** Keys that have another name in a combination than the browser gives them. */
const short: [RegExp, string][] = [
  [/^Key([A-Z])$/, '$1'],
  [/^Digit(\d)$/, '$1'],
  [/^Arrow(Up|Down|Left|Right)$/, '$1'],
];

/** Keys that may end a combination; the others belong to the desktop or to a language. */
const allowed =
  /^(Key[A-Z]|Digit\d|Arrow(Up|Down|Left|Right)|F([1-9]|1\d|2[0-4])|Space|Enter|Insert|Home|End|Page(Up|Down)|Comma|Period|Slash|Semicolon|Quote|Backquote|Backslash|Bracket(Left|Right)|Minus|Equal|Numpad\d)$/;

type Pressed = Pick<KeyboardEvent, 'code' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>;

/** The combination that is pressed; `null` while it has no key, or none of Ctrl, Cmd and Alt. */
export function combinationOf(pressed: Pressed, mac = onMac()): string | null {
  const { code, ctrlKey, metaKey, altKey, shiftKey } = pressed;
  if (!allowed.test(code) || !(ctrlKey || metaKey || altKey)) return null;
  const key = short.reduce((name, [from, to]) => name.replace(from, to), code);
  const command = mac ? metaKey : ctrlKey;
  const other = mac ? ctrlKey && 'Ctrl' : metaKey && 'Super';
  return [command && 'CmdOrCtrl', other, altKey && 'Alt', shiftKey && 'Shift', key].filter(Boolean).join('+');
}
