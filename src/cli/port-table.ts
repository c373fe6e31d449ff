import { endpoint, type PublishedPort } from '../cluster/ports/published-port.ts';
import { renderTable } from './table.ts';

export function portTable(ports: readonly PublishedPort[]): string {
  const rows = ports.map((port) => [endpoint(port), port.target, port.open ? 'open' : 'closed', port.container]);
  return renderTable(['PUBLISHED', 'LEADS TO', 'STATE', 'CONTAINER'], rows);
}

/** A line for each port, for lists of facts. */
export function portFacts(ports: readonly PublishedPort[]): readonly (readonly [string, string])[] {
  return ports.map((port) => ['Port', portLine(port)]);
}

export function portLine(port: PublishedPort): string {
  return `${endpoint(port)} -> ${port.target}${port.open ? '' : ' (closed)'}`;
}
