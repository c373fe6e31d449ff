#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';
import { codeCachePath, readCodeCache, writeCodeCache } from './code-cache.ts';
import { homeDirectory } from './engine/locate/home-directory.ts';

// Runs the program, program.cjs, with the code that V8 compiled at earlier starts. Compiling it each time would take as
// long as everything else that `exec` does before its first request to the engine.

const usageError = 2;
const { argv, env } = process;
const name = 'program.cjs';
const place = fileURLToPath(new URL(name, import.meta.url));
const program = readFileSync(place);
const path = codeCachePath(env, homeDirectory());
const file = path !== undefined && { path, uid: process.getuid?.() ?? 0, program };
const cache = file ? readCodeCache(file) : undefined;

// What Node puts around each module. esbuild writes only ASCII.
const head = '(function (exports, require, module, __filename, __dirname) {';
const source = `${head}${program.toString('latin1')}\n})`;
// The code has the name, and can be of a copy of the program in another place.
const script = new Script(source, { filename: name, columnOffset: -head.length, cachedData: cache?.code });

const known = script.cachedDataRejected === false ? (cache?.commands ?? []) : [];
const [, , command = ''] = argv;
if (file && /^[a-z_-]+$/.test(command) && !known.includes(command)) {
  process.once('exit', (status) => {
    if (status === usageError) return;
    writeCodeCache(file, { code: script.createCachedData(), commands: [...known, command] });
  });
}

type Module = (exports: object, require: NodeJS.Require, module: object, filename: string, dirname: string) => void;
const run = script.runInThisContext() as Module;
run({}, createRequire(place), { exports: {} }, place, dirname(place));
