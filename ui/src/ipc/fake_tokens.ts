// What the stand-in does with API tokens. A token with `wrong` in it is refused, one with `narrow` lacks scopes.

import { BackendError } from './backend';
import type { ApiToken, ErrorView, Organization, TokenNeed } from './bindings';
import type { Handlers } from './fake';
import { organizations } from './fake_data';

export const tokenScopes = [
  'read:space:confluence',
  'read:page:confluence',
  'write:page:confluence',
  'read:comment:confluence',
  'write:comment:confluence',
  'search:confluence',
  'read:confluence-user',
];

const needs: (TokenNeed & { optional: boolean })[] = [
  { name: 'Find spaces', scope: 'read:space:confluence', without: 'No space can be chosen.', optional: false },
  { name: 'Search pages', scope: 'search:confluence', without: 'Pages are found by their link only.', optional: true },
  { name: 'Create pages', scope: 'write:page:confluence', without: 'Nothing can be sent as a page.', optional: false },
  { name: 'Add comments', scope: 'write:comment:confluence', without: 'Nothing can be sent as a comment.', optional: true },
].map((need) => ({ ...need, met: true }));

export const administratorText = 'Please allow Sally Desktop for our Confluence.';

/** What a token can do. */
export function needsOf(token: string): TokenNeed[] {
  return needs.map(({ optional, ...need }) => ({ ...need, met: !(optional && token.includes('narrow')) }));
}

/** A site as the integrations show it. */
export function apiToken(organization: Organization, change: Partial<ApiToken> = {}): ApiToken {
  return {
    organization,
    site: new URL(organization.url).host,
    account: '557058:ada',
    name: 'Ada Lovelace',
    email: 'ada@acme.example',
    expires: null,
    needs: needsOf(''),
    remembered: true,
    trouble: null,
    ...change,
  };
}

function failure(code: ErrorView['code'], message: string): BackendError {
  return new BackendError({ code, message, hint: null });
}

/** The organization that a host is of: one that the login reaches as well, or one of its own. */
function organizationOf(host: string): Organization {
  const [name = host] = host.split('.');
  const own = { id: `cloud-${host}`, name: name.charAt(0).toUpperCase() + name.slice(1), url: `https://${host}` };
  return organizations.find(({ url }) => url === own.url) ?? own;
}

/** The commands about tokens. */
export function connectingByToken(core: {
  tokens: ApiToken[];
  setTokens: (tokens: ApiToken[]) => ApiToken[];
}): Pick<Handlers, 'connect_token' | 'disconnect_token' | 'administrator_text'> {
  return {
    connect_token: ({ site, email, token, expires }) => {
      const host = /^(?:https:\/\/)?([a-z0-9-]+(?:\.[a-z0-9-]+)+)(?:\/.*)?$/i.exec(site.trim())?.[1]?.toLowerCase();
      if (!host) throw failure('invalid_site', 'This is not the address of a site, such as acme.atlassian.net.');
      if (host.startsWith('nowhere.')) throw failure('invalid_site', `There is no Confluence at ${host}.`);
      if (!/^[^\s@]+@[^\s@]+$/.test(email)) throw failure('invalid_email', 'This is not an e-mail address.');
      if (token.includes('wrong')) throw failure('invalid_token', `${host} does not accept this token.`);
      const connected = apiToken(organizationOf(host), { email, expires, needs: needsOf(token) });
      const others = core.tokens.filter(({ organization }) => organization.id !== connected.organization.id);
      core.setTokens([...others, connected].sort((one, other) => one.organization.name.localeCompare(other.organization.name)));
      return connected;
    },
    disconnect_token: (id) => {
      core.setTokens(core.tokens.filter(({ organization }) => organization.id !== id));
      return null;
    },
    administrator_text: () => administratorText,
  };
}
