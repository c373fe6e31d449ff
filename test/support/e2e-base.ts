import { Readable } from 'node:stream';
import { pack } from 'tar-stream';
import type { Engine } from '../../src/engine/engine.ts';
import { testCluster } from './e2e-clusters.ts';
import { testImage } from './test-image.ts';

export interface Base {
  readonly tag: string;
  /** The images of a build and its containers inherit them. */
  readonly labels: Readonly<Record<string, string>>;
}

/** The name and labels of a base image that a test builds. */
export function baseNamed(name: string): Base {
  const unique = testCluster(name);
  return { tag: `vcluster-box-test:${unique}`, labels: { 'vcluster-box.test': unique } };
}

/**
 * A base image whose build of a slice image runs a shell line first, to make builds fail or take as long as a test
 * needs.
 */
export async function baseThat(engine: Engine, name: string, shellLine: string): Promise<Base> {
  const base = baseNamed(name);
  const context = pack();
  // Only the name of the release is needed: nothing else of it is used before the line runs.
  context.entry({ name: 'os-release' }, 'VERSION_CODENAME=bookworm\n');
  context.entry({ name: 'Dockerfile' }, dockerfile(await testImage(engine), shellLine));
  context.finalize();
  await engine.buildImage({ context: Readable.from(context), buildArgs: {}, ...base }, () => undefined);
  return base;
}

function dockerfile(image: string, shellLine: string): string {
  return `FROM ${image}\nCOPY os-release /etc/os-release\nONBUILD RUN ${shellLine}\n`;
}
