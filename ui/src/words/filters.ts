// The filter of the meeting list, in words.

import type { MeetingFilter } from '../ipc/bindings';
import { shortDay } from './dates';
import { count } from './deliveries';
import { sections } from './items';

export const everything: MeetingFilter = { kinds: [], person: '', from: null, to: null, sent: null };

export interface Restriction {
  name: string;
  /** What takes it away. */
  without: Partial<MeetingFilter>;
}

/** What is set in a filter, one by one. */
export function restrictions({ kinds, person, from, to, sent }: MeetingFilter): Restriction[] {
  return [
    ...sections
      .filter(({ kind }) => kinds.includes(kind))
      .map(({ kind, heading }) => ({ name: heading, without: { kinds: kinds.filter((one) => one !== kind) } })),
    ...(person.trim() ? [{ name: person.trim(), without: { person: '' } }] : []),
    ...(from === null ? [] : [{ name: `From ${shortDay(from)}`, without: { from: null } }]),
    ...(to === null ? [] : [{ name: `To ${shortDay(to)}`, without: { to: null } }]),
    ...(sent === null ? [] : [{ name: sent ? 'Sent' : 'Not sent', without: { sent: null } }]),
  ];
}

/** Says that no meeting is left of a search. */
export function noMatch(query: string, filtered: boolean): string {
  if (!query.trim()) return 'No meeting matches these filters';
  return `No meeting matches “${query}”${filtered ? ' with these filters' : ''}`;
}

/** Says how many meetings a search found. */
export function foundWords(total: number, more: boolean): string {
  return `${more ? 'More than ' : ''}${count(total, 'meeting')} found`;
}
