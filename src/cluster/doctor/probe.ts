import { randomBytes } from 'node:crypto';
import type { Engine } from '../../engine/engine.ts';
import { imageLabels } from '../../image/labels.ts';
import { throwAwayContainer } from '../../plan/throw-away.ts';
import type { MachineFacts } from './machine-facts.ts';

/**
 * What a container sees of the engine's machine: asked of the slice's program, in a container that is thrown away.
 *
 * @returns nothing when there is no slice image to run, or it does not answer
 */
export async function probeMachine(engine: Engine): Promise<MachineFacts> {
  // Untagged ones with that label are what a build has made on its way: the program may not be in them yet.
  const images = await engine.findImages({ [imageLabels.kind]: 'slice' });
  const image = images.flatMap(({ tags }) => tags)[0];
  if (image === undefined) return {};
  const container = await engine.createContainer(
    `vcluster-box-probe-${randomBytes(4).toString('hex')}`,
    throwAwayContainer(image, ['probe']),
  );
  try {
    await engine.startContainer(container);
    for await (const { text } of engine.followLogs(container, { follow: true })) {
      if (text.startsWith('{')) return JSON.parse(text) as MachineFacts;
    }
    return {};
  } finally {
    await engine.removeContainer(container);
  }
}
