import { randomBytes } from 'node:crypto';
import type { ContainerSettings, Engine } from '../../src/engine/engine.ts';
import { scratchContainer } from '../../src/plan/scratch-container.ts';
import { testImage, testLabels } from './test-image.ts';

export interface Box extends AsyncDisposable {
  readonly name: string;
}

/** A container of the test image that is not started; it goes when its block ends. */
export async function createBox(
  engine: Engine,
  given: Partial<ContainerSettings> = {},
  name = `vcluster-box-test-${randomBytes(6).toString('hex')}`,
): Promise<Box> {
  await engine.createContainer(name, { ...plain, image: await testImage(engine), ...given });
  return { name, [Symbol.asyncDispose]: () => engine.removeContainer(name) };
}

/** The same, running. */
export async function startBox(engine: Engine, given: Partial<ContainerSettings> = {}): Promise<Box> {
  const box = await createBox(engine, given);
  await engine.startContainer(box.name);
  return box;
}

/** With all that an engine gives by itself: what is tested here is how it is asked. */
const plain: ContainerSettings = {
  ...scratchContainer('', ['sleep', '1000']),
  labels: testLabels,
  capDrop: [],
  securityOpt: [],
  stopGraceSeconds: 0,
  pidsLimit: 0,
};
