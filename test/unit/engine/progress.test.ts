import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { readProgress } from '../../../src/engine/progress.ts';

async function read(objects: readonly object[]): Promise<{ failure: string | undefined; lines: readonly string[] }> {
  const lines: string[] = [];
  const body = Readable.from(objects.map((object) => Buffer.from(`${JSON.stringify(object)}\r\n`)));
  const failure = await readProgress(body, (line) => lines.push(line));
  return { failure, lines };
}

describe('the progress of a build or pull', () => {
  it('is reported line by line, without colours and empty lines', async () => {
    const { lines } = await read([
      { stream: 'Step 1' },
      { stream: '/2\n\n \n' },
      { stream: '\u001b[91mred\u001b[0m\nend' },
    ]);
    expect(lines).toEqual(['Step 1/2', 'red', 'end']);
  });

  it('includes the state of a layer, but not its percentage', async () => {
    const { lines } = await read([
      { status: 'Pulling fs layer', id: 'a1', progressDetail: {} },
      { status: 'Downloading', id: 'a1', progressDetail: { current: 5, total: 10 } },
      { status: 'Pull complete', id: 'a1', progressDetail: {} },
      { status: 'Status: Downloaded newer image' },
    ]);
    expect(lines).toEqual(['a1: Pulling fs layer', 'a1: Pull complete', 'Status: Downloaded newer image']);
  });

  it('includes the failure', async () => {
    expect(await read([{ stream: 'one\n' }, { error: 'no space left', errorDetail: {} }])).toEqual({
      failure: 'no space left',
      lines: ['one'],
    });
  });

  it('has no failure on success', async () => {
    expect(await read([{ aux: { ID: 'sha256:1' } }])).toEqual({ failure: undefined, lines: [] });
  });
});
