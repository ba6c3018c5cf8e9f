// Days as the format holds them: milliseconds since 1970 at midnight UTC, as a string. The day is read in UTC too,
// so that nobody's time zone moves it.

const DAY = 86_400_000;

/** The day (ISO 8601) of a timestamp; empty where it is none. */
export function dayOf(timestamp: string): string {
  const date = new Date(Number(timestamp));
  return timestamp.trim() === '' || Number.isNaN(date.getTime()) ? '' : date.toISOString().slice(0, 10);
}

/** The timestamp of a day (ISO 8601); `null` where it is none. */
export function timestampOf(day: string): string | null {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(day) : NaN;
  return Number.isNaN(time) ? null : String(time);
}

/** The person's own day, as a timestamp, so many days from `now`. */
export function dayFrom(now: Date, days = 0): string {
  return String(Date.UTC(now.getFullYear(), now.getMonth(), now.getDate()) + days * DAY);
}

const words = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' });

/** A timestamp as people write a day, such as "20 Nov 2026". */
export function spellDay(timestamp: string): string {
  return dayOf(timestamp) === '' ? timestamp : words.format(Number(timestamp));
}
