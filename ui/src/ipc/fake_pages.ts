// What the stand-in does for finding pages: each organization has the same ones, and a link says whose it is.

import { BackendError } from './backend';
import type { FoundPages, Organization, Page } from './bindings';
import { pages, spaces } from './fake_data';

/** Pages with their spaces. */
export function found(organization: string, some: Page[]): FoundPages {
  return { organization, pages: some.map((page) => ({ page, space: spaces.find(({ name }) => name === page.space) ?? null })) };
}

/** The link of a page. */
export const linkOf = ({ url }: Organization, { id }: Page) => `${url}/wiki/spaces/ENG/pages/${id}/Title`;

/** The page that a link leads to. */
export function linked(link: string, organizations: Organization[]): FoundPages {
  const { host, pathname } = new URL(link);
  const organization = organizations.find(({ url }) => new URL(url).host === host);
  if (!organization) throw new BackendError({ code: 'failed', message: `This page belongs to ${host}, which is not connected.`, hint: { kind: 'connect_site' } });
  const id = /^\/wiki\/spaces\/[^/]+\/pages\/(\d+)/.exec(pathname)?.[1];
  if (!id) throw new BackendError({ code: 'failed', message: 'This link does not lead to a page.', hint: null });
  const page = pages.find((one) => one.id === id);
  if (!page) throw new BackendError({ code: 'failed', message: `This page was not found in ${organization.name} (ENG). It may be new, a draft, archived, in the trash, or closed to your account.`, hint: null });
  return found(organization.id, [page]);
}
