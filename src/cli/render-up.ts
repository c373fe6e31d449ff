import type { UpHost, UpResult, UpSegment } from '../cluster/up/result.ts';
import type { Plan } from '../plan/plan.ts';
import { portFacts } from './port-table.ts';
import { renderFacts, renderTable } from './table.ts';

/** Most nodes that are all listed; of more, the first and the last. */
const listed = 12;

/**
 * What the user reads when a cluster is up: its nodes, how to reach it, what to try.
 *
 * @param program how the user calls it: `vcluster-box`, or `npx vcluster-box` in a clone
 */
export function renderUp(result: UpResult, program: string): string {
  const { cluster, plan, rapi, ports, hosts = [], segment } = result;
  const reach = renderFacts([
    ['RAPI', renderRapi(rapi.url, hosts)],
    ['User', rapi.user],
    ['Password', rapi.passwordCommand.replace(/^vcluster-box/, program)],
    ...portFacts(ports),
    ['Network', renderSegment(segment, hosts.length)],
  ]);
  const node = plan.nodes.findLast(({ offline }) => offline !== true)?.names.at(-1) ?? 'node1';
  const options = cluster === 'vcluster' ? '' : ` -c ${cluster}`;
  const next = [
    `${program}${options} exec ${node} gnt-node list`,
    `${program}${options} status`,
    `${program} down ${cluster}`,
  ];
  const places = hosts.length === 0 ? [] : [hostTable(hosts), ''];
  return [
    titleOf(result),
    '',
    nodeTable(plan),
    '',
    ...places,
    reach,
    '',
    'Try next:',
    ...next.map((line) => `  ${line}`),
  ].join('\n');
}

function titleOf({ cluster, plan, hosts = [], changed }: UpResult): string {
  const nodes = `${plan.nodes.length} ${plan.nodes.length === 1 ? 'node' : 'nodes'}`;
  const count = hosts.length === 0 ? nodes : `${nodes} on ${hosts.length} hosts`;
  return changed
    ? `Cluster ${cluster} is running, with ${count}.`
    : `Cluster ${cluster} was running already, with ${count}; nothing was changed.`;
}

function hostTable(hosts: readonly UpHost[]): string {
  const rows = hosts.map(({ endpoint, container, nodes, rapi }) => [endpoint, container, `${nodes}`, rapi]);
  return renderTable(['HOST', 'CONTAINER', 'NODES', 'RAPI THERE'], rows);
}

/** `MTU 1450 between hosts, round trip 0.42 ms at the most (ssh://ops@alpha and ssh://ops@beta)`; of two hosts, there is one way only. */
function renderSegment(segment: UpSegment | undefined, hosts: number): string | null {
  if (segment === undefined) return null;
  const { mtu, slowest } = segment;
  const between = `MTU ${mtu} between hosts`;
  if (slowest === undefined) return between;
  const { from, to, rttMs } = slowest;
  return `${between}, round trip ${rttMs} ms${hosts > 2 ? ` at the most (${from} and ${to})` : ''}`;
}

/** It is the URL as that host sees it, which says nothing of where this program runs. */
function renderRapi(url: string, [first]: readonly UpHost[]): string {
  return first === undefined ? url : `${url} on ${first.endpoint}; each host leads to the master`;
}

function nodeTable({ nodes, slices }: Plan): string {
  const several = slices.length > 1;
  const hostOf = (slice: number) => slices.find(({ number }) => number === slice)?.endpoint ?? '';
  const rows = nodes.map(({ names, address, slice }) => [names[0] ?? '', address, several ? hostOf(slice) : '']);
  const shown = rows.length <= listed ? rows : [...rows.slice(0, 3), ['...', '', ''], ...rows.slice(-1)];
  return renderTable(['NODE', 'ADDRESS', ...(several ? ['HOST'] : [])], shown);
}
