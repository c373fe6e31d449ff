import { Readable } from 'node:stream';
import { findExecTarget } from '../cluster/exec-target.ts';
import { type Captured, collect, execOnNode } from '../cluster/exec.ts';
import type { Signals } from '../cluster/signals.ts';
import type { Engine } from '../engine/engine.ts';
import { CommandFailedError } from '../errors.ts';

export interface ExecOptions {
  /** additional environment variables */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** working directory */
  readonly cwd?: string | undefined;
  /** stdin of the command; default: empty */
  readonly input?: string | Uint8Array | NodeJS.ReadableStream | undefined;
  /** Aborting it kills the command; the promise rejects with the signal's `reason`. */
  readonly signal?: AbortSignal | undefined;
  /** Throw a `CommandFailedError` when the exit status is not 0. */
  readonly check?: boolean | undefined;
}

export interface ExecResult {
  /** 0 to 255; 126 and 127 mean that the command could not be started */
  readonly status: number;
  /** as UTF-8 */
  readonly stdout: string;
  readonly stderr: string;
}

interface ExecTargetName {
  readonly cluster: string;
  /** short or full */
  readonly node: string;
}

/** The library leaves the process's signals to the program that uses it, which can pass an `AbortSignal`. */
export const noSignals: Signals = { on: () => () => undefined };

/** See `Cluster.exec`. */
export async function execInCluster(
  engine: Engine,
  { cluster, node }: ExecTargetName,
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
  return new CommandFailedError(`${argv.join(' ')} on ${node} exited with status ${result.status}`, result);
}
