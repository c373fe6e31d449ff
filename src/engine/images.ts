import type { ImageInfo, ImageInspectInfo } from 'dockerode';
import { type Connection, request } from './connection.ts';
import type { ImageSummary, Labels } from './engine.ts';
import { labelFilter } from './label-filter.ts';

export async function findImages(connection: Connection, labels: Labels): Promise<readonly ImageSummary[]> {
  const found = await request(connection, 'list the images', () =>
    connection.docker.listImages({ filters: labelFilter(labels) }),
  );
  return found.map(toSummary);
}

export async function inspectImage(connection: Connection, image: string): Promise<ImageSummary | undefined> {
  return request(
    connection,
    `inspect image ${image}`,
    async () => detailsToSummary(await connection.docker.getImage(image).inspect()),
    { 404: () => undefined },
  );
}

export async function removeImage(connection: Connection, image: string): Promise<void> {
  await request<unknown>(connection, `remove image ${image}`, () => connection.docker.getImage(image).remove(), {
    404: () => undefined,
  });
}

export async function tagImage(connection: Connection, image: string, tag: string): Promise<void> {
  const colon = tag.lastIndexOf(':');
  await request<unknown>(connection, `tag image ${image}`, () =>
    connection.docker.getImage(image).tag({ repo: tag.slice(0, colon), tag: tag.slice(colon + 1) }),
  );
}

function toSummary({ Id, RepoTags, Size, Created, Labels }: ImageInfo): ImageSummary {
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

/** An image without a tag has `null`, or on older engines this one. */
function toTags(tags: readonly string[] | null | undefined): readonly string[] {
  return (tags ?? []).filter((tag) => tag !== '<none>:<none>');
}

/** `null` when there is none, whatever the types say. */
function orEmpty(labels: Labels | null | undefined): Labels {
  return labels ?? {};
}
