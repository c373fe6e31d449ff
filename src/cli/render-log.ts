import type { LogEntry } from '../cluster/logs/log-entries.ts';
import { sliceLog } from '../cluster/logs/log-names.ts';

/** As JSON, one entry a line. */
export function logJson({ time, node, log, lines }: LogEntry): string {
  const at = time === undefined ? null : new Date(time).toISOString();
  return JSON.stringify({ time: at, node: node ?? null, log, text: lines.join('\n') });
}

/** Green, yellow, blue, magenta, cyan, and the same, bright. */
const colors = [32, 33, 34, 35, 36, 92, 93, 94, 95, 96];

/**
 * Makes lines for people of entries: each begins with the node's short name and the log's, in columns that grow when they must.
 *
 * @param color a colour for each node
 */
export function logLines({ color }: { readonly color: boolean }): (entries: readonly LogEntry[]) => string {
  const seen: string[] = [];
  let [nodeWidth, logWidth] = [0, 0];
  return (entries) => {
    for (const { node, log } of entries) {
      if (!seen.includes(shortName(node))) seen.push(shortName(node));
      nodeWidth = Math.max(nodeWidth, shortName(node).length);
      logWidth = Math.max(logWidth, log.length);
    }
    const lines = entries.flatMap((entry) => {
      const name = shortName(entry.node);
      const prefix = `${name.padEnd(nodeWidth)}  ${entry.log.padEnd(logWidth)}  `;
      const number = colors[seen.indexOf(name) % colors.length] ?? 32;
      const shown = color ? `\u001b[${number}m${prefix}\u001b[0m` : prefix;
      return entry.lines.map((line) => `${shown}${plain(line)}\n`);
    });
    return lines.join('');
  };
}

function shortName(node: string | undefined): string {
  return node?.split('.')[0] ?? sliceLog;
}

const control = /\p{Cc}/gu;

/** A log may hold what a user sent; on a terminal that must not do anything. */
function plain(line: string): string {
  return line.replace(control, (char) =>
    char === '\t' ? char : `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}
