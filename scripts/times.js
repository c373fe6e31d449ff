// `npm run times`: writes where the time of the last `npm test` went to CONTRIBUTING.md.
import { readFileSync, writeFileSync } from 'node:fs';

const page = 'CONTRIBUTING.md';
const [begin, end] = ['<!-- times -->', '<!-- end of times -->'];
const [unit, engine] = ['unit', 'engine'].map((name) =>
  JSON.parse(readFileSync(`node_modules/.cache/tests/${name}.json`, 'utf8')),
);

const minutes = (seconds) => (seconds / 60).toFixed(1);
const work = (files) => files.reduce((sum, file) => sum + file.seconds, 0);

function row([project, files]) {
  const longest = files
    .toSorted((a, b) => b.seconds - a.seconds)
    .slice(0, 6)
    .map((file) => `${file.file.replace(/^test\/\w+\/|\.test\.ts$/g, '')} ${Math.round(file.seconds)} s`);
  return `| \`${project}\` | ${files.length} | ${minutes(work(files))} min | ${longest.join(', ')} |`;
}

const files = [...unit.files, ...engine.files];
const projects = [...new Set(files.map(({ project }) => project))];
const rows = projects.map((project) => row([project, files.filter((file) => file.project === project)]));
const lines = [
  `Vitest took ${minutes(unit.seconds)} minutes for \`unit\`, and ${minutes(engine.seconds)} minutes for the others.`,
  '',
  '| project | files | work of all workers | longest files |',
  '| --- | --- | --- | --- |',
  ...rows,
];
const text = readFileSync(page, 'utf8');
const [before] = text.split(begin);
writeFileSync(page, `${before}${begin}\n\n${lines.join('\n')}\n\n${text.slice(text.indexOf(end))}`);
