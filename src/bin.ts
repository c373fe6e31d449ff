#!/usr/bin/env node
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import type { World } from './cli/context.ts';
import { main } from './cli/main.ts';
import { createEngineProvider } from './engine/locate/connect-engine.ts';

const { argv, env, stdin, stdout, stderr } = process;

// Whoever reads our output may stop early, as `head` does.  Then we stop too, as if by SIGPIPE; but while `exec` copies
// output, it listens as well, and has a command to end first.  A terminal that was closed (EIO) has sent SIGHUP, and what that
// begins must come to its end.
for (const stream of [stdout, stderr]) {
  stream.on('error', ({ code }: NodeJS.ErrnoException) => {
    if (stream.listenerCount('error') === 1 && code !== 'EIO') process.exit(141);
  });
}

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  readonly version: string;
};

const world: World = {
  stdin,
  stdout,
  stderr,
  env,
  home: homedir(),
  version,
  ...createEngineProvider({ env, home: homedir(), uid: process.getuid?.() ?? 0 }),
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
    // Some that build systems make have no width: nothing can be drawn on them.
    stderr: stderr.isTTY && stderr.columns > 0,
    setRawMode: (raw) => {
      if (!stdin.isTTY) return;
      stdin.setRawMode(raw);
      // Node leaves one thing undone: line feeds still become CR LF, which tears what full-screen programs draw.  It takes
      // this back with the rest.
      if (raw) spawnSync('stty', ['-opost'], { stdio: ['inherit', 'ignore', 'ignore'] });
    },
    size: () => (stdout.isTTY ? { columns: stdout.columns, rows: stdout.rows } : undefined),
    onResize: (changed) => {
      const tell = () => {
        changed({ columns: stdout.columns, rows: stdout.rows });
      };
      stdout.on('resize', tell);
      return () => stdout.off('resize', tell);
    },
  },
  now: () => new Date(),
};

process.exitCode = await main(argv.slice(2), world);

// Completion does not keep a shell waiting for an engine that does not answer.
if (argv[2] === '__complete') process.exit();
