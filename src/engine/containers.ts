import type Docker from 'dockerode';
import type { Container, ContainerCreateOptions, ContainerInfo, EndpointSettings, Network } from 'dockerode';
import { EngineError, NameTakenError, NetworkMissingError } from '../errors.ts';
import { type Answers, type Connection, labelFilter, request } from './connection.ts';
import { explainStartFailure } from './start-failure.ts';
import { toContainerDetails, toContainerSummary, toCreateBody } from './container-format.ts';
import type { ContainerDetails, Containers, ContainerSettings, Labels } from './engine.ts';
import { findMissingAddresses } from './missing-addresses.ts';

export function containers(connection: Connection): Containers {
  const { docker } = connection;
  const run = <T>(verb: string, name: string, call: (container: Container) => Promise<T>, answers: Answers<T> = {}) =>
    request(connection, `${verb} container ${name}`, () => call(docker.getContainer(name)), answers);
  const nothing = () => undefined;
  return {
    findContainers: (labels) => findContainers(connection, labels),
    inspectContainer: (name) => run('inspect', name, (container) => inspect(connection, container), { 404: nothing }),
    inspectRaw: (name) => run<unknown>('inspect', name, (container) => container.inspect(), { 404: nothing }),
    createContainer: async (name, settings) => {
      // Otherwise, dockerode also puts the body into the URL.
      const body = toCreateBody({ ...settings, labels: { ...settings.labels, ...(await markOf(docker, settings)) } });
      const options = { _query: { name }, _body: body } as ContainerCreateOptions;
      const refuse = (cause: unknown) => {
        throw new NameTakenError(`container ${name} already exists`, { cause });
      };
      const created = run('create', name, () => docker.createContainer(options), { 409: refuse });
      return (await created.catch(explainMissingNetwork)).id;
    },
    reconnectNetwork: (name, network) =>
      run(`connect network ${network} with`, name, (container) => reconnect(container, docker.getNetwork(network))),
    startContainer: (name) =>
      run('start', name, (container) => container.start(), { 304: nothing }).catch((error: unknown) => {
        throw error instanceof EngineError ? explainStartFailure(error) : error;
      }),
    stopContainer: (name, graceSeconds) =>
      run('stop', name, (container) => container.stop({ t: graceSeconds }), { 304: nothing, 404: nothing }),
    pauseContainer: (name) => run('pause', name, (container) => container.pause()),
    unpauseContainer: (name) => run('unpause', name, (container) => container.unpause()),
    removeContainer: (name) =>
      run('remove', name, (container) => container.remove({ force: true, v: true }), {
        404: nothing,
        // Another process is removing it: wait until that is done.
        409: () => run('remove', name, (container) => container.wait({ condition: 'removed' }), { 404: nothing }),
      }),
    removeStopped: (name) =>
      run('remove', name, (container) => container.remove({ v: true }).then(() => true), {
        404: () => true,
        // It is running or paused, or another process is removing it.
        409: () => false,
      }),
    updateLimits: (name, { memory, pidsLimit }) => {
      const limits = {
        // The limit of memory plus swap must not be below the limit of memory.  Its default is twice as much.
        ...(memory !== undefined && { Memory: memory, MemorySwap: 2 * memory }),
        ...(pidsLimit !== undefined && { PidsLimit: pidsLimit }),
      };
      return run('change the limits of', name, (container) => container.update(limits));
    },
  };
}

async function inspect({ endpoint }: Connection, container: Container): Promise<ContainerDetails> {
  const info = await container.inspect();
  const details = toContainerDetails(info);
  return { ...details, missingAddresses: await findMissingAddresses(endpoint, details, info) };
}

/** Podman: "unable to find network with name or ID x: network not found" */
function explainMissingNetwork(error: unknown): never {
  if (!(error instanceof EngineError) || !error.message.includes('network not found')) throw error;
  throw new NetworkMissingError(error.message, { cause: error });
}

async function reconnect(container: Container, network: Network): Promise<void> {
  const { NetworkSettings } = await container.inspect();
  const { Aliases, IPAMConfig, Links } = (NetworkSettings.Networks[network.id] ?? {}) as EndpointSettings;
  // Without force, the engine would look for the network that was removed.
  await network.disconnect({ Container: container.id, Force: true });
  await network.connect({ Container: container.id, EndpointConfig: { Aliases, IPAMConfig, Links } });
}

async function findContainers(connection: Connection, labels: Labels) {
  const { docker } = connection;
  const options = { all: true, filters: labelFilter(labels) };
  const found = await request(connection, 'list containers', () => docker.listContainers(options));
  const isMarked = ({ Labels, ImageID }: ContainerInfo) => Labels[imageLabel] === ImageID;
  if (Object.keys(labels).length === 0 || found.every(isMarked)) return found.map(toContainerSummary);
  // A container whose image was made from a container (`docker commit`) has the labels of that container.
  const images = await request(connection, 'list images', () => docker.listImages(options));
  const inherited = new Map(images.map(({ Id, Labels }) => [Id, Labels]));
  return found.filter((container) => hasOwnLabels(container, inherited.get(container.ImageID))).map(toContainerSummary);
}

/**
 * The id of the image that a container was created from.  A copy of the container (`docker commit`) has the label, but
 * another image.  This saves asking for the labels of images, for which engines take tens of milliseconds.
 */
const imageLabel = 'vcluster-box.image-id';

/** Without the image, creating the container fails with the engine's message. */
async function markOf(docker: Docker, { image, labels }: ContainerSettings): Promise<Labels> {
  if (!Object.keys(labels).some(isOurs)) return {};
  const inspected = await docker
    .getImage(image)
    .inspect()
    .catch(() => undefined);
  return inspected === undefined ? {} : { [imageLabel]: inspected.Id };
}

const isOurs = (key: string) => key.startsWith('vcluster-box.');

/** Whether a container was given one of our labels, or another value than its image has, when it was created. */
function hasOwnLabels({ Labels, Names }: ContainerInfo, inherited: Labels | undefined): boolean {
  if (inherited !== undefined) return Object.entries(Labels).some(([key, at]) => isOurs(key) && inherited[key] !== at);
  // The image has none of our labels, or was removed, and then only the name tells our container from one of a copy:
  // Podman and containerd's image store can give the image another id in `ImageID` than in the mark.
  return !(imageLabel in Labels) || Names.some((name) => ourName.test(name));
}

/** `/vcluster-box-NAME-1`, `/vcluster-box-NAME-port-5080`, `/vcluster-box-probe-0a1b2c3d` */
const ourName = /^\/vcluster-box-.+-[0-9a-f]+$/;
