import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pack } from 'tar-stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import { BuildFailedError, EngineError } from '../../src/errors.ts';
import { compressIfSlow } from '../../src/image/compress.ts';
import { dockerAvailable, testEngine } from '../support/docker-available.ts';
import { engineSocket } from '../support/e2e-proxy.ts';
import { startRegistry } from '../support/registry.ts';
import { testImage, testLabels } from '../support/test-image.ts';

describe.skipIf(!dockerAvailable)('an image', () => {
  let engine: Engine;
  let base: string;
  beforeAll(async () => {
    engine = await testEngine();
    base = await testImage(engine);
  });

  // Failed builds leave images with the labels of their base image.
  afterAll(async () => {
    for (const { id, tags } of await engine.findImages(testLabels)) if (tags.length === 0) await engine.removeImage(id);
  });

  /** Builds the lines of a Dockerfile on top of the test image; the image is removed at the end of its block. */
  const build = async (
    lines: readonly string[],
    options: { signal?: AbortSignal; onLine?: (line: string) => void } = {},
  ) => {
    const { onLine = () => undefined, ...more } = options;
    const tag = `vcluster-box-test:${randomBytes(6).toString('hex')}`;
    const context = pack();
    context.entry({ name: 'Dockerfile' }, [`FROM ${base}`, 'ARG WORD=none', ...lines].join('\n'));
    context.finalize();
    await engine.buildImage(
      { context: Readable.from(context), tag, buildArgs: { WORD: 'a b' }, labels: testLabels, ...more },
      onLine,
    );
    return { tag, [Symbol.asyncDispose]: () => engine.removeImage(tag) };
  };

  it('is built with its arguments and labels, reporting its output', async () => {
    const printed: string[] = [];
    await using image = await build(['RUN echo "word: $WORD"'], { onLine: (line) => printed.push(line) });
    expect(printed).toContain('word: a b');
    expect(await engine.inspectImage(image.tag)).toMatchObject({ tags: [image.tag], labels: testLabels });
    const found = await engine.findImages(testLabels);
    expect(found.flatMap(({ tags }) => tags)).toEqual(expect.arrayContaining([base, image.tag]));
  });

  it('cannot be built if a step fails; the error has the last lines of output', async () => {
    const failing = build(['RUN seq 100; echo "what went wrong"; exit 3']);
    const error: unknown = await failing.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(BuildFailedError);
    const { message, output } = error as BuildFailedError;
    expect(message).toMatch(/^cannot build image vcluster-box-test:\w+: .*returned a non-zero code: 3$/);
    expect(output).toHaveLength(20);
    expect(output).toEqual(expect.arrayContaining(['100', 'what went wrong']));
  });

  it('cannot be built from an invalid Dockerfile', async () => {
    await expect(build(['NONSENSE'])).rejects.toThrow(/unknown instruction: NONSENSE/i);
  });

  it('stops being built when the signal aborts, which also ends the current step', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const unique = randomBytes(6).toString('hex');
    const onLine = (line: string) => {
      if (line === 'begun') controller.abort(reason);
    };
    const building = build([`LABEL unique=${unique}`, 'RUN echo begun; sleep 1000'], {
      signal: controller.signal,
      onLine,
    });
    await expect(building).rejects.toBe(reason);
    await expect.poll(() => engine.findContainers({ unique }), { timeout: 15_000 }).toEqual([]);
  });

  it('that does not exist is undefined, and can be removed without an error', async () => {
    expect(await engine.inspectImage('vcluster-box-test:missing')).toBeUndefined();
    await engine.removeImage('vcluster-box-test:missing');
  });

  it('that the engine refuses to import does not leave its source waiting for a reader', async () => {
    let ended = false;
    const endless = function* () {
      try {
        for (;;) yield Buffer.alloc(65_536, 'no tar');
      } finally {
        ended = true;
      }
    };
    const refused = engine.importImage('vcluster-box-test:refused', Readable.from(endless()), testLabels);
    await expect(refused).rejects.toThrow(EngineError);
    await expect.poll(() => ended).toBe(true);
    expect(await engine.inspectImage('vcluster-box-test:refused')).toBeUndefined();
  });

  it('is imported with labels of any content', async () => {
    const labels = { ...testLabels, 'vcluster-box.spec': '{"a":"b c","d":"$HOME \\\\ \'"}' };
    const tag = `vcluster-box-test:${randomBytes(6).toString('hex')}`;
    const rootfs = pack();
    rootfs.entry({ name: 'file' }, 'text');
    rootfs.finalize();
    await engine.importImage(tag, Readable.from(rootfs), labels);
    const image = await engine.inspectImage(tag);
    await engine.removeImage(tag);
    expect(image?.labels).toEqual(labels);
  });

  it.each([
    ['unchanged', (tar: Readable) => tar],
    ['compressed, as for several hosts', (tar: Readable) => compressIfSlow(tar, () => undefined)],
  ])('is the same image after it is saved, removed and loaded: %s', async (_, way) => {
    await using image = await build([`LABEL unique=${randomBytes(6).toString('hex')}`]);
    const before = await engine.inspectImage(image.tag);
    const { signal } = new AbortController();
    const tar = await buffer(await engine.saveImage(image.tag, signal));
    await engine.removeImage(image.tag);
    await engine.loadImage(way(Readable.from([tar])), signal);
    expect(await engine.inspectImage(image.tag)).toEqual(before);
  });

  it('is not loaded if its stream fails', async () => {
    await using image = await build([`LABEL unique=${randomBytes(6).toString('hex')}`]);
    const { signal } = new AbortController();
    const tar = await buffer(await engine.saveImage(image.tag, signal));
    await engine.removeImage(image.tag);
    const broken = new Error('broke off');
    const half = function* () {
      yield tar.subarray(0, tar.length / 2);
      throw broken;
    };
    await expect(engine.loadImage(Readable.from(half()), signal)).rejects.toBe(broken);
    await expect(engine.loadImage(Readable.from([Buffer.from('no tar')]), signal)).rejects.toThrow(EngineError);
    expect(await engine.inspectImage(image.tag)).toBeUndefined();
  });

  it('cannot be saved if it does not exist, or if the signal aborts', async () => {
    const interruption = new AbortController();
    await expect(engine.saveImage('vcluster-box-test:missing', interruption.signal)).rejects.toThrow(EngineError);
    const tar = await engine.saveImage(base, interruption.signal);
    const reason = new Error('enough');
    interruption.abort(reason);
    await expect(buffer(tar)).rejects.toBe(reason);
  });

  it('can be tagged', async () => {
    await using image = await build(['LABEL one-more=']);
    const tag = `vcluster-box-test:${randomBytes(6).toString('hex')}`;
    await engine.tagImage(image.tag, tag);
    const tags = (await engine.inspectImage(tag))?.tags ?? [];
    await engine.removeImage(tag);
    expect(tags.toSorted()).toEqual([image.tag, tag].toSorted());
  });

  it('is found in a registry, and pulled from there', async ({ skip }) => {
    if (engineSocket(engine) === undefined) skip('the engine is on another machine');
    const unique = { ...testLabels, unique: randomBytes(6).toString('hex') };
    await using registry = await startRegistry(`NAME=${unique.unique}\n`, unique);
    await engine.findInRegistry(registry.image);
    expect(await engine.inspectImage(registry.image)).toBeUndefined();
    const lines: string[] = [];
    await engine.pullImage(registry.image, (line) => lines.push(line));
    const image = await engine.inspectImage(registry.image);
    await engine.removeImage(registry.image);
    expect(image).toMatchObject({ tags: [registry.image], labels: unique });
    expect(lines.join('\n')).toContain('Pull complete');

    const missing = registry.image.replace('/base:', '/missing:');
    await expect(engine.findInRegistry(missing)).rejects.toThrow(EngineError);
    await expect(engine.pullImage(missing, () => undefined)).rejects.toThrow(/^cannot pull image .*\/missing:1: /);
  });

  it('cannot be pulled if no registry answers', async () => {
    const pulled = engine.pullImage('127.0.0.1:9/vcluster-box-test:missing', () => undefined);
    await expect(pulled).rejects.toThrow(EngineError);
    await expect(pulled).rejects.toThrow(/^cannot pull image 127\.0\.0\.1:9\/vcluster-box-test:missing: .*refused/);
  });
});
