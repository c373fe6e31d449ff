import { Readable } from 'node:stream';
import { EngineError } from '../errors.ts';
import { type Connection, hintFor, request } from './connection.ts';
import type { Labels } from './engine.ts';
import { readProgress } from './progress.ts';

export async function importImage(
  connection: Connection,
  tag: string,
  rootfs: NodeJS.ReadableStream,
  labels: Labels,
): Promise<void> {
  const doing = `import image ${tag}`;
  // A source that breaks off must break the request too: what came until then could pass for the whole.
  const broken = new AbortController();
  rootfs.once('error', (error) => {
    broken.abort(error);
  });
  const changes = Object.entries(labels).map(toInstruction);
  const options = { repo: tag, changes, abortSignal: broken.signal };
  try {
    await request(connection, doing, async () => {
      const failure = await readProgress(await connection.docker.importImage(rootfs, options), () => undefined);
      if (failure !== undefined) throw new EngineError(`cannot ${doing}: ${failure}`, { hint: hintFor(failure) });
    });
  } finally {
    // An engine that refuses stops reading, and whoever makes the rest would wait for it for ever.
    if (rootfs instanceof Readable) rootfs.destroy();
  }
}

/** A label as a line of a Dockerfile, which is all that an import takes. */
function toInstruction([key, value]: [string, string]): string {
  return `LABEL ${quote(key)}=${quote(value)}`;
}

function quote(text: string): string {
  return `"${text.replace(/["\\$]/g, '\\$&')}"`;
}
