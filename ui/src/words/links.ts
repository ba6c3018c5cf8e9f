// Where links lead, in words.

/** So many hosts are named; of the others it is said how many there are. */
const MAX_NAMED = 8;

/** Longest host that is shown whole, in characters. */
const MAX_SHOWN = 60;

/** A host as people read it. Whose a long one is, its end says. */
export function hostName(host: string): string {
  return host.length > MAX_SHOWN ? `…${host.slice(1 - MAX_SHOWN)}` : host;
}

/** The hosts that are named, and how many there are beyond them. */
export function namedHosts(hosts: string[]): { named: string[]; more: number } {
  const named = hosts.slice(0, MAX_NAMED).map(hostName);
  return { named, more: hosts.length - named.length };
}
