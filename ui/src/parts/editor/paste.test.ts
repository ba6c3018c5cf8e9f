// What comes in and goes out by the clipboard. The samples have the shapes that Word, Google Docs and web pages use.

import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { AdfNode } from './adf';
import { learnMarkdown } from './paste';
import { code, decisions, Desk, h, li, p, table, task, tasks, ul } from './desk.testing';

let desk: Desk;
const open = (content: AdfNode[] = [], comment = false) => (desk = new Desk(content, { comment }));
const html = (given: string, comment = false) => open([], comment).paste({ html: given, text: 'not this' }).doc;
const text = (given: string, comment = false) => open([], comment).paste({ text: given }).doc;

beforeAll(learnMarkdown);

afterEach(() => {
  desk.check();
  desk.editing.destroy();
});

const word = (marker: string, level: number, list: number, words: string, name = 'MsoListParagraphCxSpMiddle') =>
  `<p class=${name} style='margin-left:${level * 36}pt;text-indent:-18.0pt;mso-list:l0 level${level} lfo${list}'><![if !supportLists]><span
  style='font-family:Symbol;mso-fareast-font-family:Symbol'><span style='mso-list:Ignore'>${marker}<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp;&nbsp;&nbsp;
  </span></span></span><![endif]>${words}<o:p></o:p></p>`;

describe('from Word', () => {
  it('makes lists of the paragraphs that are lists in all but name', () => {
    const given = `<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style><!-- p.MsoNormal {margin:0} --></style></head><body lang=EN-GB>
      <!--StartFragment--><p class=MsoNormal><b>Plan<o:p></o:p></b></p>
      ${word('·', 1, 1, 'one', 'MsoListParagraphCxSpFirst')}${word('o', 2, 1, 'one and a half')}${word('·', 1, 1, 'two', 'MsoListParagraphCxSpLast')}
      <p class=MsoNormal>then</p>${word('1.', 1, 2, 'first')}${word('2.', 1, 2, 'second')}<!--EndFragment--></body></html>`;
    expect(html(given)).toBe(
      'doc(paragraph(strong("Plan")), bulletList(listItem(paragraph("one"), bulletList(listItem(paragraph("one and a half")))), listItem(paragraph("two"))), ' +
        'paragraph("then"), orderedList(listItem(paragraph("first")), listItem(paragraph("second"))))',
    );
  });

  it('drops what is not to be seen, and keeps a table', () => {
    const given = `<!--[if gte mso 9]><xml>x</xml><![endif]--><h1 style='mso-outline-level:1'>Title<o:p></o:p></h1><p class=MsoNormal><span style='mso-hide:all;display:none'>hidden</span>seen
      <i style='mso-bidi-font-style:normal'>and slanted</i></p><table class=MsoTableGrid><tr><td width=301 valign=top><p class=MsoNormal>a</p></td><td><p class=MsoNormal>b<o:p></o:p></p></td></tr></table>`;
    expect(html(given)).toBe(
      'doc(heading("Title"), paragraph("seen ", em("and slanted")), table(tableRow(tableCell(paragraph("a")), tableCell(paragraph("b")))))',
    );
  });
});

describe('from Google Docs', () => {
  it('reads emphasis from styles, and is not fooled by its bold wrapper', () => {
    const given = `<meta charset='utf-8'><b style="font-weight:normal;" id="docs-internal-guid-1"><p dir="ltr" style="line-height:1.38"><span style="font-weight:400;font-style:normal">plain </span><span
      style="font-weight:700">bold</span><span style="font-style:italic;text-decoration:underline"> both</span><span style="text-decoration:line-through"> gone</span></p>
      <ul><li dir="ltr" style="list-style-type:disc" aria-level="1"><p dir="ltr" role="presentation"><span style="font-weight:400">one</span></p></li><ul><li aria-level="2"><p><span>nested</span></p></li></ul></ul></b>`;
    expect(html(given)).toBe(
      'doc(paragraph("plain ", strong("bold"), em(underline(" both")), strike(" gone")), bulletList(listItem(paragraph("one"), bulletList(listItem(paragraph("nested"))))))',
    );
  });

  it('makes tasks of its checklist', () => {
    const given = `<ul><li role="checkbox" aria-checked="false" aria-level="1"><img src="data:x" alt="unchecked"/><p role="presentation"><span>open</span></p></li>
      <li role="checkbox" aria-checked="true" aria-level="1"><p role="presentation"><span>done</span></p></li></ul>`;
    expect(html(given)).toBe('doc(taskList(taskItem("open"), taskItem("done")))');
    expect(desk.content[0]?.content?.map(({ attrs }) => attrs?.state)).toEqual(['TODO', 'DONE']);
  });
});

