import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { inject } from 'vitest';
import { parseClusterSpec } from '../../src/config/parse-cluster-spec.ts';
import type { FileToWrite } from '../../src/engine/engine.ts';
import { planContainer } from '../../src/plan/container-settings.ts';
import { planCluster, withoutProvisioning } from '../../src/plan/plan-cluster.ts';
import { containerName, networkName } from '../../src/plan/names.ts';
import { growSlices } from '../../src/plan/choose-slice.ts';
import { planSlices } from '../../src/plan/plan-slices.ts';
import type { Plan, Overlay } from '../../src/plan/plan.ts';
import { slicePaths } from '../../src/plan/slice-paths.ts';
import { testEngine } from './docker-available.ts';
import { currentPlan } from './slice-nodes.ts';
import { type Slice, sliceOf } from './slice.ts';
import { sliceTest } from './slice-test.ts';

export interface SlicesOptions {
  readonly overlay: Overlay;
  /** number of nodes of each slice; default: two slices with two nodes each */
  readonly nodes?: readonly number[];
  /** further options of the cluster */
  readonly options?: object;
  /** Changes the plan of the cluster that they create; default: they create none. */
  readonly cluster?: (plan: Plan) => Plan;
  /** default: the files with the keys that the slices share */
  readonly files?: readonly FileToWrite[];
}

export interface Slices extends AsyncDisposable {
  /** not started */
  readonly slices: readonly Slice[];
  /** Creates another one, without nodes, which is not started and unknown to the others. */
  readonly oneMore: () => Promise<Slice>;
}

/**
 * Slices of one cluster as `up` creates them on several hosts, but all on one network of one engine, where they find
 * each other by name.
 */
export async function createSlices(options: SlicesOptions): Promise<Slices> {
  const engine = await testEngine();
  const { network, containers, contain, keys } = planAll(options);
  await engine.createNetwork(network);
  const slices: Slice[] = [];
  const make = async ({ name, settings, files }: (typeof containers)[number]) => {
    await engine.createContainer(name, settings);
    await engine.writeFiles(name, files);
    const made = sliceOf(engine, name, settings);
    slices.push(made);
    return made;
  };
  for (const container of containers) await make(container);
  return {
    slices,
    async oneMore() {
      const [first] = slices;
      if (first === undefined) throw new Error('there is no slice');
      const plans = growSlices(
        await currentPlan(first),
        hostOf(slices.length, containerName(network.cluster, slices.length + 1)),
      );
      const [plan] = plans.slice(-1);
      if (plan === undefined) throw new Error('there is no plan');
      return make(contain(plan, keys));
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(slices.map(({ container }) => engine.removeContainer(container)));
      await engine.removeNetwork(network.name);
    },
  };
}

function planAll({ overlay, nodes = [2, 2], options, cluster = withoutProvisioning, files }: SlicesOptions) {
  const name = `test-${randomBytes(5).toString('hex')}`;
  const total = nodes.reduce((sum, each) => sum + each);
  const request = parseClusterSpec({ name, nodes: `${total}`, restart: 'no', ...options }, 'test');
  const hosts = nodes.map((each, index) => {
    const host = hostOf(index, containerName(name, index + 1));
    return { nodes: each, ...host, underlay: overlay.kind === 'flat' ? null : host.underlay };
  });
  const image = inject('images')['3.0']?.slice ?? '';
  const contain = (plan: Plan, secrets: readonly FileToWrite[]) => {
    const container = planContainer(request, plan, { image, runId: name, version: 'test', rapiPort: 0 });
    const settings = { ...container.settings, labels: sliceTest };
    const planFile = { path: slicePaths.plan, content: JSON.stringify(plan), mode: 0o644 };
    return { name: container.name, settings, files: [planFile, ...secrets] };
  };
  const plans = planSlices(planCluster(request.spec), { cluster: name, overlay, hosts });
  const keys = files ?? sharedKeys();
  const containers = plans.map((plan) => contain(cluster(plan), keys));
  return { network: { name: networkName(name), cluster: name, labels: sliceTest }, containers, contain, keys };
}

function hostOf(index: number, name: string) {
  const underlay = { address: name, port: 4790 + index };
  return { endpoint: `ssh://ops@host${index + 1}`, engine: `ENGINE${index + 1}`, underlay };
}

/** One for sshd, one for root. */
function sharedKeys(): readonly FileToWrite[] {
  return ['/etc/ssh/ssh_host_rsa_key', '/root/.ssh/id_rsa'].map((path) => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    return { path, content: privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(), mode: 0o600 };
  });
}
