import type { ExecTarget } from '../cluster/exec-target.ts';

/** Cyan, yellow, green, magenta, blue, and brighter ones; red would look like a failure. */
const colors = [36, 33, 32, 35, 34, 96, 93, 92, 95, 94];

/** What lines of a node begin with, where output of several is mixed: its short name, all of the same width. */
export function nodePrefixes(targets: readonly ExecTarget[], color: boolean): ReadonlyMap<ExecTarget, string> {
  const names = targets.map((target) => target.names.at(-1) ?? '');
  const width = Math.max(0, ...names.map((name) => name.length));
  const prefixes = names.map((name, index) => {
    const padded = `${name.padEnd(width)} |`;
    return color ? `\u001b[${colors[index % colors.length] ?? 0}m${padded}\u001b[0m ` : `${padded} `;
  });
  return new Map(targets.map((target, index) => [target, prefixes[index] ?? '']));
}
