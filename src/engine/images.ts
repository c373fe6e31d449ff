import type { ImageInfo, ImageInspectInfo } from 'dockerode';
import { EngineError } from '../errors.ts';
import { buildImage } from './build-image.ts';
import { type Connection, labelFilter, orEmpty, receiveStream, request, sendStream } from './connection.ts';
import { shortImageName } from './container-format.ts';
import { hintFor } from './engine-error.ts';
import type { Images, ImageSummary, Labels, OnLine } from './engine.ts';
import { readProgress } from './progress.ts';

export function images(connection: Connection): Images {
  const { docker } = connection;
  return {
    findImages: async (labels) => {
      // Podman 4 finds nothing if a filter has several labels.
      const options = { filters: labelFilter(Object.fromEntries(Object.entries(labels).slice(0, 1))) };
      const found = await request(connection, 'list images', () => docker.listImages(options));
      return found.map(toImageSummary).filter((image) => hasLabels(image, labels));
    },
    inspectImage: (image) =>
      request<ImageSummary | undefined>(
        connection,
        `inspect image ${image}`,
        async () => detailsToSummary(await docker.getImage(image).inspect()),
        { 404: () => undefined },
      ),
    removeImage: (image) =>
      request(connection, `remove image ${image}`, () => docker.getImage(image).remove(), {
        404: () => undefined,
      }),
    tagImage: async (image, tag) => {
      const colon = tag.lastIndexOf(':');
      const options = { repo: tag.slice(0, colon), tag: tag.slice(colon + 1) };
      await request<unknown>(connection, `tag image ${image}`, () => docker.getImage(image).tag(options));
    },
    findInRegistry: async (image) => {
      await request<unknown>(connection, `find ${image} in a registry`, () => docker.getImage(image).distribution());
    },
    ...transfers(connection),
    buildImage: (build, onLine) => buildImage(connection, build, onLine),
  };
}

type Transfers = Pick<Images, 'pullImage' | 'saveImage' | 'loadImage' | 'importImage'>;

function transfers(connection: Connection): Transfers {
  const { docker } = connection;
  /** The engine reports failures of these requests in the body of a successful response. */
  const requestProgress = (doing: string, send: () => Promise<NodeJS.ReadableStream>, onLine: OnLine = ignore) =>
    request(connection, doing, async () => {
      const failure = await readProgress(await send(), onLine);
      if (failure !== undefined) throw new EngineError(`cannot ${doing}: ${failure}`, { hint: hintFor(failure) });
    });
  return {
    pullImage: async (image, onLine, signal) => {
      const options = signal === undefined ? {} : { abortSignal: signal };
      try {
        await requestProgress(`pull image ${image}`, () => docker.pull(image, options), onLine);
      } catch (error) {
        signal?.throwIfAborted();
        throw error;
      }
    },
    // This request takes no signal.
    saveImage: (image, signal) =>
      receiveStream(connection, `save image ${image}`, signal, () => docker.getImage(image).get()),
    loadImage: (tar, signal) =>
      sendStream(tar, signal, (abortSignal) =>
        requestProgress('load an image', () => docker.loadImage(tar, { abortSignal })),
      ),
    importImage: (tag, rootfs, labels) =>
      sendStream(rootfs, undefined, (abortSignal) => {
        const options = { repo: tag, changes: Object.entries(labels).map(toLabelInstruction), abortSignal };
        return requestProgress(`import image ${tag}`, () => docker.importImage(rootfs, options));
      }),
  };
}

const ignore = () => undefined;

/** An import takes labels only as lines of a Dockerfile. */
function toLabelInstruction([key, value]: [string, string]): string {
  return `LABEL ${quote(key)}=${quote(value)}`;
}

function quote(text: string): string {
  return `"${text.replace(/["\\$]/g, '\\$&')}"`;
}

function hasLabels({ labels }: ImageSummary, wanted: Labels): boolean {
  return Object.entries(wanted).every(([key, value]) => key in labels && (value === '' || labels[key] === value));
}

function toImageSummary({ Id, RepoTags, Size, Created, Labels }: ImageInfo): ImageSummary {
  return { id: Id, tags: toTags(RepoTags), size: Size, createdAt: Created, labels: orEmpty(Labels) };
}

function detailsToSummary({ Id, RepoTags, Size, Created, Config, Architecture }: ImageInspectInfo): ImageSummary {
  return {
    id: Id,
    tags: toTags(RepoTags),
    size: Size,
    createdAt: Math.floor(Date.parse(Created) / 1000),
    labels: orEmpty(Config.Labels),
    architecture: Architecture,
  };
}

/** For an image without tags, the engine returns `null`, or on older engines `<none>:<none>`. */
function toTags(tags: readonly string[] | null | undefined): readonly string[] {
  return (tags ?? []).filter((tag) => tag !== '<none>:<none>').map(shortImageName);
}
