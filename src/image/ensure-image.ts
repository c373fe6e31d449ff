import { Readable } from 'node:stream';
import { debianReleases } from '../config/defaults.ts';
import type { Engine, OnLine } from '../engine/engine.ts';
import { ImageError } from '../errors.ts';
import { runStep, skipStep } from '../steps.ts';
import { type BaseImage, type BaseImageRequest, findLocalBase, obtainBase, pullBase } from './base-image.ts';
import { type BuildContext, packContext } from './context.ts';
import type { Change } from './changes.ts';
import { type CopyContext, distributeImage, type ImageHost, imageSteps } from './distribute-image.ts';
import { imageLabels, imageTag, isSliceTag } from './labels.ts';
import { buildOwnImage, ownContextHash } from './own/ensure-own-image.ts';
import type { OwnGaneti } from './own/read-own.ts';
import { readRelease } from './releases.ts';

export interface EnsureImageContext extends CopyContext {
  /** where programs that create a base image are searched; default: the search path of this process */
  readonly searchPath?: string;
}

export interface EnsuredImage {
  readonly tag: string;
  /** false: it already existed */
  readonly built: boolean;
  /** changes of vcluster-box that do not fit Ganeti of the user, for which the image was built */
  readonly misfits?: readonly Change[];
}

/**
 * Makes sure that all hosts have the current slice image.
 *
 * If a host has it, it is not built again; otherwise it is built on the first host.  Then it is copied to the hosts
 * that lack it.
 *
 * @throws {ImageError} if there is no base image, or its release is wrong, or the image cannot be copied
 * @throws {BuildFailedError} if a step of the build fails
 * @throws the signal's reason when it aborts; no incomplete image is left then
 */
export async function ensureImage(
  hosts: readonly [ImageHost, ...ImageHost[]],
  request: BaseImageRequest,
  context: EnsureImageContext,
): Promise<EnsuredImage> {
  const { source, found } = await findSource(hosts, request);
  const ensured = await buildIfMissing(source.engine, request, { ...context, found });
  const others = hosts.filter((host) => host !== source);
  if (others.length > 0) await distributeImage(source, ensured.tag, others, context);
  return ensured;
}

/** The first host that has the image, or else the first host. */
async function findSource([first, ...others]: readonly [ImageHost, ...ImageHost[]], request: BaseImageRequest) {
  const look = async (source: ImageHost) => ({ source, found: await findBuilt(source.engine, request) });
  const [onFirst, ...onOthers] = await Promise.all([look(first), ...others.map(look)]);
  return [onFirst, ...onOthers].find(({ found }) => found.tag !== undefined) ?? onFirst;
}

async function buildIfMissing(
  engine: Engine,
  request: BaseImageRequest,
  { found, ...context }: EnsureImageContext & { readonly found: FoundImage },
): Promise<EnsuredImage> {
  const { report, signal } = context;
  if (found.tag !== undefined) {
    skipStep(report, imageSteps.base);
    skipStep(report, imageSteps.image, `${found.tag} already exists`);
    return { tag: found.tag, built: false };
  }
  const { own, ...ordinary } = request;
  if (own !== undefined) return buildWithOwn(engine, { own, ordinary }, context);
  const base = await ensureBase(engine, request, { ...context, local: found.base });
  const tag = tagFor(request, found.context, base);
  await runStep(report, imageSteps.image, (onLine) =>
    build(engine, request, { base, tag, context: found.context, signal, onLine }),
  );
  return { tag, built: true };
}

/** Makes sure that there is the ordinary image, and builds on it. */
async function buildWithOwn(
  engine: Engine,
  { own, ordinary }: { readonly own: OwnGaneti; readonly ordinary: BaseImageRequest },
  context: EnsureImageContext,
): Promise<EnsuredImage> {
  const existing = await findBuilt(engine, ordinary);
  const { tag: slice } = await buildIfMissing(engine, ordinary, { ...context, found: existing });
  const { base = await findLocalBase(engine, ordinary), context: sources } = existing;
  const contextHash = ownContextHash(sources.hash, own);
  const tag = imageTag({ ganeti: ordinary.ganeti, contextHash, baseId: base?.id ?? slice });
  const misfits = await buildOwnImage(engine, { ...ordinary, slice, own, tag, contextHash }, context);
  return { tag, built: true, misfits };
}

