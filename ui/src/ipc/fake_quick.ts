// What the stand-in does for Quick send: finding items, favourites, and which delivery each item goes with.

import type { DeliveryView, Destination, Favourite, FoundItem, MeetingView, QuickSend, QuickTarget } from './bindings';
import { organizations } from './fake_data';

/** Every item, as the window of Quick send shows it. */
export function foundItems(meetings: MeetingView[], deliveries: DeliveryView[]): FoundItem[] {
  return meetings.flatMap(({ id: meeting, title: meeting_title, day, items }) =>
    items.map(({ id, kind, text, owner, due, done }) => {
      const sent = deliveries.some((one) => one.items.includes(id) && one.state.kind === 'sent');
      return { id, kind, text, owner, due, done, sent, meeting, meeting_title, day };
    }),
  );
}

export function matching(items: FoundItem[], query: string): FoundItem[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return items.filter(({ text, owner, meeting_title }) => {
    const all = `${text} ${owner ?? ''} ${meeting_title}`.toLowerCase();
    return words.every((word) => all.includes(word));
  });
}

/** Favourites first. */
export function starred(targets: QuickTarget[], { target, favourite }: Favourite): QuickTarget[] {
  const organization = organizations.find(({ id }) => id === target.organization)?.name ?? '';
  const others = targets.filter((one) => JSON.stringify(one.target) !== JSON.stringify(target));
  return [...others, { target, organization, favourite, sender: null }].sort((a, b) => Number(b.favourite) - Number(a.favourite));
}

/** One destination for each meeting, with its items. */
export function parcels(found: FoundItem[], { items, target }: QuickSend): { items: string[]; destination: Destination }[] {
  const sent = found.filter(({ id }) => items.includes(id));
  return [...new Set(sent.map(({ meeting }) => meeting))].map((meeting) => {
    const mine = sent.filter((one) => one.meeting === meeting);
    const title = (mine.length > 1 ? mine[0]?.meeting_title : mine[0]?.text) ?? '';
    return { items: mine.map(({ id }) => id), destination: target.kind === 'comment' ? target : { ...target, title } };
  });
}
