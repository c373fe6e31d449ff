import { expect, it } from 'vitest';
import type { ImageSummary, Labels } from '../../../src/engine/engine.ts';
import { listImages, removeImages } from '../../../src/image/own-images.ts';
import { fakeEngine } from '../../support/fake-engine.ts';
import { fakeContainer } from '../../support/fake-state.ts';

const base = { 'vcluster-box.base': 'bookworm' };
const slice = { 'vcluster-box.image': 'slice', 'vcluster-box.ganeti': '3.0' };

const image = (name: string, labels: Labels, tags: readonly string[] = [name]): ImageSummary => ({
  id: `sha256:${name}`,
  tags,
  size: 387_000_000,
  createdAt: 1,
  labels,
});

const images = [
  image('vcluster-box-base:bookworm', base),
  image('debian:bookworm-slim', {}),
  image('made-of-one:1', slice),
  image('vcluster-box:3.0-a', { ...slice, ...base }, ['mine:1', 'vcluster-box:3.0-a']),
  image('mine:2', base),
  image('committed', { ...slice, 'vcluster-box.cluster': 'demo' }, []),
  { ...image('nameless', slice, []), createdAt: 2 },
];

it('lists our images, slice images before base images, newest first', async () => {
  const listed = await listImages(fakeEngine({ images }));
  expect(listed.map(({ kind, version, tag }) => [kind, version, tag])).toEqual([
    ['slice', '3.0', undefined],
    ['slice', '3.0', 'vcluster-box:3.0-a'],
    ['base', 'bookworm', 'vcluster-box-base:bookworm'],
  ]);
});

it('removes only our images, base images last', async () => {
  const engine = fakeEngine({ images });
  expect(await removeImages(engine, 'all')).toEqual([
    'sha256:nameless',
    'vcluster-box:3.0-a',
    'vcluster-box-base:bookworm',
  ]);
  expect(engine.state.images.map(({ tags }) => tags)).toEqual([
    ['debian:bookworm-slim'],
    ['made-of-one:1'],
    ['mine:1'],
    ['mine:2'],
    [],
  ]);
});

it.each(['debian:bookworm-slim', 'nothing:1'])('refuses %s, which is not ours, and removes nothing', async (tag) => {
  const engine = fakeEngine({ images });
  await expect(removeImages(engine, ['vcluster-box:3.0-a', tag])).rejects.toMatchObject({ name: 'NotFoundError' });
  expect(engine.state.images).toHaveLength(images.length);
});

it('refuses an image in use, naming the cluster, and removes nothing', async () => {
  const labels = { ...slice, 'vcluster-box.cluster': 'demo' };
  const containers = [fakeContainer({ name: 'demo-1', image: 'vcluster-box:3.0-a', labels, state: 'exited' })];
  const engine = fakeEngine({ images, containers });
  await expect(removeImages(engine, 'all')).rejects.toMatchObject({
    message: 'the image vcluster-box:3.0-a is in use by cluster demo',
    hint: 'vcluster-box down demo',
  });
  expect(engine.state.images).toHaveLength(images.length);
});
