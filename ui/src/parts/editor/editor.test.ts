// The editor as a part of a form: its names, its buttons, when it says what was written.

import { render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import RichText from '../RichText.svelte';
import type { AdfDocument, AdfNode } from './adf';
import { Desk, h, p, panel } from './desk.testing';
import { SAY_AFTER, SAY_AT_LATEST } from './editing.svelte';

const user = userEvent.setup({ pointerEventsCheck: 0 });
const documentOf = (...content: AdfNode[]): AdfDocument => ({ version: 1, type: 'doc', content });

async function open(value: AdfDocument, props: Record<string, unknown> = {}) {
  const said: AdfDocument[] = [];
  const shown = render(RichText, { value, onchange: (one: AdfDocument) => said.push(one), attributes: { id: 'field', 'aria-describedby': 'field-problem', 'aria-invalid': true }, ...props });
  const text = await screen.findByRole('textbox', { name: 'Description' });
  return { ...shown, said, text };
}

// The first look at it compiles it.
beforeAll(() => import('./Editor.svelte'), 60_000);

describe('the text', () => {
  it('is a text box of several lines, with the attributes of the field around it', async () => {
    const { text } = await open(documentOf(p('Words')));
    expect(text.id).toBe('field');
    expect(text.getAttribute('aria-multiline')).toBe('true');
    expect(text.getAttribute('aria-invalid')).toBe('true');
    expect(text.getAttribute('contenteditable')).toBe('true');
    const [problem, help] = text.getAttribute('aria-describedby')?.split(' ') ?? [];
    expect(problem).toBe('field-problem');
    expect(document.getElementById(help ?? '')?.textContent).toContain('Escape and then Tab');
    expect(text.textContent).toBe('Words');
  });

  it('shows another document when it is handed one', async () => {
    const { text, rerender, said } = await open(documentOf(p('One')));
    await rerender({ value: documentOf(p('Two')) });
    expect(text.textContent).toBe('Two');
    expect(said, 'what came from outside is not said back').toEqual([]);
  });

  it('says at once that it took the shape of a comment', async () => {
    const { component, said } = await open(documentOf(panel('note', p('Mind')), h(6, 'Low')), { comment: true });
    expect(component.flush().content).toEqual([p('Mind'), h(3, 'Low')]);
    expect(said).toHaveLength(1);
  });

  it('does not touch a document that it cannot show', async () => {
    const value = documentOf({ type: 'layoutSection', content: [] });
    const said: AdfDocument[] = [];
    const { component } = render(RichText, { value, onchange: (one: AdfDocument) => said.push(one) });
    expect((await screen.findByRole('alert')).textContent).toContain('layoutSection');
    expect(screen.queryByRole('toolbar')).toBeNull();
    expect(component.flush()).toBe(value);
    expect(said).toEqual([]);
  });
});

describe('the buttons', () => {
  it('are one tab stop, and the arrows go along them', async () => {
    await open(documentOf(p('Words')));
    const toolbar = screen.getByRole('toolbar', { name: 'Formatting' });
    expect(toolbar.getAttribute('aria-controls')).toBe('field');
    const buttons = within(toolbar).getAllByRole('button');
    expect(buttons.filter(({ tabIndex }) => tabIndex === 0)).toHaveLength(1);
    buttons[0]?.focus();
    await user.keyboard('{ArrowRight}');
    expect(document.activeElement?.getAttribute('aria-label')).toBe('Bold');
    await user.keyboard('{End}');
    expect(document.activeElement?.getAttribute('aria-label')).toBe('Redo');
    await user.keyboard('{ArrowRight}');
    expect(document.activeElement, 'from the last to the first').toBe(buttons[0]);
    await user.keyboard('{Escape}');
    expect(document.activeElement?.id, 'Escape goes back to the text').toBe('field');
  });

  it('say what they are and whether they are on', async () => {
    const { component } = await open(documentOf(h(2, 'Words')));
    for (const name of ['Bold', 'Italic', 'Underline', 'Strikethrough', 'Inline code', 'Link', 'Bullet list', 'Numbered list', 'Task list', 'Decision list', 'Quote', 'Code block']) {
      expect(screen.getByRole('button', { name }).getAttribute('aria-pressed'), name).toBe('false');
    }
    expect(screen.getByRole('button', { name: 'Text style: Heading 2' })).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Undo' }).getAttribute('aria-disabled')).toBe('true');
    expect(screen.getByRole('button', { name: 'Bold' }).title).toBe('Bold (Ctrl+B)');
    await user.click(screen.getByRole('button', { name: 'Task list' }));
    expect(screen.getByRole('button', { name: 'Task list' }).getAttribute('aria-pressed')).toBe('true');
    expect(component.flush().content[0]?.type).toBe('taskList');
    await user.click(screen.getByRole('button', { name: 'Undo' }));
    expect(component.flush().content).toEqual([h(2, 'Words')]);
  });

  it('choose a heading from a menu, and three levels in a comment', async () => {
    const { component } = await open(documentOf(p('Words')), { comment: true });
    await user.click(screen.getByRole('button', { name: 'Text style: Normal text' }));
    const items = (await screen.findAllByRole('menuitem')).map(({ textContent }) => textContent);
    expect(items).toEqual(['Normal text', 'Heading 1', 'Heading 2', 'Heading 3']);
    await user.click(screen.getByRole('menuitem', { name: 'Heading 3' }));
    expect(component.flush().content).toEqual([h(3, 'Words')]);
    expect(screen.queryByRole('button', { name: 'Table' })).toBeNull();
    expect(screen.queryByRole('button', { name: 'Panel' })).toBeNull();
  });
});

describe('what is written', () => {
  let desk: Desk;

  beforeEach(() => {
    vi.useFakeTimers();
    desk = new Desk();
  });

  afterEach(() => {
    desk.editing.destroy();
    vi.useRealTimers();
  });

  it('is said once, a moment after the last key', () => {
    desk.type('ab');
    vi.advanceTimersByTime(SAY_AFTER - 1);
    expect(desk.said).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(desk.said.map(({ content }) => content)).toEqual([[p('ab')]]);
    vi.advanceTimersByTime(10 * SAY_AFTER);
    expect(desk.said).toHaveLength(1);
  });

  it('is said in time though somebody does not stop writing', () => {
    for (let at = 0; at < SAY_AT_LATEST; at += SAY_AFTER / 2) {
      desk.type('x');
      vi.advanceTimersByTime(SAY_AFTER / 2);
    }
    expect(desk.said.length).toBeGreaterThan(0);
  });

  it('is said when the text is left, and when the window goes', async () => {
    desk.type('a');
    desk.view.dom.dispatchEvent(new FocusEvent('blur'));
    expect(desk.said.at(-1)?.content).toEqual([p('a')]);
    desk.type('b');
    window.dispatchEvent(new Event('pagehide'));
    expect(desk.said.at(-1)?.content).toEqual([p('ab')]);
    desk.type('c');
    desk.editing.destroy();
    await waitFor(() => expect(desk.said.at(-1)?.content).toEqual([p('abc')]));
  });
});
