import { randomBytes } from 'node:crypto';
import { inject } from 'vitest';
import { parseClusterSpec } from '../../src/config/parse-cluster-spec.ts';
import type { ContainerSettings, Engine, ExecCommand, FileToWrite } from '../../src/engine/engine.ts';
import type { GanetiVersion } from '../../src/config/defaults.ts';
import { planContainer } from '../../src/plan/container-settings.ts';
import { planCluster } from '../../src/plan/plan-cluster.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { slicePaths } from '../../src/plan/slice-paths.ts';
import { capture, type Captured } from './capture.ts';
import { testEngine } from './docker-available.ts';
import { readEvents, type SliceEvent, untilEvent } from './slice-events.ts';
import { sliceTest } from './slice-test.ts';

export interface SliceOptions {
  readonly ganeti?: GanetiVersion;
  readonly nodes?: number;
  /** Takes the planner's plan and returns what the slice gets instead; `undefined`: no plan. */
  readonly plan?: (plan: Plan) => unknown;
  readonly settings?: Partial<ContainerSettings>;
  readonly files?: readonly FileToWrite[];
  /** a container of the same image that does nothing */
  readonly idle?: boolean;
}

/** A slice as `up` creates it, except for its name, a free RAPI port, and the test's options. */
export interface Slice extends AsyncDisposable {
  readonly engine: Engine;
  readonly container: string;
  readonly settings: ContainerSettings;
  /** Starts the container and waits until it is ready, has failed, or reports the given event. */
  readonly start: (type?: string, step?: string) => Promise<readonly SliceEvent[]>;
  readonly run: (
    argv: readonly string[],
    options?: Omit<ExecCommand, 'argv'> & { stdin?: string },
  ) => Promise<Captured>;
  /** Runs a command by `<node>/cmd`, and throws if it fails. */
  readonly gnt: (node: string, ...argv: string[]) => Promise<string>;
  /** All events in the log, of all starts. */
  readonly log: () => Promise<readonly SliceEvent[]>;
}

export async function createSlice(options: SliceOptions = {}): Promise<Slice> {
  const engine = await testEngine();
  const { plan, planned } = planSlice(options);
  const { network, name: container } = planned;
  const settings = { ...planned.settings, labels: sliceTest, ...options.settings };
  await engine.createNetwork({ ...network, labels: sliceTest });
  await engine.createContainer(container, settings);
  const files = [...planFile(options, plan), ...(options.files ?? [])];
  if (files.length > 0) await engine.writeFiles(container, files);
  return sliceOf(engine, container, settings);
}

function planSlice({ ganeti = '3.0', nodes = 3, idle = false }: SliceOptions) {
  const name = `test-${randomBytes(5).toString('hex')}`;
  const request = parseClusterSpec({ name, nodes: `${nodes}`, ganeti, restart: 'no' }, 'test');
  const plan = planCluster(request.spec);
  const images = inject('images')[ganeti];
  if (images === undefined) throw new Error(`there is no image with Ganeti ${ganeti}`);
  const circumstances = { image: images[idle ? 'idle' : 'slice'], runId: name, version: 'test', rapiPort: 0 };
  return { plan, planned: planContainer(request, plan, circumstances) };
}

function planFile({ idle = false, plan: change = (same) => same }: SliceOptions, plan: Plan): readonly FileToWrite[] {
  const given = idle ? undefined : change(plan);
  return given === undefined ? [] : [{ path: slicePaths.plan, content: JSON.stringify(given), mode: 0o644 }];
}

export async function startSlice(options: SliceOptions = {}): Promise<Slice> {
  const slice = await createSlice(options);
  if (options.idle === true) await slice.engine.startContainer(slice.container);
  else await slice.start();
  return slice;
}

export function sliceOf(engine: Engine, container: string, settings: ContainerSettings): Slice {
  const run: Slice['run'] = (argv, options) => capture(engine, container, { argv, ...options });
  return {
    engine,
    container,
    settings,
    run,
    async start(type = 'ready', step) {
      await engine.startContainer(container);
      return untilEvent(engine, container, { type, step });
    },
    async gnt(node, ...argv) {
      const { status, stdout, stderr } = await run([`/srv/vcluster/${node}/cmd`, ...argv]);
      if (status !== 0) throw new Error(`${argv.join(' ')} on ${node}: status ${status}\n${stdout}${stderr}`);
      return stdout;
    },
    log: () => readEvents(engine, container),
    async [Symbol.asyncDispose]() {
      await engine.removeContainer(container);
      await engine.removeNetwork(settings.network);
    },
  };
}
