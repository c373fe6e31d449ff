import { readFileSync } from 'node:fs';
import { getAsset, isSea } from 'node:sea';

/** The folder of the package: one level above `src`, and above `dist`, whether or not the program is one file there. */
export const packageDirectory = new URL('../', import.meta.url);

/** @param path in the package: `completion/vcluster-box.bash` */
export function readPackageFile(path: string): string {
  return readEmbedded(path)?.toString() ?? readFileSync(new URL(path, packageDirectory), 'utf8');
}

/**
 * Reads a file in the single executable, which contains what `scripts/executable.js` lists.
 *
 * @returns `undefined` if this program is no single executable
 */
export function readEmbedded(path: string): Buffer | undefined {
  return isSea() ? Buffer.from(getAsset(path)) : undefined;
}

export function packageVersion(): string {
  return (JSON.parse(readPackageFile('package.json')) as { readonly version: string }).version;
}
