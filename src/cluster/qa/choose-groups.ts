import { closest } from '../../config/closest.ts';
import { UsageError } from '../../errors.ts';
import { notOnExisting } from '../../ganeti/qa/configuration.ts';
import { qaGroups } from '../../ganeti/qa/groups.ts';

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
    const near = closest(
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
