// Writes the program as one executable that needs no Node: a copy of this machine's node with the bundle and all files
// of the package that it reads.  Usage: node scripts/executable.js FILE
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { argv, execPath } from 'node:process';
import { inject } from 'postject';
import { packContext, packQaContext } from '../dist/image/context.js';

const file = argv[2] ?? 'vcluster-box';

/** Node looks for it in itself, and postject changes it. */
const fuse = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';

if (!readFileSync(execPath).includes(fuse)) {
  console.error(`error: ${execPath} cannot become an executable: it is only a part of Node, such as Debian's, which`);
  console.error('  is linked with libnode');
  console.error('hint: use the Node of nodejs.org or NodeSource');
  process.exit(125);
}

const folder = mkdtempSync(join(tmpdir(), 'vcluster-box-executable-'));
try {
  copyFileSync(execPath, join(folder, 'node'));
  chmodSync(join(folder, 'node'), 0o755);
  execFileSync('strip', [join(folder, 'node')]);
  // Its only use of the console is a warning about each of the many notes in node, which are harmless.
  console.warn = () => undefined;
  await inject(join(folder, 'node'), 'NODE_SEA_BLOB', await preparedBlob(), { sentinelFuse: fuse });
  copyFileSync(join(folder, 'node'), file);
  chmodSync(file, 0o755);
} finally {
  rmSync(folder, { recursive: true });
}

async function preparedBlob() {
  const contexts = { 'slice-context.tar': await packContext(), 'qa-context.tar': await packQaContext() };
  for (const [name, { tar }] of Object.entries(contexts)) writeFileSync(join(folder, name), tar);
  const files = [
    'package.json',
    'dist/program.cjs.map',
    'images/own/Dockerfile',
    ...readdirSync('completion').map((name) => `completion/${name}`),
  ];
  const assets = {
    ...Object.fromEntries(files.map((path) => [path, resolve(path)])),
    ...Object.fromEntries(Object.keys(contexts).map((name) => [name, join(folder, name)])),
  };
  const config = join(folder, 'config.json');
  const output = join(folder, 'blob');
  // Stack traces name the bundle as it is named here.
  const settings = {
    main: 'dist/program.cjs',
    output,
    disableExperimentalSEAWarning: true,
    useCodeCache: true,
    assets,
  };
  writeFileSync(config, JSON.stringify(settings));
  execFileSync(execPath, ['--experimental-sea-config', config], { stdio: 'pipe' });
  return readFileSync(output);
}
