import { describe, expect, it } from 'vitest';
import { parseProse } from '../../../src/cli/prose.ts';
import { renderProse } from '../../../src/cli/render-prose.ts';

const source = `
A paragraph that goes on
in a second line; see [network.md](network.md) and [Ganeti](https://ganeti.org/), **really**.

## Heading

- 0  done
- 125  a failure that was foreseen, and
  more of it

- one item
- another

    code --as=it is
      indented
`;

describe('prose in help', () => {
  it('is read as blocks', () => {
    expect(parseProse(source)).toMatchObject([
      { type: 'paragraph' },
      { type: 'heading', text: 'Heading' },
      {
        type: 'terms',
        items: [
          ['0', 'done'],
          ['125', 'a failure that was foreseen, and more of it'],
        ],
      },
      { type: 'list', items: ['one item', 'another'] },
      { type: 'code', lines: ['code --as=it is', '  indented'] },
    ]);
  });

  it('is wrapped at the width of the terminal', () => {
    expect(renderProse(parseProse(source), 60).split('\n')).toEqual([
      'A paragraph that goes on in a second line; see',
      'docs/network.md and https://ganeti.org/, really.',
      '',
      'Heading:',
      '  0    done',
      '  125  a failure that was foreseen, and more of it',
      '',
      '  - one item',
      '  - another',
      '',
      '    code --as=it is',
      '      indented',
    ]);
  });

  it.each([20, 44, 80])('fits into %i columns where words allow it', (width) => {
    const lines = renderProse(parseProse(source), width).split('\n');
    expect(lines.filter((line) => line.length > width && line.trim().includes(' ') && !line.includes('code'))).toEqual(
      [],
    );
  });

  it('has terms above their meanings where there is no room beside them', () => {
    expect(renderProse(parseProse('- a-long-term  and what it means'), 34)).toBe('a-long-term\n    and what it means');
  });
});
