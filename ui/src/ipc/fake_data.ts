// What the stand-in knows: meetings, organizations, spaces and pages, all of our own invention.

import type { AdfDocument, Cue, ItemKind, ItemView, Mentionable, MeetingView, Organization, Page, QuickTarget, Scope, Space, Spaces, Templates } from './bindings';

export const organizations: Organization[] = [
  { id: 'cloud-acme', name: 'Acme', url: 'https://acme.example' },
  { id: 'cloud-labs', name: 'Acme Labs', url: 'https://acme-labs.example' },
];

const named: [string, string][] = [
  ['ENG', 'Engineering'],
  ['PROD', 'Product'],
  ['DES', 'Design'],
  ['CUST', 'Customer success'],
  ['PPL', 'People'],
  ['OPS', 'Operations'],
];

export const spaces: Space[] = Array.from({ length: 300 }, (_, i) => {
  const [key, name] = named[i] ?? [`T${i}`, `Team space ${i}`];
  return { id: String(65_000 + i), key, name };
});

const titles = [
  'Decisions log',
  'Importer flag decision',
  'Architecture overview',
  'Architecture decision records',
  'Release calendar',
  'Roadmap 2027',
  'Pilot customers',
  'On-call handbook',
  'Migration guide',
  'Meeting notes',
];

export const pages: Page[] = titles.map((title, i) => ({
  id: String(900_100 + i),
  title,
  space: named[i % 3]?.[1] ?? 'Engineering',
}));

const [log, , overview] = pages as [Page, Page, Page];
/** As the core answers where it keeps all of them. */
export const offered = (some: Space[]): Spaces => ({
  spaces: some.slice(0, 50).map((space) => ({ space, kind: 'team' })),
  total: some.length,
  listing: 'whole',
});

const [engineering, product] = spaces as [Space, Space];

/** Favourites first, then what was used last. */
export const targets: QuickTarget[] = [
  { target: { kind: 'comment', organization: 'cloud-acme', page: log }, organization: 'Acme', favourite: true, sender: null },
  { target: { kind: 'new_page', organization: 'cloud-acme', space: engineering, parent: null }, organization: 'Acme', favourite: false, sender: null },
  { target: { kind: 'new_page', organization: 'cloud-acme', space: product, parent: overview }, organization: 'Acme', favourite: false, sender: null },
];

export const scopes: Scope[] = [
  'offline_access',
  'read:me',
  'write:confluence-content',
  'read:confluence-space.summary',
  'write:confluence-file',
  'read:confluence-content.all',
  'read:confluence-content.summary',
  'read:confluence-user',
  'readonly:content.attachment:confluence',
  'read:space:confluence',
  'search:confluence',
  'write:page:confluence',
  'write:comment:confluence',
].map((name) => ({
  name,
  allows: `What ${name} technically allows`,
  used_for: 'What the app does with it, in a sentence that is about as long as the real one.',
}));

export const people: Mentionable[] = [
  { id: '557058:ada', name: 'Ada Lovelace' },
  { id: '557058:grace', name: 'Grace Hopper' },
];

export const templates: Templates = {
  item_title: '{item}',
  item_body: '{items}\n\n{context}',
  meeting_title: '{meeting}',
  meeting_body: '{context}\n\n{items}',
  comment_body: '{items}\n\n{context}',
};

interface Plan {
  title: string;
  ago: number | null;
  time: string | null;
  minutes: number | null;
  participants: string[];
  items: [ItemKind, string, (string | null)?, (string | null)?][];
  cues?: number;
}

const plans: Plan[] = [
  {
    title: 'Weekly product sync',
    ago: 0,
    time: '09:30',
    minutes: 45,
    participants: ['Ada Lovelace', 'Grace Hopper', 'Linus Berg'],
    items: [
      ['insight', 'Trial sign-ups doubled after the new start page, mostly from teams of five to ten people'],
      ['insight', 'Support sees fewer questions about importing, but more about permissions'],
      ['decision', 'Ship the importer behind a flag'],
      ['decision', 'Importer flag decision'],
      ['next_step', 'Pilot with two customers by 1 December, and write down what they stumble over'],
      ['task', 'Write the migration guide', 'Grace', '20 Nov'],
      ['task', 'Ask Initech for a test account', 'Linus', 'next Friday'],
      ['task', 'Book the room for the retrospective', null, null],
    ],
    cues: 900,
  },
  {
    title: 'Architecture forum',
    ago: 0,
    time: '11:00',
    minutes: 60,
    participants: ['Linus Berg', 'Margaret Hale', 'Barbara Lisk', 'Ada Lovelace'],
    items: [
      ['decision', 'The event log stays the only source of truth; read models may be thrown away at any time'],
      ['decision', 'No new service without an owner who is on call for it'],
      ['task', 'Measure the cost of rebuilding the largest read model', 'Margaret', '2026-12-02'],
    ],
  },
  {
    title: 'Customer call: Initech',
    ago: 1,
    time: '15:00',
    minutes: 30,
    participants: ['Peter Gibbon', 'Grace Hopper'],
    items: [
      ['insight', 'They keep their meeting notes in five different places'],
      ['insight', 'Security review is the long pole: six weeks on average'],
      ['next_step', 'Send the data-flow diagram before their next board meeting'],
    ],
    cues: 40,
  },
  {
    title: 'Design review: the quiet outbox',
    ago: 1,
    time: '10:15',
    minutes: 50,
    participants: ['Ines Roth', 'Ada Lovelace'],
    items: [
      ['insight', 'People read the state word, not the icon'],
      ['decision', 'Every state says what happens next'],
    ],
  },
  {
    title: 'Hiring: senior engineer, second round',
    ago: 4,
    time: '13:00',
    minutes: 60,
    participants: ['Grace Hopper'],
    items: [['task', 'Send feedback to the candidate', 'Grace', 'tomorrow']],
  },
  {
    title: 'Quarterly planning with a title that is so long that it has to be cut somewhere in the list',
    ago: 12,
    time: null,
    minutes: 120,
    participants: ['Ada Lovelace', 'Grace Hopper', 'Linus Berg', 'Ines Roth', 'Margaret Hale', 'Peter Gibbon'],
    items: [
      ['decision', 'Two big bets, not five small ones'],
      ['next_step', 'Each team writes one page on how its bet could fail'],
    ],
  },
  {
    title: 'Retrospective',
    ago: 40,
    time: '16:00',
    minutes: 45,
    participants: ['Ada Lovelace', 'Linus Berg'],
    items: [['insight', 'We wait longer for reviews than for builds']],
  },
  { title: 'Notes without a date', ago: null, time: null, minutes: null, participants: [], items: [] },
];

