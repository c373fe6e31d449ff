import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import { vcluster } from '../support/cli.ts';
import { dockerAvailable, testEngine } from '../support/docker-available.ts';
import { testCluster } from '../support/e2e-clusters.ts';
import { engineSocket } from '../support/e2e-proxy.ts';
import { type SharedCluster, sharedCluster } from '../support/e2e-shared.ts';
import { startRegistry } from '../support/registry.ts';

interface Listed {
  readonly kind: string;
  readonly tag: string | null;
  readonly version: string;
}

describe.skipIf(!dockerAvailable)('image', () => {
  let engine: Engine;
  let cluster: SharedCluster;
  beforeAll(async () => {
    engine = await testEngine();
    cluster = await sharedCluster();
  }, 300_000);

  const listed = async () => {
    const { stdout } = await vcluster(['image', 'ls', '--json']);
    return JSON.parse(stdout) as readonly Listed[];
  };
  /** A base image of vcluster-box's own, by its label and name. */
  const ownBase = async () => {
    const tag = `vcluster-box-base:${testCluster('own')}`;
    await using registry = await startRegistry('VERSION_CODENAME=bookworm\n', { 'vcluster-box.base': 'testing' });
    await engine.pullImage(registry.image, () => undefined);
    await engine.tagImage(registry.image, tag);
    await engine.removeImage(registry.image);
    onTestFinished(() => engine.removeImage(tag));
    return tag;
  };

  it('ls lists the image of a cluster, and rm refuses to remove it and all others with it', async ({ skip }) => {
    if (engineSocket(engine) === undefined) skip('the engine is on another machine');
    const { image = '' } = (await engine.inspectContainer(cluster.container)) ?? {};
    const own = await ownBase();
    const [before, table] = [await listed(), (await vcluster(['image', 'ls'])).stdout];
    expect(before).toContainEqual(expect.objectContaining({ kind: 'slice', tag: image, version: '3.0' }));
    expect(before).toContainEqual(expect.objectContaining({ kind: 'base', tag: own, version: 'testing' }));
    expect(table).toContain(image);
    const refused = await vcluster(['image', 'rm', own, image]);
    expect(refused).toExitWith(125);
    expect(refused.stderr).toMatch(
      // Tests beside this one have containers of it, too.
      new RegExp(`^error: the image ${image} is in use by (cluster|container) \\S+\nhint: .* (down|rm) \\S+$`),
    );
    expect((await engine.inspectImage(own))?.tags).toEqual([own]);
  });

  it('rm removes an image that vcluster-box created, and no other one', async ({ skip }) => {
    if (engineSocket(engine) === undefined) skip('the engine is on another machine');
    const own = await ownBase();
    expect(await vcluster(['image', 'rm', own])).toMatchObject({ exitCode: 0, stdout: own, stderr: '' });
    expect(await engine.inspectImage(own)).toBeUndefined();
    const again = await vcluster(['image', 'rm', own]);
    expect(again).toExitWith(125);
    expect(again.stderr).toContain(
      `error: there is no image ${own} that vcluster-box created\nhint: existing images: `,
    );
  });

  it('pull gets a base image from a registry, once', async ({ skip }) => {
    if (engineSocket(engine) === undefined) skip('the engine is on another machine');
    await using registry = await startRegistry('VERSION_CODENAME=bookworm\n', {});
    const { image } = registry;
    onTestFinished(() => engine.removeImage(image));
    const pull = async () => (await vcluster(['image', 'pull', '--base', image, '--json'])).stdout;
    expect(JSON.parse(await pull())).toEqual({ image, pulled: true });
    expect((await engine.inspectImage(image))?.tags).toEqual([image]);
    expect(JSON.parse(await pull())).toEqual({ image, pulled: false });
  });

  it('pull reports that no registry has the image', async () => {
    const image = '127.0.0.1:9/base:1';
    const { exitCode, stdout, stderr } = await vcluster(['image', 'pull', '--base', image]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 125, stdout: '' });
    expect(stderr).toContain(`error: the engine does not have the image ${image}, and cannot pull it\n`);
    expect(stderr).toMatch(/refused[^]*\nhint: load it with `docker load`/);
  });
});
