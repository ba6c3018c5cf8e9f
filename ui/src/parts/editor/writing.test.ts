// Writing: Markdown while typing, and what the keys do.

import { afterEach, describe, expect, it } from 'vitest';
import { code, decisions, Desk, h, li, p, panel, quote, table, task, tasks, ul } from './desk.testing';
import type { AdfNode } from './adf';
import { MAX_DEPTH } from './depth';

let desk: Desk;
const open = (...content: AdfNode[]) => (desk = new Desk(content));
const comment = (...content: AdfNode[]) => (desk = new Desk(content, { comment: true }));

afterEach(() => {
  desk.check();
  desk.editing.destroy();
});

describe('Markdown while typing', () => {
  it.each<[string, string]>([
    ['# One', 'doc(heading("One"))'],
    ['###### Six', 'doc(heading("Six"))'],
    ['- a', 'doc(bulletList(listItem(paragraph("a"))))'],
    ['* a', 'doc(bulletList(listItem(paragraph("a"))))'],
    ['- a\nb', 'doc(bulletList(listItem(paragraph("a")), listItem(paragraph("b"))))'],
    ['1. a\nb', 'doc(orderedList(listItem(paragraph("a")), listItem(paragraph("b"))))'],
    ['[] a\nb', 'doc(taskList(taskItem("a"), taskItem("b")))'],
    ['[ ] a', 'doc(taskList(taskItem("a")))'],
    ['- [ ] a\nb', 'doc(taskList(taskItem("a"), taskItem("b")))'],
    ['<> a\nb', 'doc(decisionList(decisionItem("a"), decisionItem("b")))'],
    ['> a', 'doc(blockquote(paragraph("a")))'],
    ['```rust\nlet x;', 'doc(codeBlock("let x;"))'],
    ['``` let', 'doc(codeBlock("let"))'],
    ['---a', 'doc(rule, paragraph("a"))'],
    ['a **b** c', 'doc(paragraph("a ", strong("b"), " c"))'],
    ['__b__ c', 'doc(paragraph(strong("b"), " c"))'],
    ['a *b* c', 'doc(paragraph("a ", em("b"), " c"))'],
    ['a _b_ c', 'doc(paragraph("a ", em("b"), " c"))'],
    ['a `b` c', 'doc(paragraph("a ", code("b"), " c"))'],
    ['a ~~b~~ c', 'doc(paragraph("a ", strike("b"), " c"))'],
    ['see [us](example.com) now', 'doc(paragraph("see ", link("us"), " now"))'],
    ['at https://example.com. Yes', 'doc(paragraph("at ", link("https://example.com"), ". Yes"))'],
    ['at www.example.com\nyes', 'doc(paragraph("at ", link("www.example.com")), paragraph("yes"))'],
  ])('%j becomes %s', (typed, doc) => {
    expect(open().type(typed).doc).toBe(doc);
  });

  it.each(['snake_case_name', 'a * b * c', '2 * 3 *4', '[x](javascript:alert(1))', 'a-b--c', '#tag', 'file.md is here'])('%j stays as it is', (typed) => {
    expect(open().type(typed).doc).toBe(`doc(paragraph(${JSON.stringify(typed)}))`);
  });

  it('keeps the number, the language, the tick and the address', () => {
    expect(open().type('4. four').content[0]?.attrs).toEqual({ order: 4 });
    desk.check();
    expect(open().type('```c++\nx').content[0]?.attrs).toEqual({ language: 'c++' });
    desk.check();
    expect(open().type('[x] done').content[0]?.content?.[0]?.attrs?.state).toBe('DONE');
    desk.check();
    expect(open().type('[us](a@example.com)').content[0]?.content?.[0]?.marks).toEqual([{ type: 'link', attrs: { href: 'mailto:a@example.com' } }]);
    desk.check();
    expect(open().type('www.example.com ').content[0]?.content?.[0]?.marks).toEqual([{ type: 'link', attrs: { href: 'https://www.example.com' } }]);
  });

  it('is taken back by Backspace right after it', () => {
    expect(open().type('# ').press('Backspace').doc).toBe('doc(paragraph("# "))');
  });

  it('turns one item of a list into a task and joins it with its neighbour', () => {
    open(ul(li(p('one')), li(p('two')), li(p('three')))).start('two').type('[] ');
    expect(desk.doc).toBe('doc(bulletList(listItem(paragraph("one"))), taskList(taskItem("two")), bulletList(listItem(paragraph("three"))))');
    desk.start('three').type('[] ');
    expect(desk.doc).toBe('doc(bulletList(listItem(paragraph("one"))), taskList(taskItem("two"), taskItem("three")))');
    expect(desk.cursor).toBe('|three');
  });

  it('does nothing in code', () => {
    expect(open(code('')).type('# a **b** - c https://example.com ').doc).toBe('doc(codeBlock("# a **b** - c https://example.com "))');
  });

  it('offers three headings in a comment', () => {
    expect(comment().type('### c').doc).toBe('doc(heading("c"))');
    desk.check();
    expect(comment().type('#### c').doc).toBe('doc(paragraph("#### c"))');
  });
});

