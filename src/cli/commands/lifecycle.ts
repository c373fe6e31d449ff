import { type Command } from 'commander';
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
  const command = lifecycleCommand(context, {
    name: 'start',
    description: 'start clusters that are stopped, or single nodes, and wait until they answer',
    details: startDetails,
    outcome: 'running',
    act: (engine, cluster, flags) => start(context, engine, cluster, flags),
  });
  return addTimeout(command);
}

export function stopCommand(context: CliContext): Command {
  return lifecycleCommand(context, {
    name: 'stop',
    description: 'stop clusters, or single nodes, in order; all of it is there again at the next start',
    details: stopDetails,
    outcome: 'stopped',
    act: (engine, cluster) => stopCluster(engine, cluster, context.report),
  });
}

export function restartCommand(context: CliContext): Command {
  const command = lifecycleCommand(context, {
    name: 'restart',
    description: 'stop and start clusters, or single nodes',
    details: 'The same as `stop` and then `start`: see there.',
    outcome: 'running',
    act: async (engine, cluster, flags) => {
      await stopCluster(engine, cluster, context.report);
      return start(context, engine, await findCluster(engine, cluster.name), flags);
    },
  });
  return addTimeout(command);
}

export function pauseCommand(context: CliContext): Command {
  return lifecycleCommand(context, {
    name: 'pause',
    description: 'freeze clusters, or single nodes, where they are',
    details: pauseDetails,
    outcome: 'paused',
    act: pauseCluster,
  });
}

export function unpauseCommand(context: CliContext): Command {
  return lifecycleCommand(context, {
    name: 'unpause',
    description: 'let paused clusters, or nodes, go on',
    details: 'What was paused goes on where it was: see `pause`.',
    outcome: 'running',
    act: unpauseCluster,
  });
}

const startDetails = `
Starts a cluster that \`stop\`, the engine or a power failure has stopped: with its configuration, jobs and running instances.
It is done when the master takes jobs and all nodes answer. A cluster that runs is left as it is. A half-made one is for \`up\`.

\`--node\` starts the daemons of single nodes that \`stop --node\` has stopped, or \`gnt-node power off\`. When the master has moved
meanwhile, such a node returns as an ordinary one. That a node has power again, Ganeti notes only from \`gnt-node power on\`.
`;

const stopDetails = `
Stops the daemons in order, the master's first, and then the container. The cluster stays stopped, also when the engine is
restarted, until \`start\` or \`up\`. Without this command it comes back by itself: after \`docker restart\`, a reboot, or when its
container was killed (see \`up --restart\`).

\`--node\` stops the daemons of single nodes, so that they answer nobody; the others stay untouched. Such a node stays stopped until
\`start --node\`: over restarts of the cluster, for \`start-all\`, and for \`ganeti-watcher\`. Its instances run on, and are seen
again when it is. (\`exec node1 gnt-node power off NODE\` is a loss of power, which instances do not survive.) If it is the master, it
takes the cluster's address with it, and another node can take over: \`master-failover node2\`.
`;

const pauseDetails = `
All processes stand still, answer nobody and need no CPU, and keep their memory. Connections stay open for as long as the
other side waits. A cluster that is paused stays so until \`unpause\`, \`stop\` or the end of the engine.

\`--node\` freezes the daemons of single nodes, with what they have started: the others see a node that hangs. They go on
after \`unpause --node\`, and after a restart of the cluster.
`;

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
