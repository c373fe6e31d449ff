import { mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';

const program = join(import.meta.dirname, '../../../images/slice/rootfs/usr/lib/vcluster-box');
const node = join(program, 'vcluster_node');

/** Files of changes to a module `target`; the first of them fails when it has replaced one of two functions. */
const changes = {
  'partial.py': `
"""Replaces two functions.

A reason."""
LOST = "nothing of it works"
def change(module):
    module.one = lambda: "replaced"
    module.gone.two = None
`,
  'good.py': `
"""Replaces one."""
LOST = "three stays"
def change(module):
    module.three = lambda: "replaced"
`,
};

const target = `
def one(): return "original"
def three(): return "original"
`;

/** Loads the file of \`hooks\` alone: the package imports the changes to Ganeti. */
const code = `
import importlib, importlib.util, json, sys
directory, hooks_file, notes = sys.argv[1:]
spec = importlib.util.spec_from_file_location("hooks", hooks_file)
hooks = importlib.util.module_from_spec(spec)
spec.loader.exec_module(hooks)
hooks.NOTES = notes
sys.path.insert(0, directory)
import good, partial
hooks.install({"target": (good.change, partial.change, good.change)})
try:
    import target
    print(json.dumps([target.one(), target.three(), hooks.misfits]))
except ImportError as error:
    print(json.dumps([type(error).__name__, str(error), hooks.misfits]))
`;

async function importTarget(files: Readonly<Record<string, string>>) {
  const directory = await mkdtemp(join(tmpdir(), 'vcluster-box-test-'));
  const notes = join(directory, 'notes');
  await mkdir(notes);
  for (const [name, content] of Object.entries({ ...files, 'target.py': target }))
    await writeFile(join(directory, name), content);
  const env = { PYTHONDONTWRITEBYTECODE: '1' };
  const { stdout } = await execa('python3', ['-c', code, directory, join(node, 'hooks.py'), notes], { env });
  const noted = await Promise.all((await readdir(notes)).map((name) => readFile(join(notes, name), 'utf8')));
  return { result: JSON.parse(stdout) as unknown, noted: noted.map((text) => JSON.parse(text) as unknown) };
}

describe('a change that does not fit', () => {
  const reason = "module 'target' has no attribute 'gone'";

  it('is left out as a whole, the others are made, and a note says so', async () => {
    const { result, noted } = await importTarget(changes);
    expect(result).toEqual(['original', 'replaced', { partial: reason }]);
    const row = { change: 'partial', purpose: 'Replaces two functions.', lost: 'nothing of it works', vital: false };
    expect(noted).toEqual([{ ...row, reason }]);
  });

  it('makes the import fail, with its name, if the cluster cannot do without it', async () => {
    const vital = { ...changes, 'partial.py': `${changes['partial.py']}\nVITAL = True\n` };
    expect((await importTarget(vital)).result).toEqual([
      'Misfit',
      `vcluster-box's change partial does not fit this Ganeti: ${reason}`,
      { partial: reason },
    ]);
  });
});

it('every change says what does not work without it', async () => {
  const files = (await readdir(node)).filter((name) => name.endsWith('.py'));
  const texts = await Promise.all(files.map(async (name) => [name, await readFile(join(node, name), 'utf8')] as const));
  const made = texts.filter(([, text]) => /^def change/m.test(text));
  expect(made.length).toBeGreaterThan(25);
  expect(made.filter(([, text]) => !/^LOST = "[^"\n]+"$/m.test(text)).map(([name]) => name)).toEqual([]);
});
