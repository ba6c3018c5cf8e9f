// What the buttons and menus do, on chosen documents and on random ones.

import fc from 'fast-check';
import { EditorState, TextSelection, type Command } from 'prosemirror-state';
import { afterEach, describe, expect, it } from 'vitest';
import { toAdf, type AdfNode } from './adf';
import { findBlocks } from './blocks';
import {
  clearMarks,
  enter,
  heading,
  indent,
  insertRule,
  insertTable,
  outdent,
  setLink,
  toggle,
  toggleCodeBlock,
  toggleList,
  togglePanel,
  toggleQuote,
  toggleSubsup,
  undress,
} from './commands';
import { checkDocument, code, Desk, h, li, p, panel, quote, table, task, tasks, ul } from './desk.testing';
import type { Options } from './editing.svelte';
import { plugins } from './plugins';
import { editorDocuments } from './random.testing';

const bare = (text: string) => text.replace(/[\s|]/g, '');

let desk: Desk;
const open = (content: AdfNode[], options: Partial<Options> = {}) => (desk = new Desk(content, options));
const run = (command: Command): string => {
  desk.editing.run(command);
  return desk.doc;
};

afterEach(() => {
  desk.check();
  desk.editing.destroy();
});

describe('the list buttons', () => {
  it('make a list of the selected paragraphs, and headings become text', () => {
    open([h(1, 'a'), p('b')]);
    desk.view.dispatch(desk.view.state.tr.setSelection(TextSelection.create(desk.view.state.doc, 1, 5)));
    expect(run(toggleList('decisionList'))).toBe('doc(decisionList(decisionItem("a"), decisionItem("b")))');
    expect(run(toggleList('bulletList'))).toBe('doc(bulletList(listItem(paragraph("a")), listItem(paragraph("b"))))');
    expect(run(toggleList('orderedList'))).toBe('doc(orderedList(listItem(paragraph("a")), listItem(paragraph("b"))))');
    expect(run(toggleList('taskList'))).toBe('doc(taskList(taskItem("a"), taskItem("b")))');
    expect(run(toggleList('taskList'))).toBe('doc(paragraph("a"), paragraph("b"))');
  });

  it('keep nesting between the lists that have it, and every word in those that do not', () => {
    open([ul(li(p('a'), p('b'), ul(li(p('c')), li(code('d\ne')))), li(p('f')))]).end('a');
    expect(run(toggleList('taskList'))).toBe(
      'doc(taskList(taskItem("a", hardBreak, "b"), taskList(taskItem("c"), taskItem("d", hardBreak, "e")), taskItem("f")))',
    );
    expect(desk.cursor).toBe('a|*b');
    expect(run(toggleList('orderedList'))).toBe(
      'doc(orderedList(listItem(paragraph("a", hardBreak, "b"), orderedList(listItem(paragraph("c")), listItem(paragraph("d", hardBreak, "e")))), listItem(paragraph("f"))))',
    );
    expect(run(toggleList('decisionList'))).toBe(
      'doc(decisionList(decisionItem("a", hardBreak, "b"), decisionItem("c"), decisionItem("d", hardBreak, "e"), decisionItem("f")))',
    );
  });

  it('join the new list with its neighbour of the same kind', () => {
    open([tasks(task('a')), p('b'), tasks(task('c'))]).end('b');
    expect(run(toggleList('taskList'))).toBe('doc(taskList(taskItem("a"), taskItem("b"), taskItem("c")))');
    expect(desk.cursor).toBe('b|');
  });

  it('do nothing where such a list has no place', () => {
    open([quote(p('a'))]).end('a');
    expect(run(toggleList('decisionList'))).toBe('doc(blockquote(paragraph("a")))');
  });
});

