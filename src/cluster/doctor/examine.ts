import { randomBytes } from 'node:crypto';
import type { Engine } from '../../engine/engine.ts';
import { EngineError, VclusterError } from '../../errors.ts';
import { findLocalBase } from '../../image/base-image.ts';
import { imageLabels } from '../../image/labels.ts';
import { debianRelease, type GanetiVersion, ganetiVersions } from '../../image/releases.ts';
import { scratchContainer } from '../../plan/scratch-container.ts';
import { check, type Check, engineChecks, machineChecks, type MachineFacts, ok } from './checks.ts';

/** Looks at all that clusters need, and goes on where something is not as it should be. */
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
  ];
}

/** What is foreseen to go wrong is a finding, too. */
async function attempt<T>(name: string, run: () => Promise<T>): Promise<T | Check> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof VclusterError)) throw error;
    const found = [error.message, ...error.output].join('\n');
    return { name, level: 'fail', found, ...(error.hint !== undefined && { remedy: error.hint }) };
  }
}

/** The files of this machine, as far as they can be read. */
export interface LocalFiles {
  readonly readText: (path: string) => Promise<string>;
  /** free MiB of the file system that a path is on */
  readonly freeMiB: (path: string) => Promise<number>;
}

/** By this machine's own files: true of the engine's machine only when the engine is on it. */
async function localFacts(files: LocalFiles, rootDirectory: string): Promise<MachineFacts> {
  const attempts = [
    files.readText('/proc/sys/fs/inotify/max_user_instances').then((text) => ({ inotifyInstances: Number(text) })),
    files.readText('/proc/meminfo').then(memoryAvailable),
    files.freeMiB(rootDirectory).then((diskFreeMiB) => ({ diskFreeMiB })),
  ];
  // Where a file cannot be read, its fact is not known: that is what the result says.
  const known = await Promise.all(attempts.map((attempt) => attempt.catch((): MachineFacts => ({}))));
  return Object.assign({}, ...known) as MachineFacts;
}

function memoryAvailable(meminfo: string): MachineFacts {
  const kibibytes = /^MemAvailable:\s+(\d+) kB$/m.exec(meminfo)?.[1];
  return kibibytes === undefined ? {} : { memoryAvailableMiB: Math.floor(Number(kibibytes) / 1024) };
}

/**
 * What a container sees of the engine's machine: asked of the slice's program, in a container that is thrown away.
 *
 * @returns nothing when there is no slice image to run, or it does not answer
 */
async function probeMachine(engine: Engine): Promise<MachineFacts> {
  // Untagged ones with that label are what a build has made on its way: the program may not be in them yet.
  const images = await engine.findImages({ [imageLabels.kind]: 'slice' });
  const image = images.flatMap(({ tags }) => tags)[0];
  if (image === undefined) return {};
  const container = await engine.createContainer(
    `vcluster-box-probe-${randomBytes(4).toString('hex')}`,
    scratchContainer(image, ['probe']),
  );
  try {
    await engine.startContainer(container);
    for await (const { text } of engine.followLogs(container, { follow: true })) {
      if (text.startsWith('{')) return JSON.parse(text) as MachineFacts;
    }
    return {};
  } finally {
    await engine.removeContainer(container);
  }
}

/** Whether a cluster of each version could be made without a registry. */
function imageChecks(engine: Engine): Promise<readonly Check[]> {
  return Promise.all(ganetiVersions.map((version) => imageCheck(engine, version)));
}

async function imageCheck(engine: Engine, ganeti: GanetiVersion): Promise<Check> {
  const base = await findLocalBase(engine, { ganeti });
  const slices = await engine.findImages({ [imageLabels.kind]: 'slice', [imageLabels.ganeti]: ganeti });
  const built = slices.some(({ tags }) => tags.length > 0);
  const there = built ? 'the slice image is there' : base && `its base image ${base.name} is there`;
  return check(
    `image ${ganeti}`,
    there ?? `neither the slice image nor a base image of Debian ${debianRelease(ganeti)} is there`,
    {
      holds: there !== undefined,
      remedy: `a registry, or mmdebstrap, will be needed: vcluster-box image build --ganeti ${ganeti}`,
    },
  );
}

/**
 * Whether base images can be pulled.  Clusters can do without: a base image can be made of Debian's packages.
 *
 * @param needed whether an image is missing for which a base would have to be pulled
 */
async function registryCheck(engine: Engine, needed: boolean): Promise<Check> {
  const base = `debian:${debianRelease('3.0')}-slim`;
  const problem = await engine.findInRegistry(base).then(
    () => undefined,
    (error: unknown) => {
      if (error instanceof EngineError) return error.message;
      throw error;
    },
  );
  if (problem === undefined) return ok('registry', `answers, and has ${base}`);
  return check('registry', needed ? problem : 'does not answer, and is not needed: the images are there', {
    holds: !needed,
    remedy:
      'without one, a base image is made on the spot: apt-get install mmdebstrap, and uidmap for users other than root',
  });
}
