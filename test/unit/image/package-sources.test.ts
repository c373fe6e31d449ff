import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findDebianArchive } from '../../../src/image/package-sources.ts';
import { searchPathWith } from '../../support/search-path.ts';

const archive = 'http://archive.example.com/debian';

/** Finds the archive in these files of `/etc/apt/sources.list.d`, as read by the real apt-get. */
async function find(files: Readonly<Record<string, string>>) {
  const directory = await mkdtemp(join(tmpdir(), 'vcluster-box-apt-'));
  const parts = join(directory, 'parts');
  await mkdir(parts);
  for (const [name, text] of Object.entries(files)) await writeFile(join(parts, name), text);
  const configuration = join(directory, 'apt.conf');
  const lists = `Dir::State::Lists "${directory}";`;
  await writeFile(configuration, `Dir::Etc::SourceList "/dev/null"; Dir::Etc::SourceParts "${parts}"; ${lists}`);
  return findDebianArchive({ APT_CONFIG: configuration });
}

const list = (text: string) => find({ 'x.list': text });
const sources = (text: string) => find({ 'x.sources': text });

describe.skipIf(!existsSync('/usr/bin/apt-get'))('the Debian archive', () => {
  describe('in the one-line format', () => {
    it('is the URI of a plain line', async () => {
      expect(await list(`deb ${archive} bookworm main contrib # ours\n`)).toEqual({ uri: archive, trusted: false });
    });

    it('has keyring and trust from the options', async () => {
      expect(await list(`\n# ours\ndeb [arch=amd64 signed-by=/k.gpg trusted=yes] ${archive} sid main`)).toEqual({
        uri: archive,
        keyring: '/k.gpg',
        trusted: true,
      });
    });

    it('is not trusted because of a comment', async () => {
      expect(await list(`deb ${archive} sid main # [trusted=yes]\n`)).toEqual({ uri: archive, trusted: false });
    });

    it.each([
      ['a comment', `# deb ${archive} bookworm main`],
      ['sources only', `deb-src ${archive} bookworm main`],
      ['another component', `deb ${archive} bookworm contrib`],
      ['security updates only', `deb ${archive} bookworm-security main`],
      ['Ubuntu', `deb http://archive.example.com/ubuntu noble main universe`],
      ['a disc', 'deb cdrom:[Debian_12]/ bookworm main'],
      ['nothing', ''],
    ])('is not found in %s', async (_, text) => {
      expect(await list(text)).toBeUndefined();
    });

    it('is the first of several', async () => {
      const text = `deb http://archive.example.com/debian-security bookworm-security main\ndeb ${archive} trixie main\ndeb http://other.example.com/debian trixie main\n`;
      expect((await list(text))?.uri).toBe(archive);
    });

    it('is the first in a local list of mirrors', async () => {
      const mirrors = join(await mkdtemp(join(tmpdir(), 'vcluster-box-mirrors-')), 'debian.list');
      await writeFile(mirrors, `${archive}\nhttp://other.example.com/debian\n`);
      expect((await list(`deb mirror+file:${mirrors} trixie main\n`))?.uri).toBe(archive);
    });
  });

  describe('in the deb822 format', () => {
    it('is read from fields in any case, in several lines, between comments', async () => {
      const text = `# by the installer
types: deb deb-src
URIs: ${archive}
# a comment inside
# Trusted: yes
Suites: bookworm
 bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/k.gpg
`;
      expect(await sources(text)).toEqual({ uri: archive, keyring: '/usr/share/keyrings/k.gpg', trusted: false });
    });

    it('is not in a disabled stanza, or in one for security updates', async () => {
      const stanza = (uri: string, suite: string, more = '') =>
        `Types: deb\nURIs: ${uri}\nSuites: ${suite}\nComponents: main\n${more}`;
      const text = [
        '# a comment\n',
        stanza('http://off.example.com/debian', 'trixie', 'Enabled: no\nTrusted: yes\n'),
        stanza('http://archive.example.com/debian-security', 'trixie-security', 'Trusted: yes\n'),
        stanza(archive, 'trixie trixie-updates', 'Signed-By: /k.gpg\n'),
      ].join('\n');
      expect(await sources(text)).toEqual({ uri: archive, keyring: '/k.gpg', trusted: false });
    });

    it('is trusted if the stanza says so', async () => {
      const text = `Types: deb\nURIs: ${archive}\nSuites: trixie\nComponents: main\nTrusted: yes\n`;
      expect(await sources(text)).toEqual({ uri: archive, trusted: true });
    });

    it('has no keyring if the key is written into the stanza', async () => {
      const text = `Types: deb\nURIs: ${archive}\nSuites: trixie\nComponents: main\nSigned-By:\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n mQINBF\n`;
      expect(await sources(text)).toEqual({ uri: archive, trusted: false });
    });
  });

  it('cannot be found in files that apt-get cannot read', async () => {
    await expect(list('deb broken\n')).rejects.toMatchObject({
      message: 'cannot find the package sources of this machine: `apt-get indextargets` failed',
    });
  });
});

it('cannot be found without apt-get', async () => {
  await expect(findDebianArchive({ PATH: await searchPathWith({}) })).rejects.toMatchObject({
    message: 'cannot find the package sources of this machine: apt-get is not installed',
    hint: expect.stringContaining('--mirror') as string,
  });
});
