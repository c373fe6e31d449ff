import { readFile } from 'node:fs/promises';

/** In the repository's and the package's top directory: three levels up, from `src` as from `dist`. */
const directory = new URL('../../../completion/', import.meta.url);

const files = { bash: 'vcluster-box.bash', zsh: '_vcluster-box', fish: 'vcluster-box.fish' } as const;

export type Shell = keyof typeof files;
export const shells = Object.keys(files) as readonly Shell[];

/** What a shell is to read so that it completes our command line; it asks `__complete` for all that it offers. */
export function completionScript(shell: Shell): Promise<string> {
  return readFile(new URL(files[shell], directory), 'utf8');
}