describe('from web pages', () => {
  it('keeps structure and drops the rest', () => {
    const given = `<html><body><nav><a href="/home">Home</a></nav><article class="x" style="color:red"><h2 onclick="x()">Title</h2><p>Words <a href="https://example.com/a">with a link</a>,
      <a href="javascript:alert(1)">without one</a> and <kbd>Ctrl</kbd><script>alert(1)</script><style>p{}</style></p><blockquote><p>said</p></blockquote>
      <pre><code class="hljs language-ts">let a;\n  let b;</code></pre><hr><img src="https://x.example/track.gif" alt="A chart"><ol start="3"><li>three</ol></article></body></html>`;
    expect(html(given)).toBe(
      'doc(paragraph("Home"), heading("Title"), paragraph("Words ", link("with a link"), ", without one and ", code("Ctrl")), blockquote(paragraph("said")), ' +
        'codeBlock("let a;\\n  let b;"), rule, paragraph("A chart"), orderedList(listItem(paragraph("three"))))',
    );
    expect(desk.content.find(({ type }) => type === 'codeBlock')?.attrs).toEqual({ language: 'ts' });
    expect(desk.content.at(-1)?.attrs).toEqual({ order: 3 });
  });

  it('makes tasks of boxes, with their nesting and their ticks', () => {
    const given = `<ul class="contains-task-list"><li class="task-list-item"><input type="checkbox" disabled checked> <p>done <b>well</b></p><ul><li><input type="checkbox"> below</li></ul></li><li><label><input type=checkbox> two</label></li></ul>`;
    expect(html(given)).toBe('doc(taskList(taskItem("done ", strong("well")), taskList(taskItem("below")), taskItem("two")))');
    expect(desk.content[0]?.content?.[0]?.attrs?.state).toBe('DONE');
  });

  it('loses no text that has no place where it stands', () => {
    const given = `<table><caption>Cap</caption><tr><th>h<table><tr><td>inner</td></tr></table></th></tr></table><blockquote><h3>head</h3><table><tr><td>cell</td></tr></table></blockquote><ul><li><h4>item</h4><blockquote>quote</blockquote></li>loose</ul>`;
    html(given);
    for (const words of ['Cap', 'h', 'inner', 'head', 'cell', 'item', 'quote', 'loose']) expect(desk.doc, words).toContain(words);
  });

  it('reads a table with spans', () => {
    html('<table><tbody><tr><th colspan="2">a</th></tr><tr><td rowspan="2">b</td><td>c</td></tr><tr><td>d</td></tr></tbody></table>');
    expect(desk.doc).toBe('doc(table(tableRow(tableHeader(paragraph("a"))), tableRow(tableCell(paragraph("b")), tableCell(paragraph("c"))), tableRow(tableCell(paragraph("d")))))');
    expect(desk.content[0]?.content?.[0]?.content?.[0]?.attrs).toEqual({ colspan: 2 });
  });
});

describe('Markdown', () => {
  it('becomes what it means', () => {
    const given = `# Plan\n\nWith **bold**, _slant_, \`code\`, ~~gone~~ and [us](https://example.com).\n\n- one\n  1. nested\n- two\n\n> said\n\n\`\`\`rust\nfn main() {}\n\`\`\`\n\n| a | b |\n|---|---|\n| c | d |\n\n---`;
    expect(text(given)).toBe(
      'doc(heading("Plan"), paragraph("With ", strong("bold"), ", ", em("slant"), ", ", code("code"), ", ", strike("gone"), " and ", link("us"), "."), ' +
        'bulletList(listItem(paragraph("one"), orderedList(listItem(paragraph("nested")))), listItem(paragraph("two"))), ' +
        'blockquote(paragraph("said")), codeBlock("fn main() {}"), table(tableRow(tableHeader(paragraph("a")), tableHeader(paragraph("b"))), tableRow(tableCell(paragraph("c")), tableCell(paragraph("d")))), rule)',
    );
  });

  it('knows tasks, with their nesting', () => {
    expect(text('- [ ] open\n  - [x] below\n- [x] done')).toBe('doc(taskList(taskItem("open"), taskList(taskItem("below")), taskItem("done")))');
  });

  it('keeps HTML in it as text', () => {
    expect(text('# a <b>x</b> <script>y</script>')).toBe('doc(heading("a <b>x</b> <script>y</script>"))');
  });

  it('is preferred to HTML that only says how it looks', () => {
    const given = '<meta charset="utf-8"><div style="color:#000;font-family:monospace;white-space:pre"><div><span style="color:#800"># Plan</span></div><div>- one</div></div>';
    expect(open().paste({ html: given, text: '# Plan\n- one' }).doc).toBe('doc(heading("Plan"), bulletList(listItem(paragraph("one"))))');
  });
});

