#!/usr/bin/env node
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { CliEnvironment } from './cli/context.ts';
import { main, printError } from './cli/main.ts';
import { homeDirectory } from './engine/locate/candidates.ts';
import { createEngineProvider } from './engine/locate/connect-engine.ts';
import { outputError } from './errors.ts';

const { argv, env, stdin, stdout, stderr } = process;

// A result that cannot be written ends the program.  While `exec` and `cp` copy output, they have their own listener,
// because they must end the command first.  A closed terminal (EIO) has also sent SIGHUP, whose handler must finish.
stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (stdout.listenerCount('error') === 1 && error.code !== 'EIO') process.exit(printError(outputError(error), stderr));
});
// Progress that cannot be written is lost, but the work goes on.
stderr.on('error', () => undefined);

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  readonly version: string;
};

const home = homeDirectory();

const environment: CliEnvironment = {
  stdin,
  stdout,
  stderr,
  env,
  home,
  version,
  ...createEngineProvider({ env, home, uid: process.getuid?.() ?? 0 }),
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
    stdin: stdin.isTTY,
    stdout: stdout.isTTY,
    // Terminals of some build systems have no width and cannot be drawn on.
    stderr: stderr.isTTY && stderr.columns > 0,
    setRawMode: (raw) => {
      if (!stdin.isTTY) return;
      stdin.setRawMode(raw);
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

// Node ends silently with status 13 if nothing is left to wait for before `main` has ended.
process.once('exit', (code) => {
  if (code !== 13) return;
  stderr.write('This is a bug in vcluster-box, please report it: it waits for something that cannot happen.\n');
  process.exitCode = 70;
});

process.exitCode = await main(argv.slice(2), environment);

// Completion must not keep a shell waiting for an engine that does not answer.
if (argv[2] === '__complete') process.exit();
