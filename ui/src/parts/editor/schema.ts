// The editor's schema. Its names and attributes are those of the Atlassian Document Format, so that what is seen
// is what is sent. Refuses nesting that the format refuses. The DOM rules serve the screen and the clipboard.

import { Schema, type Attrs, type DOMOutputSpec, type MarkSpec, type NodeSpec } from 'prosemirror-model';
import { dayOf, spellDay } from './days';
import { safeLink } from './links';

export const PANELS = ['info', 'note', 'tip', 'success', 'warning', 'error'] as const;
export const STATUS_COLORS = ['neutral', 'purple', 'blue', 'red', 'yellow', 'green'] as const;

export type Panel = (typeof PANELS)[number];
export type StatusColor = (typeof STATUS_COLORS)[number];

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const data = (name: string) => (dom: HTMLElement) => dom.getAttribute(`data-${name}`);

/** The text of an inline node that is no text, wherever plain text is asked for. */
function label(attrs: Attrs): string {
  return text(attrs.text);
}

const emojiText = (attrs: Attrs): string => label(attrs) || text(attrs.shortName);

function cellAttrs(dom: HTMLElement): Attrs {
  const span = (name: string) => Math.max(1, Number(dom.getAttribute(name)) || 1);
  const widths = dom.getAttribute('data-colwidth')?.split(',').map(Number) ?? null;
  const colspan = span('colspan');
  return {
    colspan,
    rowspan: span('rowspan'),
    colwidth: widths?.length === colspan && widths.every((width) => width > 0) ? widths : null,
    background: data('background')(dom),
  };
}

function cellDom(tag: 'td' | 'th', attrs: Attrs): DOMOutputSpec {
  return [
    tag,
    {
      colspan: attrs.colspan > 1 ? attrs.colspan : null,
      rowspan: attrs.rowspan > 1 ? attrs.rowspan : null,
      'data-colwidth': attrs.colwidth?.join(',') ?? null,
      'data-background': attrs.background,
    },
    0,
  ];
}

function cell(tag: 'td' | 'th'): NodeSpec {
  return {
    content: '(paragraph | panel | blockquote | orderedList | bulletList | rule | heading | codeBlock | decisionList | taskList)+',
    attrs: { colspan: { default: 1 }, rowspan: { default: 1 }, colwidth: { default: null }, background: { default: null } },
    tableRole: tag === 'td' ? 'cell' : 'header_cell',
    isolating: true,
    parseDOM: [{ tag, getAttrs: cellAttrs }],
    toDOM: ({ attrs }) => cellDom(tag, attrs),
  };
}

