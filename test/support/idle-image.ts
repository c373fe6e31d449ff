import { Readable } from 'node:stream';
import { pack } from 'tar-stream';
import type { Engine } from '../../src/engine/engine.ts';
import { sliceTest } from './slice-test.ts';

/**
 * The slice image with a container that does nothing, to inspect the image and for manual setups.
 * @param slice tag of the slice image
 * @returns its own tag
 */
export async function idleImage(engine: Engine, slice: string): Promise<string> {
  // With the prefix of this run: the end of another run must not remove it.
  const tag = slice.replace('vcluster-box:', `vcluster-box-test:${sliceTest['vcluster-box.test']}-idle-`);
  const dockerfile = `FROM ${slice}\nHEALTHCHECK NONE\nENTRYPOINT ["/usr/bin/tini", "--"]\nCMD ["sleep", "infinity"]\n`;
  const context = pack();
  context.entry({ name: 'Dockerfile' }, dockerfile);
  context.finalize();
  const request = { context: Readable.from(context), tag, buildArgs: {}, labels: sliceTest };
  await engine.buildImage(request, () => undefined);
  return tag;
}
