import type { ClusterSpec } from '../../config/cluster-spec.ts';
import type { Report } from '../../events.ts';
import { imageSteps } from '../../image/distribute-image.ts';
import { skipStep, type StepName } from '../../steps.ts';

/** The steps of `up`, `start` and `node add --host` that this program takes. */
export const steps = {
  check: { id: 'check', title: 'Checking engines' },
  container: { id: 'container', title: 'Starting containers' },
  ports: { id: 'ports', title: 'Publishing ports' },
  verify: { id: 'verify', title: 'Verifying the cluster' },
  addPeer: { id: 'add-peer', title: 'Adding the host to the other slices' },
  verifyPeer: { id: 'verify-peer', title: 'Verifying the network from the other hosts' },
} as const;

/** What decides whether a step is taken. */
interface Wanted {
  readonly hosts: number;
  readonly instances: number;
  readonly ports: number;
  readonly verify: boolean;
  /** whether the cluster gets Ganeti of the user */
  readonly own: boolean;
}

/**
 * A step that the slice takes; `of` are the steps that its program reports (`BOOT` in its `boot/supervise.py`), in its
 * order.
 */
export type SliceStep = StepName & {
  readonly of: readonly string[];
  /** what takes its time; by default, what the slice calls its own steps */
  readonly waitsFor?: string;
  readonly when?: (wanted: Pick<Wanted, 'hosts' | 'instances'>) => boolean;
};

const sliceSteps = [
  { id: 'boot', title: 'Setting up the nodes', of: ['plan', 'check', 'network', 'directories', 'ssh'] },
  {
    ...{ id: 'peers', title: 'Connecting the hosts', of: ['peers'], when: ({ hosts }) => hosts > 1 },
    waitsFor: 'packets from all other hosts',
  },
  { id: 'init', title: 'Initialising the cluster', of: ['init'], waitsFor: "Ganeti's keys and configuration" },
  { id: 'join', title: 'Joining the nodes', of: ['join'], waitsFor: 'the files of all nodes' },
  { id: 'daemons', title: "Starting the nodes' daemons", of: ['daemons'], waitsFor: "Ganeti's daemons to listen" },
  {
    ...{ id: 'ready', title: 'Waiting until the cluster answers', of: ['ready'] },
    waitsFor: 'answers of noded, luxid and RAPI',
  },
  {
    ...{ id: 'instances', title: 'Creating instances', of: ['instances'], when: ({ instances }) => instances > 0 },
    waitsFor: "Ganeti's jobs",
  },
] as const satisfies readonly SliceStep[];

/** A slice of a new host, which has no nodes yet. */
export const newHostSteps: readonly SliceStep[] = [{ ...sliceSteps[0], title: 'Setting up the slice' }, sliceSteps[1]];

/** Leaves out what few clusters have: several hosts, and instances from the start. */
export function bootSteps(wanted: Pick<Wanted, 'hosts' | 'instances'>): readonly SliceStep[] {
  return sliceSteps.filter((step: SliceStep) => step.when?.(wanted) ?? true);
}

interface UpStep {
  readonly step: StepName;
  /** A cluster that exists has its image. */
  readonly onlyNew?: boolean;
  readonly when?: (wanted: Wanted) => boolean;
}

/** What `up` does, in order.  What turns out not to be needed is reported as skipped. */
const upSteps: readonly UpStep[] = [
  { step: steps.check },
  { step: imageSteps.base, onlyNew: true },
  { step: imageSteps.image, onlyNew: true },
  { step: imageSteps.checkOwn, onlyNew: true, when: ({ own }) => own },
  { step: imageSteps.own, onlyNew: true, when: ({ own }) => own },
  { step: imageSteps.copy, onlyNew: true, when: ({ hosts }) => hosts > 1 },
  { step: steps.container },
  { step: steps.ports, when: ({ ports }) => ports > 0 },
  ...sliceSteps.map((step: SliceStep) => ({ ...step, step })),
  { step: steps.verify, when: ({ verify }) => verify },
];

export function announceUp(report: Report, spec: ClusterSpec): void {
  const { name, hosts, instances, publish, verify, packages, tree } = spec;
  const own = packages.length > 0 || tree !== undefined;
  const wanted = { hosts: Math.max(1, hosts.length), instances, ports: publish.length, verify, own };
  const taken = upSteps.filter(({ when }) => when?.(wanted) ?? true);
  announce(
    report,
    `Cluster ${name}`,
    taken.map(({ step }) => step),
  );
}

/** Reports the steps that a cluster that exists does not need. */
export function skipNewSteps(report: Report): void {
  for (const { step, onlyNew } of upSteps) if (onlyNew === true) skipStep(report, step);
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
