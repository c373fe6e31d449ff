import { describe, expect, it } from 'vitest';
import { leafCommands, pathOf, testProgram } from '../../support/program.ts';
import { runCli } from '../../support/run-cli.ts';

/** Commands whose output comes from another program or is meant for a shell. */
const withoutJson: Readonly<Record<string, string>> = {
  shell: 'the output is the shell’s',
  completion: 'the output is a script',
  watcher: 'the output is that of ganeti-watcher',
  'config init': 'the output is a YAML file',
  'config schema': 'the output is a JSON schema',
};

const program = await testProgram();

describe('every command', () => {
  it.each(leafCommands(program).map((command) => [pathOf(command), command] as const))(
    'that prints a result has --json: %s',
    (path, { options }) => {
      expect(options.some(({ long }) => long === '--json')).toBe(!(path in withoutJson));
    },
  );

  it.each(leafCommands(program).map((command) => [pathOf(command), command] as const))(
    'has -q, -v, --no-color and --progress: %s',
    (_path, { options }) => {
      expect(options.map(({ long }) => long)).toEqual(
        expect.arrayContaining(['--quiet', '--verbose', '--no-color', '--progress']),
      );
    },
  );

  it.each(leafCommands(program).map((command) => [pathOf(command)]))('has readable help: %s', async (path) => {
    const { status, stdout } = await runCli([...path.split(' '), '--help']);
    expect(status).toBe(0);
    expect(stdout.split('\n').filter((line) => line.length > 80 && !line.startsWith('  '))).toEqual([]);
    expect(stdout).not.toMatch(/default: (false|\{\})/);
  });
});
