import { Command } from 'commander';
import type { Cluster, LostCluster } from '../../cluster/find.ts';
import { findCluster, findEveryCluster, isFound, lostError } from '../../cluster/find.ts';
import { actOnNodes, type NodeAction } from '../../cluster/lifecycle/nodes.ts';
import { startCluster } from '../../cluster/lifecycle/start.ts';
import { pauseCluster, stopCluster, unpauseCluster } from '../../cluster/lifecycle/stop.ts';
import { clusterOptions } from '../../config/cluster-options.ts';
import { readValue } from '../../config/read-value.ts';
import type { Engine } from '../../engine/engine.ts';
import { EngineError, UsageError } from '../../errors.ts';
import { addClusterFlags } from '../cluster-flags.ts';
import { addClusterOption, requestedCluster } from '../common-options.ts';
import type { CliContext } from '../context.ts';
import { restartOnly } from '../restart-daemons.ts';
import { addDetails } from '../help.ts';
import { interruptible } from '../interruptible.ts';

/** `start`, `stop`, `restart`, `pause` and `unpause`. */
export function lifecycleCommands(context: CliContext): readonly Command[] {
  const actions: readonly LifecycleAction[] = [
    {
      name: 'start',
      description: 'start stopped clusters or nodes, and wait until they answer',
      details: startDetails,
      outcome: 'running',
      act: (engine, cluster, timeoutSeconds) => start(context, engine, cluster, timeoutSeconds),
    },
    {
      name: 'stop',
      description: 'shut down clusters or nodes in order; the next start restores them',
      details: stopDetails,
      outcome: 'stopped',
      act: (engine, cluster) => stopCluster(engine, cluster, context.report),
    },
    {
      name: 'restart',
      description: 'stop and start clusters or nodes',
      details: restartDetails,
      outcome: 'running',
      act: async (engine, cluster, timeoutSeconds) => {
        await stopCluster(engine, cluster, context.report);
        return start(context, engine, await findCluster(engine, cluster.name), timeoutSeconds);
      },
    },
    {
      name: 'pause',
      description: 'freeze all processes of clusters or nodes',
      details: pauseDetails,
      outcome: 'paused',
      act: pauseCluster,
    },
    {
      name: 'unpause',
      description: 'resume paused clusters or nodes',
      details: 'Processes continue where `pause` stopped them.',
      outcome: 'running',
      act: unpauseCluster,
    },
  ];
  return actions.map((action) => lifecycleCommand(context, action));
}

const startDetails = `
Starts a cluster that was stopped by \`stop\`, by the engine or by a power failure, with its configuration, jobs and
running instances, and waits until the master accepts jobs and all nodes answer. A running cluster stays unchanged. Use
\`up\` for a partly created cluster.

\`--node\` starts the daemons of nodes that were stopped by \`stop --node\` or \`gnt-node power off\`. If another node
has become master meanwhile, the node returns as an ordinary node. Its files name the old master until Ganeti changes
them for all nodes, as on real machines; \`gnt-cluster redist-conf\` does so at once. Ganeti notes that a node has power
again only after \`gnt-node power on\`.
`;

const stopDetails = `
Stops the daemons in order, the master's first, and then the container. The cluster stays stopped until \`start\` or
\`up\`, even if the engine is restarted. A cluster that was not stopped by this command starts by itself after
\`docker restart\`, a reboot, or when its container was killed (see \`up --restart\`).

\`--node\` stops the daemons of single nodes, which then do not answer; other nodes are not affected. Such a node stays
stopped until \`start --node\`, across restarts of the cluster, and \`start-all\` and \`ganeti-watcher\` do not start it
either. Its instances keep running and are visible again after its start. (\`exec node1 gnt-node power off NODE\` is a
power loss, which instances do not survive.) If the node is the master, it takes the cluster's address with it, and
another node can take over: \`master-failover node2\`.
`;

const restartDetails = `
The same as \`stop\` followed by \`start\`.

\`--daemon\` restarts only these daemons, in parallel, on all nodes that run or on those of \`--node\`:
\`restart --daemon noded --daemon rapi\`. The names are noded, confd, wconfd, luxid, rapi, mond and metad. Those of the
master (wconfd, luxid, rapi) are restarted there only.
`;

const pauseDetails = `
Frozen processes do not answer and use no CPU, but keep their memory. Connections stay open as long as the other side
waits. A paused cluster stays paused until \`unpause\`, \`stop\` or a restart of the engine.

\`--node\` freezes the daemons of single nodes and everything they started: other nodes see a node that hangs. They
continue after \`unpause --node\`, and after a restart of the cluster.
`;

function start({ report, signals }: CliContext, engine: Engine, cluster: Cluster, timeoutSeconds?: number) {
  return interruptible(signals, 'interrupted; the cluster continues to start', (signal) =>
    startCluster(engine, cluster, { report, signal, timeoutSeconds }),
  );
}

