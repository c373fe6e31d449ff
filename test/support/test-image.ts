import { execa } from 'execa';
import type { Engine } from '../../src/engine/engine.ts';

/** On all that tests make. */
export const testLabels = { 'vcluster-box.test': 'engine' };

const tag = 'vcluster-box-test:tools';
const tools = ['sh', 'cat', 'chmod', 'dd', 'env', 'head', 'ls', 'mkdir', 'rm', 'seq', 'sleep', 'stat', 'stty', 'yes'];

/**
 * A small image with a shell and a few tools: this machine's own, with the libraries that they need.  So it needs no
 * registry, and is made in a second.
 *
 * @returns its tag
 */
export async function testImage(engine: Engine): Promise<string> {
  if ((await engine.inspectImage(tag)) !== undefined) return tag;
  const { stdout: paths } = await execa('sh', ['-c', 'for tool; do command -v "$tool"; done', 'sh', ...tools]);
  const { stdout: libraries } = await execa('ldd', paths.split('\n'));
  // Docker's shell is /bin/sh, wherever this machine found its own.
  const files = ['/bin/sh', ...paths.split('\n'), ...(libraries.match(/\/\S+(?= \(0x)/g) ?? [])].map((path) =>
    path.slice(1),
  );
  const tar = execa('tar', ['-C', '/', '-ch', ...new Set(files)], { encoding: 'buffer', buffer: false });
  await Promise.all([engine.importImage(tag, tar.stdout, testLabels), tar]);
  return tag;
}
