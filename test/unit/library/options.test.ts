import { expect, expectTypeOf, it } from 'vitest';
import type { clusterOptions } from '../../../src/config/cluster-options.ts';
import { parseClusterSpec } from '../../../src/config/parse-cluster-spec.ts';
import { UsageError } from '../../../src/errors.ts';
import type { ClusterOptions } from '../../../src/library/cluster-options.ts';
import { upCluster } from '../../../src/library/up-cluster.ts';
import { fakeEngine } from '../../support/fake-engine.ts';

const never = () => Promise.reject(new Error('not called'));
const fakeEngines = (engine = fakeEngine()) => ({
  engine: () => Promise.resolve(engine),
  connect: never,
  addressOf: never,
});

it('the library has the options of the command line', () => {
  expectTypeOf<keyof ClusterOptions>().toEqualTypeOf<keyof typeof clusterOptions>();
  const all: Required<ClusterOptions> = {
    name: 'lab',
    nodes: [{ name: 'head', memory: '128g', cpus: 32, disk: 2 ** 41 }, { group: 'b' }, {}, {}, { offline: true }],
    nodeMemory: '32g',
    nodeCpus: 8,
    nodeDisk: 2 ** 40,
    groups: [{ name: 'a' }, { name: 'b', allocPolicy: 'last_resort' }],
    instances: 2,
    instanceNames: ['web', 'db'],
    hosts: [{ endpoint: 'ssh://alpha', share: 2 }, 'lab,advertise=192.0.2.7'],
    underlay: 'swarm',
    network: 'lab-overlay',
    encrypted: true,
    ganeti: '3.1',
    packages: ['./ganeti-build'],
    tree: './installed',
    base: 'debian:trixie-slim',
    mirror: 'http://mirror.example.com/debian',
    subnet: '10.0.0.0/16',
    secondarySubnet: '10.1.0.0/16',
    bridges: ['br100', 'br200=10.2.0.0/16'],
    domain: 'lab.example.com',
    rapi: 5081,
    publish: ['2222:node1:22'],
    os: ['my-os'],
    memory: 2 ** 30,
    cpus: 1.5,
    restart: 'no',
    timeout: 90,
    ttl: '2h',
    watcher: false,
    verify: true,
    keep: true,
  };
  // With `network` and `tree`, the options would contradict each other.
  const { spec, given } = parseClusterSpec({ ...all, network: undefined, tree: undefined }, 'options');
  expect(spec).toMatchObject({ rapi: { address: '127.0.0.1', port: 5081 }, memory: 2 ** 30, timeoutSeconds: 90 });
  expect(given).toMatchObject({ nodes: 5, cpus: 1.5 });
});

it('invalid options are refused, all at once', async () => {
  const wrong = { nodes: 0, memory: '1', colour: 'red' } as ClusterOptions;
  const environment = { version: '0.0.0', stateDirectory: '/nonexistent' };
  const error: unknown = await upCluster(fakeEngines(), wrong, environment).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(UsageError);
  expect((error as UsageError).message).toMatch(/^options:\n.*nodes: [^]*memory: [^]*colour: unknown option/);
});

it('an aborted up throws the reason, and leaves nothing behind', async () => {
  const engine = fakeEngine();
  const abortion = new AbortController();
  const environment = { version: '0.0.0', stateDirectory: '/nonexistent' };
  const options = {
    name: 'lab',
    signal: abortion.signal,
    onEvent: () => {
      abortion.abort(new Error('enough'));
    },
  };
  await expect(upCluster(fakeEngines(engine), options, environment)).rejects.toThrow('enough');
  expect(engine.state.containers).toEqual([]);
});
