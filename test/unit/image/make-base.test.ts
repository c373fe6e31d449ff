import { describe, expect, it } from 'vitest';
import { makeBase } from '../../../src/image/make-base.ts';
import { fakeEngine } from '../../support/fake-engine.ts';
import { searchPathWith } from '../../support/search-path.ts';

const archive = 'http://archive.example.com/debian';

/** A fake tool that accepts `--version`, and otherwise runs the script. */
const tool = (script: string) => `if [ "$1" = --version ]; then exit 0; fi\n${script}`;

/** A search path with these programs, and an apt-get that prints this index target. */
const pathWith = (programs: Record<string, string>, target = `${archive} bookworm main /none:1`) =>
  searchPathWith({ 'apt-get': `echo "${target}"`, ...programs });

async function make(searchPath: string, { mirror, signal }: { mirror?: string; signal?: AbortSignal } = {}) {
  const lines: string[] = [];
  const engine = fakeEngine();
  const context = {
    searchPath,
    signal: signal ?? new AbortController().signal,
    onLine: (line: string) => void lines.push(line),
  };
  const outcome = await makeBase(engine, { release: 'bookworm', mirror }, context).catch((error: unknown) => error);
  return { engine, lines, outcome };
}

describe('with mmdebstrap', () => {
  it('imports its output with the release as label', async () => {
    const { engine, lines, outcome } = await make(await pathWith({ mmdebstrap: tool('echo I: hello >&2; echo tar') }));
    expect(outcome).toBe('vcluster-box-base:bookworm');
    expect(engine.state.images).toMatchObject([
      { tags: ['vcluster-box-base:bookworm'], labels: { 'vcluster-box.base': 'bookworm' } },
    ]);
    expect(lines).toContain('I: hello');
  });

  it('uses the archive of the machine, or --mirror', async () => {
    const path = await pathWith({ mmdebstrap: tool('for last; do :; done; echo "$last" >&2; echo tar') });
    expect((await make(path)).lines).toContain('deb http://archive.example.com/debian bookworm main');
    expect((await make(path, { mirror: 'http://other.example.com/d' })).lines).toContain(
      'deb http://other.example.com/d bookworm main',
    );
  });

  it('shows its last output if it fails, and imports nothing', async () => {
    const { engine, outcome } = await make(
      await pathWith({ mmdebstrap: tool('echo E: no such release >&2; exit 25') }),
    );
    expect(outcome).toMatchObject({
      message: 'mmdebstrap failed to create a base image of Debian bookworm',
      output: ['E: no such release'],
    });
    expect(engine.calls).toEqual([]);
  });

  it('leaves no image if it fails in the middle', async () => {
    const { engine, outcome } = await make(await pathWith({ mmdebstrap: tool('echo half; sleep 0.1; exit 1') }));
    expect(outcome).toMatchObject({ name: 'ImageError' });
    expect(engine.state.images).toEqual([]);
  });

  it('is stopped by an interruption', async () => {
    const interruption = new AbortController();
    const path = await pathWith({ mmdebstrap: tool('echo begun >&2; exec sleep 60') });
    const engine = fakeEngine();
    const onLine = (line: string) => {
      if (line === 'begun') interruption.abort(new Error('interrupted'));
    };
    const context = { searchPath: path, onLine, signal: interruption.signal };
    await expect(makeBase(engine, { release: 'bookworm' }, context)).rejects.toThrow('interrupted');
    expect(engine.state.images).toEqual([]);
  });
});

it('debootstrap is used if mmdebstrap is not installed', async () => {
  const path = await pathWith({ debootstrap: tool('echo I: debootstrap; for last; do :; done; echo "from $last"') });
  const { engine, lines, outcome } = await make(path);
  expect(outcome).toBe('vcluster-box-base:bookworm');
  expect(lines.join('\n')).toContain('from http://archive.example.com/debian');
  expect(engine.state.images).toHaveLength(1);
});

it('reports which package to install if there is no tool', async () => {
  expect((await make(await pathWith({}))).outcome).toMatchObject({
    name: 'ImageError',
    hint: expect.stringContaining('apt-get install mmdebstrap') as string,
  });
});

it('reports that the machine has no Debian archive, as on Ubuntu', async () => {
  const path = await pathWith({ mmdebstrap: tool('') }, 'http://archive.example.com/ubuntu noble main /none:1');
  expect((await make(path)).outcome).toMatchObject({
    message: expect.stringContaining('no Debian archive') as string,
    hint: expect.stringContaining('--mirror') as string,
  });
});

it('--mirror works without apt-get', async () => {
  const path = await searchPathWith({ debootstrap: tool('for last; do :; done; echo "from $last"') });
  const { lines, outcome } = await make(path, { mirror: 'http://other.example.com/d' });
  expect(outcome).toBe('vcluster-box-base:bookworm');
  expect(lines.join('\n')).toContain('from http://other.example.com/d');
});

it('the tool runs in its own process group, because a failing mmdebstrap sends SIGHUP to its whole group', async () => {
  const printGroup = 'read -r pid _ _ _ group _ </proc/$$/stat; echo "process $pid in group $group" >&2; echo tar';
  const { lines } = await make(await pathWith({ mmdebstrap: tool(printGroup) }));
  const [, process, group] = /^process (\d+) in group (\d+)$/m.exec(lines.join('\n')) ?? [];
  expect(process).toBeDefined();
  expect(group).toBe(process);
});
