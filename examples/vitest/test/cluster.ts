import { env } from 'node:process';
import { up } from 'vcluster-box';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    readonly cluster: string;
  }
}

/** Creates one cluster for all tests and provides its name.  An existing cluster is used and not removed. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const cluster = await up({ name: env['EXAMPLE_CLUSTER'] ?? 'example', nodes: 2 });
  project.provide('cluster', cluster.name);
  return async () => {
    await cluster[Symbol.asyncDispose]();
  };
}
