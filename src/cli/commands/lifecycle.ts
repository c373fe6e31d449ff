import { Command } from 'commander';
import { startCluster } from '../../cluster/lifecycle/start.ts';
import { pauseCluster, stopCluster, unpauseCluster } from '../../cluster/lifecycle/stop.ts';
import type { Cluster } from '../../cluster/find.ts';
import { findCluster } from '../../cluster/find.ts';
import { parseSeconds, within } from '../../config/quantities.ts';
import type { Engine } from '../../engine/engine.ts';
import { UsageError } from '../../errors.ts';
import type { CliContext } from '../context.ts';
import { interruptible } from '../interruptible.ts';
import { lifecycleCommand, type LifecycleFlags } from '../lifecycle-command.ts';

export function startCommand(context: CliContext): Command {
  const act = (engine: Engine, cluster: Cluster, flags: LifecycleFlags) => start(context, engine, cluster, flags);
  const description = 'start clusters that are stopped, or single nodes, and wait until they answer';
  return addTimeout(lifecycleCommand(context, { name: 'start', description, outcome: 'running', act }));
}

export function stopCommand(context: CliContext): Command {
  return lifecycleCommand(context, {
    name: 'stop',
    description: 'stop clusters, or single nodes, in order; all of it is there again at the next start',
    outcome: 'stopped',
    act: (engine, cluster) => stopCluster(engine, cluster, context.report),
  });
}

export function restartCommand(context: CliContext): Command {
  const act = async (engine: Engine, cluster: Cluster, flags: LifecycleFlags) => {
    await stopCluster(engine, cluster, context.report);
    return start(context, engine, await findCluster(engine, cluster.name), flags);
  };
  const description = 'stop and start clusters, or single nodes';
  return addTimeout(lifecycleCommand(context, { name: 'restart', description, outcome: 'running', act }));
}

export function pauseCommand(context: CliContext): Command {
  return lifecycleCommand(context, {
    name: 'pause',
    description: 'freeze clusters, or single nodes, where they are; they need no CPU then, and keep their memory',
    outcome: 'paused',
    act: pauseCluster,
  });
}

export function unpauseCommand(context: CliContext): Command {
  return lifecycleCommand(context, {
    name: 'unpause',
    description: 'let paused clusters, or nodes, go on',
    outcome: 'running',
    act: unpauseCluster,
  });
}

function addTimeout(command: Command): Command {
  return command.option('--timeout <time>', 'how long to wait for each cluster (default: 120s and 2s a node)');
}

function start({ report, signals }: CliContext, engine: Engine, cluster: Cluster, flags: LifecycleFlags) {
  const timeoutSeconds = flags.timeout === undefined ? undefined : parseTimeout(flags.timeout);
  return interruptible(signals, 'interrupted; the cluster goes on starting', (signal) =>
    startCluster(engine, cluster, { report, signal, timeoutSeconds }),
  );
}

function parseTimeout(text: string): number {
  const seconds = within(parseSeconds, 1, 86_400)(text);
  if (seconds !== undefined) return seconds;
  throw new UsageError(`--timeout: a time from 1s to 24h, such as 90 or 5m, not ${text}`);
}
