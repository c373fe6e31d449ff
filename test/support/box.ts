import { randomBytes } from 'node:crypto';
import type { ContainerSettings, Engine } from '../../src/engine/engine.ts';
import { scratchContainer } from '../../src/plan/scratch-container.ts';
import { testImage, testLabels } from './test-image.ts';

export interface Box extends AsyncDisposable {
  readonly name: string;
}

/** Creates a container of the test image without starting it. It is removed at the end of its block. */
export async function createBox(
  engine: Engine,
  given: Partial<ContainerSettings> = {},
  name = `vcluster-box-test-${randomBytes(6).toString('hex')}`,
): Promise<Box> {
  await engine.createContainer(name, { ...plain, image: await testImage(engine), ...given });
  return { name, [Symbol.asyncDispose]: () => engine.removeContainer(name) };
}

/** Creates and starts a container. */
export async function startBox(engine: Engine, given: Partial<ContainerSettings> = {}): Promise<Box> {
  const box = await createBox(engine, given);
  await engine.startContainer(box.name);
  return box;
}

/** Leaves all limits and capabilities at the defaults of the engine. */
const plain: ContainerSettings = {
  ...scratchContainer('', ['sleep', '1000']),
  labels: testLabels,
  capDrop: [],
  securityOpt: [],
  stopGraceSeconds: 0,
  pidsLimit: 0,
};
