import { expect, it } from 'vitest';
import {
  defaultBase,
  defaultInstanceNames,
  defaultMemory,
  defaultRestartPolicy,
  defaultTexts,
  defaultTimeoutSeconds,
} from '../../../src/config/defaults.ts';
import { formatSize } from '../../../src/config/quantities.ts';

it('the texts of computed defaults say what is computed', () => {
  const memory = (nodes: number, instances = 0) => formatSize(defaultMemory(nodes, instances) - defaultMemory(0));
  const seconds = (nodes: number, instances = 0, hosts = 1) =>
    defaultTimeoutSeconds(nodes, instances, hosts) - defaultTimeoutSeconds(0, 0);
  const most = Array.from({ length: 100 }, (_, count) => count).find((n) => memory(0, n) === memory(0, n + 1));
  expect(defaultTexts).toEqual({
    base: defaultBase('RELEASE'),
    instanceNames: `${defaultInstanceNames(1000) / 1000} per node, at least ${defaultInstanceNames(1)}`,
    memory:
      `${formatSize(defaultMemory(0))}, plus ${memory(1)} per node ` +
      `and ${memory(0, 1)} per new instance, up to ${most ?? 'any'}`,
    restart: `${defaultRestartPolicy(undefined)}, or ${defaultRestartPolicy(60)} with a ttl`,
    timeout:
      `${defaultTimeoutSeconds(0, 0)}s, plus ${seconds(1)}s per node, ${seconds(0, 1)}s per new instance, ` +
      `${seconds(0, 0, 2)}s on several hosts`,
  });
});
