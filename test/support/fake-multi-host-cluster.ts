import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rememberHosts } from '../../src/cluster/multi-engine/multi-engine.ts';
import { parseClusterSpec } from '../../src/config/parse-cluster-spec.ts';
import { planCluster } from '../../src/plan/plan-cluster.ts';
import { planSlices } from '../../src/plan/plan-slices.ts';
import { slicePaths } from '../../src/plan/slice-paths.ts';
import { fakeCluster } from './fake-cluster.ts';
import { fakeEngine, type FakeEngine } from './fake-engine.ts';
import { fakeInfo, type FakeContainer, type FakeState } from './fake-state.ts';

export interface FakeHost {
  readonly endpoint: string;
  /** number of nodes on it */
  readonly nodes: number;
  readonly container?: Partial<FakeContainer>;
  readonly engine?: Partial<FakeState>;
}

/** Hosts of a cluster, each with its own engine, whose id is `id-of-` and its endpoint. */
export function multiHostCluster(name: string, hosts: readonly FakeHost[]): Readonly<Record<string, FakeEngine>> {
  const nodes = hosts.reduce((sum, host) => sum + host.nodes, 0);
  const plans = planSlices(planCluster(parseClusterSpec({ name, nodes }, 'test').spec), {
    cluster: name,
    overlay: { kind: 'vxlan', vni: 7 },
    hosts: hosts.map((host, index) => ({
      ...host,
      engine: idOf(host.endpoint),
      underlay: { address: `192.0.2.${index + 1}`, port: 4789 },
    })),
  });
  const engines = hosts.map(({ endpoint, container = {}, engine = {} }, index) => {
    const number = index + 1;
    const made = fakeCluster(name, nodes);
    const slice: FakeContainer = {
      ...made,
      id: `id-${name}-${number}`,
      name: `vcluster-box-${name}-${number}`,
      labels: { ...made.labels, 'vcluster-box.slice': `${number}`, 'vcluster-box.slices': `${hosts.length}` },
      ports: [{ containerPort: 5081, protocol: 'tcp', hostAddress: '127.0.0.1', hostPort: 5080 }],
      files: new Map([...made.files, [slicePaths.plan, Buffer.from(JSON.stringify(plans[index]))]]),
      ...container,
    };
    const info = { ...fakeInfo, id: idOf(endpoint) };
    return [endpoint, fakeEngine({ containers: [slice], info, ...engine })] as const;
  });
  return Object.fromEntries(engines);
}

function idOf(endpoint: string): string {
  return `id-of-${endpoint}`;
}

/** The environment of a program whose state directory has cached names of these hosts. */
export async function cachedHostsOf(hosts: Readonly<Record<string, readonly string[]>>) {
  const state = mkdtempSync(join(tmpdir(), 'vcluster-box-'));
  for (const [cluster, endpoints] of Object.entries(hosts)) {
    await rememberHosts(
      join(state, 'vcluster-box'),
      cluster,
      endpoints.map((endpoint) => ({ endpoint })),
    );
  }
  return { XDG_STATE_HOME: state };
}
