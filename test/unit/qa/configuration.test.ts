import { describe, expect, it } from 'vitest';
import { parseClusterSpec } from '../../../src/config/parse-cluster-spec.ts';
import { chooseGroups } from '../../../src/qa/configuration.ts';
import { qaConfiguration } from '../../../src/qa/configuration.ts';
import { qaGroups } from '../../../src/qa/groups.ts';
import { planCluster } from '../../../src/plan/plan-cluster.ts';

const plan = planCluster(parseClusterSpec({ nodes: 2 }, 'test').spec);
const configure = (requested?: readonly string[], existing = false) =>
  qaConfiguration(plan, { groups: chooseGroups(requested), existing, passwordFile: '/secret' });

describe("the suite's configuration", () => {
  it('has the names of nodes, directories and instances from the plan', () => {
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

  it('gives the suite the arguments of `gnt-cluster init`, each once', () => {
    const given = configure();
    expect(given['enabled-disk-templates']).toEqual(['plain', 'drbd', 'file', 'sharedfile', 'diskless']);
    expect([given['vg-name'], given['drbd-usermode-helper']]).toEqual(['xenvg', '/bin/true']);
    expect(given['default-file-storage-dir']).toBe('/srv/ganeti/file-storage');
    expect(given['master-netdev']).toBe('lo');
    expect(given['cluster-init-args']).toContain('--no-etc-hosts');
    expect(given['cluster-init-args'].join(' ')).not.toMatch(
      /--no-ssh-init|storage-dir|--enabled-|netdev|vg-name|oob_program/,
    );
  });

  it('enables all groups that can run on a virtual cluster, and has a reason for each other group', () => {
    const { tests } = configure();
    expect(tests).toMatchObject({
      default: false,
      'instance-export': true,
      rapi: true,
      'instance-add-drbd-disk': true,
      'instance-add-rbd': false,
    });
    const off = qaGroups.filter(({ name }) => !(tests as Readonly<Record<string, boolean>>)[name]);
    expect(off.filter(({ off: why }) => why === undefined)).toEqual([]);
  });

  it('has no shared file storage on several hosts', () => {
    const host = (endpoint: string) => ({ endpoint, advertise: '192.0.2.1' });
    const multiHost = planCluster(parseClusterSpec({ nodes: 2, hosts: [host('default'), host('other')] }, 'test').spec);
    const several = { ...multiHost, slices: [] };
    const given = qaConfiguration(several, {
      groups: chooseGroups(undefined),
      existing: false,
      passwordFile: '/secret',
    });
    expect(given['enabled-disk-templates']).toEqual(['plain', 'drbd', 'file', 'diskless']);
    expect(given.tests).toMatchObject({ 'instance-add-shared-file': false, 'instance-add-file': true });
  });

  it('uses the RAPI user and all templates of an existing cluster', () => {
    expect(configure(undefined, true)).toMatchObject({
      'rapi-user': 'rapi',
      'rapi-password-file': '/secret',
    });
    expect(configure()).not.toHaveProperty('rapi-user');
    // Tests restore these templates at the end.
    expect(configure(undefined, true)['enabled-disk-templates']).toEqual([
      'plain',
      'drbd',
      'file',
      'sharedfile',
      'ext',
      'diskless',
    ]);
  });
});

describe('groups of tests', () => {
  it('include those that they depend on', () => {
    expect([...chooseGroups(['env'])]).toEqual(['create-cluster', 'cluster-destroy', 'env']);
    expect(chooseGroups(['instance-export'])).toContain('instance-add-file');
    expect(chooseGroups(['cluster-epo', 'instance-add-diskless'])).not.toContain('instance-add-file');
    expect(chooseGroups(['instance-list'])).not.toContain('default-instance-tests');
    expect(chooseGroups(['parallel-performance'])).toContain('performance');
    expect(chooseGroups(['performance'])).toContain('jobqueue-performance');
  });

  it('have unique names', () => {
    expect(new Set(qaGroups.map(({ name }) => name)).size).toBe(qaGroups.length);
  });

  it('are refused if they do not exist or cannot run', () => {
    expect(() => chooseGroups(['clustr-verify'])).toThrow('there is no group of tests named clustr-verify');
    expect(() => chooseGroups(['instance-add-rbd'])).toThrow('cannot run: needs a Ceph cluster');
  });
});
