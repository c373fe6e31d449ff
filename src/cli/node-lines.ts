import { Writable } from 'node:stream';
import { styleText } from 'node:util';
import type { ExecTarget } from '../cluster/exec.ts';
import { outputError } from '../errors.ts';
import { escapeName } from '../format.ts';

const lineEnd = 0x0a;
/** Longer lines are split. */
const maxLineBytes = 2 ** 20;

/**
 * A stream that writes whole lines to another one, each after a prefix, so that lines of several streams do not mix.
 * The last line need not end with a line feed.  The target is left open.
 */
export function prefixedLines(
  target: NodeJS.WritableStream,
  prefix: string,
  name: 'stdout' | 'stderr' = 'stdout',
): Writable {
  const prefixBytes = Buffer.from(prefix);
  let rest = Buffer.alloc(0);
  const write = (lines: Buffer, done: (error?: Error) => void) => {
    if (lines.length === 0) done();
    else
      target.write(prefixed(lines, prefixBytes), (error) => {
        done(error ? outputError(error, name) : undefined);
      });
  };
  return new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      const all = Buffer.concat([rest, chunk]);
      const end = all.length < maxLineBytes ? all.lastIndexOf(lineEnd) + 1 : all.length;
      rest = all.subarray(end);
      write(all.subarray(0, end), done);
    },
    final: (done) => {
      write(rest, done);
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
export function nodePrefixes(targets: readonly ExecTarget[]): (target: ExecTarget, color: boolean) => string {
  const nameOf = ({ names }: ExecTarget) => escapeName(names.at(-1) ?? '');
  const width = Math.max(0, ...targets.map((target) => nameOf(target).length));
  return (target, color) => {
    const prefix = `${nameOf(target).padEnd(width)} |`;
    return `${color ? colorNode(targets.indexOf(target), prefix) : prefix} `;
  };
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
