import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import type { ImageSummary } from '../../src/engine/engine.ts';
import { EngineError } from '../../src/errors.ts';
import type { FakeState } from './fake-state.ts';

/** The part of an engine in memory by which images go from one to another: a tar stream of theirs is JSON. */
export function movingMethods(state: FakeState) {
  const get = (key: string) => {
    const found = state.images.find(({ id, tags }) => id === key || tags.includes(key));
    if (found === undefined) throw new EngineError(`no such image: ${key}`);
    return found;
  };
  return {
    saveImage: (key: string) => {
      const saved = get(key);
      return Promise.resolve(Readable.from([Buffer.from(JSON.stringify(saved))], { objectMode: false }));
    },
    loadImage: async (tar: Readable) => {
      const loaded = JSON.parse((await plain(tar)).toString()) as ImageSummary;
      state.images = [...state.images.filter(({ id }) => id !== loaded.id), loaded];
    },
    tagImage: (key: string, tag: string) => {
      const tagged = get(key);
      const more = { ...tagged, tags: [...new Set([...tagged.tags, tag])] };
      state.images = state.images.map((one) => (one === tagged ? more : one));
      return Promise.resolve();
    },
  };
}

/** What is compressed begins with two bytes of its own. */
async function plain(tar: Readable): Promise<Buffer> {
  const content = await buffer(tar);
  return content[0] === 0x1f && content[1] === 0x8b ? gunzipSync(content) : content;
}
