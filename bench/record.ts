import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { timeAndMemory } from './plots.ts';
import { mergeResults, renderResults, type Results } from './results.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const page = `${root}docs/performance.md`;
const folder = `${root}docs/performance`;

const links = [
  'All samples are in [results.json](performance/results.json). Both axes of the plots are logarithmic. Points are medians, and vertical lines are ranges.',
  '![Time until a cluster runs, over its nodes](performance/time.svg)',
  '![Memory of a cluster, over its nodes](performance/memory.svg)',
];

/** Writes the results, the plots, and the table of docs/performance.md. */
export async function recordResults(results: Results): Promise<void> {
  const file = `${folder}/results.json`;
  await mkdir(folder, { recursive: true });
  const earlier = existsSync(file) ? (JSON.parse(await readFile(file, 'utf8')) as readonly Results[]) : [];
  const all = mergeResults(earlier, results);
  await writeFile(file, JSON.stringify(all));
  for (const [name, svg] of Object.entries(timeAndMemory(all))) await writeFile(`${folder}/${name}.svg`, svg);
  const recorded = [...all.map(renderResults), ...links].join('\n\n');
  await writeFile(page, withTable(await readFile(page, 'utf8'), recorded));
  await execa('npx', ['prettier', '--write', '--log-level', 'warn', page, file], { cwd: root });
}

/** Replaces what is between the markers of the page. */
export function withTable(text: string, table: string): string {
  return text.replace(
    /(<!-- bench -->)[^]*(<!-- end of bench -->)/,
    (_, begin, end) => `${begin}\n\n${table}\n\n${end}`,
  );
}
