import { expect, it } from 'vitest';
import { clipboardText } from './clipboard';

function clipboard(types: Record<string, string>): DataTransfer {
  return { getData: (type: string) => types[type] ?? '' } as DataTransfer;
}

it('takes the HTML where it holds more than words', () => {
  expect(clipboardText(clipboard({ 'text/html': '<ul><li>a</li></ul>', 'text/plain': 'a' }))).toBe('<html><ul><li>a</li></ul></html>');
  expect(clipboardText(clipboard({ 'text/html': '<span>## Tasks</span>', 'text/plain': '## Tasks\n- a' }))).toBe('## Tasks\n- a');
  expect(clipboardText(clipboard({ 'text/plain': 'WEBVTT' }))).toBe('WEBVTT');
  expect(clipboardText(null)).toBe('');
});
