import { suggest } from '../config/read-value.ts';
import { UsageError } from '../errors.ts';
import type { Plan } from '../plan/plan.ts';
import { qaGroups } from './groups.ts';

interface ConfigurationOptions {
  readonly groups: ReadonlySet<string>;
  /** The cluster existed before and is not removed. */
  readonly existing: boolean;
  /** file in the slice with the RAPI password */
  readonly passwordFile: string;
}

/** Number of instance names for the suite.  No test needs more at once; the performance tests use all of them. */
const instances = 8;

/**
 * Arguments of `gnt-cluster init` that the suite derives from other parts of its configuration, and the out-of-band
 * program: the suite sets one in its test of it, and expects none elsewhere.
 */
const omitted =
  /^--(no-ssh-init|master-netdev|enabled-hypervisors|enabled-disk-templates|vg-name|drbd-usermode-helper|(shared-)?file-storage-dir)(=|$)|oob_program=/;

/** The suite's configuration for a cluster of virtual nodes.  Ganeti's `qa/qa-sample.json` documents the format. */
export function qaConfiguration(plan: Plan, { groups, existing, passwordFile }: ConfigurationOptions) {
  const templates = listOf(plan, 'enabled-disk-templates').filter((template) => existing || isTested(plan, template));
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
    'cluster-init-args': plan.init.filter((argument) => !omitted.test(argument)),
    'master-netdev': valueOf(plan, 'master-netdev'),
    'vg-name': valueOf(plan, 'vg-name'),
    'drbd-usermode-helper': valueOf(plan, 'drbd-usermode-helper'),
    'exclusive-storage': null,
    os: 'noop',
    maxmem: '256M',
    minmem: '128M',
    disks: [
      { size: '64M', spindles: 1, name: 'disk0', growth: '128M', 'spindles-growth': 1 },
      { size: '32M', spindles: 1, name: 'disk1', growth: '64M', 'spindles-growth': 0 },
    ],
    // All nodes share one root account, so there is nothing to copy.
    modify_ssh_setup: false,
    ssh_key_type: 'rsa',
    ssh_dir: '/root/qa-ssh/',
    // On a node without a second network, the secondary address is the primary one.
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

/** Not tested by the suite: when it adds an instance with each template, it omits the provider that `ext` requires. */
const untested = 'ext';

/**
 * Groups that cannot run on an existing cluster.  `cluster-epo` requires nodes without an out-of-band program, but
 * virtual nodes have one; the last group adds an instance with each template of the cluster: see `untested`.
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

/** Hosts share no directory, so a multi-host cluster has no shared file storage. */
function isTested({ slices }: Plan, template: string): boolean {
  return template !== untested && (slices.length === 1 || template !== sharedFile.template);
}

const sharedFile = { template: 'sharedfile', group: 'instance-add-shared-file' };

function listOf(plan: Plan, option: string): string[] {
  return valueOf(plan, option)?.split(',') ?? [];
}

function valueOf({ init }: Plan, option: string): string | undefined {
  return init.find((argument) => argument.startsWith(`--${option}=`))?.slice(option.length + 3);
}

/** Without these, no other test can run, or nothing is cleaned up. */
const always = ['create-cluster', 'cluster-destroy'];
/** Groups that create instances.  Tests of instances need one of them. */
const creating = [
  'instance-add-plain-disk',
  'instance-add-drbd-disk',
  'instance-add-file',
  'instance-add-shared-file',
  'instance-add-diskless',
];
/** groups that run on each instance, besides `instance-*` */
const onInstances = ['cluster-epo', 'haskell-confd', 'cluster-repair-disk-sizes'];
/** groups `instance-*` that do not run on each instance */
const standalone = ['instance-list', 'instance-add-restricted-by-disktemplates', 'instance-add-osparams'];

/**
 * Selects the groups to run.
 *
 * @param requested names of groups, to which those that they depend on are added; default: all that can run
 * @param existing on an existing cluster, which is not removed
 * @throws {UsageError} if a group does not exist or cannot run, or the list is empty
 */
export function chooseGroups(requested: readonly string[] | undefined, existing = false): ReadonlySet<string> {
  if (requested === undefined) return new Set(qaGroups.filter(({ off }) => off === undefined).map(({ name }) => name));
  if (requested.length === 0) throw new UsageError('--tests requires at least one group of tests', { hint });
  for (const name of requested) requireRunnable(name, existing);
  return withDependencies(requested);
}

function withDependencies(requested: readonly string[]): ReadonlySet<string> {
  const selected = new Set([...always, ...requested]);
  if (requested.some(needsInstance)) {
    selected.add('default-instance-tests');
    if (!creating.some((name) => selected.has(name))) selected.add('instance-add-file');
  }
  if (requested.some((name) => name.endsWith('-performance'))) selected.add('performance');
  if (requested.includes('performance')) selected.add('jobqueue-performance');
  return selected;
}

function needsInstance(name: string): boolean {
  return (name.startsWith('instance-') || onInstances.includes(name)) && !standalone.includes(name);
}

const hint = '`vcluster-box qa --list` lists the groups';

function requireRunnable(name: string, existing: boolean): void {
  const group = qaGroups.find((one) => one.name === name);
  if (group === undefined) {
    const near = suggest(
      name,
      qaGroups.map((one) => one.name),
    );
    throw new UsageError(`there is no group of tests named ${name}`, {
      hint: near === undefined ? hint : `did you mean ${near}? ${hint}`,
    });
  }
  if (existing && notOnExisting.includes(name)) {
    throw new UsageError(`the group ${name} cannot run on an existing cluster`, {
      hint: 'omit --existing',
    });
  }
  if (group.off !== undefined) throw new UsageError(`the group ${name} cannot run: ${group.off}`, { hint });
}
