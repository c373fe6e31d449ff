import { suggest } from '../config/suggest.ts';
import { UsageError } from '../errors.ts';
import type { Plan } from '../plan/plan.ts';
import { qaGroups } from './groups.ts';

export interface QaWishes {
  readonly groups: ReadonlySet<string>;
  /** The cluster is there, and stays. */
  readonly existing: boolean;
  /** where its RAPI password is, in the slice */
  readonly passwordFile: string;
}

/** How many names the suite gets: no test needs more at once, and those of performance take all. */
const instances = 8;

/**
 * Those that the suite gives `gnt-cluster init` by itself, from other parts of its configuration; and the out-of-band program, which
 * it sets where it tests one, and wants none elsewhere.
 */
const notGiven =
  /^--(no-ssh-init|master-netdev|enabled-hypervisors|enabled-disk-templates|(shared-)?file-storage-dir)(=|$)|oob_program=/;

/** The suite's configuration for a cluster of virtual nodes (`qa-sample.json` of Ganeti's sources says what may be in it). */
export function qaConfiguration(plan: Plan, { groups, existing, passwordFile }: QaWishes) {
  const templates = listOf(plan, 'enabled-disk-templates')
    .filter((template) => existing || isTested(plan, template))
    .sort((a, b) => rank(plan, a) - rank(plan, b));
  const [master = ''] = plan.nodes.flatMap(({ names }) => names);
  return {
    name: plan.cluster.names[0],
    rename: plan.instances.at(-1)?.names[0],
    'vcluster-master': master,
    'vcluster-basedir': plan.directory,
    'enabled-hypervisors': listOf(plan, 'enabled-hypervisors'),
    primary_ip_version: 4,
    'enabled-disk-templates': templates,
    'convert-disk-templates': templates.filter((template) => isTested(plan, template)),
    'default-file-storage-dir': valueOf(plan, 'file-storage-dir'),
    'default-shared-file-storage-dir': valueOf(plan, 'shared-file-storage-dir'),
    'cluster-init-args': plan.init.filter((argument) => !notGiven.test(argument)),
    'master-netdev': valueOf(plan, 'master-netdev'),
    'exclusive-storage': null,
    os: 'noop',
    maxmem: '256M',
    minmem: '128M',
    disks: [
      { size: '64M', spindles: 1, name: 'disk0', growth: '128M', 'spindles-growth': 1 },
      { size: '32M', spindles: 1, name: 'disk1', growth: '64M', 'spindles-growth': 0 },
    ],
    // All nodes share one root account: what the suite would copy to each is there already.
    modify_ssh_setup: false,
    ssh_key_type: 'rsa',
    ssh_dir: '/root/qa-ssh/',
    // A secondary address that is the primary one is what a node without a second network has.
    nodes: plan.nodes.map(({ names, address }) => ({ primary: names[0], secondary: address })),
    instances: plan.instances.slice(0, instances).map(({ names }) => ({ name: names[0] })),
    groups: { 'group-with-nodes': plan.groups[0]?.name, 'inexistent-groups': ['group1', 'group2', 'group3'] },
    networks: { 'inexistent-networks': ['network1', 'network2', 'network3'] },
    ...(existing && { 'rapi-user': plan.rapi.user, 'rapi-password-file': passwordFile }),
    tests: { default: false, ...tests(plan, groups) },
    options,
  };
}

const options = {
  'burnin-instances': 2,
  'burnin-disk-template': 'diskless',
  'burnin-in-parallel': false,
  'burnin-check-instances': false,
  'burnin-rename': null,
  'burnin-reboot': true,
  'reboot-types': ['soft', 'hard', 'full'],
  'use-iallocators': false,
};

/** The suite has no tests of it, and where it only adds an instance with each template, it does not say the provider that this one wants. */
const untested = 'ext';

/**
 * Not run on a cluster that is there, and stays.  `cluster-epo` wants nodes without an out-of-band program, which ours have; the last adds
 * an instance with each of the cluster's templates: see `untested`.
 */
