// What the stand-in does with its meetings: finding them, and what a person changes of them by hand.

import { marked, termsOf, type Term } from '../words/marks';
import { BackendError } from './backend';
import type { DamagedFile, DeliveryView, Due, ItemView, ItemWords, ListMeetings, MeetingFilter, MeetingList } from './bindings';
import type { Handlers } from './fake';
import type { FakeMeeting } from './fake_data';

/** So many meetings are counted where words, people or kinds are looked for. */
const MOST = 1_000;

/** Whether any of the terms is in a text. */
const holds = (text: string, terms: Term[]) => marked(text, terms).some(({ hit }) => hit);

export function listed(meetings: FakeMeeting[], deliveries: DeliveryView[], { query, filter, offset, limit }: ListMeetings): MeetingList {
  const sent = new Set(deliveries.filter(({ state }) => state.kind === 'sent').flatMap(({ items }) => items));
  const terms = termsOf(query);
  const nothing = query.trim() !== '' && !terms.length;
  const found = nothing ? [] : meetings.filter((one) => passes(one, filter, sent)).flatMap((one) => {
    const texts = [...one.participants, ...one.items.map(({ text }) => text), ...one.transcript.map(({ text }) => text), one.notes ?? ''];
    if (!terms.every((term) => [one.title, ...texts].some((text) => holds(text, [term])))) return [];
    const hit = holds(one.title, terms) ? null : (texts.find((text) => holds(text, terms)) ?? null);
    return [{ one, hit }];
  });
  const counted = terms.length || filter.kinds.length || filter.person.trim() ? found.slice(0, MOST) : found;
  const rows = counted.slice(offset, offset + limit).map(({ one: { id, title, day, time, items }, hit }) => ({
    id,
    title,
    day,
    time,
    items: items.length,
    sent: items.filter((item) => sent.has(item.id)).length,
    hit,
  }));
  return { total: counted.length, more: found.length > counted.length, rows };
}

function passes({ day, participants, items, transcript }: FakeMeeting, { kinds, person, from, to, sent }: MeetingFilter, arrived: Set<string>): boolean {
  const people = [...participants, ...items.map(({ owner }) => owner ?? ''), ...transcript.map(({ speaker }) => speaker ?? '')];
  return (
    (!kinds.length || items.some(({ kind }) => kinds.includes(kind))) &&
    termsOf(person).every((term) => people.some((name) => holds(name, [term]))) &&
    (from === null || (day !== null && day >= from)) &&
    (to === null || (day !== null && day <= to)) &&
    (sent === null || items.some(({ id }) => arrived.has(id)) === sent)
  );
}

/** The first line with words that stand in nothing else of a meeting. */
export function firstSaid({ title, participants, items, notes, transcript }: FakeMeeting, query: string): number | null {
  const shown = [title, ...participants, ...items.flatMap(({ text, owner }) => [text, owner ?? '']), notes ?? ''];
  const missing = termsOf(query).filter((term) => !shown.some((text) => holds(text, [term])));
  const first = transcript.findIndex(({ text }) => holds(text, missing));
  return first < 0 ? null : first;
}

type Edits = 'item_draft' | 'save_item_draft' | 'add_item' | 'edit_item' | 'merge_items' | 'delete_item' | 'put_back_item' | 'delete_meeting' | 'damaged_files' | 'delete_damaged_files' | 'export_meeting';

