import { CommanderError } from 'commander';
import type { Engine } from '../engine/engine.ts';
import { stateDirectory } from '../cluster/up/state-directory.ts';
import { OutputClosedError, unexpectedFileError, VclusterError } from '../errors.ts';
import type { Report } from '../events.ts';
import { escapeControl } from '../format.ts';
import { plainRenderer, type Renderer } from '../ui/plain.ts';
import { renderError } from '../ui/render-error.ts';
import type { CliContext, CliEnvironment } from './context.ts';
import { buildProgram } from './program.ts';
import { type EngineRequest, observeEngines } from './timings/observe-engines.ts';

/** Runs one command line and resolves to the process's exit status.  Never throws, never exits. */
export async function main(args: readonly string[], environment: CliEnvironment): Promise<number> {
  let status = 0;
  let renderer: Renderer = plainRenderer(environment.stderr, { quiet: false, verbose: false });
  const report: Report = (event) => {
    renderer.report(event);
  };
  let onRequest: ((request: EngineRequest) => void) | undefined;
  const engines = observeEngines(environment, () => onRequest);
  const connect = async () => {
    const { connectMultiEngine } = await import('../cluster/multi-engine/multi-engine.ts');
    const engine = await connectMultiEngine(engines, stateDirectory(environment), report);
    // Completion must be fast, and its user sees no notices.
    if (args[0] === '__complete') return engine;
    const { removeExpired } = await import('../cluster/expired.ts');
    return removeExpired(engine, environment.now(), report);
  };
  let connected: Promise<Engine> | undefined;
  const context: CliContext = {
    ...environment,
    ...engines,
    engine: () => (connected ??= connect()),
    report,
    print: (text) => {
      renderer.flush();
      return new Promise((resolve) =>
        environment.stdout.write(`${escapeControl(text)}\n`, () => {
          resolve();
        }),
      );
    },
    setStatus: (value) => {
      status = value;
    },
    observeRequests: (observer) => {
      onRequest = observer;
    },
    stateDirectory: stateDirectory(environment),
  };
  try {
    const program = await buildProgram(context, args, (selected) => {
      renderer = selected;
    });
    await program.parseAsync(args, { from: 'user' });
    renderer.flush();
    return status;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2; // help, or bad usage; already printed
    renderer.flush();
    return printError(error, environment.stderr);
  }
}

/** @returns the exit status for the error */
export function printError(thrown: unknown, stderr: NodeJS.WritableStream): number {
  const error = unexpectedFileError(thrown);
  if (!(error instanceof OutputClosedError)) stderr.write(`${escapeControl(renderError(error))}\n`);
  return error instanceof VclusterError ? error.exitCode : 70;
}
