import type { Containers, Engine, Exec, ExecCommand, Logs, NetworksAndVolumes } from '../../src/engine/engine.ts';
import { AddressPoolError, EngineError, NameTakenError, PortTakenError } from '../../src/errors.ts';
import { fakeArchives } from './fake-archives.ts';
import { fakeImages } from './fake-images.ts';
import { fakeContainer, fakeInfo, fakeNetwork, type FakeContainer, type FakeState, withLabels } from './fake-state.ts';

interface FakeCall {
  readonly method: string;
  readonly args: readonly unknown[];
}

export interface FakeEngine extends Engine {
  readonly state: FakeState;
  /** all calls in order */
  readonly calls: readonly FakeCall[];
  /** the arguments of each exec, in order */
  readonly execs: () => readonly { readonly container: string; readonly command: ExecCommand }[];
}

/** An in-memory engine, for tests of everything above the engine interface. */
export function fakeEngine(given: Partial<FakeState> = {}): FakeEngine {
  const state: FakeState = {
    containers: [],
    networks: [],
    volumes: [],
    images: [],
    info: fakeInfo,
    onExec: () => 0,
    onCall: () => undefined,
    logs: [],
    ...given,
  };
  const calls: FakeCall[] = [];
  const engine: Engine = {
    endpoint: 'unix:///fake/docker.sock',
    describe: () => Promise.resolve(state.info),
    ...fakeContainers(state),
    ...fakeLogsAndExec(state),
    ...fakeArchives((key) => getContainer(state, key)),
    ...fakeNetworksAndVolumes(state),
    ...fakeImages(state),
  };
  return { ...recording(engine, calls, state), state, calls, execs: () => execsAmong(calls) };
}

function fakeContainers(state: FakeState): Containers {
  const find = (key: string) => findContainer(state, key);
  const get = (key: string) => getContainer(state, key);
  const change = (key: string, to: Partial<FakeContainer>) => {
    state.containers = state.containers.map((one) => (one === find(key) ? { ...one, ...to } : one));
    return Promise.resolve();
  };
  const remove = (key: string) => {
    state.containers = state.containers.filter((one) => one !== find(key));
    return Promise.resolve();
  };
  return {
    findContainers: (labels) => Promise.resolve(withLabels(state.containers, labels)),
    inspectContainer: (key) => Promise.resolve(find(key)),
    inspectRaw: (key) => Promise.resolve<unknown>(find(key)),
    createContainer: (name, settings) => {
      if (find(name)) throw new NameTakenError(`container ${name} already exists`);
      if (!hasImage(state, settings.image)) fail(`cannot create container ${name}: No such image: ${settings.image}`);
      const { image, labels, ports, memory, nanoCpus, pidsLimit, network, restartPolicy } = settings;
      const { logs } = state;
      const same = { image, labels, ports, memory, nanoCpus, pidsLimit, network, restartPolicy };
      const created = fakeContainer({ name, ...same, settings, logs, state: 'created', startedAt: '' });
      state.containers = [...state.containers, created];
      return Promise.resolve(created.id);
    },
    reconnectNetwork: (key, network) => {
      const id = state.networks.find(({ name }) => name === network)?.id ?? network;
      return change(get(key).id, { networkIds: { ...get(key).networkIds, [network]: id } });
    },
    startContainer: (key) => {
      const container = get(key);
      requireStartable(state, container);
      return change(container.id, { state: 'running', startedAt: '2024-01-01T00:00:00Z' });
    },
    stopContainer: (key) => {
      const active = ['running', 'paused'].includes(find(key)?.state ?? '');
      return active ? change(key, { state: 'exited', exitCode: 0 }) : Promise.resolve();
    },
    pauseContainer: (key) => {
      if (get(key).state !== 'running') fail(`container ${key} is not running`);
      return change(key, { state: 'paused' });
    },
    unpauseContainer: (key) => {
      if (get(key).state !== 'paused') fail(`container ${key} is not paused`);
      return change(key, { state: 'running' });
    },
    removeContainer: remove,
    removeStopped: async (key) => {
      if (['running', 'paused', 'restarting'].includes(find(key)?.state ?? '')) return false;
      await remove(key);
      return true;
    },
    updateLimits: (key, limits) => change(get(key).id, limits),
  };
}

