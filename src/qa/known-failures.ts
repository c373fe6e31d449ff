import type { QaTest } from './tally.ts';

/** A test that cannot pass on a virtual cluster, or on any cluster, because of Ganeti or the suite itself. */
export interface KnownFailure {
  /** name of the function */
  readonly test: string;
  /** only on instances with these disk templates; default: all */
  readonly templates?: readonly string[];
  /** only with these versions of Ganeti; default: all */
  readonly ganeti?: readonly string[];
  /** What in Ganeti or its suite makes the test fail.  `docs/qa.md` has the evidence. */
  readonly reason: string;
}

const noHotplug = "Ganeti's fake hypervisor cannot remove a disk from a running instance";

const copiesOutside =
  'on virtual clusters, Ganeti only copies files below the node directory, but the suite copies a file from /tmp';

/** templates with disks, and without a provider to name */
const withDisks = ['plain', 'drbd', 'file', 'sharedfile'];

const countsDisks = 'the suite reads the list of disks of an instance that has no disks';

export const knownFailures: readonly KnownFailure[] = [
  { test: 'TestClusterCopyfile', reason: copiesOutside },
  { test: 'TestClusterOob', reason: copiesOutside },
  {
    test: 'TestOsPartiallyValid',
    reason: 'the suite needs an OS definition that only some nodes have, but the nodes of a slice share one directory',
  },
  {
    test: 'TestOsModifyValid',
    reason: "the suite sets parameters of Xen, and Ganeti then requires Xen's kernel on the nodes",
  },
  {
    test: 'TestOutOfBand',
    reason:
      'Ganeti asks for confirmation before it sets a node online, but the suite neither answers nor passes --force',
  },
  {
    test: 'TestClusterBurnin',
    reason: `the burn-in program reinstalls instances, which Ganeti refuses without disks; with disks, ${noHotplug}`,
  },
  {
    // A test of the cluster has the same name, and passes.
    test: 'TestInstanceCommunication',
    templates: ['diskless', ...withDisks],
    reason: 'the suite expects a tap device of the instance, which only KVM creates',
  },
  { test: 'TestInstanceModifyDisks', templates: withDisks, ganeti: ['3.0'], reason: noHotplug },
  {
    test: 'TestInstanceModifyDisks',
    templates: withDisks,
    ganeti: ['3.1'],
    reason: 'the suite of 3.1 passes spindles= in both commands, but one of them must omit it',
  },
  { test: 'TestInstanceDeviceNames', templates: withDisks, reason: noHotplug },
  {
    test: 'TestInstanceReinstall',
    templates: withDisks,
    reason: 'Ganeti stores the image of a failed reinstallation, and the next reinstallation uses it again',
  },
  {
    test: 'TestRecreateDisks',
    templates: ['sharedfile'],
    reason: 'the suite deletes the disks in the directory of file instances, so disks of sharedfile instances remain',
  },
  { test: 'TestInstanceModify', templates: ['diskless'], ganeti: ['3.1'], reason: countsDisks },
  { test: 'TestInstanceRenameAndBack', templates: ['diskless'], reason: countsDisks },
  {
    test: 'TestRecreateDisks',
    templates: ['diskless'],
    reason: 'the suite requires disks, but there are none to recreate',
  },
  {
    test: 'TestInstanceExport',
    templates: ['diskless'],
    reason: 'Ganeti creates the directory of an export with its first disk, so without disks the export fails',
  },
];

/** Finds the entry for a test in the list. */
export function findKnownFailure(
  { name, template }: Pick<QaTest, 'name' | 'template'>,
  ganeti: string,
  list: readonly KnownFailure[] = knownFailures,
): KnownFailure | undefined {
  return list.find(
    ({ test, templates, ganeti: versions }) => test === name && covers(templates, template) && covers(versions, ganeti),
  );
}

function covers(wanted: readonly string[] | undefined, value: string | undefined): boolean {
  return wanted === undefined || (value !== undefined && wanted.includes(value));
}
