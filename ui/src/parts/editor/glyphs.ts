// Drawn for the editor on a grid of 16, as strokes that take the colour of the text.
export const glyphs = {
  strong: 'M4.5 3h4a2.4 2.4 0 0 1 0 4.9h-4zM4.5 7.9h4.7a2.5 2.5 0 0 1 0 5.1H4.5z',
  em: 'M7 3h4.5M4.5 13H9M9.5 3l-3 10',
  underline: 'M4.5 2.5v5a3.5 3.5 0 0 0 7 0v-5M4 13.5h8',
  strike: 'M2.5 8h11M11 4.6A3 2.4 0 0 0 8 3C6.2 3 5 4 5 5.3c0 1.2.9 1.9 2 2.4M5 11.2A3.2 2.5 0 0 0 8 13c1.9 0 3.2-1 3.2-2.4',
  code: 'M5.5 4.5L2 8l3.5 3.5M10.5 4.5L14 8l-3.5 3.5',
  link: 'M6.8 9.2a2.5 2.5 0 0 0 3.6 0l2-2a2.5 2.5 0 0 0-3.6-3.6l-.8.8M9.2 6.8a2.5 2.5 0 0 0-3.6 0l-2 2a2.5 2.5 0 0 0 3.6 3.6l.8-.8',
  heading: 'M3.5 3v10M12.5 3v10M3.5 8h9',
  bulletList: 'M6.5 4h7M6.5 8h7M6.5 12h7M3 4h.01M3 8h.01M3 12h.01',
  orderedList: 'M6.5 4h7M6.5 8h7M6.5 12h7M2.4 3.3l.9-.6v2.8M2.2 10.8c.2-.9 1.8-.8 1.7.2-.1.8-1.6 1.3-1.7 2.2h1.8',
  taskList: 'M2.5 3.5h4v4h-4zM3.6 5.5l.8.8 1.2-1.6M9 5.5h4.5M2.5 10h4v4h-4zM9 12h4.5',
  decisionList: 'M4.5 3.2L7.3 6 4.5 8.8 1.7 6zM10 6h4M6 12h8M3 12h.01',
  blockquote: 'M6.5 4.5C4 5 3 6.5 3 9v2.5h3.5V8.3H4.6M13 4.5C10.5 5 9.5 6.5 9.5 9v2.5H13V8.3h-1.9',
  codeBlock: 'M2.5 3h11v10h-11zM6.3 6L4.5 8l1.8 2M9.7 6l1.8 2-1.8 2',
  panel: 'M2.5 3.5h11v9h-11zM5.5 3.5v9M8 6.5h3M8 9.5h3',
  table: 'M2.5 3h11v10h-11zM2.5 6.3h11M2.5 9.7h11M8 3v10',
  date: 'M2.5 4.5h11v9h-11zM2.5 7.5h11M5.5 2.5v3M10.5 2.5v3',
  status: 'M3.5 5h9a1 1 0 0 1 1 1v4a1 1 0 0 1-1 1h-9a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1zM5.5 8h5',
  rule: 'M2.5 8h11M4 4.5h8M4 11.5h8',
  undo: 'M5.5 3L2.5 6l3 3M2.5 6h7a4 3.5 0 0 1 0 7H6',
  redo: 'M10.5 3l3 3-3 3M13.5 6h-7a4 3.5 0 0 0 0 7H10',
  more: 'M3.5 8h.01M8 8h.01M12.5 8h.01',
  person: 'M8 8a2.7 2.7 0 1 0 0-5.4A2.7 2.7 0 0 0 8 8zM3 13.5a5 4.5 0 0 1 10 0',
  down: 'M5 7l3 3 3-3',
};

export type GlyphName = keyof typeof glyphs;