describe('Enter', () => {
  it('on an empty item leaves the list', () => {
    expect(open(ul(li(p('a')))).end('a').press('Enter', 'Enter').type('b').doc).toBe('doc(bulletList(listItem(paragraph("a"))), paragraph("b"))');
    desk.check();
    expect(open(tasks(task('a'))).end('a').press('Enter', 'Enter').type('b').doc).toBe('doc(taskList(taskItem("a")), paragraph("b"))');
    desk.check();
    expect(open(decisions('a')).end('a').press('Enter', 'Enter').type('b').doc).toBe('doc(decisionList(decisionItem("a")), paragraph("b"))');
  });

  it('on an empty item in the middle parts the list', () => {
    open(tasks(task('a'), task(''), task('b'))).start('').press('Enter');
    expect(desk.doc).toBe('doc(taskList(taskItem("a")), paragraph, taskList(taskItem("b")))');
    expect(desk.cursor).toBe('|');
  });

  it('on an empty nested task goes a level out first', () => {
    open(tasks(task('a'), tasks(task('')))).start('').press('Enter');
    expect(desk.doc).toBe('doc(taskList(taskItem("a"), taskItem))');
  });

  it('in a done task begins one that is not done', () => {
    const states = open(tasks(task('ab', 'DONE'))).end('ab').press('Enter').content[0]?.content?.map((item) => item.attrs?.state);
    expect(states).toEqual(['DONE', 'TODO']);
  });

  it('parts a task in its middle', () => {
    open(tasks(task('ab', 'DONE'), tasks(task('c')))).select('b').press('Enter');
    expect(desk.doc, 'what was selected is replaced, and what is nested stays nested').toBe('doc(taskList(taskItem("a"), taskItem, taskList(taskItem("c"))))');
  });

  it('after a heading begins normal text', () => {
    expect(open(h(2, 'a')).end('a').press('Enter').type('b').doc).toBe('doc(heading("a"), paragraph("b"))');
  });

  it('leaves a quote and a panel from an empty line', () => {
    expect(open(quote(p('a'))).end('a').press('Enter', 'Enter').type('b').doc).toBe('doc(blockquote(paragraph("a")), paragraph("b"))');
    desk.check();
    expect(open(panel('info', p('a'))).end('a').press('Enter', 'Enter').type('b').doc).toBe('doc(panel(paragraph("a")), paragraph("b"))');
  });

  it('in code begins a line, and the third at its end leaves it', () => {
    expect(open(code('a')).end('a').type('\nb').doc).toBe('doc(codeBlock("a\\nb"))');
    desk.check();
    expect(open(code('a')).end('a').press('Enter', 'Enter', 'Enter').type('b').doc).toBe('doc(codeBlock("a"), paragraph("b"))');
  });

  it('with Shift breaks the line', () => {
    expect(open(tasks(task('a'))).end('a').press('Shift-Enter').type('b').doc).toBe('doc(taskList(taskItem("a", hardBreak, "b")))');
  });

  it('with Ctrl changes nothing and says what was written', () => {
    open().type('a').press('Mod-Enter');
    expect(desk.doc).toBe('doc(paragraph("a"))');
    expect(desk.said.at(-1)?.content).toEqual([p('a')]);
  });
});

describe('Backspace at the start', () => {
  it('takes the item out of its list before it joins', () => {
    open(ul(li(p('a')), li(p('b')))).start('b').press('Backspace');
    expect(desk.doc).toBe('doc(bulletList(listItem(paragraph("a"))), paragraph("b"))');
  });

  it.each<[string, AdfNode, string]>([
    ['a task', tasks(task('a')), 'doc(paragraph("a"))'],
    ['a decision', decisions('a'), 'doc(paragraph("a"))'],
    ['a heading', h(1, 'a'), 'doc(paragraph("a"))'],
    ['a quote', quote(p('a')), 'doc(paragraph("a"))'],
    ['a panel', panel('note', p('a')), 'doc(paragraph("a"))'],
  ])('makes normal text of %s', (_, node, doc) => {
    expect(open(node).start('a').press('Backspace').doc).toBe(doc);
    expect(desk.cursor).toBe('|a');
  });

  it('makes normal text of empty code, and leaves other code alone', () => {
    expect(open(code('')).press('Backspace').doc).toBe('doc(paragraph)');
    desk.check();
    expect(open(code('a')).start('a').press('Backspace').doc).toBe('doc(codeBlock("a"))');
  });
});

