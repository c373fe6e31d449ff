import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { Engine } from '../../engine/engine.ts';
import { SliceError } from '../../errors.ts';
import { keepLast, lineStream } from '../../lines.ts';
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
  let failed: SliceEvent | undefined;
  const output: string[] = [];
  const streams = {
    stdin: Readable.from([JSON.stringify(payload)]),
    stdout: lineStream((line) => {
      const event = parseSliceEvent(line);
      if (event?.type === 'failed') failed = event;
      else if (event !== undefined) onEvent(event);
    }),
    stderr: lineStream((line) => {
      keepLast(output, line, 10);
    }),
  };
  const status = await engine.exec(container, { argv: [slicePaths.program, command] }, streams);
  await Promise.all([finished(streams.stdout.end()), finished(streams.stderr.end())]);
  if (failed !== undefined) throw asError(failed);
  if (status === killed) throw stoppedMeanwhile(container);
  if (status === 0) return;
  throw new SliceError(`${command} in container ${container} failed (exit status ${status})`, { output });
}

/** The exit status of a command whose container ended. */
const killed = 137;

function stoppedMeanwhile(container: string): SliceError {
  return new SliceError(`container ${container} was stopped meanwhile`, {
    hint: 'start it again; vcluster-box status shows whether the node is only partly added, and what to do',
  });
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
  templates: ['string'],
} satisfies Shape;

/** @throws {SliceError} when the master does not respond */
export function readInventory(engine: Engine, container: string): Promise<Inventory> {
  const hint = 'see what is down: vcluster-box status';
  return askSlice(engine, container, { command: 'inventory', shape: inventoryShape, hint });
}
