// Destinations in words: those that have templates of their own, and those that Quick send sends to.

import type { Action, Organization, Place, QuickTarget, Target } from '../ipc/bindings';

/** Whether both are one destination, whatever it was called when it was chosen. */
export function samePlace(one: Place, other: Place): boolean {
  if (one.organization !== other.organization) return false;
  if (one.kind === 'space') return other.kind === 'space' && one.space.id === other.space.id;
  return other.kind === 'page' && one.page.id === other.page.id;
}

/** The name of an organization; where others have the same, its address tells them apart. */
export function organizationName({ id, name, url }: Organization, organizations: Organization[]): string {
  return organizations.some((one) => one.name === name && one.id !== id) ? `${name} (${siteOf(url)})` : name;
}

/** An address as people read it. */
export function siteOf(url: string): string {
  return url.replace(/^https?:\/\//, '');
}

/** What is sent there, and where that is; the organization is named where there are several. */
export function placeName(place: Place, organizations: Organization[]): string {
  const name = place.kind === 'space' ? `Pages in ${place.space.name} (${place.space.key})` : `Comments on “${place.page.title}” (${place.page.space})`;
  const organization = organizations.length > 1 ? organizations.find(({ id }) => id === place.organization) : undefined;
  return organization ? `${name}, ${organizationName(organization, organizations)}` : name;
}

/** One word for each target, the same for the same target whatever it was called when it was chosen. */
export function targetKey(target: Target): string {
  return target.kind === 'comment'
    ? `comment ${target.organization} ${target.page.id}`
    : `page ${target.organization} ${target.space.id} ${target.parent?.id ?? ''}`;
}

/** Where something goes, such as "Engineering › Decisions log" or "ENG › Roadmap › new page". */
export function targetPlace(target: Target): string {
  if (target.kind === 'comment') return `${target.page.space} › ${target.page.title}`;
  return [target.space.key, target.parent?.title, 'new page'].filter(Boolean).join(' › ');
}

/** The same with what it becomes there; the organization is named where there are several. */
export function targetName({ target, organization }: QuickTarget, organizations: Organization[]): string {
  const place = target.kind === 'comment' ? `${targetPlace(target)} (comment)` : targetPlace(target);
  if (organizations.length < 2) return place;
  const whose = organizations.find(({ id }) => id === target.organization);
  return `${whose ? organizationName(whose, organizations) : organization} › ${place}`;
}

/** What the dialog for a target is. */
export function targetAction(target: Target): Action {
  return target.kind === 'comment' ? 'add_comment' : 'create_page';
}