describe('the other buttons', () => {
  it('wrap and unwrap', () => {
    open([p('a')]);
    expect(run(toggleQuote)).toBe('doc(blockquote(paragraph("a")))');
    expect(run(toggleQuote)).toBe('doc(paragraph("a"))');
    expect(run(togglePanel('info'))).toBe('doc(panel(paragraph("a")))');
    run(togglePanel('warning'));
    expect(desk.content[0]?.attrs, 'another kind changes the panel').toEqual({ panelType: 'warning' });
    expect(run(togglePanel('warning'))).toBe('doc(paragraph("a"))');
    expect(run(toggleCodeBlock)).toBe('doc(codeBlock("a"))');
    expect(run(toggleCodeBlock)).toBe('doc(paragraph("a"))');
    expect(desk.cursor).toBe('a|');
  });

  it('turn the lines of a paragraph into lines of code, and back', () => {
    open([{ type: 'paragraph', content: [{ type: 'text', text: 'a' }, { type: 'hardBreak' }, { type: 'text', text: 'b' }] }]);
    expect(run(toggleCodeBlock)).toBe('doc(codeBlock("a\\nb"))');
    expect(run(toggleCodeBlock)).toBe('doc(paragraph("a", hardBreak, "b"))');
  });

  it('put a divider and a table where one is, and the cursor where one goes on', () => {
    open([]);
    expect(run(insertRule)).toBe('doc(rule, paragraph)');
    run(insertTable(2, 2));
    expect(desk.doc).toBe('doc(rule, table(tableRow(tableHeader(paragraph), tableHeader(paragraph)), tableRow(tableCell(paragraph), tableCell(paragraph))))');
    expect(desk.type('x').doc).toContain('tableHeader(paragraph("x"))');
  });

  it('let code give way to nothing but a link, and sub to sup', () => {
    open([p('ab')]).select('ab');
    run(toggle('strong'));
    expect(run(toggle('code'))).toBe('doc(paragraph(code("ab")))');
    expect(run(toggle('em')), 'code stays').toBe('doc(paragraph(code("ab")))');
    run(setLink(desk.view.state.selection, 'https://example.com'));
    expect(desk.doc).toBe('doc(paragraph(link(code("ab"))))');
    desk.select('ab');
    expect(run(clearMarks)).toBe('doc(paragraph("ab"))');
    run(toggleSubsup('sub'));
    run(toggleSubsup('sup'));
    expect(desk.content[0]?.content?.[0]?.marks).toEqual([{ type: 'subsup', attrs: { type: 'sup' } }]);
    run(toggleSubsup('sup'));
    expect(desk.doc).toBe('doc(paragraph("ab"))');
  });

  it('mark text, and never what is no text', () => {
    open([{ type: 'paragraph', content: [{ type: 'text', text: 'a' }, { type: 'date', attrs: { timestamp: '0' } }, { type: 'text', text: 'b' }] }]);
    desk.view.dispatch(desk.view.state.tr.setSelection(TextSelection.create(desk.view.state.doc, 1, 4)));
    expect(run(toggle('strong'))).toBe('doc(paragraph(strong("a"), date, strong("b")))');
  });

  it('edit the link that the cursor is in, and only that one', () => {
    open([p()]).type('[one](a.example) and [two](b.example) ');
    desk.select('wo');
    desk.press('Mod-k');
    expect(desk.editing.ask).toMatchObject({ kind: 'link', href: 'https://b.example', words: 'two' });
    desk.editing.answerLink('https://c.example');
    const links = desk.content[0]?.content?.flatMap(({ marks }) => marks?.map(({ attrs }) => attrs?.href) ?? []);
    expect(links).toEqual(['https://a.example', 'https://c.example']);
    desk.select('ne');
    desk.press('Mod-k');
    expect(desk.editing.ask).toMatchObject({ words: 'one' });
    desk.editing.answerLink(null);
    expect(desk.doc).toBe('doc(paragraph("one and ", link("two"), " "))');
  });
});

