import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CliOptions, vcluster } from '../support/cli.ts';
import { dockerAvailable, nothingSkipped } from '../support/docker-available.ts';
import { docker } from '../support/e2e-docker.ts';
import { clusterFacts } from '../support/e2e-facts.ts';
import { complaintsOf, isWell } from '../support/e2e-instance.ts';
import { askRapi } from '../support/e2e-rapi.ts';
import { type RootlessEngine, startRootlessEngine, whyNoRootlessEngine } from '../support/rootless-engine.ts';
import { story } from '../support/story.ts';

const missing = dockerAvailable ? whyNoRootlessEngine() : 'no engine';
const skipped = missing !== undefined && !(dockerAvailable && nothingSkipped);
const name = 'rootless';
/** The daemons of a node start one after another, which takes a while on a busy machine. */
const patience = 300_000;

describe.skipIf(skipped)(`a cluster of an ordinary user, on a rootless engine${missing ? ` (${missing})` : ''}`, () => {
  const step = story();
  let engine: RootlessEngine;
  let made: Awaited<ReturnType<typeof vcluster>>;

  /** Runs as that user, who has access only to the engine. */
  const asUser = (args: readonly string[], options: CliOptions = {}) => {
    const { user, home, endpoint } = engine;
    const env = { DOCKER_HOST: endpoint, HOME: home, XDG_STATE_HOME: `${home}/state` };
    return vcluster(args, { ...options, user, env, cwd: home });
  };
  const run: typeof vcluster = (args, options) => asUser(['-c', name, ...args], options);
  const onNode = async (line: string) => {
    const ran = await run(['exec', 'node1', 'sh', '-c', line], { timeout: patience });
    expect(ran).toExitWith(0);
    return ran.stdout;
  };

  beforeAll(async () => {
    // The image is that of the other tests: nothing is built here.
    const { stdout: image } = await vcluster(['image', 'build'], { timeout: 600_000 });
    engine = await startRootlessEngine();
    await engine.load(await docker(), image.trim());
    made = await asUser(['up', name, '-n', '3'], { timeout: patience });
  }, 900_000);
  afterAll(async () => {
    await (engine as RootlessEngine | undefined)?.[Symbol.asyncDispose]();
  });

  it('is created as usual, and unenforced limits are reported', async () => {
    expect(made).toExitWith(0);
    const { MemoryLimit } = (await engine.docker.info()) as { readonly MemoryLimit: boolean };
    expect(made.stderr.includes('the engine cannot limit memory, processes')).toBe(!MemoryLimit);
  });

  it('belongs to that user on this machine, whatever user its processes have inside', async () => {
    expect(await onNode('id -un')).toBe('root');
    const { State } = await engine.docker.getContainer(`vcluster-box-${name}-1`).inspect();
    expect(State.Running).toBe(true);
    const map = await onNode('cat /proc/self/uid_map');
    expect(map.split('\n')[0]).toMatch(new RegExp(`^ *0 +${engine.user.uid} +1$`));
    expect(await readFile('/etc/subuid', 'utf8')).toContain(`:${/^ *1 +(\d+)/m.exec(map)?.[1] ?? 'none'}:`);
  });

  it('is accepted by doctor without errors', async () => {
    const { exitCode, stdout } = await asUser(['doctor', '--json']);
    expect(exitCode).toBe(0);
    const checks = JSON.parse(stdout) as readonly { readonly name: string; readonly found: string }[];
    expect(checks.find((check) => check.name === 'rootless')).toMatchObject({ level: 'ok', found: 'yes' });
    expect(checks.filter((check) => 'level' in check && check.level === 'fail')).toEqual([]);
  });

  it(
    'has instances with disks, which migrate and fail over',
    async () => {
      const common = '-s 64M -o noop --no-name-check --no-ip-check --no-nics -B memory=64';
      await onNode(`gnt-instance add -t file ${common} -n node2 instance1.example.com`);
      await onNode(`gnt-instance add -t sharedfile ${common} -n node2 instance2.example.com`);
      await onNode('gnt-instance move -f -n node3 instance1.example.com');
      await onNode('gnt-instance migrate -f -n node3 instance2');
      await onNode('gnt-instance failover -f -n node1 instance2');
      const list = 'gnt-instance list --no-headers --separator=: -o name,pnode,status';
      expect((await onNode(list)).split('\n')).toEqual([
        'instance1.example.com:node3.example.com:running',
        'instance2.example.com:node1.example.com:running',
      ]);
      expect(await complaintsOf({ run })).toEqual([]);
    },
    patience,
  );

  it(
    'answers on its published port, whichever node is the master',
    async () => {
      const { stdout } = await run(['info', '--json']);
      const { rapi } = JSON.parse(stdout) as { readonly rapi: { readonly url: string; readonly password: string } };
      const masterSays = async () => JSON.parse((await askRapi(`${rapi.url}/2/info`, rapi.password)).body) as unknown;
      expect(await masterSays()).toMatchObject({ master: 'node1.example.com' });
      expect(await run(['exec', 'node2', 'gnt-cluster', 'master-failover'])).toExitWith(0);
      await expect.poll(masterSays, { timeout: 30_000 }).toMatchObject({ master: 'node2.example.com' });
    },
    patience,
  );

  it('sees all clients of a published port come from one address', async () => {
    const { rapi } = JSON.parse((await run(['info', '--json'])).stdout) as { readonly rapi: { readonly url: string } };
    const port = Number(new URL(rapi.url).port);
    const clients = ['127.0.0.1', '127.0.0.9'].map((from) => connect({ host: '127.0.0.1', port, localAddress: from }));
    await Promise.all(clients.map((client) => once(client, 'connect')));
    const peers = async () => {
      const lines = (await onNode("ss -Htn state established 'sport = :5080'")).split('\n');
      return lines.map((line) => line.trim().split(/ +/).at(-1)?.replace(/:\d+$/, ''));
    };
    await expect.poll(peers).toHaveLength(2);
    expect(new Set(await peers()).size).toBe(1);
    for (const client of clients) client.destroy();
  });

  it('can be paused as a whole only with cgroups, and keeps running otherwise', async () => {
    const { CgroupDriver } = (await engine.docker.info()) as { readonly CgroupDriver: string };
    const cgroups = CgroupDriver !== 'none';
    const paused = await run(['pause']);
    expect(paused).toExitWith(cgroups ? 0 : 125);
    expect(paused.stderr.includes('hint: Engines without cgroups, such as most rootless ones')).toBe(!cgroups);
    if (cgroups) expect(await run(['unpause'])).toExitWith(0);
    expect(await isWell({ run })).toBe(true);
  });

  it(
    'is the same after a restart',
    async () => {
      const before = await clusterFacts({ run });
      expect(await run(['restart'], { timeout: patience })).toExitWith(0);
      expect(await clusterFacts({ run })).toEqual(before);
      expect(await isWell({ run })).toBe(true);
      expect(await complaintsOf({ run })).toEqual([]);
    },
    patience,
  );

  step(
    'can be stopped, paused and extended node by node, and copies files',
    async () => {
      expect(await run(['pause', '--node', 'node3'])).toExitWith(0);
      expect(await run(['unpause', '--node', 'node3'])).toExitWith(0);
      expect(await run(['node', 'add'], { timeout: patience })).toExitWith(0);
      expect(await run(['cp', '/etc/hostname', 'node4:/root/name'])).toExitWith(0);
      expect(await onNode('wc -l </root/name')).toBe('1');
      expect(await isWell({ run })).toBe(true);
    },
    patience,
  );

  step(
    'has nodes that can be powered off and on',
    async () => {
      const bootId = () => onNode('gnt-node list --no-headers -o bootid node4');
      const before = await bootId();
      await onNode('gnt-node powercycle --yes node4');
      await expect.poll(bootId, { timeout: 120_000, interval: 3000 }).not.toMatch(new RegExp(`${before}|[?*]`));
      await onNode('gnt-node power -f off node4');
      expect((await run(['status'])).stdout).toMatch(/^node4\.example\.com +offline .* off$/m);
      await onNode('gnt-node power on node4 && gnt-node modify -f -O no node4');
      expect(await isWell({ run })).toBe(true);
      expect(await complaintsOf({ run })).toEqual([]);
    },
    patience,
  );

  it('leaves nothing behind', async () => {
    expect(await asUser(['down', name])).toExitWith(0);
    expect(await engine.docker.listContainers({ all: true })).toEqual([]);
    const networks = await engine.docker.listNetworks();
    expect(networks.map((network) => network.Name).toSorted()).toEqual(['bridge', 'host', 'none']);
    expect(await engine.docker.listVolumes()).toMatchObject({ Volumes: [] });
  });
});
