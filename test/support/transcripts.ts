import { readFile } from 'node:fs/promises';

/** A command of a session in the documentation, and what it printed. */
export interface Recorded {
  readonly line: string;
  readonly output: readonly string[];
}

/** The sessions of a page that run this program: blocks of which each command begins with `$ `. */
export async function sessionsOf(page: string): Promise<readonly Recorded[]> {
  const text = await readFile(page, 'utf8');
  const blocks = [...text.matchAll(/^```\n(\$ npx vcluster-box [^]*?\n)```$/gm)].map(([, block = '']) => block);
  return blocks.flatMap((block) =>
    block.split(/^\$ /m).flatMap((part) => {
      const [line = '', ...output] = part.trimEnd().split('\n');
      return line === '' ? [] : [{ line, output }];
    }),
  );
}

const varying: readonly (readonly [RegExp, string])[] = [
  [/\((?:\d+ min )?[\d.]+ s\)/, '(TIME)'],
  [/after \d+ ms/, 'after TIME'],
  [/vcluster-box:(\d\.\d)-[0-9a-f]{12}/, 'vcluster-box:$1-HASH'],
  [/127\.0\.0\.1:\d+/, '127.0.0.1:PORT'],
  [/(luxid +)\d{4}-.*/, '$1MESSAGE'],
];

/** Output without what differs from run to run; that of all nodes is in the order in which they finish. */
export function masked({ line, output }: Recorded): readonly string[] {
  const lines = output.map((each) => varying.reduce((text, [from, to]) => text.replace(from, to), each));
  return line.includes('--all') ? lines.toSorted() : lines;
}

/** Whether lines are those of an excerpt, in which `...` stands for any number of lines. */
export function isExcerpt(excerpt: readonly string[], lines: readonly string[]): boolean {
  const source = excerpt.map((line) =>
    line === '...' ? '(?:.*\n)*' : `${line.replace(/[$()*+.?[\\\]^{|}]/g, '\\$&')}\n`,
  );
  return new RegExp(`^${source.join('')}$`).test(lines.map((line) => `${line}\n`).join(''));
}
