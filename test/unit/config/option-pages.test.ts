import { readFile } from 'node:fs/promises';
import { format } from 'prettier';
import { expect, it } from 'vitest';
import { clusterOptions } from '../../../src/config/cluster-options.ts';
import { clusterSchema } from '../../../src/config/json-schema.ts';
import type { Option } from '../../../src/config/values.ts';
import { libraryTypes, optionTypes, withOptionTables } from '../../support/option-pages.ts';
import { testProgram } from '../../support/program.ts';

// `npm run docs:options` updates these files.

const root = `${import.meta.dirname}/../../..`;
const outdated = 'outdated: npm run docs:options';

it('docs/cluster.schema.json follows from the table of options', async () => {
  const text = await format(JSON.stringify(clusterSchema()), { parser: 'json', printWidth: 120 });
  await expect(text, outdated).toMatchFileSnapshot(`${root}/docs/cluster.schema.json`);
});

it('src/library/cluster-options.ts follows from the table of options', async () => {
  const text = await format(libraryTypes(), { parser: 'typescript', printWidth: 120, singleQuote: true });
  await expect(text, outdated).toMatchFileSnapshot(`${root}/src/library/cluster-options.ts`);
});

it('the tables in docs/configuration.md follow from the table of options', async () => {
  const page = await readFile(`${root}/docs/configuration.md`, 'utf8');
  const tables = [...page.matchAll(/<!-- options of (\w+) -->/g)].map(([, name]) => name);
  expect(tables).toEqual(expect.arrayContaining(optionTypes));
  const text = await format(withOptionTables(page), { parser: 'markdown', printWidth: 120 });
  await expect(text, outdated).toMatchFileSnapshot(`${root}/docs/configuration.md`);
});

it('`up` has the flags of the table of options, and a few of its own', async () => {
  const up = (await testProgram()).commands.find((command) => command.name() === 'up');
  const flags = Object.values<Option>(clusterOptions).flatMap(({ flag }) => flag ?? []);
  const own = ['-c, --cluster <name>', '-f, --file <file>', '--json', '--timings'];
  const common = ['--progress <how>', '-q, --quiet', '-v, --verbose', '--no-color'];
  expect(up?.options.map((option) => option.flags).toSorted()).toEqual([...flags, ...own, ...common].toSorted());
});

it('other commands have the same flags and help for the options of the table', async () => {
  const program = await testProgram();
  const commands = program.commands.flatMap((command) => [command, ...command.commands]);
  const help = new Map(Object.values<Option>(clusterOptions).map((option) => [longOf(option.flag ?? ''), option]));
  const shared = commands.flatMap((command) =>
    command.options.flatMap(({ long, flags, description }) => {
      const option = help.get(long ?? '');
      if (option === undefined || command.name() === 'up') return [];
      const same = flags === option.flag && description.startsWith(option.help);
      return [`${command.name()} ${long ?? ''}${same ? '' : ' differs'}`];
    }),
  );
  expect(shared.toSorted()).toEqual([
    'add --host differs', // an endpoint, or a machine of the cluster
    'add --node-cpus',
    'add --node-disk',
    'add --node-memory',
    'add --nodes',
    'build --base',
    'build --ganeti',
    'build --mirror',
    'build --packages',
    'build --tree',
    'doctor --ganeti differs', // the version is optional
    'doctor --host differs', // hosts to examine
    'doctor --packages',
    'doctor --tree',
    'pull --base',
    'pull --ganeti',
    'qa --base',
    'qa --ganeti',
    'qa --host',
    'qa --keep differs', // it keeps a running cluster
    'qa --mirror',
    'qa --packages',
    'qa --tree',
    'restart --timeout',
    'start --timeout',
  ]);
});

function longOf(flag: string): string {
  return /--[\w-]+/.exec(flag)?.[0] ?? '';
}
