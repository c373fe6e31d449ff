import { Readable } from 'node:stream';
import { pack } from 'tar-stream';
import type { Engine } from '../../src/engine/engine.ts';

/** Label of the base images of these tests; the intermediate images of a build inherit it. */
export const baseLabel = { 'vcluster-box.test': 'e2e-base' };

/**
 * A base image whose build of a slice image runs a shell line first, to make builds fail or take as long as a test
 * needs.
 * @param name of the image, without its tag
 * @returns the image's tag
 */
export async function baseThat(engine: Engine, name: string, shellLine: string): Promise<string> {
  const tag = `vcluster-box-test:${name}`;
  const context = pack();
  // Only the name of the release is needed: nothing else of it is used before the line runs.
  context.entry({ name: 'os-release' }, 'VERSION_CODENAME=bookworm\n');
  context.entry({ name: 'Dockerfile' }, dockerfile(shellLine));
  context.finalize();
  const request = { context: Readable.from(context), tag, buildArgs: {}, labels: baseLabel };
  await engine.buildImage(request, () => undefined);
  return tag;
}

function dockerfile(shellLine: string): string {
  return `FROM vcluster-box-test:tools\nCOPY os-release /etc/os-release\nONBUILD RUN ${shellLine}\n`;
}
