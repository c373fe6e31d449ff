import { describe, expect, it } from 'vitest';
import { renderDetails } from '../../../src/cli/help.ts';
import { runCli } from '../../support/run-cli.ts';

const markdown = `
A paragraph that continues
on a second line; see [network.md](network.md) and https://ganeti.org/.

## Heading

- 0: success
- 125: an expected failure, and
  more about it

- one item
- another

    code --as=it is
      indented   ${'x'.repeat(100)}
`;

describe('details of a command on a terminal', () => {
  it('are wrapped to its width, except for code', () => {
    expect(renderDetails(markdown, 40).split('\n')).toEqual([
      'A paragraph that continues on a second',
      'line; see docs/network.md and',
      'https://ganeti.org/.',
      '',
      'Heading:',
      '',
      '- 0: success',
      '- 125: an expected failure, and more',
      '  about it',
      '',
      '- one item',
      '- another',
      '',
      '    code --as=it is',
      `      indented   ${'x'.repeat(100)}`,
    ]);
  });

  it.each([22, 44, 80])('fit into %i columns', (width) => {
    const lines = renderDetails(markdown, width).split('\n');
    expect(lines.filter((line) => line.length > width && !line.startsWith('    '))).toEqual([]);
  });

  it('end the help of a command', async () => {
    const { stdout } = await runCli(['down', '--help']);
    expect(stdout).toMatch(/Images stay: see\s`image\srm`\.\n$/);
  });
});

describe('help', () => {
  const helpAt = async (columns: number) => {
    const terminal = { stdout: true, size: () => ({ columns, rows: 24 }) };
    return (await runCli(['up', '--help'], { terminal })).stdout.split('\n');
  };

  it.each([44, 80])('fits into a terminal of %i columns', async (columns) => {
    const tooLong = (await helpAt(columns)).filter((line) => line.length > columns);
    expect(tooLong).toEqual([]);
  });

  it('is at most 100 columns wide', async () => {
    expect((await helpAt(300)).filter((line) => line.length > 100)).toEqual([]);
  });

  it('puts descriptions below their terms on a narrow terminal', async () => {
    expect((await helpAt(50)).join('\n')).toContain('  -n, --nodes <count>\n      number of nodes');
  });
});
