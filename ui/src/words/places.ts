// Destinations that have templates of their own, in words.

import type { Organization, Place } from '../ipc/bindings';

/** Whether both are one destination, whatever it was called when it was chosen. */
export function samePlace(one: Place, other: Place): boolean {
  if (one.organization !== other.organization) return false;
  if (one.kind === 'space') return other.kind === 'space' && one.space.id === other.space.id;
  return other.kind === 'page' && one.page.id === other.page.id;
}

/** What is sent there, and where that is; the organization is named where there are several. */
export function placeName(place: Place, organizations: Organization[]): string {
  const name = place.kind === 'space' ? `Pages in ${place.space.name} (${place.space.key})` : `Comments on “${place.page.title}” (${place.page.space})`;
  const organization = organizations.length > 1 ? organizations.find(({ id }) => id === place.organization) : undefined;
  return organization ? `${name}, ${organization.name}` : name;
}