const nodes = {
  doc: { content: '(paragraph | heading | bulletList | orderedList | taskList | decisionList | blockquote | codeBlock | rule | panel | table)+' },

  paragraph: {
    content: 'inline*',
    parseDOM: [{ tag: 'p' }],
    toDOM: () => ['p', 0],
  },

  heading: {
    content: 'inline*',
    attrs: { level: {} },
    defining: true,
    parseDOM: [1, 2, 3, 4, 5, 6].map((level) => ({ tag: `h${level}`, attrs: { level } })),
    toDOM: ({ attrs }) => [`h${attrs.level}`, 0],
  },

  bulletList: {
    content: 'listItem+',
    parseDOM: [{ tag: 'ul' }],
    toDOM: () => ['ul', 0],
  },

  orderedList: {
    content: 'listItem+',
    attrs: { order: { default: null } },
    parseDOM: [
      {
        tag: 'ol',
        getAttrs: (dom) => {
          const start = Number(dom.getAttribute('start') ?? 1);
          return { order: Number.isInteger(start) && start >= 0 && start !== 1 ? start : null };
        },
      },
    ],
    toDOM: ({ attrs }) => ['ol', { start: attrs.order }, 0],
  },

  listItem: {
    content: '(paragraph | bulletList | orderedList | taskList | codeBlock)+',
    defining: true,
    parseDOM: [{ tag: 'li' }],
    toDOM: () => ['li', 0],
  },

  // A list that is nested in another is a child of that list and follows its item; the item itself is inline.
  taskList: {
    content: '(taskItem | taskList)+',
    attrs: { localId: { default: null } },
    parseDOM: [{ tag: 'ul[data-tasks]', priority: 60 }],
    toDOM: () => ['ul', { 'data-tasks': '' }, 0],
  },

  taskItem: {
    content: 'inline*',
    attrs: { localId: { default: null }, state: { default: 'TODO' } },
    defining: true,
    parseDOM: [
      {
        tag: 'li[data-task]',
        priority: 60,
        getAttrs: (dom) => ({ state: data('task')(dom) === 'DONE' ? 'DONE' : 'TODO' }),
        contentElement: (dom) => (dom).querySelector<HTMLElement>(':scope > div') ?? (dom),
      },
    ],
    toDOM: ({ attrs }) => [
      'li',
      { 'data-task': attrs.state },
      ['input', { type: 'checkbox', disabled: '', checked: attrs.state === 'DONE' ? '' : null }],
      ['div', 0],
    ],
  },

  decisionList: {
    content: 'decisionItem+',
    attrs: { localId: { default: null } },
    parseDOM: [{ tag: 'ul[data-decisions]', priority: 60 }],
    toDOM: () => ['ul', { 'data-decisions': '' }, 0],
  },

  decisionItem: {
    content: 'inline*',
    attrs: { localId: { default: null }, state: { default: 'DECIDED' } },
    defining: true,
    parseDOM: [{ tag: 'li[data-decision]', priority: 60 }],
    toDOM: ({ attrs }) => ['li', { 'data-decision': attrs.state }, 0],
  },

  blockquote: {
    content: '(paragraph | bulletList | orderedList | codeBlock)+',
    defining: true,
    parseDOM: [{ tag: 'blockquote' }],
    toDOM: () => ['blockquote', 0],
  },

  codeBlock: {
    content: 'text*',
    marks: '',
    code: true,
    defining: true,
    attrs: { language: { default: null } },
    parseDOM: [{ tag: 'pre', preserveWhitespace: 'full', getAttrs: (dom) => ({ language: data('language')(dom) }) }],
    toDOM: ({ attrs }) => ['pre', { 'data-language': attrs.language }, ['code', { spellcheck: 'false' }, 0]],
  },

  rule: {
    parseDOM: [{ tag: 'hr' }],
    toDOM: () => ['hr'],
  },

  panel: {
    content: '(paragraph | heading | bulletList | orderedList | codeBlock | taskList | rule | decisionList)+',
    attrs: { panelType: { default: 'info' } },
    defining: true,
    parseDOM: [{ tag: 'div[data-panel]', getAttrs: (dom) => ({ panelType: PANELS.find((one) => one === data('panel')(dom)) ?? 'info' }) }],
    toDOM: ({ attrs }) => ['div', { 'data-panel': attrs.panelType, role: 'note', 'aria-label': `${attrs.panelType} panel` }, 0],
  },

  table: {
    content: 'tableRow+',
    attrs: {
      isNumberColumnEnabled: { default: null },
      layout: { default: null },
      displayMode: { default: null },
      width: { default: null },
      localId: { default: null },
    },
    tableRole: 'table',
    isolating: true,
    parseDOM: [{ tag: 'table' }],
    toDOM: () => ['table', ['tbody', 0]],
  },

  tableRow: {
    content: '(tableCell | tableHeader)*',
    tableRole: 'row',
    parseDOM: [{ tag: 'tr' }],
    toDOM: () => ['tr', 0],
  },

  tableCell: cell('td'),
  tableHeader: cell('th'),

  text: { group: 'inline' },

  hardBreak: {
    group: 'inline',
    inline: true,
    selectable: false,
    linebreakReplacement: true,
    leafText: () => '\n',
    parseDOM: [{ tag: 'br' }],
    toDOM: () => ['br'],
  },

  mention: {
    group: 'inline',
    inline: true,
    attrs: { id: {}, text: { default: null } },
    leafText: ({ attrs }) => label(attrs),
    parseDOM: [{ tag: 'span[data-mention]', getAttrs: (dom) => ({ id: data('mention')(dom), text: dom.textContent }) }],
    toDOM: ({ attrs }) => ['span', { 'data-mention': attrs.id }, label(attrs)],
  },

  emoji: {
    group: 'inline',
    inline: true,
    attrs: { shortName: {}, id: { default: null }, text: { default: null } },
    leafText: ({ attrs }) => emojiText(attrs),
    parseDOM: [
      {
        tag: 'span[data-emoji]',
        getAttrs: (dom) => ({ shortName: data('emoji')(dom), id: data('emoji-id')(dom), text: data('emoji-text')(dom) }),
      },
    ],
    toDOM: ({ attrs }) => [
      'span',
      { 'data-emoji': attrs.shortName, 'data-emoji-id': attrs.id, 'data-emoji-text': attrs.text },
      emojiText(attrs),
    ],
  },

  date: {
    group: 'inline',
    inline: true,
    attrs: { timestamp: {} },
    leafText: ({ attrs }) => spellDay(text(attrs.timestamp)),
    parseDOM: [{ tag: 'time[data-timestamp]', getAttrs: (dom) => ({ timestamp: data('timestamp')(dom) }) }],
    toDOM: ({ attrs }) => [
      'time',
      { datetime: dayOf(text(attrs.timestamp)), 'data-timestamp': attrs.timestamp },
      spellDay(text(attrs.timestamp)),
    ],
  },

  status: {
    group: 'inline',
    inline: true,
    attrs: { text: {}, color: { default: 'neutral' } },
    leafText: ({ attrs }) => label(attrs),
    parseDOM: [
      {
        tag: 'span[data-status]',
        // Without words there is nothing to show, and the format refuses it.
        getAttrs: (dom) => (dom.textContent ? { text: dom.textContent, color: data('status')(dom) } : false),
      },
    ],
    toDOM: ({ attrs }) => ['span', { 'data-status': attrs.color }, label(attrs)],
  },

  inlineCard: {
    group: 'inline',
    inline: true,
    attrs: { url: {} },
    leafText: ({ attrs }) => text(attrs.url),
    parseDOM: [{ tag: 'a[data-card]', priority: 60, getAttrs: (dom) => (safeLink(dom.getAttribute('href')) ? { url: dom.getAttribute('href') } : false) }],
    toDOM: ({ attrs }) => ['a', { 'data-card': '', href: attrs.url }, text(attrs.url)],
  },
} satisfies Record<string, NodeSpec>;

