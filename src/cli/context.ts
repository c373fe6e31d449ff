import type { Signals } from '../cluster/signals.ts';
import type { TerminalSize } from '../engine/engine.ts';
import type { EngineProvider } from '../engine/engine-provider.ts';
import type { Report } from '../events.ts';

/** What `bin.ts` knows of the process and the machine: all that a command may touch comes from here. */
export interface World extends EngineProvider {
  readonly stdin: NodeJS.ReadableStream;
  /** for results only; what is told on the way goes to `stderr`, through `report` */
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  /** of vcluster-box */
  readonly version: string;
  readonly signals: Signals;
  readonly terminal: Terminal;
  readonly now: () => Date;
}

export interface CliContext extends World {
  readonly report: Report;
  /** Writes a result to `stdout`, with a line end, when the progress display is out of the way. */
  readonly print: (text: string) => Promise<void>;
  /** What the process is to exit with when the command ends well; 0 unless it is set. */
  readonly setStatus: (status: number) => void;
  /** where this program keeps logs; may not exist yet */
  readonly stateDirectory: string;
}

export interface Terminal {
  /** which of the streams are terminals; stderr only if it can be drawn on */
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  /** Does nothing when stdin is no terminal. */
  readonly setRawMode: (raw: boolean) => void;
  /** `undefined` when stdout is no terminal */
  readonly size: () => TerminalSize | undefined;
  /** @returns how to stop listening */
  readonly onResize: (changed: (size: TerminalSize) => void) => () => void;
}
