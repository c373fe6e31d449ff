import { Command } from 'commander';
import type { Cluster, LostCluster } from '../cluster/find.ts';
import { findCluster, findEveryCluster, isFound, lostError } from '../cluster/find.ts';
import { actOnNodes, type NodeAction } from '../cluster/lifecycle/nodes.ts';
import type { Engine } from '../engine/engine.ts';
import { EngineError, UsageError } from '../errors.ts';
import { addClusterOption, clusterAsked } from './common-options.ts';
import { addDetails } from './help.ts';
import type { CliContext } from './context.ts';

export interface LifecycleFlags {
  readonly node?: readonly string[];
  readonly all?: boolean;
  readonly json?: boolean;
  readonly timeout?: string;
}

/** A command that changes how whole clusters, or single nodes of one, run. */
export interface LifecycleAction {
  readonly name: NodeAction;
  readonly description: string;
  /** prose for the help */
  readonly details: string;
  /** what a cluster or node is then: `stopped` */
  readonly outcome: string;
  /** @returns whether there was anything to do */
  readonly act: (engine: Engine, cluster: Cluster, flags: LifecycleFlags) => Promise<boolean>;
}

/** What `--json` prints for each cluster, or each node. */
interface Outcome {
  readonly cluster: string;
  /** full name; null when it is of the whole cluster */
  readonly node: string | null;
  readonly state: string;
  /** false: it was so already; of nodes it is not known */
  readonly changed: boolean | null;
}

export function lifecycleCommand(context: CliContext, action: LifecycleAction): Command {
  return addDetails(addClusterOption(new Command(action.name)), action.details)
    .description(action.description)
    .argument('[name...]', 'the clusters')
    .option('--all', 'all clusters there are')
    .option('--node <node>', 'this node only (may be repeated, or a list: node1,node2)', addNodes)
    .option('--json', 'as JSON')
    .action(async (names: readonly string[], flags: LifecycleFlags, command: Command) => {
      refuseContradictions(names, flags);
      const engine = await context.engine();
      const clusters = await choose(engine, names.length > 0 ? names : [clusterAsked(command, context)], flags);
      const { outcomes, problems } = await actOnEach(engine, clusters, action, flags);
      const text = flags.json ? JSON.stringify(outcomes, null, 2) : outcomes.map(render).join('\n');
      if (text !== '') await context.print(text);
      else if (problems.length === 0) context.report({ type: 'notice', message: 'there is no cluster' });
      for (const problem of problems) throw problem;
    });
}

function addNodes(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, ...text.split(',').filter((name) => name !== '')];
}

function refuseContradictions(names: readonly string[], { all, node }: LifecycleFlags): void {
  if (all && names.length > 0) throw new UsageError('name clusters or say --all, not both');
  if (node !== undefined && (all || names.length > 1)) {
    throw new UsageError('--node is for nodes of one cluster', { hint: 'name that one' });
  }
}

/** All are looked for before anything is done. */
async function choose(engine: Engine, names: readonly (string | undefined)[], { all }: LifecycleFlags) {
  return all ? findEveryCluster(engine) : Promise.all(names.map((name) => findCluster(engine, name)));
}

async function actOnEach(
  engine: Engine,
  clusters: readonly (Cluster | LostCluster)[],
  action: LifecycleAction,
  flags: LifecycleFlags,
) {
  const outcomes: Outcome[] = [];
  const problems: EngineError[] = [];
  for (const cluster of clusters) {
    try {
      outcomes.push(...(await actOn(engine, cluster, action, flags)));
    } catch (error) {
      // Of all clusters, one whose host cannot be reached is no reason to leave the others alone.
      if (!flags.all || !(error instanceof EngineError)) throw error;
      problems.push(error);
    }
  }
  return { outcomes, problems };
}

async function actOn(engine: Engine, cluster: Cluster | LostCluster, action: LifecycleAction, flags: LifecycleFlags) {
  if (!isFound(cluster)) throw lostError(cluster);
  const state = action.outcome;
  if (flags.node === undefined) {
    const changed = await action.act(engine, cluster, flags);
    return [{ cluster: cluster.name, node: null, state, changed }];
  }
  const nodes = await actOnNodes(engine, cluster, action.name, flags.node);
  return nodes.map((node) => ({ cluster: cluster.name, node, state, changed: null }));
}

function render({ cluster, node, state, changed }: Outcome): string {
  if (node !== null) return `Node ${node} of cluster ${cluster} is ${state}.`;
  return changed === false ? `Cluster ${cluster} was ${state} already.` : `Cluster ${cluster} is ${state}.`;
}
