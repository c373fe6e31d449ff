import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isSynced, readSourceTree, treeEntries, versionOf } from '../../../src/cluster/sync/source-tree.ts';

const configure = (suffix = '') =>
  ['major], [3', 'minor], [1', 'revision], [0', `suffix], [${suffix}`]
    .map((part) => `m4_define([gnt_version_${part}])\n`)
    .join('');

describe('a source tree of Ganeti', () => {
  it.each([
    [configure(), '3.1.0'],
    [configure('~rc2'), '3.1.0~rc2'],
    [configure().replace(/.*suffix.*\n/, ''), '3.1.0'],
    [configure().replace(/.*minor.*\n/, ''), undefined],
    ['AC_INIT(other, 1.0)', undefined],
  ])('%j has the version %s', (text, version) => {
    expect(versionOf(text)).toBe(version);
  });

  it.each([
    ['lib/backend.py', true],
    ['lib/cmdlib/instance.py', true],
    ['tools/burnin', true],
    ['qa/qa_cluster.py', true],
    ['hooks/cluster-verify-post.d/mine', true],
    ['os/mine/create', true],
    ['lib/build/shell_example_lexer.py', false],
    ['lib/__pycache__/backend.cpython-311.pyc', false],
    ['lib/.backend.py.swp', false],
    ['lib/backend.py~', false],
    ['lib/#backend.py#', false],
    ['lib/_constants.py.in', false],
    ['doc/admin.rst', false],
    ['src/Ganeti/Types.hs', false],
    ['library/x.py', false],
  ])('%s is brought: %s', (name, answer) => {
    expect(isSynced(name)).toBe(answer);
  });

  it('is read from a directory, and nothing but its files is brought', async () => {
    const tree = await mkdtemp(join(tmpdir(), 'tree-'));
    const refused = (why: string) => `${tree} is not a source tree of Ganeti: ${why}`;
    await expect(readSourceTree(tree)).rejects.toThrow(refused('it has no configure.ac'));
    await writeFile(join(tree, 'configure.ac'), configure());
    await expect(readSourceTree(tree)).rejects.toThrow(refused('it has no lib/backend.py'));
    await mkdir(join(tree, 'lib/cmdlib'), { recursive: true });
    await writeFile(join(tree, 'lib/backend.py'), 'x = 1\n');
    await writeFile(join(tree, 'lib/cmdlib/.hidden.py'), '');
    await writeFile(join(tree, 'configure.ac'), '');
    await expect(readSourceTree(tree)).rejects.toThrow(refused('its configure.ac does not say the version'));
    await writeFile(join(tree, 'configure.ac'), configure());
    const found = await readSourceTree(tree);
    expect(found).toEqual({ directory: tree, version: '3.1.0' });
    const names: string[] = [];
    for await (const { name, body } of treeEntries(found)) {
      names.push(name);
      body?.resume();
    }
    expect(names).toEqual(['lib/backend.py']);
  });
});
