import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Machine } from '../../../src/image/machine.ts';
import { makeBase } from '../../../src/image/make-base.ts';
import { fakeEngine } from '../../support/fake-engine.ts';
import { searchPathWith } from '../../support/search-path.ts';

const debian = 'deb http://archive.example.com/debian bookworm main';

/** A stand-in that answers `--version`, as the search for a tool asks, and otherwise runs the script. */
const tool = (script: string) => `if [ "$1" = --version ]; then exit 0; fi\n${script}`;

async function machine(programs: Record<string, string>, sourcesList = debian): Promise<Machine> {
  const aptDirectory = await mkdtemp(join(tmpdir(), 'vcluster-box-apt-'));
  await mkdir(join(aptDirectory, 'sources.list.d'));
  await writeFile(join(aptDirectory, 'sources.list'), sourcesList);
  return { aptDirectory, searchPath: await searchPathWith(programs) };
}

async function make(on: Machine, { mirror, signal }: { mirror?: string; signal?: AbortSignal } = {}) {
  const lines: string[] = [];
  const engine = fakeEngine();
  const context = {
    machine: on,
    signal: signal ?? new AbortController().signal,
    onLine: (line: string) => void lines.push(line),
  };
  const outcome = await makeBase(engine, { release: 'bookworm', mirror }, context).catch((error: unknown) => error);
  return { engine, lines, outcome };
}

describe('with mmdebstrap', () => {
  it('imports what it writes, labelled with the release', async () => {
    const { engine, lines, outcome } = await make(await machine({ mmdebstrap: tool('echo I: hello >&2; echo tar') }));
    expect(outcome).toBeUndefined();
    expect(engine.state.images).toMatchObject([
      { tags: ['vcluster-box-base:bookworm'], labels: { 'vcluster-box.base': 'bookworm' } },
    ]);
    expect(lines).toContain('I: hello');
  });

  it('uses the machine’s archive, or another that is named', async () => {
    const on = await machine({ mmdebstrap: tool('for last; do :; done; echo "$last" >&2; echo tar') });
    expect((await make(on)).lines).toContain('deb http://archive.example.com/debian bookworm main');
    expect((await make(on, { mirror: 'http://other.example.com/d' })).lines).toContain(
      'deb http://other.example.com/d bookworm main',
    );
  });

  it('shows its last lines when it fails, and imports nothing', async () => {
    const { engine, outcome } = await make(await machine({ mmdebstrap: tool('echo E: no such release >&2; exit 25') }));
    expect(outcome).toMatchObject({
      message: 'mmdebstrap could not make a base image of Debian bookworm',
      output: ['E: no such release'],
    });
    expect(engine.calls).toEqual([]);
  });

  it('leaves no image when it fails half-way', async () => {
    const { engine, outcome } = await make(await machine({ mmdebstrap: tool('echo half; sleep 0.1; exit 1') }));
    expect(outcome).toMatchObject({ name: 'ImageError' });
    expect(engine.state.images).toEqual([]);
  });

  it('is stopped when the user interrupts', async () => {
    const interruption = new AbortController();
    const on = await machine({ mmdebstrap: tool('echo begun >&2; exec sleep 60') });
    const engine = fakeEngine();
    const onLine = (line: string) => {
      if (line === 'begun') interruption.abort(new Error('interrupted'));
    };
    const context = { machine: on, onLine, signal: interruption.signal };
    await expect(makeBase(engine, { release: 'bookworm' }, context)).rejects.toThrow('interrupted');
    expect(engine.state.images).toEqual([]);
  });
});

it('debootstrap serves where mmdebstrap is not there', async () => {
  const on = await machine({ debootstrap: tool('echo I: debootstrap; for last; do :; done; echo "from $last"') });
  const { engine, lines, outcome } = await make(on);
  expect(outcome).toBeUndefined();
  expect(lines.join('\n')).toContain('from http://archive.example.com/debian');
  expect(engine.state.images).toHaveLength(1);
});

it('says what to install where neither is there', async () => {
  expect((await make(await machine({}))).outcome).toMatchObject({
    name: 'ImageError',
    hint: expect.stringContaining('apt-get install mmdebstrap') as string,
  });
});

it('says that the machine’s sources have no Debian, as on Ubuntu', async () => {
  const on = await machine({ mmdebstrap: tool('') }, 'deb http://archive.example.com/ubuntu noble main');
  expect((await make(on)).outcome).toMatchObject({
    message: expect.stringContaining('no package source') as string,
    hint: expect.stringContaining('--mirror') as string,
  });
});
