import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pack } from 'tar-stream';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { capture } from '../../src/cluster/exec.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { stateHome, vcluster } from '../support/cli.ts';
import { dockerAvailable, testEngine } from '../support/docker-available.ts';
import { baseNamed, baseThat } from '../support/e2e-base.ts';
import { testCluster } from '../support/e2e-clusters.ts';
import { readKeptExport } from '../support/e2e-export.ts';
import { leftOf, nothingLeft } from '../support/e2e-left.ts';
import { startCli } from '../support/e2e-start.ts';

const name = testCluster('failing');
const container = `vcluster-box-${name}-1`;

describe.skipIf(!dockerAvailable)('a cluster that cannot be created', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await testEngine();
    // So that the boots below begin at once.
    await vcluster(['image', 'build'], { timeout: 600_000 });
  }, 600_000);
  afterEach(() => vcluster(['down', name]));

  it('reports the release that its base image needs', async () => {
    const { tag: base } = await baseThat(engine, 'release', 'true');
    const { exitCode, stderr } = await vcluster(['up', name, '--ganeti', '3.1', '--base', base]);
    expect(exitCode).toBe(125);
    expect(stderr).toContain(
      `error: Ganeti 3.1 requires a base image of Debian trixie, but ${base} is bookworm\n` +
        'hint: use a different `--base` or `--ganeti`',
    );
    expect(await leftOf(engine, name)).toEqual(nothingLeft);
    await engine.removeImage(base);
  });

  it('shows the last lines of a build that fails, and leaves no image', async () => {
    const { tag: base, labels } = await baseThat(engine, 'broken', 'echo the archive is on fire >&2; exit 3');
    const images = async () => (await engine.findImages(labels)).flatMap(({ tags }) => tags);
    expect(await images()).toEqual([base]);
    const { exitCode, stderr } = await vcluster(['up', name, '--base', base]);
    expect(exitCode).toBe(125);
    expect(stderr).toMatch(
      /^FAIL Slice image\nerror: cannot build image vcluster-box:3\.0-\w+: .*returned a non-zero code: 3$/m,
    );
    expect(stderr).toContain('\n  | the archive is on fire\n');
    expect(await images()).toEqual([base]);
    expect(await leftOf(engine, name)).toEqual(nothingLeft);
    await engine.removeImage(base);
  });

  it('names the archive that did not answer, and leaves no image', async () => {
    const base = baseNamed('mirror');
    const official = await engine.inspectImage('debian:bookworm-slim');
    const context = pack();
    const from = official === undefined ? 'vcluster-box-base:bookworm' : 'debian:bookworm-slim';
    // Uses another base image, which does not exist yet.
    context.entry({ name: 'Dockerfile' }, `FROM ${from}\nENV VCLUSTER_BOX_TEST=${Date.now()}\n`);
    context.finalize();
    await engine.buildImage({ context: Readable.from(context), buildArgs: {}, ...base }, () => undefined);
    const unreachable = ['--base', base.tag, '--mirror', 'http://127.0.0.1:9/debian'];
    const { exitCode, stderr } = await vcluster(['up', name, ...unreachable]);
    await engine.removeImage(base.tag);
    expect(exitCode).toBe(125);
    expect(stderr).toMatch(/^ {2}\| .*Could not connect to 127\.0\.0\.1:9 /m);
    expect(stderr.length).toBeLessThan(2000);
    expect(await leftOf(engine, name)).toEqual(nothingLeft);
  });

  it('is removed when its container dies, and its log and an export are kept', async () => {
    const { program, until } = startCli(['up', name, '-n', '20']);
    await until(' ... Initialising the cluster');
    await engine.stopContainer(container, 0);
    const { exitCode, stdout, stderr } = await program;
    expect({ exitCode, stdout }).toEqual({ exitCode: 125, stdout: '' });
    expect(stderr).toMatch(/^FAIL (Initialising the cluster|Joining the nodes|Starting the nodes' daemons)$/m);
    expect(stderr).toMatch(
      new RegExp(`^error: container ${container} was killed before it was ready; last step: \\w[^\\n]*$`, 'm'),
    );
    const [, log = ''] = /^The log of slice 1 is in (.*)$/m.exec(stderr) ?? [];
    expect(log.startsWith(`${stateHome()}/vcluster-box/logs/${name}-`)).toBe(true);
    expect(await readFile(log, 'utf8')).toContain('"step": "init"');
    const kept = await readKeptExport(stderr);
    expect(kept.get('slice1/slice.log')).toContain('"step": "init"');
    expect(JSON.parse(kept.get('slice1/container.json') ?? '')).toMatchObject({
      State: { Status: 'exited', ExitCode: 137 },
    });
    expect(kept.get('manifest.json')).toContain('the container is not running (exited)');
    expect(kept.get('manifest.json')).toContain(`"failure": "container ${container} was killed before `);
    expect(kept.get('slice1/plan.json')).toContain('node1.example.com');
    expect(await leftOf(engine, name)).toEqual(nothingLeft);
  });

  it('stays with --keep, and the next up finishes it', async () => {
    const { program, until } = startCli(['up', name, '-n', '20', '--keep']);
    await until(' ... Initialising the cluster');
    await engine.stopContainer(container, 0);
    const { exitCode, stderr } = await program;
    expect(exitCode).toBe(125);
    expect(stderr).toContain(`The stopped slices are kept.  To remove the cluster: vcluster-box down ${name}`);
    expect(await engine.inspectContainer(container)).toMatchObject({ state: 'exited' });
    expect((await vcluster(['logs', '-c', name])).stdout).toMatch(
      /^slice +slice .*: \.\.\. Initialising the cluster$/m,
    );

    const again = await vcluster(['up', name, '--verify']);
    expect(again).toExitWith(0);
    expect(again.stdout).toContain(`Cluster ${name} is running, with 20 nodes.`);
  });

  it('is removed when it exceeds the timeout', async () => {
    const { program, until } = startCli(['up', name, '-n', '20', '--timeout', '5s']);
    await until(' ... Setting up the nodes');
    // The slice's program, so that the cluster is never ready.
    const stop = ['sh', '-c', 'kill -STOP $(cat /proc/1/task/1/children)'];
    expect(await capture(engine, container, stop)).toMatchObject({ status: 0 });
    const { exitCode, stderr } = await program;
    expect(exitCode).toBe(125);
    expect(stderr).toMatch(/^error: the cluster was not ready after 5 s; last step: \w.*\nhint: .*--timeout 10m$/m);
    expect(stderr).toMatch(/^The log of slice 1 is in \//m);
    expect((await readKeptExport(stderr)).get('slice1/processes.txt')).toContain('vcluster-slice run');
    expect(await leftOf(engine, name)).toEqual(nothingLeft);
  });

  it('is refused when its subnet contains the addresses that its container uses to reach the outside', async () => {
    const probes: string[] = [];
    let next: string;
    // The engine allocates networks in order.  Near the end of a pool, the next one might have another first byte.
    do {
      const labels = { 'vcluster-box.test': 'e2e' };
      const probe = await engine.createNetwork({ name: `${name}-probe${probes.length}`, labels });
      probes.push(probe);
      next = (await engine.listNetworks()).find(({ id }) => id === probe)?.subnets[0] ?? '';
    } while (/^172\.(2[89]|3\d)\.|^192\.168\.2/.test(next));
    for (const probe of probes) await engine.removeNetwork(probe);
    const subnet = `${next.split('.')[0]}.0.0.0/8`;
    const { exitCode, stderr } = await vcluster(['up', name, '--subnet', subnet]);
    expect(exitCode).toBe(125);
    expect(stderr).toMatch(
      /^error: the subnet \S+ overlaps \S+, which connects the slice to other networks\nhint: choose another: --subnet CIDR$/m,
    );
    expect((await readKeptExport(stderr)).get('manifest.json')).toMatch(/"failure": "the subnet .* overlaps /);
    expect(await leftOf(engine, name)).toEqual(nothingLeft);
  });

  afterAll(() => vcluster(['down', name]));
});
