import { describe, expect, it } from 'vitest';
import { parseClusterSpec } from '../../../src/config/parse-cluster-spec.ts';
import { chooseGroups } from '../../../src/qa/configuration.ts';
import { qaConfiguration } from '../../../src/qa/configuration.ts';
import { qaGroups } from '../../../src/qa/groups.ts';
import { planCluster } from '../../../src/plan/plan-cluster.ts';

const plan = planCluster(parseClusterSpec({ nodes: 2 }, 'test').spec);
const configure = (asked?: readonly string[], existing = false) =>
  qaConfiguration(plan, { groups: chooseGroups(asked), existing, passwordFile: '/secret' });

describe("the suite's configuration", () => {
  it('names nodes, directories and instances as the plan has them', () => {
    expect(configure()).toMatchObject({
      name: 'cluster.example.com',
      rename: 'instance100.example.com',
      'vcluster-master': 'node1.example.com',
      'vcluster-basedir': '/srv/vcluster',
      nodes: [
        { primary: 'node1.example.com', secondary: '198.18.1.1' },
        { primary: 'node2.example.com', secondary: '198.18.1.2' },
      ],
      groups: { 'group-with-nodes': 'default' },
    });
    expect(configure().instances[0]).toEqual({ name: 'instance1.example.com' });
    expect(configure().instances.map(({ name }) => name)).not.toContain(configure().rename);
  });

  it('lets the suite make the cluster with our arguments, each of them once', () => {
    const given = configure();
    expect(given['enabled-disk-templates']).toEqual(['sharedfile', 'file', 'diskless']);
    expect(given['default-file-storage-dir']).toBe('/srv/ganeti/file-storage');
    expect(given['master-netdev']).toBe('lo');
    expect(given['cluster-init-args']).toContain('--no-etc-hosts');
    expect(given['cluster-init-args'].join(' ')).not.toMatch(/--no-ssh-init|storage-dir|--enabled-|netdev|oob_program/);
  });

  it('turns on all that can be run on a virtual cluster, and says why of the rest', () => {
    const { tests } = configure();
    expect(tests).toMatchObject({
      default: false,
      'instance-export': true,
      rapi: true,
      'instance-add-drbd-disk': false,
    });
    const off = qaGroups.filter(({ name }) => !(tests as Readonly<Record<string, boolean>>)[name]);
    expect(off.filter(({ off: why }) => why === undefined)).toEqual([]);
  });

  it('has no shared storage on several hosts', () => {
    const host = (endpoint: string) => ({ endpoint, advertise: '192.0.2.1' });
    const spread = planCluster(parseClusterSpec({ nodes: 2, hosts: [host('default'), host('other')] }, 'test').spec);
    const several = { ...spread, slices: [] };
    const given = qaConfiguration(several, {
      groups: chooseGroups(undefined),
      existing: false,
      passwordFile: '/secret',
    });
    expect(given['enabled-disk-templates']).toEqual(['file', 'diskless']);
    expect(given.tests).toMatchObject({ 'instance-add-shared-file': false, 'instance-add-file': true });
  });

  it('leaves a cluster that is there in its place, and uses its RAPI user', () => {
    expect(configure(undefined, true)).toMatchObject({
      'rapi-user': 'rapi',
      'rapi-password-file': '/secret',
    });
    expect(configure()).not.toHaveProperty('rapi-user');
    // Tests put back what the suite takes for the cluster's.
    expect(configure(undefined, true)['enabled-disk-templates']).toEqual(['sharedfile', 'file', 'diskless', 'ext']);
  });
});

describe('groups of tests', () => {
  it('bring with them what they need', () => {
    expect([...chooseGroups(['env'])]).toEqual(['create-cluster', 'cluster-destroy', 'env']);
    expect(chooseGroups(['instance-export'])).toContain('instance-add-file');
    expect(chooseGroups(['cluster-epo', 'instance-add-diskless'])).not.toContain('instance-add-file');
    expect(chooseGroups(['instance-list'])).not.toContain('default-instance-tests');
    expect(chooseGroups(['parallel-performance'])).toContain('performance');
    expect(chooseGroups(['performance'])).toContain('jobqueue-performance');
  });

  it('have names of their own', () => {
    expect(new Set(qaGroups.map(({ name }) => name)).size).toBe(qaGroups.length);
  });

  it('that do not exist are refused, with the one that was probably meant', () => {
    expect(() => chooseGroups(['clustr-verify'])).toThrow('there is no group of tests clustr-verify');
    expect(() => chooseGroups(['instance-add-drbd-disk'])).toThrow('cannot be run: needs DRBD');
  });
});
