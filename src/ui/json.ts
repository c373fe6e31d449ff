import type { Face } from './face.ts';

/** One event a line, with the time it was reported at: for programs. */
export function jsonFace(stream: NodeJS.WritableStream, now: () => Date): Face {
  return {
    report: (event) => stream.write(`${JSON.stringify({ time: now().toISOString(), ...event })}\n`),
    settled: () => Promise.resolve(),
  };
}
