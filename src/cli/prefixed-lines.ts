import { Writable } from 'node:stream';

const lineEnd = 0x0a;
/** Of a line that does not end, so much is kept at most. */
const longest = 2 ** 20;

/**
 * A stream that writes whole lines to another one, each behind a prefix; so lines of several such streams do not mix.
 * The last line need not have an end; the stream behind is left open.
 */
export function prefixedLines(target: NodeJS.WritableStream, prefix: string): Writable {
  const before = Buffer.from(prefix);
  let rest = Buffer.alloc(0);
  return new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      const all = Buffer.concat([rest, chunk]);
      const end = all.length < longest ? all.lastIndexOf(lineEnd) + 1 : all.length;
      rest = all.subarray(end);
      if (end === 0) done();
      else target.write(prefixed(all.subarray(0, end), before), done);
    },
    final: (done) => {
      if (rest.length === 0) done();
      else target.write(prefixed(rest, before), done);
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