describe('plain text', () => {
  it('keeps its paragraphs and lines, and stays as it is', () => {
    expect(text('One * two\nthree_four_five\r\n\r\n\n2026. Next <b>x</b>')).toBe('doc(paragraph("One * two", hardBreak, "three_four_five"), paragraph("2026. Next <b>x</b>"))');
  });

  it('goes into the sentence that the cursor is in', () => {
    expect(open([p('ab')]).select('b').paste({ text: 'c' }).doc).toBe('doc(paragraph("ac"))');
  });

  it('is text in code, whatever it looks like', () => {
    expect(open([code('')]).paste({ text: '# a\n**b**', html: '<h1>a</h1>' }).doc).toBe('doc(codeBlock("# a\\n**b**"))');
  });

  it('loses what XML cannot hold', () => {
    expect(text('a\u0000b\u0008c')).toBe('doc(paragraph("abc"))');
  });

  it('links the selected words where it is an address, and itself elsewhere', () => {
    open([p('see us')]).select('us').paste({ text: 'https://example.com/x' });
    expect(desk.content).toEqual([{ type: 'paragraph', content: [{ type: 'text', text: 'see ' }, { type: 'text', text: 'us', marks: [{ type: 'link', attrs: { href: 'https://example.com/x' } }] }] }]);
    desk.check();
    expect(text('https://example.com/x')).toBe('doc(paragraph(link("https://example.com/x")))');
    desk.check();
    open([p('all')]).press('Mod-a').paste({ text: 'https://example.com/x' });
    expect(desk.doc, 'all of a line is its words').toBe('doc(paragraph(link("all")))');
  });
});

describe('into a comment', () => {
  it('takes tables and panels as text', () => {
    expect(html('<h5>Low</h5><table><tr><th>a</th><th>b</th></tr><tr><td>c</td><td>d</td></tr></table>', true)).toBe('doc(heading("Low"), paragraph(strong("a"), " | ", strong("b")), paragraph("c | d"))');
    expect(desk.content[0]?.attrs?.level).toBe(3);
    desk.check();
    expect(html('<div data-panel="note"><p>x</p><p>y</p></div>', true)).toBe('doc(paragraph("x"), paragraph("y"))');
  });
});

describe('copying', () => {
  const all = (content: AdfNode[]) => {
    open(content);
    return desk.view.serializeForClipboard(desk.view.state.doc.slice(0, desk.view.state.doc.content.size));
  };

  it('gives HTML with the elements that others know, and text', () => {
    const { dom, text: words } = all([h(1, 'a'), ul(li(p('b'))), tasks(task('c', 'DONE')), table(['d'])]);
    expect(dom.querySelector('h1')?.textContent).toBe('a');
    expect(dom.querySelector('ul > li')?.textContent).toBe('b');
    expect(dom.querySelector('li input[type=checkbox][checked] + div')?.textContent).toBe('c');
    expect(dom.querySelector('table th')?.textContent).toBe('d');
    expect(dom.innerHTML).not.toContain('style=');
    expect(words).toBe('a\n\n- b\n\n- [x] c\n\nd');
  });

  it('gives text that shows the structure, and from within a block only its words', () => {
    const { text: words } = all([ul(li(p('a'), ul(li(p('b')), li(p('c'))))), tasks(task('d'), tasks(task('e', 'DONE'))), decisions('f'), table(['g', 'h'], ['i', 'j']), { type: 'rule' }, code('k\nl')]);
    expect(words).toBe('- a\n  - b\n  - c\n\n- [ ] d\n  - [x] e\n\n- f\n\ng\th\ni\tj\n\n---\n\nk\nl');
    desk.select('d');
    expect(desk.view.serializeForClipboard(desk.view.state.selection.content()).text).toBe('d');
  });

  it('brings everything back when it is pasted, with identifiers of its own', () => {
    const content: AdfNode[] = [
      decisions('a'),
      tasks(task('b', 'DONE'), tasks(task('c'))),
      { type: 'paragraph', content: [{ type: 'mention', attrs: { id: 'a-1', text: '@Ada' } }, { type: 'date', attrs: { timestamp: '0' } }, { type: 'status', attrs: { text: 'x', color: 'red' } }, { type: 'emoji', attrs: { shortName: ':tada:', text: '🎉' } }] },
      { type: 'panel', attrs: { panelType: 'tip' }, content: [p('d')] },
      { type: 'codeBlock', attrs: { language: 'rust' }, content: [{ type: 'text', text: 'e\n f' }] },
      p('end'),
    ];
    const { dom } = all(content);
    const first = desk.doc;
    const before = desk.content;
    expect(desk.press('Mod-a').paste({ html: dom.innerHTML, text: 'x' }).doc).toBe(first);
    expect(desk.content.slice(2)).toEqual(before.slice(2));
    expect(desk.content[1]?.content?.[0]?.attrs?.state).toBe('DONE');
  });
});
