/** Options are nested three deep.  Brackets may be in text, too, so there is more room than that. */
const most = { brackets: 50, indentation: 200 } as const;

/**
 * The number of the first line (from 1) where YAML is nested so deeply that it can only be meant to exhaust whoever reads
 * it: the parser calls itself for each level, and V8 does not survive every end of its stack.
 */
export function lineNestedTooDeeply(text: string): number | undefined {
  let depth = 0;
  for (const [index, line] of text.split('\n').entries()) {
    if ((/^[ ?:-]*/.exec(line)?.[0].length ?? 0) > most.indentation) return index + 1;
    for (const [bracket] of line.matchAll(/[[\]{}]/g)) {
      depth = Math.max(0, depth + ('[{'.includes(bracket) ? 1 : -1));
      if (depth > most.brackets) return index + 1;
    }
  }
  return undefined;
}
