import { Readable, Writable } from 'node:stream';
import { packEntries } from '../../archive/tar.ts';
import type { Engine } from '../../engine/engine.ts';
import { FileError, InterruptedError, SliceError } from '../../errors.ts';
import { slicePaths } from '../../plan/slice-paths.ts';
import { collect } from '../exec.ts';
import type { NodePath } from './copy-end.ts';
import type { Write } from './write.ts';

/** How long the slice can take to remove what it has unpacked when the copy is interrupted. */
const cleanUpMs = 5000;

/** More than a message. */
const maxMessageBytes = 2 ** 16;

/**
 * Writes entries into a directory of a running slice: all of them or none.  The slice unpacks them and keeps holes
 * (`vcluster_slice/unpack.py`).  If the stream ends early, also because this program was killed, it removes them again.
 *
 * @throws {FileError} when the slice refuses
 * @throws {InterruptedError} when the user interrupts, at once if the slice is paused
 */
export async function writeIntoRunning(
  engine: Engine,
  slice: NodePath,
  { entries, directory, signal }: Write,
): Promise<void> {
  const archive = packEntries(entries.all, entries.onBytes);
  const stop = new AbortController();
  const sending: Sending = { until: AbortSignal.any([signal, stop.signal]) };
  const giveUp = new AbortController();
  const interrupt = () => void giveUpUnlessEnding(engine, slice, { signal, sending, giveUp });
  signal.addEventListener('abort', interrupt, { once: true });
  const onExcess = () => {
    giveUp.abort(refusal(directory, ''));
  };
  const command = { argv: [slicePaths.program, 'unpack', directory], signal: giveUp.signal };
  try {
    const { status, stderr } = await collect(
      (streams) => {
        const said = new Writable({
          write: (chunk: Buffer, _encoding, done) => {
            stop.abort();
            streams.stderr.write(chunk, () => {
              done();
            });
          },
        });
        const stdin = Readable.from(unlessStopped(archive, sending), { objectMode: false });
        return engine.exec(slice.container, command, { stdin, stdout: streams.stdout, stderr: said });
      },
      { maxBytes: maxMessageBytes, onExcess },
    );
    if (status === 0 && sending.complete === true) return;
    signal.throwIfAborted();
    sending.rethrow?.();
    throw refusal(directory, stderr.trim());
  } finally {
    signal.removeEventListener('abort', interrupt);
    archive.destroy();
  }
}

interface Interruption {
  readonly signal: AbortSignal;
  readonly sending: Sending;
  readonly giveUp: AbortController;
}

/**
 * Waits for a slice that removes the files, but not long, and for one that moves them into place until it is done.  A
 * paused slice does neither until it is resumed.
 */
async function giveUpUnlessEnding(
  engine: Engine,
  { container, cluster }: NodePath,
  { signal: { reason }, sending, giveUp }: Interruption,
): Promise<void> {
  const details = await engine.inspectContainer(container).catch(() => undefined);
  if (details?.state === 'paused' && reason instanceof InterruptedError) {
    giveUp.abort(reason.saying(`interrupted; cluster ${cluster} is paused, and the copy ends when it is resumed`));
  }
  setTimeout(() => {
    if (sending.complete !== true) giveUp.abort(reason);
  }, cleanUpMs).unref();
}

interface Sending {
  readonly until: AbortSignal;
  complete?: boolean;
  rethrow?: () => never;
}

/** Ends the archive early, so that the slice does not take it for complete, instead of failing. */
async function* unlessStopped(archive: AsyncIterable<Buffer>, sending: Sending): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of archive) {
      if (sending.until.aborted) return;
      yield chunk;
    }
    sending.complete = true;
  } catch (error) {
    sending.rethrow = () => {
      throw error;
    };
  }
}

function refusal(directory: string, said: string): FileError | SliceError {
  if (said === '') return new SliceError(`the slice cannot write into ${directory}`);
  return new FileError(said, { hint: 'nothing was copied; remove it first, or choose another target' });
}
