import type { ClusterSpec } from '../../config/cluster-spec.ts';
import type { Report } from '../../events.ts';
import { imageSteps } from '../../image/image-steps.ts';
import { skipStep, type StepName } from '../../image/step.ts';

export const checkStep: StepName = { id: 'check', title: 'Looking at the engine' };
export const containerStep: StepName = { id: 'container', title: 'Starting the container' };
export const portsStep: StepName = { id: 'ports', title: 'Publishing ports' };
export const verifyStep: StepName = { id: 'verify', title: 'Verifying the cluster' };

/**
 * What the slice does by itself, as the user sees it.  `of` are the steps that its program tells of
 * (`vcluster_slice/supervise.py`), in its order.
 */
const sliceSteps = [
  { id: 'boot', title: 'Setting up the nodes', of: ['plan', 'check', 'network', 'directories', 'ssh'] },
  { id: 'init', title: 'Initialising the cluster', of: ['init'] },
  { id: 'join', title: 'Joining the nodes', of: ['join'] },
  { id: 'daemons', title: "Starting the nodes' daemons", of: ['daemons'] },
  { id: 'ready', title: 'Waiting until the cluster answers', of: ['ready'] },
  { id: 'instances', title: 'Creating instances', of: ['instances'] },
] as const;

export type SliceStep = StepName & { readonly of: readonly string[] };

type Wanted = Pick<ClusterSpec, 'instances' | 'publish' | 'verify'>;

/** Most clusters begin without instances: then nothing is said of them. */
export function sliceStepsFor({ instances }: Pick<Wanted, 'instances'>): readonly SliceStep[] {
  return sliceSteps.filter(({ id }) => id !== 'instances' || instances > 0);
}

/** All that `up` may do, in order; what turns out not to be needed is reported as skipped. */
export function announceUp(report: Report, title: string, { instances, publish, verify }: Wanted): void {
  const steps = [
    checkStep,
    imageSteps.base,
    imageSteps.image,
    containerStep,
    ...(publish.length > 0 ? [portsStep] : []),
    ...sliceStepsFor({ instances }).map(({ id, title: of }) => ({ id, title: of })),
    ...(verify ? [verifyStep] : []),
  ];
  report({ type: 'run-started', title, steps });
}

/** What a slice does that begins no cluster. */
export const bootSteps = sliceStepsFor({ instances: 0 });

/** All that the start of a cluster that is there may do. */
export function announceBoot(report: Report, title: string): void {
  report({
    type: 'run-started',
    title,
    steps: [containerStep, ...bootSteps.map(({ id, title: of }) => ({ id, title: of }))],
  });
}

export function skipSteps(report: Report, steps: readonly StepName[], reason: string): void {
  for (const { id, title } of steps) skipStep(report, { id, title }, reason);
}
