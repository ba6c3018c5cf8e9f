import { describe, expect, it } from 'vitest';
import { hostName, namedHosts } from './links';

describe('hosts of links', () => {
  it('keep the end of a long one, which says whose it is', () => {
    const shown = hostName(`docs.example.com.${'a'.repeat(200)}.evil.example`);
    expect(shown).toHaveLength(60);
    expect(shown).toMatch(/^…a+\.evil\.example$/);
    expect(hostName('docs.example.com')).toBe('docs.example.com');
  });

  it('are named up to eight, and the others counted', () => {
    const hosts = Array.from({ length: 11 }, (_, i) => `${i}.example`);
    expect(namedHosts(hosts)).toEqual({ named: hosts.slice(0, 8), more: 3 });
    expect(namedHosts([])).toEqual({ named: [], more: 0 });
  });
});