export const notOnExisting: readonly string[] = [
  'create-cluster',
  'cluster-destroy',
  'cluster-epo',
  'instance-add-restricted-by-disktemplates',
];

function tests(plan: Plan, groups: ReadonlySet<string>): Readonly<Record<string, boolean>> {
  const off = isTested(plan, sharedFile.template) ? undefined : sharedFile.group;
  return Object.fromEntries(qaGroups.map(({ name }) => [name, groups.has(name) && name !== off]));
}

/** Hosts share no directory, so there is no shared storage between nodes of several. */
function isTested({ slices }: Plan, template: string): boolean {
  return template !== untested && (slices.length === 1 || template !== sharedFile.template);
}

const sharedFile = { template: 'sharedfile', group: 'instance-add-shared-file' };

/** The first is what instances get that say nothing; the suite does most with `sharedfile`. */
function rank(plan: Plan, template: string): number {
  const place = ['sharedfile', 'file', 'diskless'].filter((each) => isTested(plan, each)).indexOf(template);
  return place < 0 ? 3 : place;
}

function listOf(plan: Plan, option: string): string[] {
  return valueOf(plan, option)?.split(',') ?? [];
}

function valueOf({ init }: Plan, option: string): string | undefined {
  return init.find((argument) => argument.startsWith(`--${option}=`))?.slice(option.length + 3);
}

/** Without them nothing that follows can be run, or nothing is cleared away. */
const always = ['create-cluster', 'cluster-destroy'];
/** what makes instances; one of them must be there for tests of instances */
const making = ['instance-add-file', 'instance-add-shared-file', 'instance-add-diskless'];
/** besides `instance-*`: groups that are run on each instance */
const onInstances = ['cluster-epo', 'haskell-confd', 'cluster-repair-disk-sizes'];
/** groups that need none of those */
const alone = ['instance-list', 'instance-add-restricted-by-disktemplates', 'instance-add-osparams'];

/**
 * Which groups are run.
 *
 * @param asked names; left out: all that can be run.  What they need is run, too
 * @param existing on a cluster that is there, and stays
 * @throws {UsageError} when there is no group of that name, or it cannot be run, or none is named
 */
export function chooseGroups(asked: readonly string[] | undefined, existing = false): ReadonlySet<string> {
  if (asked === undefined) return new Set(qaGroups.filter(({ off }) => off === undefined).map(({ name }) => name));
  if (asked.length === 0) throw new UsageError('--tests names no group of tests', { hint });
  for (const name of asked) refuseUnusable(name, existing);
  return withNeeds(asked);
}

function withNeeds(asked: readonly string[]): ReadonlySet<string> {
  const wanted = new Set([...always, ...asked]);
  if (asked.some(needsInstance)) {
    wanted.add('default-instance-tests');
    if (!making.some((name) => wanted.has(name))) wanted.add('instance-add-file');
  }
  if (asked.some((name) => name.endsWith('-performance'))) wanted.add('performance');
  if (asked.includes('performance')) wanted.add('jobqueue-performance');
  return wanted;
}

function needsInstance(name: string): boolean {
  return (name.startsWith('instance-') || onInstances.includes(name)) && !alone.includes(name);
}

const hint = 'vcluster-box qa --list shows all';

function refuseUnusable(name: string, existing: boolean): void {
  const group = qaGroups.find((one) => one.name === name);
  if (group === undefined) {
    const near = suggest(
      name,
      qaGroups.map((one) => one.name),
    );
    throw new UsageError(`there is no group of tests ${name}`, {
      hint: near === undefined ? hint : `did you mean ${near}? ${hint}`,
    });
  }
  if (existing && notOnExisting.includes(name)) {
    throw new UsageError(`the tests ${name} cannot be run on a cluster that is there`, {
      hint: 'leave --existing out',
    });
  }
  if (group.off !== undefined) throw new UsageError(`the tests ${name} cannot be run: ${group.off}`, { hint });
}
