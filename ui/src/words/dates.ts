// Days and moments in words. Takes "now" as an argument, so that it can be tested.

/** How days are written. */
export const locale = typeof navigator !== 'undefined' && navigator.language.startsWith('en') ? navigator.language : 'en-GB';
const weekday = new Intl.DateTimeFormat(locale, { weekday: 'long' });
const full = new Intl.DateTimeFormat(locale, { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' });
const short = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', year: 'numeric' });
const long = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'long' });
const longOfYear = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'long', year: 'numeric' });
const clock = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });

/** An ISO day at local midnight; a `Date` made from the text alone would be midnight in Greenwich. */
function local(day: string): Date | null {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day);
  return parts ? new Date(Number(parts[1]), Number(parts[2]) - 1, Number(parts[3])) : null;
}

function daysBetween(earlier: Date, later: Date): number {
  const midnight = (date: Date) => Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
  return Math.round((midnight(later) - midnight(earlier)) / 86_400_000);
}

/** The heading of a day in the meeting list. */
export function dayHeading(day: string | null, now: Date): string {
  const date = day === null ? null : local(day);
  if (!date) return 'No date';
  const ago = daysBetween(date, now);
  if (ago === 0) return 'Today';
  if (ago === 1) return 'Yesterday';
  if (ago === -1) return 'Tomorrow';
  if (ago > 1 && ago < 7) return weekday.format(date);
  return full.format(date);
}

/** A day in a single word or two beside other things, such as "Yesterday" or "12 Nov 2026"; empty where there is none. */
export function nearDay(day: string | null, now: Date): string {
  const date = day === null ? null : local(day);
  if (!date) return '';
  const ago = daysBetween(date, now);
  return ago >= -1 && ago < 7 ? dayHeading(day, now) : short.format(date);
}

/** A day as a meeting's details show it, such as "12 Nov 2026". */
export function shortDay(day: string): string {
  const date = local(day);
  return date ? short.format(date) : day;
}

/** A day in a sentence, such as "12 December"; of another year with that year. */
export function longDay(day: string, now: Date): string {
  const date = local(day);
  return date ? (date.getFullYear() === now.getFullYear() ? long : longOfYear).format(date) : day;
}

/** How many days away a day is; negative where it is over, `null` where it is no day. */
export function daysUntil(day: string, now: Date): number | null {
  const date = local(day);
  return date && daysBetween(now, date);
}

/** A moment (ISO 8601), as near as people need it: "14:05", "Yesterday 14:05", "3 Nov 2026 14:05". */
export function moment(timestamp: string, now: Date): string {
  const date = new Date(timestamp);
  const time = clock.format(date);
  const ago = daysBetween(date, now);
  if (ago === 0) return time;
  if (ago === 1) return `Yesterday ${time}`;
  return `${short.format(date)} ${time}`;
}

/** Milliseconds from the start of a recording, such as "1:02:07". */
export function offset(ms: number): string {
  const seconds = Math.floor(ms / 1_000);
  const pad = (n: number) => String(n).padStart(2, '0');
  const hours = Math.floor(seconds / 3_600);
  const rest = `${pad(Math.floor(seconds / 60) % 60)}:${pad(seconds % 60)}`;
  return hours ? `${hours}:${rest}` : rest;
}