describe('Tab', () => {
  it('nests a task with what is nested in it, and Shift takes it out again', () => {
    open(tasks(task('a'), task('b'), tasks(task('c')), task('d'))).start('b');
    expect(desk.keys('Tab')).toBe(true);
    expect(desk.doc).toBe('doc(taskList(taskItem("a"), taskList(taskItem("b"), taskList(taskItem("c"))), taskItem("d")))');
    expect(desk.cursor).toBe('|b');
    desk.press('Shift-Tab');
    expect(desk.doc).toBe('doc(taskList(taskItem("a"), taskItem("b"), taskList(taskItem("c")), taskItem("d")))');
  });

  it('nests an item of a list', () => {
    open(ul(li(p('a')), li(p('b')))).start('b').press('Tab');
    expect(desk.doc).toBe('doc(bulletList(listItem(paragraph("a"), bulletList(listItem(paragraph("b"))))))');
    desk.press('Shift-Tab');
    expect(desk.doc).toBe('doc(bulletList(listItem(paragraph("a")), listItem(paragraph("b"))))');
  });

  it('goes through the cells of a table, and after the last makes a row', () => {
    open(table(['a', 'b'], ['c', 'd'])).end('a').press('Tab');
    expect(desk.view.state.selection.$from.parent.textContent).toBe('b');
    desk.end('d').press('Tab');
    expect(desk.view.state.doc.firstChild?.childCount, 'a row was added').toBe(3);
    expect(desk.cursor).toBe('|');
  });

  it('leaves where it has no other use, and everywhere after Escape', () => {
    expect(open(p('a')).keys('Tab'), 'a paragraph does not keep it').toBe(false);
    desk.check();
    expect(open(decisions('a')).keys('Tab'), 'decisions do not nest').toBe(false);
    desk.check();
    open(ul(li(p('a'))));
    expect(desk.keys('Tab'), 'a list keeps it').toBe(true);
    expect(desk.keys('Escape'), 'the first Escape is the list’s').toBe(true);
    expect(desk.editing.said).toBe('Tab now leaves the text.');
    expect(desk.keys('Tab')).toBe(false);
    desk.press('Escape');
    expect(desk.keys('Escape'), 'the second Escape is the dialog’s').toBe(false);
    desk.type('b').press('ArrowLeft');
    expect(desk.keys('Tab'), 'who goes on writing has changed their mind').toBe(true);
  });
});

describe('a task', () => {
  it('is ticked by its box and by the keyboard', () => {
    open(tasks(task('a')));
    const state = () => desk.content[0]?.content?.[0]?.attrs?.state;
    desk.press('Alt-Enter');
    expect(state()).toBe('DONE');
    const box = desk.place.querySelector('input') as HTMLInputElement;
    expect(box.checked).toBe(true);
    box.click();
    expect(state()).toBe('TODO');
  });
});

describe('nesting', () => {
  const nested = (levels: number): AdfNode => (levels === 1 ? ul(li(p('a')), li(p('b'))) : ul(li(p('-'), nested(levels - 1))));

  it('ends at the level that the core takes, and says so', () => {
    const desk = open(nested(MAX_DEPTH - 1)).start('b').press('Tab');
    expect(deepest(desk), 'the last level can be reached').toBe(MAX_DEPTH);
    const before = desk.type('\nc').press('Tab').doc;
    expect(desk.press('Tab').doc).toBe(before);
    expect(deepest(desk)).toBe(MAX_DEPTH);
    expect(desk.editing.said).toContain('no deeper');
  });

  it('of what is pasted ends there too, and the text stays as it was', () => {
    const desk = open(nested(MAX_DEPTH)).end('b');
    const { doc } = desk;
    desk.paste({ html: '<ul><li>One<ul><li>Two</li></ul></li></ul>' });
    expect(deepest(desk)).toBeLessThanOrEqual(MAX_DEPTH);
    expect(desk.doc.startsWith(doc.slice(0, 20))).toBe(true);
  });

  function deepest(desk: Desk): number {
    const levels = (nodes: AdfNode[]): number => Math.max(0, ...nodes.map((node) => (node.type.endsWith('List') ? 1 : 0) + levels(node.content ?? [])));
    return levels(desk.content);
  }
});