function day(ago: number): string {
  const date = new Date();
  date.setDate(date.getDate() - ago);
  const pad = (n: number) => String(n).padStart(2, '0');
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
}

function transcript(length: number, people: string[]): Cue[] {
  return Array.from({ length }, (_, i) => ({
    start_ms: i * 4_000,
    end_ms: i * 4_000 + 3_500,
    speaker: people[i % people.length] ?? null,
    text: `Line ${i + 1} of what was said, which may well be ${i % 3 === 0 ? 'a longer sentence that needs more than a single row in the window' : 'short'}.`,
  }));
}

/** A meeting with what was said in it. */
export interface FakeMeeting extends MeetingView {
  transcript: Cue[];
}

/** Meetings, newest first. More than the written ones are filled up with plain ones. */
export function meetings(count: number): FakeMeeting[] {
  return Array.from({ length: count }, (_, m) => {
    const plan = plans[m] ?? {
      title: `Stand-up ${m}`,
      ago: 41 + Math.floor(m / 4),
      time: `${String(9 + (m % 4)).padStart(2, '0')}:00`,
      minutes: 15,
      participants: ['Ada Lovelace'],
      items: [['task', `Do thing ${m}`, null, null]] as Plan['items'],
    };
    const items = plan.items.map(
      ([kind, text, owner, due], i): ItemView => ({
        id: `item-${m}-${i}`,
        kind,
        text,
        owner: owner ?? null,
        due: due ? { text: due, date: /^\d{4}-/.test(due) ? due : null } : null,
        done: text.startsWith('Book the room'),
        edited: false,
        origin: 'notes.md',
        deliveries: [],
      }),
    );
    return {
      id: `meeting-${m}`,
      title: plan.title,
      day: plan.ago === null ? null : day(plan.ago),
      time: plan.time,
      minutes: plan.minutes,
      participants: plan.participants,
      recording: m === 0 ? 'media.example' : null,
      source: m % 2 ? 'Markdown notes' : 'Structured JSON',
      items,
      transcript: transcript(plan.cues ?? 0, plan.participants),
      transcript_lines: plan.cues ?? 0,
      notes: null,
    };
  });
}

const text = (words: string) => ({ type: 'text', text: words });
const paragraph = (words: string) => ({ type: 'paragraph', content: [text(words)] });
const sections: Record<ItemKind, string> = { insight: 'Insights', decision: 'Decisions', next_step: 'Next steps', task: 'Tasks' };

/** Items as a description shows them, with headings where they are several, and a line about their meeting. */
export function document(items: ItemView[], meeting: string): AdfDocument {
  const content = (Object.keys(sections) as ItemKind[]).flatMap((kind): unknown[] => {
    const part = items.filter((item) => item.kind === kind);
    if (!part.length) return [];
    const heading = items.length > 1 ? [{ type: 'heading', attrs: { level: 2 }, content: [text(sections[kind])] }] : [];
    const localId = `list-${kind}`;
    if (kind === 'decision') {
      const decided = part.map((item) => ({ type: 'decisionItem', attrs: { localId: item.id, state: 'DECIDED' }, content: [text(item.text)] }));
      return [...heading, { type: 'decisionList', attrs: { localId }, content: decided }];
    }
    if (kind === 'task') {
      const tasks = part.map(({ id, text: words, owner, due, done }) => {
        const date = due?.date ? [text(' '), { type: 'date', attrs: { timestamp: String(Date.parse(due.date)) } }] : [];
        const inline = [text(owner ? `${owner}: ${words}` : words), ...date];
        return { type: 'taskItem', attrs: { localId: id, state: done ? 'DONE' : 'TODO' }, content: inline };
      });
      return [...heading, { type: 'taskList', attrs: { localId }, content: tasks }];
    }
    if (part.length === 1) return [...heading, ...part.map((item) => paragraph(item.text))];
    return [...heading, { type: 'bulletList', content: part.map((item) => ({ type: 'listItem', content: [paragraph(item.text)] })) }];
  });
  return { version: 1, type: 'doc', content: [...content, paragraph(`From the meeting “${meeting}”.`)] };
}
