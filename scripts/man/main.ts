// Writes the manual pages.  Usage: node main.js DIRECTORY VERSION DATE
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { argv } from 'node:process';
import { testProgram } from '../../test/support/program.ts';
import { manPages } from './pages.ts';

const [directory = 'man', version = '', date = ''] = argv.slice(2);
mkdirSync(directory, { recursive: true });
for (const { file, text } of manPages(await testProgram(), { version, date })) {
  writeFileSync(join(directory, file), text);
}
