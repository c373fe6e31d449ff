import { randomBytes } from 'node:crypto';
import type { ContainerSettings, Engine } from '../../src/engine/engine.ts';
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

const plain: ContainerSettings = {
  image: '',
  hostname: 'box',
  labels: testLabels,
  env: {},
  capDrop: [],
  capAdd: [],
  securityOpt: [],
  ulimits: [],
  network: 'none',
  ports: [],
  dns: [],
  dnsOptions: [],
  sysctls: {},
  restartPolicy: 'no',
  stopGraceSeconds: 0,
  memory: 0,
  nanoCpus: 0,
  pidsLimit: 0,
  command: ['sleep', '1000'],
};
