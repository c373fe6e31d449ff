import { describe, expect, it } from 'vitest';
import { findDebianArchive } from '../../../src/image/package-sources.ts';

const list = (text: string) => findDebianArchive([{ name: '/etc/apt/sources.list', text }]);
const sources = (text: string) => findDebianArchive([{ name: '/etc/apt/sources.list.d/x.sources', text }]);
const archive = 'http://archive.example.com/debian';

describe('the one-line format', () => {
  it('gives the archive of a plain line', () => {
    expect(list(`deb ${archive} bookworm main contrib # ours\n`)).toEqual({ uri: archive, trusted: false });
  });

  it('gives keyring and trust from the options', () => {
    expect(list(`deb [arch=amd64 signed-by=/k.gpg trusted=yes] ${archive} sid main`)).toEqual({
      uri: archive,
      keyring: '/k.gpg',
      trusted: true,
    });
  });

  it.each([
    ['a comment', `# deb ${archive} bookworm main`],
    ['sources only', `deb-src ${archive} bookworm main`],
    ['another component', `deb ${archive} bookworm contrib`],
    ['security updates only', `deb ${archive} bookworm-security main`],
    ['Ubuntu', `deb http://archive.example.com/ubuntu noble main universe`],
    ['a disc', 'deb cdrom:[Debian_12]/ bookworm main'],
    ['nothing', ''],
  ])('finds none in %s', (_, text) => {
    expect(list(text)).toBeUndefined();
  });

  it('takes the first of several', () => {
    const text = `deb http://archive.example.com/debian-security bookworm-security main\ndeb ${archive} trixie main\ndeb http://other.example.com/debian trixie main\n`;
    expect(list(text)?.uri).toBe(archive);
  });
});

describe('the deb822 format', () => {
  it('reads fields in any case, over several lines, past comments', () => {
    const text = `# by the installer
types: deb deb-src
URIs: ${archive}
# a comment inside
Suites: bookworm
 bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/k.gpg
`;
    expect(sources(text)).toEqual({ uri: archive, keyring: '/usr/share/keyrings/k.gpg', trusted: false });
  });

  it('skips a paragraph that is disabled, and one for security updates', () => {
    const paragraph = (uri: string, suite: string, more = '') =>
      `Types: deb\nURIs: ${uri}\nSuites: ${suite}\nComponents: main\n${more}`;
    const text = [
      paragraph('http://off.example.com/debian', 'trixie', 'Enabled: no\n'),
      paragraph('http://archive.example.com/debian-security', 'trixie-security'),
      paragraph(archive, 'trixie trixie-updates'),
    ].join('\n');
    expect(sources(text)).toEqual({ uri: archive, trusted: false });
  });

  it('leaves out a key that is written into the paragraph', () => {
    const text = `Types: deb\nURIs: ${archive}\nSuites: trixie\nComponents: main\nSigned-By:\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n mQINBF\n`;
    expect(sources(text)).toEqual({ uri: archive, trusted: false });
  });
});