function parseTimeout(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const { value, problems } = readValue(clusterOptions.timeout.value, text);
  if (value !== undefined) return value;
  throw new UsageError(`--timeout: ${problems[0]?.message ?? ''}`);
}

interface LifecycleFlags {
  readonly daemon?: readonly string[];
  readonly node?: readonly string[];
  readonly all?: boolean;
  readonly json?: boolean;
  readonly timeout?: string;
}

interface CheckedFlags extends LifecycleFlags {
  readonly timeoutSeconds: number | undefined;
}

/** A command that changes the state of whole clusters or of single nodes. */
interface LifecycleAction {
  readonly name: NodeAction;
  readonly description: string;
  readonly details: string;
  /** the resulting state: `stopped` */
  readonly outcome: string;
  /** @returns whether the state changed */
  readonly act: (engine: Engine, cluster: Cluster, timeoutSeconds?: number) => Promise<boolean>;
}

/** What `--json` prints for each cluster or node. */
interface Outcome {
  readonly cluster: string;
  /** full name; null for the whole cluster */
  readonly node: string | null;
  readonly state: string;
  /** false if it already had this state; null (unknown) for nodes */
  readonly changed: boolean | null;
}

function lifecycleCommand(context: CliContext, action: LifecycleAction): Command {
  const made = addDetails(addClusterOption(new Command(action.name)), action.details)
    .description(action.description)
    .argument('[name...]', 'the clusters')
    .option('--all', 'all clusters')
    .option('--node <node>', 'only this node (repeatable, or a list: node1,node2)', addNames)
    .option('--json', 'print JSON')
    .action(async (names: readonly string[], given: LifecycleFlags, command: Command) => {
      refuseContradictions(names, given);
      const flags = { ...given, timeoutSeconds: parseTimeout(given.timeout) };
      const engine = await context.engine();
      const clusters = await choose(engine, names.length > 0 ? names : [requestedCluster(command, context)], flags);
      if (given.daemon !== undefined) {
        await Promise.all(clusters.map((cluster) => restartOnly(context, engine, cluster, given)));
        return;
      }
      const { outcomes, problems } = await actOnEach(engine, clusters, action, flags);
      const text = flags.json ? JSON.stringify(outcomes, null, 2) : outcomes.map(render).join('\n');
      if (text !== '') await context.print(text);
      else if (problems.length === 0) context.report({ type: 'notice', message: 'no clusters exist' });
      for (const problem of problems) throw problem;
    });
  if (action.name === 'restart') made.option('--daemon <daemon>', 'only this daemon (repeatable, or a list)', addNames);
  return action.name.endsWith('start') ? addClusterFlags(made, ['timeout']) : made;
}

function addNames(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, ...text.split(',').filter((name) => name !== '')];
}

function refuseContradictions(names: readonly string[], { all, node, daemon }: LifecycleFlags): void {
  if (all && names.length > 0) throw new UsageError('cluster names and --all exclude each other');
  if ((node ?? daemon) !== undefined && (all || names.length > 1)) {
    throw new UsageError('--node and --daemon require a single cluster', { hint: 'name that cluster' });
  }
}

/** Finds all clusters before anything is changed. */
async function choose(engine: Engine, names: readonly (string | undefined)[], { all }: LifecycleFlags) {
  return all ? findEveryCluster(engine) : Promise.all(names.map((name) => findCluster(engine, name)));
}

async function actOnEach(
  engine: Engine,
  clusters: readonly (Cluster | LostCluster)[],
  action: LifecycleAction,
  flags: CheckedFlags,
) {
  const outcomes: Outcome[] = [];
  const problems: EngineError[] = [];
  for (const cluster of clusters) {
    try {
      outcomes.push(...(await actOn(engine, cluster, action, flags)));
    } catch (error) {
      // With --all, an unreachable host of one cluster must not prevent the action on the others.
      if (!flags.all || !(error instanceof EngineError)) throw error;
      problems.push(error);
    }
  }
  return { outcomes, problems };
}

async function actOn(engine: Engine, cluster: Cluster | LostCluster, action: LifecycleAction, flags: CheckedFlags) {
  if (!isFound(cluster)) throw lostError(cluster);
  const state = action.outcome;
  if (flags.node === undefined) {
    const changed = await action.act(engine, cluster, flags.timeoutSeconds);
    return [{ cluster: cluster.name, node: null, state, changed }];
  }
  const nodes = await actOnNodes(engine, cluster, action.name, flags.node);
  return nodes.map((node) => ({ cluster: cluster.name, node, state, changed: null }));
}

function render({ cluster, node, state, changed }: Outcome): string {
  if (node !== null) return `Node ${node} of cluster ${cluster} is ${state}.`;
  return changed === false ? `Cluster ${cluster} is already ${state}.` : `Cluster ${cluster} is ${state}.`;
}
