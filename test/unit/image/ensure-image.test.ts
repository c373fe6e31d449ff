import { expect, it } from 'vitest';
import type { BuildRequest, ImageSummary, Labels } from '../../../src/engine/engine.ts';
import { EngineError } from '../../../src/errors.ts';
import type { Event } from '../../../src/events.ts';
import type { BaseImageRequest } from '../../../src/image/base-image.ts';
import { ensureImage } from '../../../src/image/ensure-image.ts';
import { fakeEngine } from '../../support/fake-engine.ts';
import type { FakeState } from '../../support/fake-state.ts';
import { searchPathWith } from '../../support/search-path.ts';

const image = (tag: string, labels: Labels = {}): ImageSummary => ({
  id: `sha256:${tag}`,
  tags: [tag],
  size: 1,
  createdAt: 1,
  labels,
});

/** An engine with these images, which all have the given release. */
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
  const searchPath = await searchPathWith({});
  const context = {
    report: (event: Event) => void events.push(event),
    signal: new AbortController().signal,
    searchPath,
  };
  const outcome = await ensureImage([{ endpoint: 'default', engine }], { ganeti: '3.0', ...request }, context).catch(
    (error: unknown) => error,
  );
  const builds = engine.calls
    .filter(({ method }) => method === 'buildImage')
    .map(({ args }) => args[0] as BuildRequest);
  const steps = events
    .filter(({ type }) => type !== 'step-output')
    .map((event) => `${event.type} ${'id' in event ? event.id : ''}`);
  return { outcome, builds, steps };
}

it('builds on the Debian image of the engine', async () => {
  const { outcome, builds, steps } = await ensure(engineWith([image('debian:bookworm-slim')]));
  expect(outcome).toEqual({ tag: expect.stringMatching(/^vcluster-box:3\.0-/) as string, built: true });
  expect(builds).toMatchObject([{ buildArgs: { BASE: 'debian:bookworm-slim', GANETI: '3.0' } }]);
  expect(steps).toEqual(['step-skipped base', 'step-started image', 'step-done image']);
});

it('does not build an existing image again', async () => {
  const engine = engineWith([image('debian:bookworm-slim')]);
  await ensure(engine);
  const { outcome, builds, steps } = await ensure(engine);
  expect(outcome).toMatchObject({ built: false });
  expect(builds).toHaveLength(1);
  expect(steps).toEqual(['step-skipped base', 'step-skipped image']);
});

it('builds again when the base image changed', async () => {
  const engine = engineWith([image('debian:bookworm-slim')]);
  await ensure(engine);
  engine.state.images = engine.state.images.map((one) =>
    one.tags[0] === 'debian:bookworm-slim' ? { ...one, id: 'sha256:newer' } : one,
  );
  expect((await ensure(engine)).outcome).toMatchObject({ built: true });
});

it('prefers a created base image to a registry, and does not mistake a slice image for one', async () => {
  const base = { 'vcluster-box.base': 'bookworm' };
  const engine = engineWith([
    { ...image('vcluster-box:old', { ...base, 'vcluster-box.image': 'slice' }), createdAt: 2 },
    image('vcluster-box-base:bookworm', base),
  ]);
  expect((await ensure(engine)).builds).toMatchObject([{ buildArgs: { BASE: 'vcluster-box-base:bookworm' } }]);
});

it('pulls the Debian image with the requested version of Ganeti', async () => {
  const { builds, steps } = await ensure(engineWith([], 'trixie'), { ganeti: '3.1' });
  expect(builds).toMatchObject([{ buildArgs: { BASE: 'debian:trixie-slim', GANETI: '3.1' } }]);
  expect(steps.slice(0, 2)).toEqual(['step-started base', 'step-done base']);
});

it('uses a loaded image of the same sources if there is no base image', async () => {
  const engine = engineWith([image('debian:bookworm-slim')]);
  const { builds } = await ensure(engine);
  const [built] = builds;
  const labels = { ...built?.labels, 'vcluster-box.ganeti': '3.0' };
  engine.state.images = [image('made-of-one:1', labels), image('vcluster-box:loaded', labels)];
  expect((await ensure(engine)).outcome).toEqual({ tag: 'vcluster-box:loaded', built: false });
});

it('passes the mirror to the build, but the name of the image does not depend on it', async () => {
  const plain = await ensure(engineWith([image('debian:bookworm-slim')]));
  const engine = engineWith([image('debian:bookworm-slim')]);
  const { outcome, builds } = await ensure(engine, { mirror: 'http://archive.example.com/debian' });
  expect(builds).toMatchObject([{ buildArgs: { MIRROR: 'http://archive.example.com/debian' } }]);
  expect(outcome).toEqual(plain.outcome);
});

it('refuses a base image of another release before the build', async () => {
  const engine = engineWith([image('mine:1')], 'trixie');
  const { outcome, builds, steps } = await ensure(engine, { base: 'mine:1' });
  expect(outcome).toMatchObject({
    message: 'Ganeti 3.0 requires a base image of Debian bookworm, but mine:1 is trixie',
  });
  expect(builds).toEqual([]);
  expect(steps.at(-1)).toBe('step-failed image');
  expect(engine.state.containers).toEqual([]);
});

it('does not create a base image if --base cannot be pulled', async () => {
  const engine = engineWith([], 'bookworm', { onCall: refusePull });
  const named = { ...engine, inspectImage: () => Promise.resolve(undefined) };
  expect((await ensure(named, { base: 'mine:1' })).outcome).toMatchObject({
    message: 'the engine does not have the image mine:1, and cannot pull it',
  });
});

it('creates a base image if no registry answers', async () => {
  const { outcome, steps } = await ensure(engineWith([], 'bookworm', { onCall: refusePull }));
  expect(outcome).toMatchObject({ message: expect.stringContaining('neither mmdebstrap nor debootstrap') as string });
  expect(steps).toEqual(['step-started base', 'step-failed base']);
});

function refusePull(method: string): void {
  if (method === 'pullImage') throw new EngineError('no registry answers');
}
