import type { QaTest } from './tally.ts';

/** A test that cannot pass on a virtual cluster, or nowhere, for a reason that is Ganeti's or the suite's own. */
export interface KnownFailure {
  /** the function's name */
  readonly test: string;
  /** only on instances of these disk templates; all when left out */
  readonly templates?: readonly string[];
  /** only with these versions of Ganeti; all when left out */
  readonly ganeti?: readonly string[];
  /** What of Ganeti or its suite it is; `docs/qa.md` shows how that was seen. */
  readonly reason: string;
}

const noHotplug = "Ganeti's fake hypervisor cannot take a disk from an instance that runs";

const copiesOutside =
  'Ganeti copies only files below the node directory on virtual clusters, and the suite copies one from /tmp';

const countsDisks = 'the suite reads the list of disks of an instance that has none';

export const knownFailures: readonly KnownFailure[] = [
  { test: 'TestClusterCopyfile', reason: copiesOutside },
  { test: 'TestClusterOob', reason: copiesOutside },
  {
    test: 'TestOsPartiallyValid',
    reason: 'all nodes of a slice have one directory of OS definitions, and the suite wants one that only some have',
  },
  {
    test: 'TestOsModifyValid',
    reason: "the suite sets parameters of Xen, and Ganeti then looks for Xen's kernel on the nodes",
  },
  {
    test: 'TestOutOfBand',
    reason: 'Ganeti asks before it sets a node online by hand, and the suite neither answers nor says --force',
  },
  {
    test: 'TestClusterBurnin',
    reason: `the burn-in program reinstalls instances, which Ganeti refuses without disks; with disks, ${noHotplug}`,
  },
  {
    // Another test has that name, on the cluster, which passes.
    test: 'TestInstanceCommunication',
    templates: ['diskless', 'file', 'sharedfile'],
    reason: 'the suite looks for a tap device of the instance, which KVM alone makes',
  },
  { test: 'TestInstanceModifyDisks', templates: ['file', 'sharedfile'], ganeti: ['3.0'], reason: noHotplug },
  {
    test: 'TestInstanceModifyDisks',
    templates: ['file', 'sharedfile'],
    ganeti: ['3.1'],
    reason: 'the suite of 3.1 says spindles= both times, where one of the two must be without them',
  },
  { test: 'TestInstanceDeviceNames', templates: ['file', 'sharedfile'], reason: noHotplug },
  {
    test: 'TestInstanceReinstall',
    templates: ['file', 'sharedfile'],
    reason: "Ganeti stores the image's name of a reinstallation that failed, and the next one tries it again",
  },
  {
    test: 'TestRecreateDisks',
    templates: ['sharedfile'],
    reason: 'the suite deletes the disks of sharedfile instances where those of file instances are, so they stay',
  },
  { test: 'TestInstanceModify', templates: ['diskless'], ganeti: ['3.1'], reason: countsDisks },
  { test: 'TestInstanceRenameAndBack', templates: ['diskless'], reason: countsDisks },
  {
    test: 'TestRecreateDisks',
    templates: ['diskless'],
    reason: 'the suite wants disks, and Ganeti has none to create anew',
  },
  {
    test: 'TestInstanceExport',
    templates: ['diskless'],
    reason: "Ganeti makes an export's directory with its first disk, so without any it cannot write the rest",
  },
];

/** The entry of the list that a failure of this test is expected by. */
export function knownFailure(
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