function fakeLogsAndExec(state: FakeState): Logs & Exec {
  return {
    // eslint-disable-next-line @typescript-eslint/require-await -- the interface is asynchronous
    followLogs: async function* (key) {
      yield* getContainer(state, key).logs;
    },
    exec: (key, command, streams) => {
      if (getContainer(state, key).state !== 'running') fail(`container ${key} is not running`);
      return Promise.resolve(state.onExec(key, command, streams));
    },
  };
}

function fakeNetworksAndVolumes(state: FakeState): NetworksAndVolumes {
  return {
    findNetworks: (labels) => Promise.resolve(withLabels(state.networks, labels)),
    listNetworks: () => Promise.resolve(state.networks),
    createNetwork: ({ name, labels, subnet: given, driver = 'bridge', attachable = false }) => {
      if (state.networks.some((one) => one.name === name)) throw new NameTakenError(`network ${name} already exists`);
      if (state.networks.some(({ subnets }) => given !== undefined && subnets.includes(given)))
        throw new AddressPoolError(`cannot create network ${name}: Pool overlaps with other one on this address space`);
      const scope = driver === 'overlay' ? 'swarm' : 'local';
      const created = fakeNetwork({ name, driver, attachable, labels, scope, subnets: [given ?? '172.30.0.0/16'] });
      state.networks = [...state.networks, created];
      return Promise.resolve(created.id);
    },
    removeNetwork: (key) => {
      state.networks = state.networks.filter(({ id, name }) => id !== key && name !== key);
      return Promise.resolve();
    },
    findVolumes: (labels) => Promise.resolve(withLabels(state.volumes, labels)),
    removeVolume: (volume) => {
      state.volumes = state.volumes.filter(({ name }) => name !== volume);
      return Promise.resolve();
    },
  };
}

/** @throws {EngineError} as an engine does that cannot start the container */
function requireStartable({ containers, networks }: FakeState, { id, name, state, ports, networkIds }: FakeContainer) {
  if (state === 'paused') fail(`container ${name} is paused`);
  // A worker of a swarm knows a network by its name only.
  const known = networks.map((network) => network.id);
  const lost = Object.entries(networkIds).find(([network, its]) => network !== its && !known.includes(its));
  if (lost !== undefined) fail(`network ${lost[1]} not found`);
  const others = containers.filter((one) => one.id !== id && ['running', 'paused'].includes(one.state));
  const taken = others.flatMap((one) => one.ports.map(({ hostPort }) => hostPort));
  if (ports.some(({ hostPort }) => hostPort !== 0 && taken.includes(hostPort)))
    throw new PortTakenError(`cannot start container ${name}: port is already allocated`);
}

/** The images of containers that a test begins with are not listed. */
function hasImage({ images, containers }: FakeState, image: string): boolean {
  return (
    images.some(({ id, tags }) => id === image || tags.includes(image)) || containers.some((one) => one.image === image)
  );
}

function findContainer(state: FakeState, key: string): FakeContainer | undefined {
  return state.containers.find(({ id, name }) => id === key || name === key);
}

function getContainer(state: FakeState, key: string): FakeContainer {
  return findContainer(state, key) ?? fail(`no such container: ${key}`);
}

function recording(engine: Engine, calls: FakeCall[], state: FakeState): Engine {
  const wrap =
    <Args extends unknown[], Result>(method: string, run: (...args: Args) => Promise<Result>) =>
    async (...args: Args): Promise<Result> => {
      calls.push({ method, args });
      const result = await run(...args);
      try {
        await state.onCall(method, args);
      } catch (error) {
        if (error instanceof NameTakenError) throw error;
        // Otherwise, what an engine refuses to create does not exist.
        if (method === 'createContainer') state.containers = state.containers.filter(({ id }) => id !== result);
        if (method === 'createNetwork') state.networks = state.networks.filter(({ id }) => id !== result);
        throw error;
      }
      return result;
    };
  const methods = Object.entries(engine).map(([name, value]): [string, unknown] =>
    typeof value === 'function' && name !== 'followLogs'
      ? [name, wrap(name, value as () => Promise<unknown>)]
      : [name, value],
  );
  return Object.fromEntries(methods) as unknown as Engine;
}

function execsAmong(calls: readonly FakeCall[]) {
  return calls
    .filter(({ method }) => method === 'exec')
    .map(({ args }) => ({ container: args[0] as string, command: args[1] as ExecCommand }));
}

function fail(message: string): never {
  throw new EngineError(message);
}
