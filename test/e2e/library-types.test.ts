import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { expect, inject, it, onTestFinished } from 'vitest';

const projectRoot = resolve(import.meta.dirname, '../..');

/** Nothing is skipped: the declarations of the package are checked as strictly as the program. */
const strict = {
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  noEmit: true,
  skipLibCheck: false,
  target: 'ES2022',
  types: ['node'],
  typeRoots: [join(projectRoot, 'node_modules/@types')],
};

it.each([
  ['nodenext', { module: 'nodenext', lib: ['ES2022', 'ESNext.Disposable'] }],
  ['a bundler', { module: 'esnext', moduleResolution: 'bundler', lib: ['ES2022', 'ESNext.Disposable', 'DOM'] }],
])('the packed package has types that pass a strict type check: %s', async (_how, options) => {
  const folder = await mkdtemp(join(inject('packed'), 'types-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await copyFile(join(projectRoot, 'test/fixtures/library-consumer.ts'), join(folder, 'consumer.ts'));
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: { ...strict, ...options } }));
  const compiler = join(projectRoot, 'node_modules/typescript/bin/tsc');
  const { exitCode, stdout } = await execa(compiler, ['-p', folder], { reject: false });
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '' });
});
