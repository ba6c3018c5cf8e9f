// Where something goes, as its fields say it while they are filled in. Whatever is chosen, all of them are of one
// organization.

import type { FoundPage, OrganizationId, Page, Space } from '../ipc/bindings';

/** The fields. */
export interface Where {
  organization: OrganizationId | null;
  space: Space | null;
  parent: Page | null;
  page: Page | null;
}

/** A page that was found, and whose it is. */
export interface Found extends FoundPage {
  organization: OrganizationId;
}

/** Spaces and pages belong to one organization. */
export function inOrganization(where: Where, organization: OrganizationId | null): Where {
  return organization === where.organization ? where : { organization, space: null, parent: null, page: null };
}

/** On a page, in its own organization: a link may lead to another one than was chosen. */
export function onPage(where: Where, found: Found | null): Where {
  return found ? { ...inOrganization(where, found.organization), page: found.page } : { ...where, page: null };
}

/** Beneath a page, in its own organization and space: Confluence takes no parent from another space. */
export function beneath(where: Where, found: Found | null): Where {
  if (!found) return { ...where, parent: null };
  const there = inOrganization(where, found.organization);
  return { ...there, space: found.space ?? there.space, parent: found.page };
}
