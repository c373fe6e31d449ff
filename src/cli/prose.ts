/** A piece of the prose in a command's help; see `parseProse` for how each is written. */
export type Block =
  | { readonly type: 'heading'; readonly text: string }
  | { readonly type: 'paragraph'; readonly text: string }
  | { readonly type: 'list'; readonly items: readonly string[] }
  | { readonly type: 'terms'; readonly items: readonly (readonly [term: string, meaning: string])[] }
  | { readonly type: 'code'; readonly lines: readonly string[] };

/**
 * Reads prose that is written once and shown both on terminals and in `docs/cli.md`: a little of Markdown.
 *
 * Blocks have empty lines between them: `## Heading`, paragraphs, `- items`, `- term  meaning` (two spaces), and code,
 * which is indented.  A line that goes on an item is indented, too.
 */
export function parseProse(text: string): readonly Block[] {
  const blocks = text.split(/\n\s*\n/).map((block) => block.replace(/^\n+|\s+$/g, ''));
  return blocks.filter((block) => block !== '').map(parseBlock);
}

function parseBlock(block: string): Block {
  if (block.startsWith('## ')) return { type: 'heading', text: block.slice(3) };
  if (block.startsWith('- ')) return parseItems(block.slice(2).split(/\n- /).map(joinLines));
  if (/^\s/.test(block)) return { type: 'code', lines: dedent(block.split('\n')) };
  return { type: 'paragraph', text: joinLines(block) };
}

function parseItems(items: readonly string[]): Block {
  const pairs = items.map((item) => /^(\S.*?) {2,}(\S.*)$/.exec(item));
  const terms = pairs.flatMap((pair) => (pair === null ? [] : [[pair[1] ?? '', pair[2] ?? ''] as const]));
  return terms.length === items.length ? { type: 'terms', items: terms } : { type: 'list', items };
}

function joinLines(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ');
}

function dedent(lines: readonly string[]): readonly string[] {
  const indent = Math.min(...lines.map((line) => line.search(/\S/)));
  return lines.map((line) => line.slice(indent));
}
