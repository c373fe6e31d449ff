/**
 * The word that was probably meant: another spelling, or one or two letters wrong.
 *
 * @returns `undefined` when none is near enough
 */
export function closest(word: string, words: readonly string[]): string | undefined {
  const wanted = plain(word);
  const near = words
    .map((other) => ({ other, distance: distance(wanted, plain(other)) }))
    .filter(({ other, distance: away }) => away <= Math.min(2, Math.floor(other.length / 3)))
    .sort((a, b) => a.distance - b.distance);
  return near[0]?.other;
}

/** `master_capable` and `Master-Capable` are `masterCapable`, spelt in another way. */
function plain(word: string): string {
  return word.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
}

/** Levenshtein's: letters to be put in, taken out or replaced. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [i, letter] of from.split('').entries()) {
    const next = [i + 1];
    for (const [j, other] of to.split('').entries()) {
      const replaced = (row[j] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
