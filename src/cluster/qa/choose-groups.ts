import { closest } from '../../config/closest.ts';
import { UsageError } from '../../errors.ts';
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
 * @param asked names; empty: all that can be run.  What they need is run, too
 * @throws {UsageError} when there is no group of that name, or it cannot be run
 */
export function chooseGroups(asked: readonly string[]): ReadonlySet<string> {
  if (asked.length === 0) return new Set(qaGroups.filter(({ off }) => off === undefined).map(({ name }) => name));
  for (const name of asked) refuseUnusable(name);
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

function refuseUnusable(name: string): void {
  const group = qaGroups.find((one) => one.name === name);
  const hint = 'vcluster-box qa --list shows all';
  if (group === undefined) {
    const near = closest(
      name,
      qaGroups.map((one) => one.name),
    );
    throw new UsageError(`there is no group of tests ${name}`, {
      hint: near === undefined ? hint : `did you mean ${near}? ${hint}`,
    });
  }
  if (group.off !== undefined) throw new UsageError(`the tests ${name} cannot be run: ${group.off}`, { hint });
}