async function ensureBase(
  engine: Engine,
  request: BaseImageRequest,
  { report, signal, local, searchPath }: EnsureImageContext & { readonly local: BaseImage | undefined },
): Promise<BaseImage> {
  if (local === undefined) {
    return runStep(report, imageSteps.base, (onLine) => obtainBase(engine, request, { searchPath, onLine, signal }));
  }
  skipStep(report, imageSteps.base, `${local.name} already exists`);
  return local;
}

interface Build {
  readonly base: BaseImage;
  readonly tag: string;
  readonly context: BuildContext;
  readonly signal: AbortSignal;
  readonly onLine: OnLine;
}

async function build(engine: Engine, request: BaseImageRequest, { base, tag, context, signal, onLine }: Build) {
  const { ganeti, mirror } = request;
  await requireRelease(engine, request, base);
  signal.throwIfAborted();
  const buildArgs = { BASE: base.name, GANETI: ganeti, ...(mirror !== undefined && { MIRROR: mirror }) };
  const labels = { [imageLabels.context]: context.hash };
  await engine.buildImage({ context: Readable.from([context.tar]), tag, buildArgs, labels, signal }, onLine);
}

async function requireRelease(engine: Engine, { ganeti, base }: BaseImageRequest, { name, id }: BaseImage) {
  const required = debianReleases[ganeti];
  const release = await readRelease(engine, id);
  if (release === required) return;
  const is = release === undefined ? 'does not specify its release' : `is ${release}`;
  throw new ImageError(`Ganeti ${ganeti} requires a base image of Debian ${required}, but ${name} ${is}`, {
    hint: base === undefined ? `remove the image ${name}` : 'use a different `--base` or `--ganeti`',
  });
}

export interface PulledBase {
  /** the base image, or an existing slice image, which needs none */
  readonly image: string;
  readonly pulled: boolean;
}

/**
 * Pulls the base image if a build would need it.  Never creates one.
 *
 * @throws {ImageError} if no registry provides it
 */
export async function pullMissingBase(
  engine: Engine,
  request: BaseImageRequest,
  { report, signal }: CopyContext,
): Promise<PulledBase> {
  const { base, tag } = await findBuilt(engine, request);
  const existing = tag ?? base?.name;
  if (existing !== undefined) {
    skipStep(report, imageSteps.base, `${existing} already exists`);
    return { image: existing, pulled: false };
  }
  const { name } = await runStep(report, imageSteps.base, (onLine) => pullBase(engine, request, { onLine, signal }));
  return { image: name, pulled: true };
}

export interface FoundImage {
  readonly context: BuildContext;
  /** `undefined` if the engine has none */
  readonly base: BaseImage | undefined;
  /** of the slice image; `undefined` if it must be built */
  readonly tag: string | undefined;
}

/** Finds the requested slice image and its base image in the engine, without asking a registry. */
export async function findBuilt(engine: Engine, request: BaseImageRequest): Promise<FoundImage> {
  const sources = await packContext();
  const { own } = request;
  const context = own === undefined ? sources : { ...sources, hash: ownContextHash(sources.hash, own) };
  const base = await findLocalBase(engine, request);
  if (base !== undefined) {
    const tag = tagFor(request, context, base);
    return { context, base, tag: (await engine.inspectImage(tag)) && tag };
  }
  return { context, base, tag: request.base === undefined ? await findLoaded(engine, request, context) : undefined };
}

export function tagFor({ ganeti }: BaseImageRequest, { hash }: BuildContext, { id }: BaseImage): string {
  return imageTag({ ganeti, contextHash: hash, baseId: id });
}

/** Without a base image, any image of the same sources is current: it was built elsewhere and loaded. */
async function findLoaded(engine: Engine, { ganeti }: BaseImageRequest, { hash }: BuildContext) {
  const images = await engine.findImages({ [imageLabels.ganeti]: ganeti, [imageLabels.context]: hash });
  return images.flatMap(({ tags }) => tags).find(isSliceTag);
}
