import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import type { BuildRequest, ImageSummary } from '../../../../src/engine/engine.ts';
import { ImageError, SliceError } from '../../../../src/errors.ts';
import { findBuilt, ensureImage } from '../../../../src/image/ensure-image.ts';
import { listImages } from '../../../../src/image/own-images.ts';
import type { OwnGaneti } from '../../../../src/image/own/read-own.ts';
import { fakeEngine } from '../../../support/fake-engine.ts';

const base: ImageSummary = { id: 'sha256:base', tags: ['debian:bookworm-slim'], size: 1, createdAt: 1, labels: {} };
const fits = {
  ...{ problems: [], ganeti: '3.0.2', version: '3.0.2-3+mine1', source: 'packages 3.0.2-3+mine1', missing: [] },
  ...{ chosen: ['a.deb'], suite: 'suite.deb', changes: [] as object[] },
};
const change = { change: 'boot_id', purpose: 'x', lost: 'y is lost', vital: false, reason: 'no z' };

/** The answer of the slice image's program to the question whether Ganeti fits it. */
function engineAnswering(answer: object | string) {
  const text = typeof answer === 'string' ? answer : JSON.stringify(answer);
  const engine = fakeEngine({
    images: [base],
    logs: [{ text, source: 'stdout', time: 0 }] as never,
    onCall: (method) => {
      if (method !== 'createContainer') return;
      for (const { files } of engine.state.containers)
        files.set('/usr/lib/os-release', Buffer.from('VERSION_CODENAME=bookworm\n'));
    },
  });
  return engine;
}

const own = (hash: string, kind: OwnGaneti['kind'] = 'packages'): OwnGaneti => ({
  ...{ kind, from: './debs', hash },
  // eslint-disable-next-line @typescript-eslint/require-await -- the interface is asynchronous
  entries: async function* (directory, only = ['a.deb', 'doc.deb', 'suite.deb']) {
    for (const name of only) {
      const body = Readable.from([Buffer.from('x')]);
      yield {
        name: `${directory}/${name}`,
        type: 'file',
        mode: 0o644,
        size: 1,
        modifiedAt: new Date(0),
        target: '',
        body,
      };
    }
  },
});

const ensure = (engine: ReturnType<typeof fakeEngine>, given: OwnGaneti | undefined) =>
  ensureImage(
    [{ endpoint: 'default', engine }],
    { ganeti: '3.0', own: given },
    { report: () => undefined, signal: new AbortController().signal },
  );
const builds = (engine: ReturnType<typeof fakeEngine>) =>
  engine.calls.filter(({ method }) => method === 'buildImage').map(({ args }) => args[0] as BuildRequest);

it('is built on the ordinary image, once for the same files, with the version in labels', async () => {
  const engine = engineAnswering({ ...fits, changes: [change, { ...change, reason: null }] });
  const first = await ensure(engine, own('1'));
  expect(first).toMatchObject({ built: true, misfits: [change] });
  const [slice, mine] = builds(engine);
  expect(slice?.tag).toBe((await findBuilt(engine, { ganeti: '3.0' })).tag);
  expect(mine).toMatchObject({ tag: first.tag, buildArgs: { SLICE: slice?.tag, KIND: 'packages' } });
  expect(mine?.labels).toMatchObject({
    'vcluster-box.own': '1',
    'vcluster-box.own.version': '3.0.2',
    'vcluster-box.own.source': 'packages 3.0.2-3+mine1',
  });
  expect(await ensure(engine, own('1'))).toEqual({ tag: first.tag, built: false });
  expect((await ensure(engine, own('2'))).tag).not.toBe(first.tag);
  expect(await ensure(engine, undefined)).toEqual({ tag: slice?.tag, built: false });
  expect(engine.state.containers).toEqual([]);
});

it('comes before the image that it is built on in the list, so that rm --all can remove both', async () => {
  const engine = engineAnswering(fits);
  const { tag } = await ensure(engine, own('1'));
  const images = engine.state.images.map((image) => {
    const kind = image.tags[0]?.startsWith('vcluster-box:') === true ? { 'vcluster-box.image': 'slice' } : {};
    return { ...image, labels: { ...image.labels, ...kind } };
  });
  engine.state.images = images.toReversed();
  const listed = await listImages(engine);
  expect(listed.map(({ tag: name, version, source }) => [name === tag, version, source])).toEqual([
    [true, '3.0.2', 'packages 3.0.2-3+mine1'],
    [false, '', null],
  ]);
});

it.each([
  [
    'of another version of Ganeti',
    { problems: [{ message: 'a 3.1-1 needs b (>= 2), and Debian bookworm has 1', hint: null }], version: '3.1-1' },
    '--packages ./debs: Ganeti 3.1-1 does not fit --ganeti 3.0: a 3.1-1 needs b (>= 2), and Debian bookworm has 1',
    'use --ganeti 3.1, whose image is Debian trixie, or build it on Debian bookworm',
  ],
  [
    'of the same version',
    { problems: [{ message: 'a 3.0 needs b (>= 2), and Debian bookworm has 1' }], version: '3.0.9-1' },
    '--packages ./debs: a 3.0 needs b (>= 2), and Debian bookworm has 1',
    'build it on Debian bookworm',
  ],
  [
    'that a vital change does not fit',
    { ...fits, changes: [{ ...change, vital: true }] },
    "--packages ./debs: vcluster-box's change boot_id does not fit Ganeti 3.0.2: no z",
    'without it, y is lost; `vcluster-box doctor --ganeti --packages` lists all changes',
  ],
])('is not built from packages %s', async (_, answer, message, hint) => {
  const engine = engineAnswering(answer);
  const error: unknown = await ensure(engine, own('1')).catch((one: unknown) => one);
  expect(error).toBeInstanceOf(ImageError);
  expect(error).toMatchObject({ message, hint });
  expect(builds(engine)).toHaveLength(1);
  expect(engine.state.containers).toEqual([]);
});

it('shows what the check printed if it fails', async () => {
  const engine = engineAnswering('Traceback: no such thing');
  const error: unknown = await ensure(engine, own('1', 'tree')).catch((one: unknown) => one);
  expect(error).toBeInstanceOf(SliceError);
  expect(error).toMatchObject({ output: ['Traceback: no such thing'] });
});
