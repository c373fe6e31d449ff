import type { TestProject } from 'vitest/node';
import type { Engine } from '../../src/engine/engine.ts';
import { ensureImage } from '../../src/image/ensure-image.ts';
import { ganetiVersions } from '../../src/config/defaults.ts';
import { dockerAvailable, testEngine } from './docker-available.ts';
import { idleImage } from './idle-image.ts';
import { sliceTest } from './slice-test.ts';

/**
 * Builds the images before the tests of the slice. Before and after them, removes everything that tests have created.
 */
export default async function setUp({ provide }: TestProject): Promise<(() => Promise<void>) | undefined> {
  if (!dockerAvailable) {
    provide('images', {});
    return undefined;
  }
  const engine = await testEngine();
  await removeAll(engine);
  const images: Record<string, { slice: string; idle: string }> = {};
  for (const ganeti of ganetiVersions) {
    const context = { report: () => undefined, signal: new AbortController().signal };
    const { tag } = await ensureImage([{ endpoint: 'default', engine }], { ganeti }, context);
    images[ganeti] = { slice: tag, idle: await idleImage(engine, tag) };
  }
  provide('images', images);
  return () => removeAll(engine);
}

async function removeAll(engine: Engine): Promise<void> {
  for (const { id } of await engine.findContainers(sliceTest)) await engine.removeContainer(id);
  for (const { id } of await engine.findNetworks(sliceTest)) await engine.removeNetwork(id);
  for (const { tags } of await engine.findImages(sliceTest)) for (const tag of tags) await engine.removeImage(tag);
}

declare module 'vitest' {
  export interface ProvidedContext {
    /** by version of Ganeti */
    readonly images: Readonly<Record<string, { readonly slice: string; readonly idle: string }>>;
  }
}