const marks = {
  link: {
    attrs: { href: {} },
    inclusive: false,
    parseDOM: [
      {
        tag: 'a[href]',
        getAttrs: (dom) => {
          const href = safeLink(dom.getAttribute('href'));
          return href === null ? false : { href };
        },
      },
    ],
    toDOM: ({ attrs }) => ['a', { href: attrs.href, rel: 'noopener noreferrer' }, 0],
  },
  em: { parseDOM: [{ tag: 'em' }, { tag: 'i' }], toDOM: () => ['em', 0] },
  strong: { parseDOM: [{ tag: 'strong' }, { tag: 'b' }], toDOM: () => ['strong', 0] },
  strike: { parseDOM: [{ tag: 's' }, { tag: 'del' }, { tag: 'strike' }], toDOM: () => ['s', 0] },
  underline: { parseDOM: [{ tag: 'u' }, { tag: 'ins' }], toDOM: () => ['u', 0] },
  subsup: {
    attrs: { type: {} },
    parseDOM: [
      { tag: 'sub', attrs: { type: 'sub' } },
      { tag: 'sup', attrs: { type: 'sup' } },
    ],
    toDOM: ({ attrs }) => [attrs.type === 'sup' ? 'sup' : 'sub', 0],
  },
  code: {
    excludes: 'code em strong strike underline subsup',
    code: true,
    parseDOM: [{ tag: 'code' }, { tag: 'kbd' }, { tag: 'samp' }, { tag: 'tt' }],
    toDOM: () => ['code', { spellcheck: 'false' }, 0],
  },
} satisfies Record<string, MarkSpec>;

export type MarkName = keyof typeof marks;

export const schema = new Schema({ nodes: nodes, marks: marks });
