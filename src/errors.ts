import { getSystemErrorMap } from 'node:util';

/**
 * Every expected failure.  `message` says what went wrong, `hint` what to do about it.
 * Anything else that is thrown is a bug and is shown as one (see `ui/render-error.ts`).
 */
export abstract class VclusterError extends Error {
  /** Exit status of the process: 2 for a usage error, 125 (as in `docker run`) for a failure of vcluster-box. */
  readonly exitCode: number = 125;
  readonly hint: string | undefined;
  /** Last lines of the related log or output, oldest first, without empty ones; shown below the message. */
  readonly output: readonly string[];

  constructor(message: string, options: ErrorDetails = {}) {
    super(message, { cause: options.cause });
    this.name = new.target.name;
    this.hint = options.hint;
    // The output of a command that prints nothing is one empty line.
    this.output = (options.output ?? []).filter((line) => line.trim() !== '');
  }
}

export interface ErrorDetails {
  readonly hint?: string | undefined;
  readonly cause?: unknown;
  readonly output?: readonly string[];
}

/** Invalid input: unknown flags, a bad file, values that contradict each other. */
export class UsageError extends VclusterError {
  override readonly exitCode = 2;
}

/** The Docker engine refused a request or could not be reached. */
export class EngineError extends VclusterError {}

/** A named engine cannot be reached. */
export class UnreachableError extends EngineError {
  /** the reason, which ends the message */
  readonly problem: string;

  constructor(what: string, problem: string, options: ErrorDetails = {}) {
    super(`${what}: ${problem}`, options);
    this.problem = problem;
  }
}

/** A container or network with this name already exists.  Concurrent `up` commands use this as their lock. */
export class NameTakenError extends EngineError {}

/** A container should be on a network that does not exist.  Podman reports it at the creation, Docker at the start. */
export class NetworkMissingError extends EngineError {}

/** A port that should be published is already in use on the host. */
export class PortTakenError extends EngineError {}

/** A port should be published on an address that the host does not have. */
export class AddressMissingError extends EngineError {}

/** The engine has no free subnet for another network. */
export class AddressPoolError extends EngineError {}

/** A step of an image build failed; `output` contains its last lines. */
export class BuildFailedError extends EngineError {}

/** Output cannot be written, for example because the disk is full. */
export class OutputError extends VclusterError {}

/**
 * The reader closed the output, as `head` does.  The exit status is that of a process killed by SIGPIPE, and nothing is
 * printed.
 */
export class OutputClosedError extends OutputError {
  override readonly exitCode = 141;
}

/** A named cluster or node does not exist, or is not in the required state. */
export class NotFoundError extends VclusterError {}

/** Building, finding or removing an image failed. */
export class ImageError extends VclusterError {}

/** A slice reported that one of its steps failed, or ended before it was ready. */
export class SliceError extends VclusterError {}

/** A command on a node failed although it had to succeed. */
export class CommandFailedError extends VclusterError {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;

  constructor(message: string, { status, stdout, stderr }: Pick<CommandFailedError, 'status' | 'stdout' | 'stderr'>) {
    super(message, { output: `${stdout}${stderr}`.trimEnd().split('\n').slice(-15) });
    this.status = status;
    this.stdout = stdout;
    this.stderr = stderr;
  }
}

/** RAPI cannot be reached, or presents a certificate of another cluster. */
export class RapiError extends VclusterError {}

/** The engine lacks something that the cluster needs: memory, a port, disk space. */
export class ResourceError extends VclusterError {}

/** A local file or a file in a slice is missing, is invalid, or cannot be read or written. */
export class FileError extends VclusterError {}

/** A tar archive is broken, or an entry would be extracted outside the target directory. */
export class ArchiveError extends VclusterError {}

/** A signal interrupted the command, and its changes have been rolled back. */
export class InterruptedError extends VclusterError {
  override readonly exitCode: number;

  readonly #signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP';

  /** @param signal determines the exit status: 128 + its number, as in a shell */
  constructor(signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP', message: string, options: ErrorDetails = {}) {
    super(message, options);
    this.#signal = signal;
    this.exitCode = 128 + { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 }[signal];
  }

  /** The same interruption with another message. */
  saying(message: string): InterruptedError {
    return new InterruptedError(this.#signal, message);
  }
}

/** The request conflicts with what exists: a cluster with different options, another running `up`. */
export class ConflictError extends VclusterError {}

/**
 * Turns the error of a system call on a local file into a `FileError` with the system's reason.
 *
 * @param action completes `cannot ...`: `read ./notes`
 * @returns the same error if it is a `VclusterError` or not a system error
 */
export function fileError(error: unknown, action: string): unknown {
  if (error instanceof VclusterError || !(error instanceof Error) || !('code' in error)) return error;
  const reason = systemReason(error);
  return reason === undefined
    ? new FileError(`cannot ${action}`, { cause: error })
    : new FileError(`cannot ${action}: ${reason}`);
}

const closedCodes = new Set(['EPIPE', 'ERR_STREAM_DESTROYED', 'ERR_STREAM_WRITE_AFTER_END']);

/**
 * What the error of a write means.
 *
 * @returns `undefined` if the work goes on: what stderr cannot take, for example on a full disk, is lost
 */
export function outputError(
  cause: NodeJS.ErrnoException,
  stream: 'stdout' | 'stderr' = 'stdout',
): OutputError | undefined {
  if (cause instanceof OutputError) return cause;
  if (closedCodes.has(cause.code ?? '')) return new OutputClosedError('the reader of the output closed it');
  if (stream === 'stderr') return undefined;
  return new OutputError(`cannot write the output: ${systemReason(cause) ?? cause.message}`);
}

/** An error of a system call that no place expected, as a `FileError` with its path; otherwise the same error. */
export function unexpectedFileError(error: unknown): unknown {
  if (!(error instanceof Error) || !('syscall' in error) || !('path' in error)) return error;
  return fileError(error, `${String(error.syscall)} ${String(error.path)}`);
}

/** What the system says about a failed call, such as `no such file or directory`. */
export function systemReason(error: Error): string | undefined {
  return 'errno' in error ? getSystemErrorMap().get(Number(error.errno))?.[1] : undefined;
}
