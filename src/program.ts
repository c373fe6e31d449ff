import { spawnSync } from 'node:child_process';
import { isatty } from 'node:tty';
import type { CliEnvironment } from './cli/context.ts';
import { main, printError } from './cli/main.ts';
import type { EngineProvider } from './engine/engine-provider.ts';
import { homeDirectory } from './engine/locate/home-directory.ts';
import { outputError } from './errors.ts';
import { packageVersion } from './package-files.ts';

const { argv, env, stdout, stderr } = process;

// A result that cannot be written ends the program.  While `exec` and `cp` copy output, they have their own listener,
// because they must end the command first.  A closed terminal (EIO) has also sent SIGHUP, whose handler must finish.
stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (stdout.listenerCount('error') === 1 && error.code !== 'EIO') process.exit(printError(outputError(error), stderr));
});
// Progress that cannot be written is lost, but the work goes on.
stderr.on('error', () => undefined);

const home = homeDirectory();

let provider: Promise<EngineProvider> | undefined;
/** Loading what talks to engines takes time that `--help` does not need. */
const engines = () =>
  (provider ??= import('./engine/locate/connect-engine.ts').then(({ createEngineProvider }) =>
    createEngineProvider({ env, home, uid: process.getuid?.() ?? 0 }),
  ));

const environment: CliEnvironment = {
  stdin: () => process.stdin,
  stdout,
  stderr,
  env,
  home,
  version: packageVersion(),
  engine: async (warn) => (await engines()).engine(warn),
  connect: async (endpoint) => (await engines()).connect(endpoint),
  addressOf: async (endpoint) => (await engines()).addressOf(endpoint),
  signals: {
    on: (handler) => {
      const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
      for (const name of names) process.on(name, handler);
      return () => {
        for (const name of names) process.off(name, handler);
      };
    },
  },
  terminal: {
    stdin: isatty(0),
    stdout: stdout.isTTY,
    // Terminals of some build systems have no width and cannot be drawn on.
    stderr: stderr.isTTY && stderr.columns > 0,
    setRawMode: (raw) => {
      if (!isatty(0)) return;
      process.stdin.setRawMode(raw);
      // Node does not turn off the conversion of LF to CR LF, which garbles full-screen programs.  Leaving raw mode
      // restores it.
      if (raw) spawnSync('stty', ['-opost'], { stdio: ['inherit', 'ignore', 'ignore'] });
    },
    size: () => (stdout.isTTY ? { columns: stdout.columns, rows: stdout.rows } : undefined),
    onResize: (changed) => {
      const listener = () => {
        changed({ columns: stdout.columns, rows: stdout.rows });
      };
      stdout.on('resize', listener);
      return () => stdout.off('resize', listener);
    },
  },
  now: () => new Date(),
};

// Node ends silently if nothing is left to wait for before `main` has ended.
process.exitCode = 13;
process.once('exit', (code) => {
  if (code !== 13) return;
  stderr.write('This is a bug in vcluster-box, please report it: it waits for something that cannot happen.\n');
  process.exitCode = 70;
});

void main(argv.slice(2), environment).then((status) => {
  process.exitCode = status;
  // Completion must not keep a shell waiting for an engine that does not answer.
  if (argv[2] === '__complete') process.exit();
});
