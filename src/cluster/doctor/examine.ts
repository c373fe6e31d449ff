import { randomBytes } from 'node:crypto';
import type { Engine } from '../../engine/engine.ts';
import { EngineError, SliceError, VclusterError } from '../../errors.ts';
import { findBuilt } from '../../image/ensure-image.ts';
import { imageLabels, isSliceTag } from '../../image/labels.ts';
import { findProblems } from '../problems.ts';
import { debianReleases, defaultBase, type GanetiVersion, ganetiVersions } from '../../config/defaults.ts';
import { openFiles } from '../../plan/container-settings.ts';
import { scratchContainer } from '../../plan/scratch-container.ts';
import { parseShape, type Shape } from '../../shape.ts';
import { check, type Check, engineChecks, machineChecks, type MachineFacts, ok } from './checks.ts';

/** Runs all checks.  A failed check does not stop the others, except when the engine is unavailable. */
export async function examine(connect: () => Promise<Engine>, files: LocalFiles): Promise<readonly Check[]> {
  const engine = await attempt('engine', connect);
  if ('level' in engine) return [engine];
  const info = await attempt('engine', engine.describe);
  if ('level' in info) return [info];
  const local = engine.endpoint.startsWith('unix:') ? await localFacts(files, info.rootDirectory) : {};
  const probed = await attempt('container', () => probeMachine(engine));
  const images = await imageChecks(engine);
  return [
    ...engineChecks(info, engine.endpoint),
    ...('level' in probed ? [probed, ...machineChecks(local)] : machineChecks({ ...local, ...probed })),
    await registryCheck(
      engine,
      images.some(({ level }) => level !== 'ok'),
    ),
    ...images,
    ...(await clusterChecks(engine)),
  ];
}

/** Containers of existing clusters that could not be started, or whose published address is gone. */
async function clusterChecks(engine: Engine): Promise<readonly Check[]> {
  return (await findProblems(engine)).map(({ container, problem, remedy }) =>
    check('clusters', `${container}: ${problem}`, { holds: false, remedy }),
  );
}

/** Turns a `VclusterError` into a failed check. */
async function attempt<T>(name: string, run: () => Promise<T>): Promise<T | Check> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof VclusterError)) throw error;
    const found = [error.message, ...error.output].join('\n');
    return { name, level: 'fail', found, ...(error.hint !== undefined && { remedy: error.hint }) };
  }
}

/** Access to the files of this machine; rejects when something cannot be read. */
export interface LocalFiles {
  readonly readText: (path: string) => Promise<string>;
  /** free space of the file system of a path, in MiB */
  readonly freeMiB: (path: string) => Promise<number>;
}

/** Reads the files of this machine, which are relevant only if the engine runs on it. */
async function localFacts(files: LocalFiles, rootDirectory: string): Promise<MachineFacts> {
  const attempts = [
    files.readText('/proc/sys/fs/inotify/max_user_instances').then((text) => ({ inotifyInstances: Number(text) })),
    files.readText('/proc/meminfo').then(memoryAvailable),
    files.freeMiB(rootDirectory).then((diskFreeMiB) => ({ diskFreeMiB })),
  ];
  // A fact is omitted when its file cannot be read.
  const known = await Promise.all(attempts.map((attempt) => attempt.catch((): MachineFacts => ({}))));
  return Object.assign({}, ...known) as MachineFacts;
}

function memoryAvailable(meminfo: string): MachineFacts {
  const kibibytes = /^MemAvailable:\s+(\d+) kB$/m.exec(meminfo)?.[1];
  return kibibytes === undefined ? {} : { memoryAvailableMiB: Math.floor(Number(kibibytes) / 1024) };
}

const probeTimeoutMs = 20_000;

const factsShape = {
  'inotifyInstances?': 'number',
  'memoryAvailableMiB?': 'number',
  'diskFreeMiB?': 'number',
} satisfies Shape;

/**
 * Runs the slice's program in a scratch container to look at the engine's machine from the inside.  The container has
 * the limit of open files that slices have, and cannot be started if the engine may not raise it.
 *
 * @returns no facts when there is no slice image, or it has no probe
 * @throws {SliceError} when the probe does not answer in time, or its answer does not have the shape
 */
async function probeMachine(engine: Engine): Promise<MachineFacts> {
  // Untagged images with this label are build stages, which possibly do not contain the program yet.
  const images = await engine.findImages({ [imageLabels.kind]: 'slice' });
  const image = images.flatMap(({ tags }) => tags).find(isSliceTag);
  if (image === undefined) return {};
  const container = await engine.createContainer(`vcluster-box-probe-${randomBytes(4).toString('hex')}`, {
    ...scratchContainer(image, ['probe']),
    ulimits: openFiles(1),
  });
  try {
    await engine.startContainer(container);
    const signal = AbortSignal.timeout(probeTimeoutMs);
    for await (const { text } of engine.followLogs(container, { follow: true, signal })) {
      if (!text.startsWith('{')) continue;
      const answer = parseShape(text, factsShape);
      if ('problem' in answer) throw new SliceError(`the probe in image ${image} is not usable: ${answer.problem}`);
      return answer.value as MachineFacts;
    }
    if (signal.aborted)
      throw new SliceError(`the probe in image ${image} did not answer in ${probeTimeoutMs / 1000} s`);
    return {};
  } finally {
    await engine.removeContainer(container);
  }
}

/** Checks for each Ganeti version whether a cluster can be created without a registry. */
function imageChecks(engine: Engine): Promise<readonly Check[]> {
  return Promise.all(ganetiVersions.map((version) => imageCheck(engine, version)));
}

async function imageCheck(engine: Engine, ganeti: GanetiVersion): Promise<Check> {
  const { tag, base } = await findBuilt(engine, { ganeti });
  const existing = tag === undefined ? base && `its base image ${base.name} exists` : `${tag} exists`;
  return check(
    `image ${ganeti}`,
    existing ?? `neither the slice image nor a base image of Debian ${debianReleases[ganeti]} exists`,
    {
      holds: existing !== undefined,
      remedy: `run vcluster-box image build --ganeti ${ganeti}; it needs a registry or mmdebstrap`,
    },
  );
}

/**
 * Checks whether base images can be pulled.  This is optional, because a base image can be built from Debian packages.
 *
 * @param needed whether an image is missing that needs a base image
 */
async function registryCheck(engine: Engine, needed: boolean): Promise<Check> {
  const base = defaultBase(debianReleases[ganetiVersions[0]]);
  const problem = await engine.findInRegistry(base).then(
    () => undefined,
    (error: unknown) => {
      if (error instanceof EngineError) return error.message;
      throw error;
    },
  );
  if (problem === undefined) return ok('registry', `reachable, has ${base}`);
  return check('registry', needed ? problem : 'unreachable, but not needed: all images exist', {
    holds: !needed,
    remedy:
      'without a registry, base images are built from packages: apt-get install mmdebstrap (and uidmap for non-root users)',
  });
}
