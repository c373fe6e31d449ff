import { expect, it } from 'vitest';
import { debootstrapArguments, mmdebstrapArguments } from '../../../src/image/bootstrap.ts';

const uri = 'http://archive.example.com/debian';

it('mmdebstrap writes the release from the archive to its stdout', () => {
  const argv = mmdebstrapArguments('trixie', { uri, trusted: false });
  expect(argv.slice(-3)).toEqual(['trixie', '-', `deb ${uri} trixie main`]);
});

it('the name and the name servers of the machine are not in the image', () => {
  const argv = mmdebstrapArguments('trixie', { uri, trusted: false });
  expect(argv).toContain('--customize-hook=cd "$1" && rm -f etc/hostname etc/resolv.conf');
});

it('a custom keyring is copied into the image for its build', () => {
  const argv = mmdebstrapArguments('trixie', { uri, trusted: false, keyring: '/etc/apt/keyrings/own.gpg' });
  expect(argv.at(-1)).toBe(`deb [signed-by=/etc/apt/keyrings/own.gpg] ${uri} trixie main`);
  expect(argv).toContain('--customize-hook=upload /etc/apt/keyrings/own.gpg /etc/apt/keyrings/own.gpg');
});

it('Debian’s own keyring is omitted, because its file name depends on the release', () => {
  const keyring = '/usr/share/keyrings/debian-archive-keyring.pgp';
  expect(mmdebstrapArguments('bookworm', { uri, trusted: false, keyring }).join(' ')).not.toContain(keyring);
});

it('an archive that the machine trusts without a signature is trusted', () => {
  expect(mmdebstrapArguments('bookworm', { uri, trusted: true }).at(-1)).toContain('[trusted=yes]');
  expect(debootstrapArguments('bookworm', { uri, trusted: true }, '/d')).toContain('--no-check-gpg');
});
