import { Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import type { Images, ImageSummary, Labels } from '../../src/engine/engine.ts';
import { EngineError } from '../../src/errors.ts';
import { type FakeState, withLabels } from './fake-state.ts';

/** The images of an in-memory engine.  A saved image is JSON instead of a tar stream. */
export function fakeImages(state: FakeState): Images {
  const find = (key: string) => state.images.find(({ id, tags }) => id === key || tags.includes(key));
  const get = (key: string) => {
    const found = find(key);
    if (found === undefined) throw new EngineError(`no such image: ${key}`);
    return found;
  };
  const add = (tag: string, labels: Labels) => {
    const fixed = { size: 1000, createdAt: 1_700_000_000, architecture: 'amd64' };
    const added = { id: `sha256:${tag}`, tags: [tag], labels, ...fixed };
    state.images = [...state.images.filter((one) => one !== find(tag)), added];
  };
  return {
    findImages: (labels) => Promise.resolve(withLabels(state.images, labels)),
    inspectImage: (key) => Promise.resolve(find(key)),
    findInRegistry: () => Promise.resolve(),
    pullImage: (tag) => {
      add(tag, {});
      return Promise.resolve();
    },
    saveImage: (key) => Promise.resolve(toStream(Buffer.from(JSON.stringify(get(key))))),
    loadImage: async (tar) => {
      const loaded = JSON.parse((await decompress(tar)).toString()) as ImageSummary;
      state.images = [...state.images.filter(({ id }) => id !== loaded.id), loaded];
    },
    tagImage: (key, tag) => {
      const image = get(key);
      const tagged = { ...image, tags: [...new Set([...image.tags, tag])] };
      state.images = state.images.map((one) => (one === image ? tagged : one));
      return Promise.resolve();
    },
    importImage: async (tag, rootfs, labels) => {
      await text(rootfs);
      add(tag, labels);
    },
    buildImage: async ({ context, tag, labels }) => {
      await text(context);
      add(tag, labels);
    },
    removeImage: (key) => {
      const untag = ({ tags, ...rest }: ImageSummary) => ({ ...rest, tags: tags.filter((tag) => tag !== key) });
      const image = find(key);
      const isLast = image === undefined || image.id === key || image.tags.length <= 1;
      if (isLast && state.containers.some((one) => one.image === image?.id || image?.tags.includes(one.image)))
        throw new EngineError(`cannot remove image ${key}: a container uses it`);
      state.images = state.images.flatMap((one) => (one !== image ? [one] : isLast ? [] : [untag(one)]));
      return Promise.resolve();
    },
  };
}

function toStream(content: Buffer): Readable {
  return Readable.from([content], { objectMode: false });
}

/** Gzip data starts with two magic bytes. */
async function decompress(tar: Readable): Promise<Buffer> {
  const content = await buffer(tar);
  return content[0] === 0x1f && content[1] === 0x8b ? gunzipSync(content) : content;
}
