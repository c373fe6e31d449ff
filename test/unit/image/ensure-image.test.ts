import { expect, it } from 'vitest';
import type { BuildRequest, ImageSummary, Labels } from '../../../src/engine/engine.ts';
import { EngineError } from '../../../src/errors.ts';
import type { Event } from '../../../src/events.ts';
import type { BaseImageRequest } from '../../../src/image/base-image.ts';
import { ensureImage } from '../../../src/image/ensure-image.ts';
import { fakeEngine } from '../../support/fake-engine.ts';
import { fakeInfo, type FakeState } from '../../support/fake-state.ts';
import { searchPathWith } from '../../support/search-path.ts';

const image = (tag: string, labels: Labels = {}): ImageSummary => ({
  id: `sha256:${tag}`,
  tags: [tag],
  size: 1,
  createdAt: 1,
  labels,
});

/** An engine with these images, all of them of the release named. */
function engineWith(images: readonly ImageSummary[], release = 'bookworm', more: Partial<FakeState> = {}) {
  const engine = fakeEngine({
    images: [...images],
    onCall: (method) => {
      if (method !== 'createContainer') return;
      for (const { files } of engine.state.containers)
        files.set('/usr/lib/os-release', Buffer.from(`VERSION_CODENAME=${release}\n`));
    },
    ...more,
  });
  return engine;
}

async function ensure(engine: ReturnType<typeof fakeEngine>, request: Partial<BaseImageRequest> = {}) {
  const events: Event[] = [];
  const machine = { aptDirectory: '/nonexistent', searchPath: await searchPathWith({}) };
  const context = { report: (event: Event) => void events.push(event), signal: new AbortController().signal, machine };
  const outcome = await ensureImage([{ endpoint: 'default', engine }], { ganeti: '3.0', ...request }, context).catch(
    (error: unknown) => error,
  );
  const builds = engine.calls
    .filter(({ method }) => method === 'buildImage')
    .map(({ args }) => args[0] as BuildRequest);
  const told = events
    .filter(({ type }) => type !== 'step-output')
    .map((event) => `${event.type} ${'id' in event ? event.id : ''}`);
  return { outcome, builds, told };
}

it('builds on the engine’s own Debian image', async () => {
  const { outcome, builds, told } = await ensure(engineWith([image('debian:bookworm-slim')]));
  expect(outcome).toEqual({ tag: expect.stringMatching(/^vcluster-box:3\.0-/) as string, built: true });
  expect(builds).toMatchObject([{ buildArgs: { BASE: 'debian:bookworm-slim', GANETI: '3.0' } }]);
  expect(told).toEqual(['step-skipped base', 'step-started image', 'step-done image']);
});

it('does not build again what is there', async () => {
  const engine = engineWith([image('debian:bookworm-slim')]);
  await ensure(engine);
  const { outcome, builds, told } = await ensure(engine);
  expect(outcome).toMatchObject({ built: false });
  expect(builds).toHaveLength(1);
  expect(told).toEqual(['step-skipped base', 'step-skipped image']);
});

it('builds again when the base image changed', async () => {
  const engine = engineWith([image('debian:bookworm-slim')]);
  await ensure(engine);
  engine.state.images = engine.state.images.map((one) =>
    one.tags[0] === 'debian:bookworm-slim' ? { ...one, id: 'sha256:newer' } : one,
  );
  expect((await ensure(engine)).outcome).toMatchObject({ built: true });
});

it('prefers a base image that was made earlier to a registry, and does not take a slice image for one', async () => {
  const base = { 'vcluster-box.base': 'bookworm' };
  const engine = engineWith([
    { ...image('vcluster-box:old', { ...base, 'vcluster-box.image': 'slice' }), createdAt: 2 },
    image('vcluster-box-base:bookworm', base),
  ]);
  expect((await ensure(engine)).builds).toMatchObject([{ buildArgs: { BASE: 'vcluster-box-base:bookworm' } }]);
});

it('pulls the Debian image that has the Ganeti asked for', async () => {
  const { builds, told } = await ensure(engineWith([], 'trixie'), { ganeti: '3.1' });
  expect(builds).toMatchObject([{ buildArgs: { BASE: 'debian:trixie-slim', GANETI: '3.1' } }]);
  expect(told.slice(0, 2)).toEqual(['step-started base', 'step-done base']);
});

it('takes an image of the same sources where there is no base image at all, as after loading it', async () => {
  const engine = engineWith([image('debian:bookworm-slim')]);
  const { builds } = await ensure(engine);
  const [built] = builds;
  const labels = { ...built?.labels, 'vcluster-box.ganeti': '3.0' };
  engine.state.images = [image('made-of-one:1', labels), image('vcluster-box:loaded', labels)];
  expect((await ensure(engine)).outcome).toEqual({ tag: 'vcluster-box:loaded', built: false });
});

it('gives mirror and proxies to the build, and the name of the image does not depend on them', async () => {
  const plain = await ensure(engineWith([image('debian:bookworm-slim')]));
  const info = { ...fakeInfo, proxy: { http_proxy: 'http://proxy.example.com' } };
  const engine = engineWith([image('debian:bookworm-slim')], 'bookworm', { info });
  const { outcome, builds } = await ensure(engine, { mirror: 'http://archive.example.com/debian' });
  expect(builds).toMatchObject([
    { buildArgs: { http_proxy: 'http://proxy.example.com', MIRROR: 'http://archive.example.com/debian' } },
  ]);
  expect(outcome).toEqual(plain.outcome);
});

it('refuses a base image of another release before it builds', async () => {
  const engine = engineWith([image('mine:1')], 'trixie');
  const { outcome, builds, told } = await ensure(engine, { base: 'mine:1' });
  expect(outcome).toMatchObject({
    message: 'Ganeti 3.0 needs a base image of Debian bookworm, but mine:1 is of trixie',
  });
  expect(builds).toEqual([]);
  expect(told.at(-1)).toBe('step-failed image');
  expect(engine.state.containers).toEqual([]);
});

it('makes no base image instead of one that was named and cannot be pulled', async () => {
  const engine = engineWith([], 'bookworm', { onCall: refusePull });
  const named = { ...engine, inspectImage: () => Promise.resolve(undefined) };
  expect((await ensure(named, { base: 'mine:1' })).outcome).toMatchObject({
    message: 'the engine has no image mine:1, and it cannot be pulled',
  });
});

it('goes on to make a base image when no registry answers', async () => {
  const { outcome, told } = await ensure(engineWith([], 'bookworm', { onCall: refusePull }));
  expect(outcome).toMatchObject({ message: expect.stringContaining('neither mmdebstrap nor debootstrap') as string });
  expect(told).toEqual(['step-started base', 'step-failed base']);
});

function refusePull(method: string): void {
  if (method === 'pullImage') throw new EngineError('no registry answers');
}
