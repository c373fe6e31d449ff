import { env } from 'node:process';
import { up } from 'vcluster-box';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    readonly cluster: string;
  }
}

/** One cluster for all tests, which know it by its name.  One that is there already is used, and stays. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const cluster = await up({ name: env['EXAMPLE_CLUSTER'] ?? 'example', nodes: 2 });
  project.provide('cluster', cluster.name);
  return async () => {
    await cluster[Symbol.asyncDispose]();
  };
}
