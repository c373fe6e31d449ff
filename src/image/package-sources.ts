import { readFile } from 'node:fs/promises';
import { execa, ExecaError } from 'execa';
import { ImageError } from '../errors.ts';

/** A Debian archive, and what is needed to install from it. */
export interface PackageSource {
  readonly uri: string;
  /** path of the keyring that must have signed the archive; default: chosen by the tool */
  readonly keyring?: string;
  /** The machine accepts the archive without a signature. */
  readonly trusted: boolean;
}

const format = '$(SITE) $(RELEASE) $(COMPONENT) $(SOURCESENTRY)';

/** Debian's suites and code names, without `-updates`, `-security` and so on. */
const suites = 'stable|oldstable|oldoldstable|testing|unstable|sid|buster|bullseye|bookworm|trixie|forky|duke';

const debianTarget = new RegExp(String.raw`^(?!cdrom:)(\S+) (?:${suites}) main (.*):(\d+)$`);

/**
 * Finds the Debian archive that this machine installs its own packages from: the first in its package sources.
 *
 * An archive contains every release, so it does not matter which one the machine runs.
 *
 * @param env environment variables for `apt-get`, added to those of this process
 * @returns `undefined` if there is none, as on Ubuntu
 * @throws {ImageError} if `apt-get` is missing or fails
 */
export async function findDebianArchive(env: Readonly<Record<string, string>>): Promise<PackageSource | undefined> {
  for (const target of await listIndexTargets(env)) {
    const [found, site = '', file = '', entry] = debianTarget.exec(target) ?? [];
    if (found !== undefined) return { uri: await resolveMirrorList(site), ...(await readOptions(file, Number(entry))) };
  }
  return undefined;
}

async function listIndexTargets(env: Readonly<Record<string, string>>): Promise<readonly string[]> {
  // Without release info, sources are listed even if `apt-get update` has not run.
  const argv = ['indextargets', '--no-release-info', '--format', format, 'Created-By: Packages'];
  try {
    return (await execa('apt-get', argv, { env, lines: true })).stdout;
  } catch (error) {
    if (!(error instanceof ExecaError)) throw error;
    const why = error.code === 'ENOENT' ? 'apt-get is not installed' : '`apt-get indextargets` failed';
    throw new ImageError(`cannot find the package sources of this machine: ${why}`, {
      cause: error,
      hint: 'specify a Debian archive with `--mirror URL`, or a base image with `--base IMAGE`',
    });
  }
}

/** Reads the options that `apt-get indextargets` does not print, of one entry in a file of package sources. */
async function readOptions(file: string, entry: number): Promise<Omit<PackageSource, 'uri'>> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const entries = file.endsWith('.sources') ? stanzas(text) : lineOptions(text);
  const options = entries[entry - 1] ?? '';
  const keyring = /(?:^|\s)signed-by[=:]\s*(\/[^\s,]+)/i.exec(options)?.[1];
  return { ...(keyring !== undefined && { keyring }), trusted: /(?:^|\s)trusted[=:]\s*yes(?:\s|$)/i.test(options) };
}

/** The deb822 format.  apt does not count stanzas that consist of comments. */
function stanzas(text: string): readonly string[] {
  const withoutComments = text.replaceAll(/^#.*\n/gm, '');
  return withoutComments.split(/\n[ \t]*\n/).filter((stanza) => stanza.trim() !== '');
}

/** The one-line format: `deb [option=value ...] URI SUITE COMPONENT...`. */
function lineOptions(text: string): readonly string[] {
  return text.split('\n').map((line) => /^\s*deb\s+\[([^\]]*)\]/.exec(line)?.[1] ?? '');
}

/** Resolves a local list of archives, which Debian's cloud images have, because it does not exist in the base image. */
async function resolveMirrorList(uri: string): Promise<string> {
  const path = /^mirror\+file:(?:\/\/)?(\/.*)$/.exec(uri)?.[1];
  if (path === undefined) return uri;
  const list = await readFile(path, 'utf8').catch(() => '');
  return list.split(/\s+/).find((word) => /^https?:/.test(word)) ?? uri;
}
