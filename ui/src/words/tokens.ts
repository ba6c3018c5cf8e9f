// When an API token ends, in words. Takes "now" as an argument, so that it can be tested.

import { daysUntil, longDay } from './dates';

/** So long before its end a token is warned about, in days. */
export const EXPIRY_WARNING = 14;

export interface Expiry {
  words: string;
  /** The person should see to it. */
  soon: boolean;
}

/** Such as "Expires on 12 December" or "Expires in 9 days"; `null` where nobody said when. */
export function expiry(expires: string | null, now: Date): Expiry | null {
  const days = expires === null ? null : daysUntil(expires, now);
  if (expires === null || days === null) return null;
  if (days < 0) return { words: `Expired on ${longDay(expires, now)}`, soon: true };
  if (days === 0) return { words: 'Expires today', soon: true };
  if (days === 1) return { words: 'Expires tomorrow', soon: true };
  if (days <= EXPIRY_WARNING) return { words: `Expires in ${days} days`, soon: true };
  return { words: `Expires on ${longDay(expires, now)}`, soon: false };
}
