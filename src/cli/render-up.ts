import type { UpOverlay } from '../cluster/multi-host/path-stats.ts';
import type { UpHost, UpResult } from '../cluster/up/result.ts';
import type { Plan } from '../plan/plan.ts';
import { portFacts } from './port-table.ts';
import { renderFacts, renderTable, shownHosts } from './table.ts';

/** Up to this number, all nodes are listed; beyond it, the first three and the last. */
const maxListed = 12;

/**
 * Renders what `up` prints at the end: the nodes, how to reach the cluster, and commands to try.
 *
 * @param program how the user calls the program: `vcluster-box`, or `npx vcluster-box` in a clone
 */
export function renderUp(result: UpResult, program: string): string {
  return [
    titleOf(result),
    '',
    nodeTable(result.plan),
    '',
    ...hostTable(shownHosts(result.hosts)),
    accessFacts(result, program),
    '',
    'Try next:',
    ...nextCommands(result, program).map((line) => `  ${line}`),
  ].join('\n');
}

function titleOf({ cluster, plan, changed }: UpResult): string {
  const size = `${plan.nodes.length} ${plan.nodes.length === 1 ? 'node' : 'nodes'}`;
  return changed
    ? `Cluster ${cluster} is running, with ${size}.`
    : `Cluster ${cluster} was already running, with ${size}; nothing was changed.`;
}

function nodeTable({ nodes, slices }: Plan): string {
  const hosts = shownHosts(slices);
  const rows = nodes.map(({ names, address, slice }) => {
    return [names[0] ?? '', address, hosts.find(({ number }) => number === slice)?.endpoint ?? ''];
  });
  const shown = rows.length <= maxListed ? rows : [...rows.slice(0, 3), ['...', '', ''], ...rows.slice(-1)];
  return renderTable(['NODE', 'ADDRESS', 'HOST'], shown);
}

function hostTable(hosts: readonly UpHost[]): readonly string[] {
  if (hosts.length === 0) return [];
  const rows = hosts.map(({ endpoint, container, nodes, rapi }) => [endpoint, container, `${nodes}`, rapi]);
  return [renderTable(['HOST', 'CONTAINER', 'NODES', 'RAPI ON HOST'], rows), ''];
}

function accessFacts({ rapi, ports, hosts, overlay }: UpResult, program: string): string {
  return renderFacts([
    ['RAPI', rapiFact(rapi.url, shownHosts(hosts))],
    ['User', rapi.user],
    ['Password', rapi.passwordCommand.replace(/^vcluster-box/, program)],
    ...portFacts(ports),
    ['Network', networkFact(overlay, hosts.length)],
  ]);
}

/** The URL holds on that host, which need not be the client. */
function rapiFact(url: string, [first]: readonly UpHost[]): string {
  return first === undefined ? url : `${url} on ${first.endpoint}; every host forwards to the master`;
}

/** `MTU 1450 between hosts, round trip at most 0.42 ms (ssh://alpha to ssh://beta)`; two hosts have only one path. */
function networkFact(overlay: UpOverlay | undefined, hosts: number): string | null {
  if (overlay === undefined) return null;
  const mtu = `MTU ${overlay.mtu} between hosts`;
  if (overlay.slowest === undefined) return mtu;
  const { from, to, rttMs } = overlay.slowest;
  return hosts > 2 ? `${mtu}, round trip at most ${rttMs} ms (${from} to ${to})` : `${mtu}, round trip ${rttMs} ms`;
}

function nextCommands({ cluster, plan }: UpResult, program: string): readonly string[] {
  const node = plan.nodes.findLast(({ offline }) => offline !== true)?.names.at(-1) ?? 'node1';
  const options = cluster === 'vcluster' ? '' : ` -c ${cluster}`;
  return [
    `${program}${options} exec ${node} gnt-node list`,
    `${program}${options} status`,
    `${program} down ${cluster}`,
  ];
}
