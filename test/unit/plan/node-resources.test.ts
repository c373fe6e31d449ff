import { describe, expect, it } from 'vitest';
import { parseClusterSpec } from '../../../src/config/parse-cluster-spec.ts';
import { UsageError } from '../../../src/errors.ts';
import { growPlan } from '../../../src/plan/grow.ts';
import { planCluster } from '../../../src/plan/plan-cluster.ts';

const planFor = (options: object) => planCluster(parseClusterSpec(options, 'test').spec);
const resources = (memoryMiB: number, cpus: number, diskMiB: number) => {
  return { memoryMiB, ownMemoryMiB: Math.floor(memoryMiB / 64), cpus, ownCpus: 1, diskMiB };
};
const usual = resources(65_536, 16, 1_048_576);

describe('the resources of nodes in a plan', () => {
  it('are the same for all nodes, and on every machine, by default', () => {
    expect(planFor({ nodes: 2 }).nodes.map((node) => node.resources)).toEqual([usual, usual]);
    expect(usual).toMatchObject({ ownMemoryMiB: 1024 });
  });

  it('are the common values, overridden by those of a node', () => {
    const nodes = [{}, { memory: '256m', cpus: 1 }, { disk: 2 ** 30 }];
    const { nodes: planned, newNodes } = planFor({ nodes, nodeMemory: '1.5g', nodeCpus: 8, nodeDisk: '2t' });
    expect(planned.map((node) => node.resources)).toEqual([
      resources(1536, 8, 2_097_152),
      resources(256, 1, 2_097_152),
      resources(1536, 8, 1024),
    ]);
    expect(newNodes).toEqual(resources(1536, 8, 2_097_152));
  });

  it('are rounded to whole MiB', () => {
    expect(planFor({ nodeMemory: 2 ** 30 + 1, nodeDisk: '1.0001g' }).newNodes).toEqual(resources(1024, 16, 1024));
  });

  it('include LVM and DRBD if every disk is as large as Ganeti demands of a volume group', () => {
    const templatesOf = (options: object) =>
      planFor(options).init.filter((argument) => /^--(enabled-disk|vg-name|drbd)/.test(argument));
    expect(templatesOf({ nodeDisk: '20g' })).toEqual([
      '--enabled-disk-templates=plain,drbd,file,sharedfile,ext,diskless',
      '--vg-name=xenvg',
      '--drbd-usermode-helper=/bin/true',
    ]);
    const without = ['--enabled-disk-templates=file,sharedfile,ext,diskless'];
    expect(templatesOf({ nodeDisk: '19g' })).toEqual(without);
    expect(templatesOf({ nodes: [{}, { disk: '19g' }] })).toEqual(without);
  });

  it('of added nodes are the common values, unless others are given', () => {
    const plan = planFor({ nodes: [{ memory: '8g' }], nodeMemory: '4g', nodeCpus: 2 });
    expect(growPlan(plan, 1)[0]?.node.resources).toEqual(resources(4096, 2, 1_048_576));
    const added = growPlan(plan, 2, { memory: 2 ** 40, disk: 2 ** 41 }).map(({ node }) => node.resources);
    expect(added).toEqual([resources(2 ** 20, 2, 2 ** 21), resources(2 ** 20, 2, 2 ** 21)]);
  });
});

describe('initial instances', () => {
  it.each([
    [{ nodes: 1, nodeMemory: '256m', instances: 15 }, undefined],
    [{ nodes: 1, nodeMemory: '256m', instances: 16 }, 'node1 has memory for 15 instances of 16 MiB, not for 16'],
    [{ nodes: [{}, { memory: '256m' }], instances: 32 }, 'node2 has memory for 15 instances of 16 MiB, not for 16'],
    [{ nodes: [{}, { memory: '256m' }], instances: 31 }, undefined],
    [{ nodes: [{}, { memory: '256m', drained: true }], instances: 100 }, undefined],
    [{ nodes: 1, instances: 4000 }, undefined],
  ])('%j fit or are refused: %s', (options, message) => {
    const plan = () => planFor(options);
    if (message === undefined) expect(plan).not.toThrow();
    else expect(plan).toThrow(expect.objectContaining({ name: UsageError.name, message }) as Error);
  });
});
