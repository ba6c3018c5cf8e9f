// Which addresses a document may link to. Everything else stays text.

const SCHEMES = new Set(['http:', 'https:', 'mailto:']);

/** The address as it was given, where it may be linked to; else `null`. */
export function safeLink(address: unknown): string | null {
  if (typeof address !== 'string') return null;
  const trimmed = address.trim();
  // A relative address would point into the app.
  return URL.canParse(trimmed) && SCHEMES.has(new URL(trimmed).protocol) ? trimmed : null;
}

/** What a person typed as an address, with the scheme that they left out; `null` where it is no address. */
export function typedLink(typed: string): string | null {
  const text = typed.trim();
  if (text === '' || /\s/.test(text)) return null;
  if (/^[a-z][a-z\d+.-]*:/i.test(text) && !/^[^/:]+:\d+(\/|$)/.test(text)) return safeLink(text);
  if (/^[^@/]+@[^@/]+\.[^@/]+$/.test(text)) return safeLink(`mailto:${text}`);
  return /^[^/]+\.[^/]+|^localhost\b/.test(text) ? safeLink(`https://${text}`) : null;
}
