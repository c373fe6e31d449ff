import type { Duplex } from 'node:stream';

/** Sends all of `stdin`, and then its end, to the command.  Returns how to stop. */
export function feedStdin(stdin: NodeJS.ReadableStream | undefined, wire: Duplex): () => void {
  if (stdin === undefined) return () => undefined;
  const fail = (error: Error) => {
    wire.destroy(error);
  };
  stdin.on('error', fail);
  stdin.pipe(wire);
  return () => {
    stdin.off('error', fail);
    stdin.unpipe(wire);
    // A terminal that is still read from would keep this process alive.
    stdin.pause();
  };
}
