import { chmod, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';

const program = join(import.meta.dirname, '../../../images/slice/rootfs/usr/lib/vcluster-box');

async function python(code: string, input: unknown): Promise<unknown> {
  const env = { PYTHONPATH: program, PYTHONDONTWRITEBYTECODE: '1' };
  const lines = `import json, sys\nfrom pathlib import Path\ngiven = json.load(sys.stdin)\n${code}`;
  return JSON.parse((await execa('python3', ['-c', lines], { env, input: JSON.stringify(input) })).stdout);
}

/** Versions are compared as numbers here, so that no dpkg is needed. */
const judge = `
from vcluster_slice.own_ganeti import debian, packages
tests = {"<<": int.__lt__, "<=": int.__le__, "=": int.__eq__, ">=": int.__ge__, ">>": int.__gt__}
debian.compare = lambda version, operator, other: tests[operator](int(version), int(other))
debian.architecture = lambda: "amd64"
def package(name, version, depends="", provides="", architecture="all", source="", file=None):
    return debian._package(name, version, architecture, source or name, depends, provides, file)
chosen = tuple(package(**each, file=each["name"] + ".deb") for each in given["chosen"])
image = {each["name"]: package(**each) for each in given["image"]}
found, missing = packages.problems(chosen, image, "bookworm")
print(json.dumps([[each.message for each in found], missing]))
`;

interface Package {
  readonly name: string;
  readonly version: string;
  readonly depends?: string;
  readonly provides?: string;
  readonly architecture?: string;
}

const image: readonly Package[] = [
  { name: 'libc6', version: '36' },
  { name: 'python3', version: '11' },
  { name: 'debconf', version: '1', provides: 'debconf-2.0, cdebconf (= 7)' },
  { name: 'ganeti', version: '2', depends: 'ganeti-3.0 (= 2), python3:any' },
  { name: 'ganeti-3.0', version: '2' },
];
const both = (depends: string): readonly Package[] => [
  { name: 'ganeti', version: '5', depends: 'ganeti-3.0 (= 5)' },
  { name: 'ganeti-3.0', version: '5', depends },
];

describe('packages', () => {
  it.each([
    ['that need what the image has', both('libc6 (>= 34), python3 (<< 12), python3:any'), [], []],
    ['that need one of two', both('other (>= 1) | python3 (>= 2)'), [], []],
    ['that need what another one provides', both('debconf-2.0, cdebconf (>= 6)'), [], []],
    ['that need more from the archive', both('libnew3 (>= 2), old | new'), [], ['libnew3 (>= 2)', 'old | new']],
    [
      'that need another version than that of the release',
      both('libc6 (>= 38), libnew3'),
      ['ganeti-3.0 5 needs libc6 (>= 38), and Debian bookworm has 36'],
      ['libnew3'],
    ],
    [
      'of which one is missing, because the others need its version',
      [{ name: 'ganeti', version: '5', depends: 'ganeti-3.0 (= 5)' }],
      ['ganeti 5 needs ganeti-3.0 (= 5), and Debian bookworm has 2'],
      [],
    ],
    [
      'of which one is missing that needs the others in its version',
      [{ name: 'ganeti-3.0', version: '5' }],
      ['ganeti 2 of the image needs ganeti-3.0 (= 2), and the packages have 5'],
      [],
    ],
    [
      'of two builds',
      [
        { name: 'ganeti', version: '5', depends: 'ganeti-3.0 (= 5)' },
        { name: 'ganeti-3.0', version: '6' },
      ],
      ['ganeti 5 needs ganeti-3.0 (= 5), and the packages have 6'],
      [],
    ],
    [
      'for another architecture',
      [{ name: 'ganeti', version: '2', architecture: 'arm64' }],
      ["ganeti.deb is built for arm64, and the engine's machine is amd64"],
      [],
    ],
  ])('%s', async (_, chosen, problems, missing) => {
    expect(await python(judge, { chosen, image })).toEqual([problems, missing]);
  });
});

async function treeWith(files: Readonly<Record<string, string | Buffer>>): Promise<string> {
  const tree = await mkdtemp(join(tmpdir(), 'vcluster-box-test-'));
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(tree, path)), { recursive: true });
    await writeFile(join(tree, path), content);
    await chmod(join(tree, path), 0o755);
  }
  return tree;
}

/** The beginning of an ELF file for a machine that is not the one that runs this: 64 bits, little-endian, number 9. */
const foreign = Buffer.concat([Buffer.from('7f454c460201', 'hex'), Buffer.alloc(12), Buffer.from('0900', 'hex')]);
const programs = { 'usr/sbin/gnt-cluster': '#!/usr/bin/python3\n' };

describe('a tree', () => {
  const problems = `
from vcluster_slice.own_ganeti import tree
print(json.dumps([[each.message, each.hint] for each in tree.problems(Path(given), "bookworm")]))
`;

  it.each([
    ['with scripts for any Python', programs, []],
    [
      'in another place',
      { 'usr/local/sbin/gnt-cluster': '' },
      [
        [
          'the tree has Ganeti in /usr/local, and its place in the image is /usr',
          'configure it with --prefix=/usr --sysconfdir=/etc --localstatedir=/var',
        ],
      ],
    ],
    [
      'without Ganeti',
      { 'usr/bin/hello': '' },
      [['the tree contains no Ganeti', 'give the directory of `make install DESTDIR=DIRECTORY`']],
    ],
    [
      'with modules for another Python',
      { ...programs, 'usr/lib/python3.99/site-packages/x.py': '' },
      [
        [
          expect.stringMatching(
            /^usr\/lib\/python3\.99\/\S+ of the tree needs python3\.99, and Debian \S+ has python3\./,
          ),
        ],
      ],
    ],
    [
      'with a script for another Python',
      { 'usr/sbin/gnt-node': '#!/usr/bin/python3.99 -B\n' },
      [
        [
          expect.stringMatching(
            /^usr\/sbin\/gnt-node of the tree needs python3\.99, and Debian bookworm has python3\./,
          ),
        ],
      ],
    ],
    [
      'for another architecture',
      { ...programs, 'usr/sbin/ganeti-luxid': foreign },
      [["usr/sbin/ganeti-luxid of the tree is built for another architecture than the engine's machine"]],
    ],
  ])('%s', async (_, files, expected) => {
    const found = (await python(problems, await treeWith(files))) as readonly (readonly unknown[])[];
    expect(found.map((one) => one.filter((part) => part !== null))).toEqual(expected);
  });
});
