import { getSystemErrorMap } from 'node:util';

/**
 * Every failure this program foresees.  `message` says what went wrong, `hint` what to do about it.
 * Anything thrown that is not a `VclusterError` is a bug, and is shown as one (see `ui/render-error.ts`).
 */
export abstract class VclusterError extends Error {
  /** What the process exits with.  2 is bad usage, 125 (as for `docker run`) our own failure. */
  readonly exitCode: number = 125;
  readonly hint: string | undefined;
  /** Last lines of the log or output concerned, oldest first; shown below the message. */
  readonly output: readonly string[];

  constructor(message: string, options: ErrorDetails = {}) {
    super(message, { cause: options.cause });
    this.name = new.target.name;
    this.hint = options.hint;
    this.output = options.output ?? [];
  }
}

export interface ErrorDetails {
  readonly hint?: string | undefined;
  readonly cause?: unknown;
  readonly output?: readonly string[];
}

/** What the user asked for cannot be: bad flags, a bad file, values that contradict each other. */
export class UsageError extends VclusterError {
  override readonly exitCode = 2;
}

/** The Docker engine refused a request or could not be reached. */
export class EngineError extends VclusterError {}

/** No engine can be reached where one was named. */
export class UnreachableError extends EngineError {
  /** why: the end of the message */
  readonly problem: string;

  constructor(what: string, problem: string, options: ErrorDetails = {}) {
    super(`${what}: ${problem}`, options);
    this.problem = problem;
  }
}

/** The name that a container or network was to have is taken.  The engine's answer is the lock of two `up` at once. */
export class NameTakenError extends EngineError {}

/** A port of the host that was to be published is in use. */
export class PortTakenError extends EngineError {}

/** An address that a port was to be published on is none of the host's. */
export class AddressMissingError extends EngineError {}

/** The engine has no subnet left for one more network. */
export class AddressPoolError extends EngineError {}

/** A step of an image's build failed; `output` has the last lines that it printed. */
export class BuildFailedError extends EngineError {}

/** Whoever read our output has stopped, as `head` does.  The exit status is that of a process ended by SIGPIPE. */
export class OutputClosedError extends VclusterError {
  override readonly exitCode = 141;
}

/** A cluster or node that was named does not exist, or is not in the state that the command needs. */
export class NotFoundError extends VclusterError {}

/** Building, finding or removing an image failed. */
export class ImageError extends VclusterError {}

/** A slice said that one of its steps failed, or ended before it was ready. */
export class SliceError extends VclusterError {}

/** A command that was to succeed on a node did not. */
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

/** RAPI could not be reached, or is not the cluster's: it shows another certificate. */
export class RapiError extends VclusterError {}

/** The engine has not got what the cluster needs: memory, a port, room on the disk. */
export class ResourceError extends VclusterError {}

/** A local file or one in a slice is missing, is not what it must be, or cannot be read or written. */
export class FileError extends VclusterError {}

/** A tar archive is broken, or something in it would leave the place where it is unpacked. */
export class ArchiveError extends VclusterError {}

/** The user interrupted the command; all that had to be undone has been. */
export class InterruptedError extends VclusterError {
  override readonly exitCode: number;

  readonly #signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP';

  /** @param signal what ended the command; the exit status is 128 + its number, as a shell has it */
  constructor(signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP', message: string, options: ErrorDetails = {}) {
    super(message, options);
    this.#signal = signal;
    this.exitCode = 128 + { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 }[signal];
  }

  /** The same interruption, with more to say about it. */
  saying(message: string): InterruptedError {
    return new InterruptedError(this.#signal, message);
  }
}

/** What is there contradicts what was asked for: a cluster with other options, another `up` at work. */
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

/** What the system says about a failed call, such as `no such file or directory`. */
export function systemReason(error: Error): string | undefined {
  return 'errno' in error ? getSystemErrorMap().get(Number(error.errno))?.[1] : undefined;
}
