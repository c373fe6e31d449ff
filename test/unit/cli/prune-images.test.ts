import { expect, it, describe } from 'vitest';
import type { ImageSummary, Labels } from '../../../src/engine/engine.ts';
import { EngineError } from '../../../src/errors.ts';
import { tagFor } from '../../../src/image/ensure-image.ts';
import { packContext } from '../../../src/image/context.ts';
import { fakeCluster } from '../../support/fake-cluster.ts';
import { fakeEngine } from '../../support/fake-engine.ts';
import type { FakeState } from '../../support/fake-state.ts';
import { runCli } from '../../support/run-cli.ts';

/** The current time that `runCli` uses. */
const now = 1_700_000_000;
const dayAgo = now - 25 * 3600;

async function prune(given: Partial<FakeState>, ...args: readonly string[]) {
  const engine = fakeEngine(given);
  const { stdout } = await runCli(['prune', '--json', ...args], { engine });
  const shown = JSON.parse(stdout) as readonly { readonly kind: string; readonly name: string }[];
  return { engine, names: shown.map(({ kind, name }) => `${kind} ${name}`) };
}

describe('prune of images', () => {
  const slice = { 'vcluster-box.image': 'slice', 'vcluster-box.ganeti': '3.0' };
  const image = (name: string, labels: Labels, given: Partial<ImageSummary> = {}): ImageSummary => ({
    id: `sha256:${name}`,
    tags: [name],
    size: 350_000_000,
    createdAt: dayAgo,
    labels,
    ...given,
  });
  const base = image('debian:bookworm-slim', {});
  const state = async (): Promise<Partial<FakeState>> => {
    const current = tagFor({ ganeti: '3.0' }, await packContext(), { name: base.tags[0] ?? '', id: base.id });
    const images = [
      base,
      image('vcluster-box-base:bookworm', { 'vcluster-box.base': 'bookworm' }),
      image('vcluster-box:3.0-old', slice),
      image('vcluster-box:3.0-young', slice, { createdAt: now - 100 }),
      image('vcluster-box:3.0-used', slice),
      image('vcluster-box:3.0-of-old-cluster', slice),
      image(current, slice),
      image('nameless', slice, { tags: [] }),
      image('nameless-base', { 'vcluster-box.base': 'bookworm' }, { tags: [] }),
      image('made-of-one:1', slice),
      image('other:1', {}),
    ];
    const containers = [
      fakeCluster('demo', 1, { image: 'vcluster-box:3.0-used' }),
      fakeCluster('old', 1, {
        image: 'vcluster-box:3.0-of-old-cluster',
        state: 'created',
        startedAt: '',
        createdAt: dayAgo,
      }),
    ];
    return { images, containers };
  };
  const removed = [
    'cluster old',
    'image vcluster-box:3.0-old',
    'image vcluster-box:3.0-of-old-cluster',
    'image sha256:nameless',
    'image sha256:nameless-base',
  ];

  it('removes old images that neither a cluster nor this version uses, and reports their sizes', async () => {
    const { names, engine } = await prune(await state());
    expect(names).toEqual(removed);
    expect(engine.state.images).toHaveLength(7);
    const { stdout, stderr } = await runCli(['prune', '--dry-run'], { engine: fakeEngine(await state()) });
    expect(stdout).toContain(
      'image    vcluster-box:3.0-old             350 MB  used neither by a cluster nor by this version',
    );
    expect(stderr).toBe('Would remove 5 resources, at most 1400 MB of images.\n');
  });

  it('lists the same images with --dry-run, and removes none', async () => {
    const { names, engine } = await prune(await state(), '--dry-run');
    expect(names).toEqual(removed);
    expect(engine.state.images).toHaveLength(11);
  });

  it('keeps an image that the engine cannot remove, reports it, and continues', async () => {
    const engine = fakeEngine(await state());
    const removeImage = engine.removeImage;
    const refusing = {
      ...engine,
      removeImage: (name: string) =>
        name === 'vcluster-box:3.0-old' ? Promise.reject(new EngineError('it is in use')) : removeImage(name),
    };
    const { status, stdout, stderr } = await runCli(['prune'], { engine: refusing });
    expect(status).toBe(0);
    expect(stdout).not.toContain('3.0-old ');
    expect(stderr).toContain('cannot remove image vcluster-box:3.0-old: it is in use');
    expect(stderr).toContain('Removed 4 resources');
  });
});
