import { readFile } from 'node:fs/promises';

/** The steps of the page of Ganeti's manual, in its own words, except for the path of the cluster directory. */
export interface ManualPage {
  /** `NAME=value` of the variables of a node's commands */
  readonly environment: readonly string[];
  /** commands without the `$ ` prompt, one per line, and their output according to the page */
  readonly commands: readonly { readonly line: string; readonly prints: readonly string[] }[];
  /** programs that the text mentions */
  readonly programs: readonly string[];
}

export const clusterDirectory = '/srv/vcluster';

export async function readManualPage(): Promise<ManualPage> {
  const file = new URL('../fixtures/manual-virtual-clusters.rst', import.meta.url);
  const text = (await readFile(file, 'utf8')).replaceAll('/tmp/vcluster', clusterDirectory);
  const [, ...blocks] = text.replaceAll(/\\\n\s*/g, '').split(/^\$ /m);
  return {
    environment: text.match(/^GANETI_\w+=\S+$/gm) ?? [],
    commands: blocks.map((block) => {
      const [paragraph = ''] = block.split('\n\n');
      const [line = '', ...printed] = paragraph.split('\n');
      return { line, prints: printed.filter((each) => !/^(?:…|#.*)?$/.test(each)) };
    }),
    programs: [...new Set(text.match(/(?<=``)[a-z-]{3,}(?=``)/g))],
  };
}
