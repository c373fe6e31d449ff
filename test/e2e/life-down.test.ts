import { describe, expect, it, onTestFinished } from 'vitest';
import { ofCluster } from '../../src/plan/labels.ts';
import { containerName, networkName } from '../../src/plan/names.ts';
import { createBox } from '../support/box.ts';
import { vcluster } from '../support/cli.ts';
import { succeed } from '../support/e2e-succeed.ts';
import { dockerAvailable, testEngine } from '../support/docker-available.ts';
import { testCluster } from '../support/e2e-clusters.ts';
import { docker } from '../support/e2e-docker.ts';
import { testLabels } from '../support/test-image.ts';

describe.skipIf(!dockerAvailable)('down', () => {
  it('removes everything that up created, and succeeds when nothing is left', async () => {
    const name = testCluster('gone');
    onTestFinished(async () => {
      await vcluster(['down', name]);
    });
    const before = await findAll(name);
    await succeed(['up', name, '-n', '1']);
    expect((await findAll(name)).length).toBeGreaterThan(before.length);
    const first = await vcluster(['down', name]);
    expect([first.exitCode, first.stdout]).toEqual([0, '']);
    expect(first.stderr).toContain(`ok Removing cluster ${name}`);
    expect(await findAll(name)).toEqual(before);
    const second = await vcluster(['down', name]);
    expect([second.exitCode, second.stdout]).toEqual([0, '']);
    expect(second.stderr).not.toMatch(/error|hint/);
  });

  it('removes everything when its progress cannot be written', async () => {
    const name = testCluster('unseen');
    const engine = await testEngine();
    await using box = await createBox(engine, { labels: { ...testLabels, ...ofCluster(name) } });
    const unseen = { through: ['bash', '-c', 'exec "$@" 2>/dev/full', 'bash'] };
    expect(await vcluster(['down', name], unseen)).toExitWith(0);
    expect(await engine.inspectContainer(box.name)).toBeUndefined();
  });

  it('keeps resources with a similar name', async () => {
    const name = testCluster('similar');
    const engine = await testEngine();
    await using alike = await createBox(engine, {}, containerName(name, 1));
    await using longer = await createBox(engine, {}, `${containerName(name, 1)}0`);
    await using other = await createBox(engine, { labels: ofCluster(`${name}-2`) }, containerName(`${name}-2`, 1));
    const network = await (await docker()).createNetwork({ Name: `${networkName(name)}-alike`, CheckDuplicate: true });
    onTestFinished(async () => {
      await network.remove();
    });
    await succeed(['down', name]);
    const left = await Promise.all([alike, longer, other].map(async (box) => engine.inspectContainer(box.name)));
    expect(left.map((details) => details?.state)).toEqual(['created', 'created', 'created']);
    expect((await network.inspect()) as unknown).toMatchObject({ Name: `${networkName(name)}-alike` });
  });
});

describe.skipIf(!dockerAvailable)('a container of an image that the user made from a slice', () => {
  it('belongs to no cluster: ls, stop, up and down leave it alone, even under the name of a slice', async () => {
    const name = testCluster('committed');
    const engine = await testEngine();
    const image = `${name}:1`;
    const labels = { ...testLabels, ...ofCluster(name), 'vcluster-box.slice': '1', 'vcluster-box.run': 'first' };
    const origin = await createBox(engine, { labels });
    await (await docker()).getContainer(origin.name).commit({ repo: name, tag: '1' });
    await using mine = await createBox(engine, { image, labels: {} }, containerName(name, 1));
    await engine.startContainer(mine.name);
    expect((await succeed(['ls', '--json'])).stdout).toContain(name);
    await succeed(['down', name]);
    expect(await engine.inspectContainer(origin.name)).toBeUndefined();
    expect((await succeed(['ls', '--json'])).stdout).not.toContain(name);
    expect((await vcluster(['stop', name])).stderr).toContain(`no cluster named ${name} exists`);
    expect((await vcluster(['up', name])).stderr).toContain(`${mine.name} already exists, and vcluster-box did not`);
    await succeed(['down', name]);
    expect(await engine.inspectContainer(mine.name)).toMatchObject({ state: 'running' });
    await engine.removeContainer(mine.name);
    await engine.removeImage(image);
  });
});

/** All containers, networks and volumes on the engine, running or not, whose data mentions a cluster. */
async function findAll(name: string): Promise<readonly string[]> {
  const engine = await docker();
  const [containers, networks, volumes] = await Promise.all([
    engine.listContainers({ all: true }),
    engine.listNetworks(),
    engine.listVolumes(),
  ]);
  const all = [...containers, ...networks, ...volumes.Volumes];
  return all.map((each) => JSON.stringify(each)).filter((text) => text.includes(name));
}
