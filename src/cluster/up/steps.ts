import type { ClusterSpec } from '../../config/cluster-spec.ts';
import type { Report } from '../../events.ts';
import { imageSteps } from '../../image/image-steps.ts';
import type { StepName } from '../../steps.ts';

export const checkStep: StepName = { id: 'check', title: 'Looking at the engine' };
export const hostsStep: StepName = { id: 'check', title: 'Looking at the engines of all hosts' };
export const containersStep: StepName = { id: 'container', title: 'Starting a container on each host' };
export const containerStep: StepName = { id: 'container', title: 'Starting the container' };
export const portsStep: StepName = { id: 'ports', title: 'Publishing ports' };
export const verifyStep: StepName = { id: 'verify', title: 'Verifying the cluster' };

/**
 * What the slice does by itself, as the user sees it.  `of` are the steps that its program tells of
 * (`vcluster_slice/boot/supervise.py`), in its order.
 */
const sliceSteps = [
  { id: 'boot', title: 'Setting up the nodes', of: ['plan', 'check', 'network', 'directories', 'ssh'] },
  { id: 'peers', title: 'Connecting the hosts', of: ['peers'] },
  { id: 'init', title: 'Initialising the cluster', of: ['init'] },
  { id: 'join', title: 'Joining the nodes', of: ['join'] },
  { id: 'daemons', title: "Starting the nodes' daemons", of: ['daemons'] },
  { id: 'ready', title: 'Waiting until the cluster answers', of: ['ready'] },
  { id: 'instances', title: 'Creating instances', of: ['instances'] },
] as const;

export type SliceStep = StepName & { readonly of: readonly string[] };

type Wanted = Pick<ClusterSpec, 'hosts' | 'instances' | 'publish' | 'verify'>;

/** Most clusters begin without instances, and are on one host: then nothing is said of them, or of others. */
export function sliceStepsFor({ instances, hosts }: Pick<Wanted, 'hosts' | 'instances'>): readonly SliceStep[] {
  const unwanted = [...(instances > 0 ? [] : ['instances']), ...(hosts.length > 1 ? [] : ['peers'])];
  return sliceSteps.filter(({ id }) => !unwanted.includes(id));
}

/** All that `up` may do, in order; what turns out not to be needed is reported as skipped. */
export function announceUp(report: Report, title: string, { hosts, instances, publish, verify }: Wanted): void {
  const several = hosts.length > 1;
  const steps = [
    several ? hostsStep : checkStep,
    imageSteps.base,
    imageSteps.image,
    ...(several ? [imageSteps.copy] : []),
    several ? containersStep : containerStep,
    ...(publish.length > 0 ? [portsStep] : []),
    ...sliceStepsFor({ hosts, instances }).map(({ id, title: of }) => ({ id, title: of })),
    ...(verify ? [verifyStep] : []),
  ];
  report({ type: 'run-started', title, steps });
}

export const joinSteps = {
  learn: { id: 'learn', title: 'Telling the other hosts of it' },
  /** what a slice does that comes to a cluster, and has no nodes at first */
  boot: [{ ...sliceSteps[0], title: 'Setting up the slice' }, sliceSteps[1]] satisfies readonly SliceStep[],
  prove: { id: 'prove', title: 'Proving the network from the other hosts' },
} as const;

/** All that is done for a host that comes to a cluster. */
export function announceJoin(report: Report, title: string): void {
  const boot = joinSteps.boot.map(({ id, title: of }) => ({ id, title: of }));
  const steps = [hostsStep, imageSteps.copy, containerStep, joinSteps.learn, ...boot, joinSteps.prove];
  report({ type: 'run-started', title, steps });
}

/** What a slice does that begins no cluster. */
export const bootSteps = sliceStepsFor({ hosts: [], instances: 0 });

/** All that the start of a cluster that is there may do. */
export function announceBoot(report: Report, title: string): void {
  report({
    type: 'run-started',
    title,
    steps: [containerStep, ...bootSteps.map(({ id, title: of }) => ({ id, title: of }))],
  });
}
