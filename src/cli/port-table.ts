import { endpoint, type PublishedPort } from '../cluster/ports/published.ts';
import { renderTable } from './table.ts';

export function portTable(ports: readonly PublishedPort[]): string {
  const multiHost = ports.some(({ host }) => host !== undefined);
  const rows = ports.map((port) => {
    const row = [endpoint(port), port.target, port.open ? 'open' : 'closed', port.container];
    return multiHost ? [...row, port.host ?? '-'] : row;
  });
  return renderTable(['PUBLISHED', 'LEADS TO', 'STATE', 'CONTAINER', ...(multiHost ? ['HOST'] : [])], rows);
}

/** Facts about ports, for `renderFacts`. */
export function portFacts(ports: readonly PublishedPort[]): readonly (readonly [string, string])[] {
  return ports.map((port) => ['Port', portLine(port)]);
}

export function portLine(port: PublishedPort): string {
  const where = port.host === undefined ? '' : ` of ${port.host}`;
  return `${endpoint(port)}${where} -> ${port.target}${port.open ? '' : ' (closed)'}`;
}
