// Where the words of a search are in a text, for marking them.

export interface Piece {
  text: string;
  hit: boolean;
}

/** The text in pieces; those that match a word of the query are hits. */
export function marked(text: string, query: string): Piece[] {
  const words = query.split(/\s+/).filter(Boolean).map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  if (!words.length) return [{ text, hit: false }];
  // The longest word first, so that "plan planning" marks all of "planning".
  words.sort((a, b) => b.length - a.length);
  return text
    .split(new RegExp(`(${words.join('|')})`, 'giu'))
    .map((piece, i) => ({ text: piece, hit: i % 2 === 1 }))
    .filter((piece) => piece.text !== '');
}
