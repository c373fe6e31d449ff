import { endpoint, type PublishedPort } from '../cluster/ports/published-port.ts';
import { renderTable } from './table.ts';

export function portTable(ports: readonly PublishedPort[]): string {
  const spread = ports.some(({ host }) => host !== undefined);
  const rows = ports.map((port) => {
    const row = [endpoint(port), port.target, port.open ? 'open' : 'closed', port.container];
    return spread ? [...row, port.host ?? '-'] : row;
  });
  return renderTable(['PUBLISHED', 'LEADS TO', 'STATE', 'CONTAINER', ...(spread ? ['HOST'] : [])], rows);
}

/** A line for each port, for lists of facts. */
export function portFacts(ports: readonly PublishedPort[]): readonly (readonly [string, string])[] {
  return ports.map((port) => ['Port', portLine(port)]);
}

export function portLine(port: PublishedPort): string {
  const where = port.host === undefined ? '' : ` of ${port.host}`;
  return `${endpoint(port)}${where} -> ${port.target}${port.open ? '' : ' (closed)'}`;
}
