import type { Engine } from '../../engine/engine.ts';
import { NotFoundError, SliceError, UsageError } from '../../errors.ts';
import { slicePaths } from '../../plan/slice-paths.ts';
import { parseShape, type Shape } from '../../shape.ts';
import { requireAnyRunning, requireComplete } from '../availability.ts';
import { capture } from '../exec.ts';
import type { Cluster } from '../find.ts';
import type { RestartedDaemon } from '../sync/sync.ts';
import { bySlice, findNodes } from './nodes.ts';

/** Ganeti's daemons, without `ganeti-`. */
const daemonNames: readonly string[] = ['noded', 'confd', 'wconfd', 'luxid', 'rapi', 'mond', 'metad'];

const shape: Shape = [{ daemon: 'string', node: 'string' }];

/**
 * Restarts single daemons, in parallel.  A daemon of the master (`wconfd`, `luxid`, `rapi`) is restarted there only.
 *
 * @param nodes names, short or full; if empty, all nodes that run
 * @throws {UsageError} when there is no such daemon
 * @throws {NotFoundError} when there is no such node, or one of the daemons belongs on none of the nodes
 * @throws {SliceError} when a daemon does not start again
 */
export async function restartDaemons(
  engine: Engine,
  cluster: Cluster,
  { daemons, nodes }: { readonly daemons: readonly string[]; readonly nodes: readonly string[] },
): Promise<readonly RestartedDaemon[]> {
  const unknown = daemons.find((daemon) => !daemonNames.includes(daemon));
  if (unknown !== undefined) {
    throw new UsageError(`--daemon: there is no daemon ${unknown}`, { hint: `daemons: ${daemonNames.join(', ')}` });
  }
  requireAnyRunning(cluster);
  const running = cluster.slices.filter(({ state }) => state === 'running');
  const chosen = nodes.length > 0 ? bySlice(await findNodes(engine, cluster, nodes)) : allOf(running);
  const restart = async ([container, names]: readonly [string, readonly string[]]) => {
    const argv = [slicePaths.program, 'restart-daemons', daemons.join(','), ...names];
    const { status, stdout, stderr } = await capture(engine, container, argv);
    const answer = parseShape(stdout, shape);
    if (status === 0 && 'value' in answer) return answer.value as readonly RestartedDaemon[];
    const [message = '', ...output] = `${stderr}${stdout}`.trim().split('\n');
    throw new SliceError(message.replace(/^vcluster-slice: /, ''), { output });
  };
  const restarted = (await Promise.all(chosen.map(restart))).flat();
  const idle = daemons.find((daemon) => !restarted.some((one) => one.daemon === `ganeti-${daemon}`));
  if (idle !== undefined) {
    throw new NotFoundError(`ganeti-${idle} does not run on ${nodes.length > 0 ? nodes.join(', ') : 'any node'}`, {
      hint: 'wconfd, luxid and rapi run on the master only; confd runs on master candidates',
    });
  }
  if (nodes.length === 0) requireComplete('the daemons were restarted', cluster.missing);
  return restarted;
}

function allOf(slices: readonly { readonly name: string }[]): readonly (readonly [string, readonly string[]])[] {
  return slices.map(({ name }) => [name, []]);
}
