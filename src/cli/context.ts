import type { Signals } from '../cluster/signals.ts';
import type { TerminalSize } from '../engine/engine.ts';
import type { EngineProvider } from '../engine/engine-provider.ts';
import type { Report } from '../events.ts';
import type { EngineRequest } from './timings/observe-engines.ts';

/** The process and the machine, from `program.ts`: commands use nothing else of them. */
export interface CliEnvironment extends EngineProvider {
  /** opened by the first call */
  readonly stdin: () => NodeJS.ReadableStream;
  /** for results only; progress goes to `stderr`, through `report` */
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  /** version of vcluster-box */
  readonly version: string;
  readonly signals: Signals;
  readonly terminal: Terminal;
  readonly now: () => Date;
}

export interface CliContext extends CliEnvironment {
  readonly report: Report;
  /** Finishes the progress display, then writes a result and a line end to `stdout`. */
  readonly print: (text: string) => Promise<void>;
  /** Sets the exit status of a command that does not throw.  Default: 0. */
  readonly setStatus: (status: number) => void;
  /** From now on, calls this after each request to an engine. */
  readonly observeRequests: (onRequest: (request: EngineRequest) => void) => void;
  /** folder for the program's logs; it might not exist yet */
  readonly stateDirectory: string;
}

export interface Terminal {
  /** which streams are terminals; stderr only if it can be drawn on */
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  /** Does nothing if stdin is not a terminal. */
  readonly setRawMode: (raw: boolean) => void;
  /** of stdout; `undefined` if it is not a terminal */
  readonly size: () => TerminalSize | undefined;
  /** @returns a function that stops listening */
  readonly onResize: (changed: (size: TerminalSize) => void) => () => void;
}

/** How the user runs this program.  In a clone, `npm start` and `npx` run it, because it is not on the search path. */
export function programName({ env }: Pick<CliEnvironment, 'env'>): string {
  return env['npm_lifecycle_event'] === undefined ? 'vcluster-box' : 'npx vcluster-box';
}
