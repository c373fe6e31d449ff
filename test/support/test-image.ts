import { createHash } from 'node:crypto';
import { execa } from 'execa';
import type { Engine } from '../../src/engine/engine.ts';

/** Labels of everything that tests create. */
export const testLabels = { 'vcluster-box.test': 'engine' };

const tools = ['sh', 'cat', 'chmod', 'dd', 'env', 'head', 'ls', 'mkdir', 'rm', 'seq', 'sleep', 'stat', 'stty', 'yes'];

const tag = `vcluster-box-test:tools-${createHash('sha256').update(tools.join(' ')).digest('hex').slice(0, 12)}`;

/** Prints the path of each tool and its libraries, starting with the path where Docker looks for the shell. */
const listing = 'echo /bin/sh; for tool; do path=$(command -v "$tool"); echo "$path"; ldd "$path" || true; done';

/**
 * A small image with the shell, some tools and their libraries of this machine. It needs no registry, and is built
 * within a second.
 * @returns its tag
 */
export async function testImage(engine: Engine): Promise<string> {
  if ((await engine.inspectImage(tag)) !== undefined) return tag;
  const { stdout } = await execa('sh', ['-c', listing, 'sh', ...tools]);
  const files = (stdout.match(/(?<=^|\s)\/\S+/gm) ?? []).map((path) => path.slice(1));
  const tar = execa('tar', ['-C', '/', '-ch', ...new Set(files)], { encoding: 'buffer', buffer: false });
  await Promise.all([engine.importImage(tag, tar.stdout, testLabels), tar]);
  return tag;
}
