import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { Terminal, World } from '../../src/cli/context.ts';
import { main } from '../../src/cli/main.ts';
import { fakeEngine, type FakeEngine } from './fake-engine.ts';
import { fakeSignals, type FakeSignals } from './fake-signals.ts';

export interface CliOptions {
  readonly engine?: FakeEngine;
  readonly stdin?: string;
  readonly env?: World['env'];
  readonly terminal?: Partial<Terminal>;
  readonly signals?: FakeSignals;
}

export interface CliResult {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
  /** what the terminal was set to, in order */
  readonly rawModes: readonly boolean[];
}

/** Runs one command line over an engine in memory. */
export async function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const { engine = fakeEngine(), stdin = '', env = {}, terminal = {}, signals = fakeSignals() } = options;
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const output = Promise.all([text(stdout), text(stderr)]);
  const rawModes: boolean[] = [];
  const status = await main(args, {
    stdin: Readable.from([stdin]),
    stdout,
    stderr,
    env,
    home: '/nonexistent',
    version: '0.0.0',
    engine: () => Promise.resolve(engine),
    signals,
    terminal: { ...noTerminal, setRawMode: (raw) => rawModes.push(raw), ...terminal },
    now: () => new Date(1_700_000_000_000),
  });
  stdout.end();
  stderr.end();
  const [out, err] = await output;
  return { status, stdout: out, stderr: err, rawModes };
}

const noTerminal: Terminal = {
  stdin: false,
  stdout: false,
  stderr: false,
  setRawMode: () => undefined,
  size: () => undefined,
  onResize: () => () => undefined,
};
