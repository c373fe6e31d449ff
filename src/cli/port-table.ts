import type { PublishedPort } from '../cluster/ports/published.ts';
import { formatEndpoint } from '../config/publish.ts';
import { renderTable, type Width } from './table.ts';

export function portTable(ports: readonly PublishedPort[], width: Width): string {
  const rows = ports.map((port) => {
    return [formatEndpoint(port), port.target, port.open ? 'open' : 'closed', port.container, hostOf(port)];
  });
  return renderTable(['PUBLISHED', 'LEADS TO', 'STATE', 'CONTAINER', 'HOST'], rows, width);
}

/** The default engine is not named. */
function hostOf({ host }: PublishedPort): string {
  return host === 'default' ? '' : host;
}

/** Facts about ports, for `renderFacts`. */
export function portFacts(ports: readonly PublishedPort[]): readonly (readonly [string, string])[] {
  return ports.map((port) => ['Port', portLine(port)]);
}

export function portLine(port: PublishedPort): string {
  const where = hostOf(port) === '' ? '' : ` of ${port.host}`;
  return `${formatEndpoint(port)}${where} -> ${port.target}${port.open ? '' : ' (closed)'}`;
}
