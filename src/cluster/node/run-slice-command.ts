import { createInterface } from 'node:readline';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { Engine } from '../../engine/engine.ts';
import { SliceError } from '../../errors.ts';
import type { Inventory } from '../../plan/inventory.ts';
import { slicePaths } from '../../plan/slice-paths.ts';
import type { Shape } from '../../shape.ts';
import { askSlice } from '../ask-slice.ts';
import { parseSliceEvent, type SliceEvent } from '../up/boot-progress.ts';

export interface SliceRequest {
  /** command of the slice's program */
  readonly command: 'add-node' | 'remove-node' | 'add-peer' | 'verify-peer' | 'remove-peer';
  /** written to its stdin as JSON */
  readonly payload: unknown;
}

/**
 * Runs a command of the slice's program that changes the cluster.  The command continues even if this program is
 * killed.
 *
 * @throws {SliceError} with the command's message when it fails; it has undone its changes then
 */
export async function runSliceCommand(
  engine: Engine,
  container: string,
  { command, payload }: SliceRequest,
  onEvent: (event: SliceEvent) => void,
): Promise<void> {
  const streams = {
    stdin: Readable.from([JSON.stringify(payload)]),
    stdout: new PassThrough(),
    stderr: new PassThrough(),
  };
  const errors = text(streams.stderr);
  const events = readEvents(streams.stdout, onEvent);
  const status = await engine.exec(container, { argv: [slicePaths.program, command] }, streams).finally(() => {
    streams.stdout.end();
    streams.stderr.end();
  });
  const failed = await events;
  const output = await errors;
  if (failed !== undefined) throw asError(failed);
  if (status === killed) throw stoppedMeanwhile(container);
  if (status === 0) return;
  const last = output.trimEnd().split('\n').slice(-10);
  throw new SliceError(`${command} in container ${container} failed (exit status ${status})`, { output: last });
}

/** The exit status of a command whose container ended. */
const killed = 137;

function stoppedMeanwhile(container: string): SliceError {
  return new SliceError(`container ${container} was stopped meanwhile`, {
    hint: 'start it again; vcluster-box status shows whether the node is only partly added, and what to do',
  });
}

/** @returns the event that reports the failure, if there is one */
async function readEvents(
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

const inventoryShape = {
  nodes: [{ name: 'string', group: 'string', role: 'string', vmCapable: 'boolean' }],
  instances: [
    { name: 'string', primary: 'string', secondaries: ['string'], template: 'string', addresses: ['string'] },
  ],
  groups: ['string'],
} satisfies Shape;

/** @throws {SliceError} when the master does not respond */
export function readInventory(engine: Engine, container: string): Promise<Inventory> {
  const hint = 'see what is down: vcluster-box status';
  return askSlice(engine, container, { command: 'inventory', shape: inventoryShape, hint });
}
