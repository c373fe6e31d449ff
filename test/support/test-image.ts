import { execa } from 'execa';
import type { Engine } from '../../src/engine/engine.ts';

/** On all that tests make. */
export const testLabels = { 'vcluster-box.test': 'engine' };

const tag = 'vcluster-box-test:tools';
const tools = ['sh', 'cat', 'chmod', 'dd', 'env', 'head', 'ls', 'mkdir', 'rm', 'seq', 'sleep', 'stat', 'stty', 'yes'];

/** Each tool's place, and those of its libraries; first the shell's where Docker looks for it. */
const listing = 'echo /bin/sh; for tool; do path=$(command -v "$tool"); echo "$path"; ldd "$path" || true; done';

/**
 * A small image with a shell and a few tools: this machine's own, with the libraries that they need.  So it needs no
 * registry, and is made in a second.
 *
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