describe('the menus while typing', () => {
  it('go on to the next word', () => {
    open([p('')]).type('/numbered ');
    expect(desk.editing.options).toHaveLength(1);
    desk.type('list');
    expect(desk.press('Enter').doc).toBe('doc(orderedList(listItem(paragraph)))');
    desk.check();
    open([p('')]).type('@Grace H').press('Enter');
    expect(desk.content[0]?.content?.[0]?.attrs).toMatchObject({ id: 'g-1' });
    desk.check();
    open([p('')]).type('and / or');
    expect(desk.editing.options, 'a slash between words asks for nothing').toHaveLength(0);
  });

  it('open at the sign, narrow, and insert in place of what was typed', () => {
    open([]).type('/');
    expect(desk.editing.suggestion).toMatchObject({ trigger: '/', query: '' });
    desk.type('numb');
    expect(desk.editing.options.map(({ id }) => id)).toEqual(['ordered']);
    expect(desk.view.dom.getAttribute('aria-activedescendant')).toBe(desk.editing.optionId(0));
    expect(desk.keys('Enter')).toBe(true);
    expect(desk.type('x').doc).toBe('doc(orderedList(listItem(paragraph("x"))))');
    expect(desk.view.dom.hasAttribute('aria-activedescendant'), 'nothing is left of the menu').toBe(false);
  });

  it('are walked with the arrows, which say the offer', () => {
    open([]).type('/head').press('ArrowDown');
    expect(desk.editing.said).toBe('Heading 2');
    desk.press('ArrowUp', 'ArrowUp');
    expect(desk.editing.said, 'from the first to the last').toBe('Heading 3');
    expect(run(() => desk.keys('Enter'))).toBe('doc(heading)');
    expect(desk.content[0]?.attrs?.level).toBe(3);
  });

  it('close with Escape and do not come back at that place', () => {
    open([]).type('/');
    expect(desk.keys('Escape')).toBe(true);
    desk.type('da');
    expect(desk.editing.suggestion).toBeNull();
    expect(desk.keys('Escape'), 'the next Escape is the dialog’s').toBe(false);
    desk.type(' /');
    expect(desk.editing.suggestion).not.toBeNull();
  });

  it.each(['and/or', 'https://example.com/', '1/2', 'me@'])('stay closed in %j', (typed) => {
    expect(open([]).type(typed).editing.suggestion).toBeNull();
  });

  it('let Enter through where nothing matches', () => {
    expect(open([]).type('/nothingsuch\nb').doc).toBe('doc(paragraph("/nothingsuch"), paragraph("b"))');
  });

  it('ask for a date at a second slash', () => {
    open([p('due ')]).type('//');
    expect(desk.editing.ask).toMatchObject({ kind: 'date', timestamp: null });
    desk.editing.answerDate('1795132800000');
    expect(desk.type('x').doc).toBe('doc(paragraph("due ", date, " x"))');
  });

  it('ask what a status says, and change it when it is chosen again', () => {
    open([]).type('/status').press('Enter');
    expect(desk.editing.ask?.kind).toBe('status');
    desk.editing.answerStatus('done', 'green');
    expect(desk.content).toEqual([{ type: 'paragraph', content: [{ type: 'status', attrs: { text: 'done', color: 'green' } }, { type: 'text', text: ' ' }] }]);
    desk.press('ArrowLeft');
  });

  it('mention people that are known, by any of their names', () => {
    open([p('ask ')]).type('@hop').press('Enter').type('x');
    expect(desk.content[0]?.content).toEqual([
      { type: 'text', text: 'ask ' },
      { type: 'mention', attrs: { id: 'g-1', text: '@Grace Hopper' } },
      { type: 'text', text: ' x' },
    ]);
    desk.check();
    expect(open([], { people: [] }).type('@g').editing.suggestion, 'nobody is known').toBeNull();
  });

  it('offer in comments what comments hold', () => {
    const all = findBlocks('', false).map(({ id }) => id);
    const some = findBlocks('', true).map(({ id }) => id);
    expect(all.filter((id) => !some.includes(id))).toEqual(['table', 'panel-info', 'panel-note', 'panel-tip', 'panel-success', 'panel-warning', 'panel-error']);
    open([]);
  });
});

