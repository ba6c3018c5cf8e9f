// Where the words of a search are in a text, for marking them. Follows the rules by which the core finds: letters are
// folded, a word may go on, and text in quotation marks is a phrase of whole words.

/** One word of a search, or the words of a phrase. */
export interface Term {
  words: string[];
  /** Whether its last word may go on. */
  open: boolean;
}

export interface Piece {
  text: string;
  hit: boolean;
}

interface Word {
  start: number;
  text: string;
  folded: string;
}

const WORD = /[\p{Alphabetic}\p{N}\p{M}]+/gu;
const MARKS = /\p{M}+/gu;

function fold(text: string): string {
  return (/[\u0080-\uffff]/.test(text) ? text.normalize('NFD').replace(MARKS, '') : text).toLowerCase();
}

function wordsOf(text: string): Word[] {
  return Array.from(text.matchAll(WORD), (match) => ({ start: match.index, text: match[0], folded: fold(match[0]) })).filter(({ folded }) => folded);
}

/** Reads what was typed into a search. */
export function termsOf(query: string): Term[] {
  const parts = query.split(/["“”„]/);
  const terms = parts.flatMap((part, i): Term[] => {
    const quoted = i % 2 === 1;
    // While a phrase is being typed its end is missing, and its last word may go on.
    const open = !quoted || i === parts.length - 1;
    return (quoted ? [part] : part.split(/\s+/)).map((words) => ({ words: wordsOf(words).map(({ folded }) => folded), open }));
  });
  return terms.filter(({ words }) => words.length);
}

/** The text in pieces; those that match a term are hits. */
export function marked(text: string, terms: Term[]): Piece[] {
  if (!terms.length) return [{ text, hit: false }];
  const words = wordsOf(text);
  const pieces: Piece[] = [];
  let done = 0;
  const put = (end: number, hit: boolean) => {
    if (end > done) pieces.push({ text: text.slice(done, end), hit });
    done = Math.max(done, end);
  };
  words.forEach((word, at) => {
    const end = Math.max(...terms.map((term) => (standsAt(term, words, at) ? endOf(term, words, at) : 0)));
    if (end <= done) return;
    put(word.start, false);
    put(end, true);
  });
  put(text.length, false);
  return pieces;
}

function standsAt({ words: wanted, open }: Term, words: Word[], at: number): boolean {
  const last = wanted.length - 1;
  return wanted.every((one, i) => {
    const folded = words[at + i]?.folded;
    return i === last && open ? folded?.startsWith(one) : folded === one;
  });
}

/** Where the hit of a term that stands at a word ends: a word that goes on is a hit as far as it was typed. */
function endOf({ words: wanted, open }: Term, words: Word[], at: number): number {
  const last = words[at + wanted.length - 1];
  if (!last) return 0;
  if (!open) return last.start + last.text.length;
  const typed = wanted[wanted.length - 1]?.length ?? 0;
  let [end, folded] = [last.start, 0];
  for (const letter of last.text) {
    const length = fold(letter).length;
    // An accent of its own belongs to the letter before it.
    if (folded >= typed && length) break;
    folded += length;
    end += letter.length;
  }
  return end;
}
