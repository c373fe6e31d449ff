import { Readable, Transform } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { Terminal, CliEnvironment } from '../../src/cli/context.ts';
import type { Engine } from '../../src/engine/engine.ts';
import type { EngineProvider } from '../../src/engine/engine-provider.ts';
import { UnreachableError } from '../../src/errors.ts';
import { main } from '../../src/cli/main.ts';
import { fakeEngine, type FakeEngine } from './fake-engine.ts';
import { fakeSignals, type FakeSignals } from './fake-signals.ts';

export interface CliOptions {
  /** the default engine; null: no engine answers */
  readonly engine?: FakeEngine | null | undefined;
  /** engines of other hosts, by endpoint; others cannot be reached */
  readonly hosts?: Readonly<Record<string, FakeEngine>>;
  readonly stdin?: string;
  readonly env?: CliEnvironment['env'];
  readonly terminal?: Partial<Terminal>;
  readonly signals?: FakeSignals;
  /** called with everything that the program prints, when it does */
  readonly onOutput?: (text: string) => void;
}

export interface CliResult {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
  /** the modes that the terminal was set to, in order */
  readonly rawModes: readonly boolean[];
}

/** Runs one command line on an in-memory engine. */
export async function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const { stdin = '', env = {}, terminal = {}, signals = fakeSignals(), onOutput } = options;
  const stream = () =>
    new Transform({
      transform(chunk: Buffer, _, done) {
        onOutput?.(chunk.toString());
        done(null, chunk);
      },
    });
  const [stdout, stderr] = [stream(), stream()];
  const output = Promise.all([text(stdout), text(stderr)]);
  const rawModes: boolean[] = [];
  const status = await main(args, {
    stdin: () => Readable.from([stdin]),
    stdout,
    stderr,
    env,
    home: '/nonexistent',
    version: '0.0.0',
    ...fakeHosts(options),
    signals,
    terminal: { ...noTerminal, setRawMode: (raw) => rawModes.push(raw), ...terminal },
    now: () => new Date(1_700_000_000_000),
  });
  stdout.end();
  stderr.end();
  const [out, err] = await output;
  return { status, stdout: out, stderr: err, rawModes };
}

/** Several hosts in one process, as `createEngineProvider` finds them. */
export function fakeHosts({ engine = fakeEngine(), hosts = {} }: Pick<CliOptions, 'engine' | 'hosts'>): EngineProvider {
  return {
    addressOf: (endpoint) => Promise.resolve(/@(192[.\d]+)/.exec(endpoint)?.[1]),
    engine: () => answer(engine ?? undefined, 'no container engine answers'),
    connect: (endpoint) => {
      const there = endpoint === 'default' ? (engine ?? undefined) : hosts[endpoint];
      return answer(there, `the host ${endpoint} cannot be reached`);
    },
  };
}

function answer(engine: Engine | undefined, what: string): Promise<Engine> {
  if (engine !== undefined) return Promise.resolve(engine);
  return Promise.reject(new UnreachableError(what, 'no route to host', { hint: 'Switch it on.' }));
}

const noTerminal: Terminal = {
  stdin: false,
  stdout: false,
  stderr: false,
  setRawMode: () => undefined,
  size: () => undefined,
  onResize: () => () => undefined,
};
