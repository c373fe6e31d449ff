import { Readable } from 'node:stream';
import { collect, type Captured } from '../cluster/capture.ts';
import { execOnNode } from '../cluster/exec.ts';
import { findExecTarget } from '../cluster/exec-target.ts';
import type { Engine } from '../engine/engine.ts';
import { CommandFailedError } from '../errors.ts';
import { noSignals } from './no-signals.ts';

export interface ExecOptions {
  /** variables for the command, beside those that make it act as the node */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** the directory to run it in */
  readonly cwd?: string | undefined;
  /** its stdin, which is empty otherwise */
  readonly input?: string | Uint8Array | NodeJS.ReadableStream | undefined;
  /** When it aborts, the command is killed, and the promise rejects with the signal's `reason`. */
  readonly signal?: AbortSignal | undefined;
  /** Throw a `CommandFailedError` when the status is not 0. */
  readonly check?: boolean | undefined;
}

export interface ExecResult {
  /** 0 to 255; 126 and 127 mean that the command could not be started */
  readonly status: number;
  /** as UTF-8 */
  readonly stdout: string;
  readonly stderr: string;
}

export interface ExecPlace {
  readonly cluster: string;
  /** short or full */
  readonly node: string;
}

/** See `Cluster.exec`. */
export async function execInCluster(
  engine: Engine,
  { cluster, node }: ExecPlace,
  argv: readonly string[],
  options: ExecOptions = {},
): Promise<ExecResult> {
  const { env = {}, cwd, input, signal, check = false } = options;
  const target = await findExecTarget(engine, cluster, node);
  const command = { argv, env, ...(cwd !== undefined && { cwd }), ...(signal !== undefined && { signal }) };
  const stdin = toStream(input);
  const result = await collect((streams) =>
    execOnNode(engine, target, command, { ...streams, ...(stdin !== undefined && { stdin }) }, noSignals),
  );
  if (check && result.status !== 0) throw failed(node, argv, result);
  return result;
}

function toStream(input: ExecOptions['input']): NodeJS.ReadableStream | undefined {
  if (input === undefined || input === '') return undefined;
  return typeof input === 'string' || input instanceof Uint8Array ? Readable.from([Buffer.from(input)]) : input;
}

function failed(node: string, argv: readonly string[], result: Captured): CommandFailedError {
  return new CommandFailedError(`${argv.join(' ')} on ${node} ended with status ${result.status}`, result);
}
