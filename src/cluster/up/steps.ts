import type { ClusterSpec } from '../../config/cluster-spec.ts';
import type { Report } from '../../events.ts';
import { imageSteps } from '../../image/distribute-image.ts';
import type { StepName } from '../../steps.ts';

/** The steps of `up`, `start` and `node add --host` that this program takes. */
export const steps = {
  check: { id: 'check', title: 'Checking engines' },
  container: { id: 'container', title: 'Starting containers' },
  ports: { id: 'ports', title: 'Publishing ports' },
  verify: { id: 'verify', title: 'Verifying the cluster' },
  addPeer: { id: 'add-peer', title: 'Adding the host to the other slices' },
  verifyPeer: { id: 'verify-peer', title: 'Verifying the network from the other hosts' },
} as const;

/** A step that the slice takes; `of` are the steps that its program reports (`BOOT` in its `boot/supervise.py`), in its order. */
export type SliceStep = StepName & { readonly of: readonly string[] };

const sliceSteps = [
  { id: 'boot', title: 'Setting up the nodes', of: ['plan', 'check', 'network', 'directories', 'ssh'] },
  { id: 'peers', title: 'Connecting the hosts', of: ['peers'] },
  { id: 'init', title: 'Initialising the cluster', of: ['init'] },
  { id: 'join', title: 'Joining the nodes', of: ['join'] },
  { id: 'daemons', title: "Starting the nodes' daemons", of: ['daemons'] },
  { id: 'ready', title: 'Waiting until the cluster answers', of: ['ready'] },
  { id: 'instances', title: 'Creating instances', of: ['instances'] },
] as const;

/** A slice of a new host, which has no nodes yet. */
export const newHostSteps: readonly SliceStep[] = [{ ...sliceSteps[0], title: 'Setting up the slice' }, sliceSteps[1]];

/** Leaves out what few clusters have: several hosts, and instances from the start. */
export function bootSteps({ hosts, instances }: { readonly hosts: number; readonly instances: number }) {
  const left = [...(instances > 0 ? [] : ['instances']), ...(hosts > 1 ? [] : ['peers'])];
  return sliceSteps.filter(({ id }): boolean => !left.includes(id));
}

/** Everything that `up` can do, in order; what turns out not to be needed is reported as skipped. */
export function announceUp(report: Report, spec: ClusterSpec): void {
  const { name, instances, publish, verify } = spec;
  const hosts = Math.max(1, spec.hosts.length);
  announce(report, `Cluster ${name}`, [
    steps.check,
    imageSteps.base,
    imageSteps.image,
    ...(hosts > 1 ? [imageSteps.copy] : []),
    steps.container,
    ...(publish.length > 0 ? [steps.ports] : []),
    ...bootSteps({ hosts, instances }),
    ...(verify ? [steps.verify] : []),
  ]);
}

/** Everything that `start` can do. */
export function announceStart(report: Report, title: string, hosts: number): void {
  announce(report, title, [steps.container, ...bootSteps({ hosts, instances: 0 })]);
}

/** Everything that is done for a host that joins a cluster. */
export function announceNewHost(report: Report, title: string): void {
  const own = [steps.check, imageSteps.copy, steps.container, steps.addPeer];
  announce(report, title, [...own, ...newHostSteps, steps.verifyPeer]);
}

function announce(report: Report, title: string, all: readonly StepName[]): void {
  report({ type: 'run-started', title, steps: all.map(({ id, title: name }) => ({ id, title: name })) });
}
