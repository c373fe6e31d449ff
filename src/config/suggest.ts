import { distance } from 'fastest-levenshtein';

/**
 * The word that was probably meant: a different spelling, or one or two wrong letters.
 *
 * @returns `undefined` when no word is close enough
 */
export function suggest(word: string, words: readonly string[]): string | undefined {
  const [best] = words
    .map((other) => ({ other, edits: distance(normalize(word), normalize(other)) }))
    .filter(({ other, edits }) => edits <= Math.min(2, Math.floor(other.length / 3)))
    .sort((a, b) => a.edits - b.edits);
  return best?.other;
}

/** `master_capable` and `Master-Capable` are spellings of `masterCapable`. */
function normalize(word: string): string {
  return word.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
}
