import { type PackageSource } from './package-sources.ts';

/** What of the machine must not get into an image: its name, and its name servers. */
const machineFiles = ['etc/hostname', 'etc/resolv.conf'];

/** `mmdebstrap` writes the root file system to its stdout, as a tar. */
export function mmdebstrapArguments(release: string, source: PackageSource): readonly string[] {
  const { uri, trusted } = source;
  const keyring = foreignKeyring(source);
  const options = [...(keyring === undefined ? [] : [`signed-by=${keyring}`]), ...(trusted ? ['trusted=yes'] : [])];
  return [
    '--variant=minbase',
    '--include=ca-certificates',
    // Engines without root may not make devices, and every container gets its own.
    '--skip=output/dev',
    '--dpkgopt=force-unsafe-io',
    ...['doc', 'locale', 'man'].map((name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`),
    // apt looks for the key at the same place when the slice image is built.
    ...(keyring === undefined ? [] : [`--customize-hook=upload ${keyring} ${keyring}`]),
    `--customize-hook=cd "$1" && rm -f ${machineFiles.join(' ')}`,
    release,
    '-',
    ['deb', ...(options.length > 0 ? [`[${options.join(' ')}]`] : []), uri, release, 'main'].join(' '),
  ];
}

/**
 * The keyring, if it is not Debian's own: that one is in every Debian system, but not in each release under the same
 * name, and the tools find it by themselves.
 */
function foreignKeyring({ keyring }: PackageSource): string | undefined {
  return keyring?.startsWith('/usr/share/keyrings/debian-archive-') === true ? undefined : keyring;
}

/** `debootstrap` fills a directory. */
export function debootstrapArguments(release: string, source: PackageSource, directory: string): readonly string[] {
  const { uri, keyring, trusted } = source;
  return [
    '--variant=minbase',
    ...(keyring === undefined ? [] : [`--keyring=${keyring}`]),
    ...(trusted ? ['--no-check-gpg'] : []),
    release,
    directory,
    uri,
  ];
}

/** `tar` writes what `debootstrap` made to its stdout. */
export function tarArguments(directory: string): readonly string[] {
  const left = [...machineFiles, 'dev/*', 'proc/*', 'sys/*', 'var/cache/apt/archives/*.deb', 'var/lib/apt/lists/*'];
  return ['--create', '--numeric-owner', ...left.map((path) => `--exclude=./${path}`), '--directory', directory, '.'];
}
