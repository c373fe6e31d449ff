import { PassThrough, Readable } from 'node:stream';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import type { Engine } from '../../engine/engine.ts';
import { SliceError } from '../../errors.ts';
import { slicePaths } from '../../plan/slice-paths.ts';
import { parseSliceEvent, type SliceEvent } from '../up/slice-event.ts';

export interface Order {
  /** of the slice's program */
  readonly command: 'add-node' | 'remove-node' | 'add-peer' | 'verify-peer' | 'remove-peer';
  /** what is to be done: goes to it as JSON */
  readonly what: unknown;
}

/**
 * Has the slice's program change the cluster, and hears of it.  It goes on to the end even if we are killed.
 *
 * @throws {SliceError} with what it says when it fails; it has taken back then what it had done
 */
export async function tellSlice(
  engine: Engine,
  container: string,
  { command, what }: Order,
  onEvent: (event: SliceEvent) => void,
): Promise<void> {
  const streams = {
    stdin: Readable.from([JSON.stringify(what)]),
    stdout: new PassThrough(),
    stderr: new PassThrough(),
  };
  const complaints = text(streams.stderr);
  const failure = hear(streams.stdout, onEvent);
  const status = await engine.exec(container, { argv: [slicePaths.program, command] }, streams).finally(() => {
    streams.stdout.end();
    streams.stderr.end();
  });
  const failed = await failure;
  const output = await complaints;
  if (failed !== undefined) throw asError(failed);
  if (status === killed) throw brokenOff(container);
  if (status === 0) return;
  const last = output.trimEnd().split('\n').slice(-10);
  throw new SliceError(`container ${container} ended ${command} with status ${status}`, { output: last });
}

/** What the engine says of a command that ended because its container did. */
const killed = 137;

function brokenOff(container: string): SliceError {
  return new SliceError(`container ${container} was stopped meanwhile`, {
    hint: 'start it again; if the node is left half-made, vcluster-box status says so, and what to do',
  });
}

/** @returns the event that tells of the failure, if one does */
async function hear(
  output: NodeJS.ReadableStream,
  onEvent: (event: SliceEvent) => void,
): Promise<SliceEvent | undefined> {
  let failed: SliceEvent | undefined;
  for await (const line of createInterface({ input: output })) {
    const event = parseSliceEvent(line);
    if (event?.type === 'failed') failed = event;
    else if (event !== undefined) onEvent(event);
  }
  return failed;
}

function asError({ message, node, hint, log = [] }: SliceEvent): SliceError {
  const where = node === undefined ? '' : `${node}: `;
  return new SliceError(`${where}${message ?? 'the slice gave no reason'}`, { hint, output: log });
}
