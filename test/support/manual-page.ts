import { readFile } from 'node:fs/promises';

/** What the page of Ganeti's manual tells its readers to do, in its own words, but for where the cluster directory is. */
export interface ManualPage {
  /** `NAME=value` of the variables that a node's commands have */
  readonly environment: readonly string[];
  /** commands, without their `$ `, each in one line, and what the page says that they print */
  readonly commands: readonly { readonly line: string; readonly prints: readonly string[] }[];
  /** programs that it names in its text */
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
