import { Writable } from 'node:stream';
import { styleText } from 'node:util';
import type { ExecTarget } from '../cluster/exec-target.ts';

const lineEnd = 0x0a;
/** Longer lines are split. */
const maxLineBytes = 2 ** 20;

/**
 * A stream that writes whole lines to another one, each after a prefix, so that lines of several streams do not mix.
 * The last line need not end with a line feed.  The target is left open.
 */
export function prefixedLines(target: NodeJS.WritableStream, prefix: string): Writable {
  const prefixBytes = Buffer.from(prefix);
  let rest = Buffer.alloc(0);
  return new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      const all = Buffer.concat([rest, chunk]);
      const end = all.length < maxLineBytes ? all.lastIndexOf(lineEnd) + 1 : all.length;
      rest = all.subarray(end);
      if (end === 0) done();
      else target.write(prefixed(all.subarray(0, end), prefixBytes), done);
    },
    final: (done) => {
      if (rest.length === 0) done();
      else target.write(prefixed(rest, prefixBytes), done);
    },
  });
}

function prefixed(text: Buffer, prefix: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let start = 0; start < text.length;) {
    const end = text.indexOf(lineEnd, start);
    const line = text.subarray(start, end === -1 ? text.length : end);
    parts.push(prefix, line, Buffer.of(lineEnd));
    start += line.length + 1;
  }
  return Buffer.concat(parts);
}

/** Prefixes for the output of several nodes: the short name of each, padded to one width. */
export function nodePrefixes(targets: readonly ExecTarget[], color: boolean): ReadonlyMap<ExecTarget, string> {
  const names = targets.map((target) => target.names.at(-1) ?? '');
  const width = Math.max(0, ...names.map((name) => name.length));
  return new Map(
    targets.map((target, index) => {
      const prefix = `${(names[index] ?? '').padEnd(width)} |`;
      return [target, `${color ? colorNode(index, prefix) : prefix} `];
    }),
  );
}

/** Red is left out: it would look like an error. */
const colors = [
  ...(['cyan', 'yellow', 'green', 'magenta', 'blue'] as const),
  ...(['cyanBright', 'yellowBright', 'greenBright', 'magentaBright', 'blueBright'] as const),
];

/** Colors text by the number of its node. */
export function colorNode(index: number, text: string): string {
  return styleText(colors[index % colors.length] ?? 'cyan', text, { validateStream: false });
}
