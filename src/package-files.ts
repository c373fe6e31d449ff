import { readFileSync } from 'node:fs';

/** The folder of the package: one level above `src`, and above `dist`, whether or not the program is one file there. */
export const packageDirectory = new URL('../', import.meta.url);

/** @param path in the package: `completion/vcluster-box.bash` */
export function readPackageFile(path: string): string {
  return readFileSync(new URL(path, packageDirectory), 'utf8');
}

export function packageVersion(): string {
  return (JSON.parse(readPackageFile('package.json')) as { readonly version: string }).version;
}
