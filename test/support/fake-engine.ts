import { text } from 'node:stream/consumers';
import type {
  BuildRequest,
  ContainerSettings,
  Engine,
  ExecCommand,
  ExecStreams,
  FileToWrite,
  Labels,
  Limits,
  NetworkSettings,
} from '../../src/engine/engine.ts';
import { archiveMethods } from './fake-archives.ts';
import { fakeContainer, fakeInfo, fakeNetwork, type FakeContainer, type FakeState } from './fake-state.ts';
import { movingMethods } from './fake-images.ts';
import { EngineError, NameTakenError } from '../../src/errors.ts';

interface FakeCall {
  readonly method: string;
  readonly args: readonly unknown[];
}

export interface FakeEngine extends Engine {
  readonly state: FakeState;
  /** every call that was made, in order */
  readonly calls: readonly FakeCall[];
  /** the arguments of each exec, in order */
  readonly execs: () => readonly { readonly container: string; readonly command: ExecCommand }[];
}

/** An engine in memory, for tests of all that is above the engine. */
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
  const engine: Engine = { ...containerMethods(state), ...otherMethods(state) };
  return { ...recording(engine, calls, state), state, calls, execs: () => execsAmong(calls) };
}

function containerMethods(state: FakeState) {
  const find = (key: string) => state.containers.find(({ id, name }) => id === key || name === key);
  const get = (key: string) => find(key) ?? fail(`no such container: ${key}`);
  const change = (key: string, to: Partial<FakeContainer>) => {
    state.containers = state.containers.map((one) => (one === find(key) ? { ...one, ...to } : one));
  };
  return {
    findContainers: (labels: Labels) => Promise.resolve(withLabels(state.containers, labels)),
    inspectContainer: (key: string) => Promise.resolve(find(key)),
    inspectRaw: (key: string) => Promise.resolve<unknown>(find(key)),
    createContainer: (name: string, settings: ContainerSettings) => {
      if (find(name)) throw new NameTakenError(`the container name ${name} is in use`);
      const { image, labels, ports, memory, nanoCpus, pidsLimit, network, restartPolicy } = settings;
      const { logs } = state;
      const same = { image, labels, ports, memory, nanoCpus, pidsLimit, network, restartPolicy };
      const made = { name, ...same, settings, logs };
      state.containers = [...state.containers, fakeContainer({ ...made, state: 'created', startedAt: '' })];
      return Promise.resolve(`id-${name}`);
    },
    startContainer: (key: string) => {
      change(get(key).id, { state: 'running', startedAt: '2024-01-01T00:00:00Z' });
      return Promise.resolve();
    },
    stopContainer: (key: string) => {
      if (find(key)?.state === 'running' || find(key)?.state === 'paused')
        change(key, { state: 'exited', exitCode: 0 });
      return Promise.resolve();
    },
    pauseContainer: (key: string) => {
      if (get(key).state !== 'running') fail(`container ${key} is not running`);
      change(key, { state: 'paused' });
      return Promise.resolve();
    },
    unpauseContainer: (key: string) => {
      if (get(key).state !== 'paused') fail(`container ${key} is not paused`);
      change(key, { state: 'running' });
      return Promise.resolve();
    },
    removeContainer: (key: string) => {
      state.containers = state.containers.filter((one) => one !== find(key));
      return Promise.resolve();
    },
    removeStopped: (key: string) => {
      if (['running', 'paused', 'restarting'].includes(find(key)?.state ?? '')) return Promise.resolve(false);
      state.containers = state.containers.filter((one) => one !== find(key));
      return Promise.resolve(true);
    },
    updateLimits: (key: string, limits: Limits) => {
      change(get(key).id, limits);
      return Promise.resolve();
    },
    // eslint-disable-next-line @typescript-eslint/require-await -- the interface's form
    followLogs: async function* (key: string) {
      yield* get(key).logs;
    },
    readFile: (key: string, path: string) => Promise.resolve(get(key).files.get(path)),
    writeFiles: (key: string, files: readonly FileToWrite[]) => {
      for (const { path, content } of files) get(key).files.set(path, Buffer.from(content));
      return Promise.resolve();
    },
    ...archiveMethods((key) => get(key)),
    exec: (key: string, command: ExecCommand, streams: ExecStreams) => {
      if (get(key).state !== 'running') fail(`container ${key} is not running`);
      return Promise.resolve(state.onExec(key, command, streams));
    },
  };
}

function otherMethods(state: FakeState) {
  const image = (key: string) => state.images.find(({ id, tags }) => id === key || tags.includes(key));
  const addImage = (tag: string, labels: Labels) => {
    const made = {
      id: `sha256:${tag}`,
      tags: [tag],
      size: 1000,
      createdAt: 1_700_000_000,
      labels,
      architecture: 'amd64',
    };
    state.images = [...state.images.filter((one) => one !== image(tag)), made];
  };
  return {
    endpoint: 'unix:///fake/docker.sock',
    describe: () => Promise.resolve(state.info),
    findNetworks: (labels: Labels) => Promise.resolve(withLabels(state.networks, labels)),
    listNetworks: () => Promise.resolve(state.networks),
    createNetwork: ({ name, labels, subnet, driver = 'bridge', attachable = false }: NetworkSettings) => {
      if (state.networks.some((one) => one.name === name)) throw new NameTakenError(`network ${name} exists already`);
      const id = `id-${name}`;
      state.networks = [
        ...state.networks,
        fakeNetwork({
          ...{ id, name, driver, attachable, labels, subnets: [subnet ?? '172.30.0.0/16'] },
          scope: driver === 'overlay' ? 'swarm' : 'local',
        }),
      ];
      return Promise.resolve(id);
    },
    removeNetwork: (key: string) => {
      state.networks = state.networks.filter(({ id, name }) => id !== key && name !== key);
      return Promise.resolve();
    },
    findVolumes: (labels: Labels) => Promise.resolve(withLabels(state.volumes, labels)),
    removeVolume: (volume: string) => {
      state.volumes = state.volumes.filter(({ name }) => name !== volume);
      return Promise.resolve();
    },
    findImages: (labels: Labels) => Promise.resolve(withLabels(state.images, labels)),
    inspectImage: (key: string) => Promise.resolve(image(key)),
    findInRegistry: () => Promise.resolve(),
    pullImage: (tag: string) => {
      addImage(tag, {});
      return Promise.resolve();
    },
    ...movingMethods(state),
    importImage: async (tag: string, rootfs: NodeJS.ReadableStream, labels: Labels) => {
      await text(rootfs);
      addImage(tag, labels);
    },
    buildImage: async ({ context, tag, labels }: BuildRequest) => {
      await text(context);
      addImage(tag, labels);
    },
    removeImage: (key: string) => {
      state.images = state.images.filter((one) => one !== image(key));
      return Promise.resolve();
    },
  };
}

function recording(engine: Engine, calls: FakeCall[], state: FakeState): Engine {
  const wrap =
    <Args extends unknown[], Result>(method: string, run: (...args: Args) => Promise<Result>) =>
    async (...args: Args): Promise<Result> => {
      calls.push({ method, args });
      const result = await run(...args);
      await state.onCall(method, args);
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

function withLabels<T extends { readonly labels: Labels }>(all: readonly T[], wanted: Labels): readonly T[] {
  return all.filter(({ labels }) =>
    Object.entries(wanted).every(([key, value]) => (value === '' ? key in labels : labels[key] === value)),
  );
}

function fail(message: string): never {
  throw new EngineError(message);
}