describe('a comment', () => {
  it('holds what a page does in another shape, and loses no word', () => {
    const content = [h(5, 'Low'), table(['What', 'Who'], ['Guide', 'Grace']), panel('note', p('Mind'), tasks(task('this'))), p('End')];
    open(content, { comment: true });
    expect(desk.doc).toBe(
      'doc(heading("Low"), paragraph(strong("What"), " | ", strong("Who")), paragraph("Guide | Grace"), paragraph("Mind"), taskList(taskItem("this")), paragraph("End"))',
    );
    expect(desk.content[0]?.attrs?.level).toBe(3);
  });

  it('takes that shape at once when a page becomes one, and says so', () => {
    open([panel('note', p('Mind'))]);
    desk.editing.change({ comment: true, people: [], onchange: (value) => desk.said.push(value) });
    expect(desk.doc).toBe('doc(paragraph("Mind"))');
    desk.editing.flush();
    expect(desk.said.at(-1)?.content).toEqual([p('Mind')]);
  });

  it('of a random page has all its text', () => {
    open([]);
    fc.assert(
      fc.property(editorDocuments, (doc) => {
        const one = new Desk(toAdf(doc).content, { comment: true });
        try {
          const { doc: shown } = one.view.state;
          shown.check();
          shown.descendants(({ type }) => expect(['table', 'panel']).not.toContain(type.name));
          expect(bare(shown.textContent)).toBe(bare(doc.textContent));
        } finally {
          one.editing.destroy();
          one.place.remove();
        }
      }),
      { numRuns: 300 },
    );
  }, 120_000);
});

describe('any command on any document', () => {
  const commands: [string, Command][] = [
    ['bulletList', toggleList('bulletList')],
    ['orderedList', toggleList('orderedList')],
    ['taskList', toggleList('taskList')],
    ['decisionList', toggleList('decisionList')],
    ['quote', toggleQuote],
    ['code', toggleCodeBlock],
    ['panel', togglePanel('info')],
    ['heading', heading(2)],
    ['normal', heading(0)],
    ['rule', insertRule],
    ['table', insertTable()],
    ['strong', toggle('strong')],
    ['inline code', toggle('code')],
    ['enter', enter],
    ['undress', undress],
    ['indent', indent],
    ['outdent', outdent],
  ];

  it('leaves one that can be sent, and no word less', () => {
    open([]);
    const steps = fc.array(fc.record({ command: fc.constantFrom(...commands), anchor: fc.double({ min: 0, max: 1, noNaN: true }), head: fc.double({ min: 0, max: 1, noNaN: true }) }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(editorDocuments, steps, (doc, all) => {
        let state = EditorState.create({ doc, plugins: plugins({ comment: false, people: false, onlink: () => undefined, ontoodeep: () => undefined }) });
        for (const { command, anchor, head } of all) {
          const { size } = state.doc.content;
          const at = (share: number) => {
            const $at = state.doc.resolve(Math.round(share * size));
            // No cursor gets between the halves of a character.
            const halved = $at.textOffset > 0 && /[\ud800-\udbff]$/.test($at.nodeBefore?.text ?? '');
            return halved ? state.doc.resolve($at.pos - 1) : $at;
          };
          const [name, run] = command;
          const caret = name === 'enter' || name === 'undress';
          state = state.apply(state.tr.setSelection(TextSelection.between(at(anchor), caret ? at(anchor) : at(head))));
          if (caret && !state.selection.empty) continue;
          const before = bare(state.doc.textContent);
          run(state, (tr) => (state = state.apply(tr)));
          expect(bare(state.doc.textContent), name).toBe(before);
        }
        if (!state.doc.eq(doc)) checkDocument(state.doc);
      }),
      { numRuns: 10_000 },
    );
  }, 300_000);
});