/** The commands that change meetings. */
export function editing(library: { meetings: FakeMeeting[]; damaged: DamagedFile[] }): Pick<Handlers, Edits> {
  const drafts = new Map<string, ItemWords>();
  const removed = new Map<string, { meeting: string; at: number; item: ItemView }>();
  let serial = 0;

  const change = (meeting: FakeMeeting, items: ItemView[]) => {
    library.meetings = library.meetings.map((one) => (one.id === meeting.id ? { ...one, items } : one));
  };
  const meetingOf = (item: string) => there(library.meetings.find(({ items }) => items.some(({ id }) => id === item)), 'item');
  const remove = (id: string) => {
    const meeting = meetingOf(id);
    const at = meeting.items.findIndex((item) => item.id === id);
    removed.set(id, { meeting: meeting.id, at, item: meeting.items[at] as ItemView });
    change(meeting, meeting.items.filter((item) => item.id !== id));
  };

  return {
    item_draft: (dialog) => drafts.get(JSON.stringify(dialog)) ?? null,
    save_item_draft: ({ dialog, words }) => {
      if (words) drafts.set(JSON.stringify(dialog), words);
      else drafts.delete(JSON.stringify(dialog));
      return null;
    },
    add_item: ({ meeting: to, words, said: of }) => {
      drafts.delete(JSON.stringify({ add: { meeting: to, said: of } }));
      const meeting = there(library.meetings.find(({ id }) => id === to), 'meeting');
      const id = `item-added-${++serial}`;
      change(meeting, [...meeting.items, { id, ...said(words), edited: true, origin: null, deliveries: [] }]);
      return id;
    },
    edit_item: ({ item: id, words }) => {
      drafts.delete(JSON.stringify({ edit: id }));
      const meeting = meetingOf(id);
      change(meeting, meeting.items.map((item) => (item.id === id ? { ...item, ...said(words), edited: true } : item)));
      return null;
    },
    merge_items: (ids) => {
      const meeting = meetingOf(ids[0] ?? '');
      const merged = meeting.items.filter(({ id }) => ids.includes(id));
      const [first, ...others] = merged;
      if (!first || !others.length) throw refused('There is nothing to merge: choose two items of one meeting.');
      const whole: ItemView = {
        ...first,
        text: merged.map(({ text }) => text).join('\n'),
        owner: merged.find(({ owner }) => owner !== null)?.owner ?? null,
        due: merged.find(({ due }) => due !== null)?.due ?? null,
        done: merged.every(({ done }) => done),
        edited: true,
      };
      change(meeting, meeting.items.filter((item) => !others.includes(item)).map((item) => (item === first ? whole : item)));
      return first.id;
    },
    delete_item: (id) => {
      remove(id);
      return null;
    },
    put_back_item: (id) => {
      const { meeting: from, at, item } = there(removed.get(id), 'item');
      const meeting = there(library.meetings.find((one) => one.id === from), 'meeting');
      removed.delete(id);
      change(meeting, meeting.items.toSpliced(at, 0, item));
      return null;
    },
    delete_meeting: (id) => {
      there(library.meetings.find((one) => one.id === id), 'meeting');
      library.meetings = library.meetings.filter((one) => one.id !== id);
      return null;
    },
    damaged_files: () => library.damaged,
    delete_damaged_files: (names) => {
      library.damaged = library.damaged.filter(({ name }) => !names.includes(name));
      return null;
    },
    export_meeting: () => true,
  };
}

function said({ kind, text, owner, due, done }: ItemWords): Omit<ItemView, 'id' | 'edited' | 'origin' | 'deliveries'> {
  if (!text.trim()) throw refused('An item needs words.');
  return { kind, text: text.trim(), owner: owner?.trim() || null, due: due?.trim() ? understood(due.trim()) : null, done };
}

/** Like the core, it understands a day that is named beyond doubt. */
function understood(text: string): Due {
  const iso = /^\d{4}-\d{2}-\d{2}$/.test(text);
  const time = iso || /^\d{1,2} [a-z]{3,9} \d{4}$/i.test(text) ? Date.parse(`${text}${iso ? 'T00:00Z' : ' UTC'}`) : NaN;
  return { text, date: Number.isNaN(time) ? null : new Date(time).toISOString().slice(0, 10) };
}

function there<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new BackendError({ code: 'gone', message: `This ${what} was deleted.`, hint: null });
  return value;
}

function refused(message: string): BackendError {
  return new BackendError({ code: 'failed', message, hint: null });
}
