import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ofCluster } from '../../src/plan/labels.ts';
import { type CliOptions, vcluster } from '../support/cli.ts';
import { dockerAvailable, nothingSkipped } from '../support/docker-available.ts';
import { docker } from '../support/e2e-docker.ts';
import { clusterFacts } from '../support/e2e-facts.ts';
import { readExportDirectory } from '../support/e2e-export.ts';
import { addInstance, complaintsOf, isWell } from '../support/e2e-instance.ts';
import { type PodmanEngine, startPodman, whyNoPodman } from '../support/podman-engine.ts';

const missing = dockerAvailable ? whyNoPodman() : 'no engine';
const skipped = missing !== undefined && !(dockerAvailable && nothingSkipped);
const name = 'podman';
const timeout = 300_000;

interface Info {
  readonly rapi: { readonly url: string; readonly password: string };
}

describe.skipIf(skipped)(`a cluster on Podman${missing ? ` (${missing})` : ''}`, () => {
  let podman: PodmanEngine;
  let image: string;
  let folder: string;
  let made: Awaited<ReturnType<typeof vcluster>>;

  const onPodman = (args: readonly string[], options: CliOptions = {}) =>
    vcluster(args, { timeout, ...options, env: { DOCKER_HOST: podman.endpoint } });
  const run: typeof vcluster = (args, options) => onPodman(['-c', name, ...args], options);
  /** Runs a command where published ports are reachable. */
  const inNetwork = (...argv: readonly string[]) => execa(...podman.enter(argv), { reject: false });
  const lines = ({ stdout }: { readonly stdout: string }) => stdout.split('\n');

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vcluster-box-podman-'));
    // The image is that of the other tests: nothing is built here.
    image = (await vcluster(['image', 'build'], { timeout: 600_000 })).stdout.trim();
    podman = await startPodman();
    await podman.load(await docker(), image);
    made = await onPodman(['up', name, '-n', '2']);
  }, 900_000);
  afterAll(async () => {
    await (podman as PodmanEngine | undefined)?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  it('is created from a loaded image, and is the same for the next `up`', async () => {
    expect(made).toExitWith(0);
    expect(made.stderr).toContain(`${image} already exists`);
    expect(lines(await onPodman(['ls']))[1]).toMatch(/^podman +running +2 /);
    expect(JSON.parse((await onPodman(['up', name, '--json'])).stdout)).toMatchObject({ changed: false });
    expect(await complaintsOf({ run })).toEqual([]);
  });

  it('is accepted by doctor, which names the engine', async () => {
    const { exitCode, stdout } = await onPodman(['doctor']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^ok +engine +Podman \d+\.\d+\.\d+ at unix:/m);
    expect(stdout).toMatch(podman.rootless ? /^ok +rootless +yes$/m : /^ok +rootless +no$/m);
    expect(stdout).toMatch(/^ok +image 3\.0 +vcluster-box:3\.0-\w+ exists$/m);
  });

  it('runs commands with their input, terminal and status', async () => {
    const input = Buffer.alloc(3_000_000, 'input');
    const echoed = await run(['exec', '-i', 'node2', 'cat'], { input });
    expect(echoed.stdout === input.toString()).toBe(true);
    expect(await run(['exec', 'node1', 'sh', '-c', 'echo out; echo err >&2; exit 3'])).toMatchObject({
      ...{ exitCode: 3, stdout: 'out', stderr: 'err' },
    });
    expect(lines(await run(['exec', '--all', 'pwd']))).toHaveLength(2);
  });

  it('copies files in both directions', async () => {
    const [source, copy] = [join(folder, 'source'), join(folder, 'copy')];
    await writeFile(source, 'content');
    expect(await run(['cp', source, 'node2:/srv/'])).toExitWith(0);
    expect(await run(['cp', 'node2:/srv/source', copy])).toExitWith(0);
    expect(await readFile(copy, 'utf8')).toBe('content');
  });

  it('publishes RAPI and ports of nodes', async () => {
    const { rapi } = JSON.parse((await run(['info', '--json'])).stdout) as Info;
    const curl = await inNetwork('curl', '-ksu', `rapi:${rapi.password}`, `${rapi.url}/version`);
    expect(curl.stdout).toBe('2');
    expect(await run(['port', 'add', '2222:node2:22'])).toExitWith(0);
    const banner = 'exec 3<>/dev/tcp/127.0.0.1/2222; head -c 4 <&3';
    await expect.poll(async () => (await inNetwork('bash', '-c', banner)).stdout, { timeout: 20_000 }).toBe('SSH-');
    expect((await run(['port', 'ls'])).stdout).toMatch(/^127\.0\.0\.1:2222 +node2\.example\.com:22 +open /m);
    expect(await run(['port', 'add', '2222:node1:22'])).toExitWith(125);
    expect(await run(['port', 'rm', '2222'])).toExitWith(0);
    expect((await run(['port', 'ls'])).stdout).not.toContain('2222');
  });

  it(
    'gets further nodes, and loses them',
    async () => {
      expect(await run(['node', 'add'])).toExitWith(0);
      expect(await isWell({ run })).toBe(true);
      expect(await run(['node', 'rm', 'node3'])).toExitWith(0);
      expect(await complaintsOf({ run })).toEqual([]);
    },
    timeout,
  );

  it(
    'is the same after stop and start, restart and pause',
    async () => {
      await addInstance({ run }, 'instance1.example.com', 'node2');
      const before = await clusterFacts({ run });
      expect(await onPodman(['stop', name])).toExitWith(0);
      expect(lines(await onPodman(['ls']))[1]).toMatch(/^podman +stopped +2 /);
      expect(await onPodman(['start', name])).toExitWith(0);
      expect(await onPodman(['restart', name])).toExitWith(0);
      if (podman.pauses) {
        expect(await onPodman(['pause', name])).toExitWith(0);
        expect(lines(await onPodman(['ls']))[1]).toMatch(/^podman +paused +2 /);
        expect(await onPodman(['unpause', name])).toExitWith(0);
      }
      expect(await clusterFacts({ run })).toEqual(before);
      expect(await complaintsOf({ run })).toEqual([]);
    },
    timeout,
  );

  it('has logs, which are exported', async () => {
    expect((await run(['logs', '--tail', '5'])).stdout).toMatch(/^node1 +noded /m);
    expect(await run(['logs', 'export', join(folder, 'export')])).toExitWith(0);
    expect((await readExportDirectory(join(folder, 'export'))).get('manifest.json')).toContain('Podman');
  });

  it('keeps its image, which is named as on Docker', async () => {
    expect((await onPodman(['image', 'ls'])).stdout).toMatch(new RegExp(`^slice +3\\.0 +${image} `, 'm'));
    expect((await onPodman(['image', 'rm', image])).stderr).toContain(
      `the image ${image} is in use by cluster ${name}`,
    );
  });

  it('is kept by prune, which removes leftovers, until it is stopped', async () => {
    const prune = async (...args: readonly string[]) => {
      const { stdout } = await onPodman(['prune', '--older-than', '0s', '--json', ...args]);
      return (JSON.parse(stdout) as { readonly kind: string; readonly name: string }[]).map((one) => [
        one.kind,
        one.name,
      ]);
    };
    await podman.docker.createNetwork({ Name: 'vcluster-box-gone', Labels: ofCluster('gone') });
    expect(await prune('--dry-run')).toEqual([['network', 'vcluster-box-gone']]);
    expect(await prune()).toEqual([['network', 'vcluster-box-gone']]);
    expect(await prune()).toEqual([]);
    expect((await podman.docker.listNetworks()).map((network) => network.Name)).not.toContain('vcluster-box-gone');
    expect(await isWell({ run })).toBe(true);
    expect(await onPodman(['stop', name])).toExitWith(0);
    expect(await prune('--dry-run')).toEqual([['cluster', name]]);
  });

  it('leaves nothing behind', async () => {
    expect(await onPodman(['down', name])).toExitWith(0);
    expect(await podman.docker.listContainers({ all: true })).toEqual([]);
    expect((await podman.docker.listNetworks()).map((network) => network.Name)).not.toContain('vcluster-box-podman');
    expect(await onPodman(['image', 'rm', image])).toExitWith(0);
  });
});
