import type { Facts } from './config-facts.ts';

/**
 * The differences between two clusters of three nodes: `what: value in the first -> value in the second`. A
 * difference that both joined nodes, node2 and node3, have appears once, as `joined`.
 */
export function differences(first: Facts, second: Facts): readonly string[] {
  const keys = new Set([...Object.keys(first), ...Object.keys(second)]);
  const lines = [...keys].flatMap((key) => {
    const [one = 'none', other = 'none'] = [first[key], second[key]];
    return one === other ? [] : [folded(`${key}: ${changedLines(one, other)} -> ${changedLines(other, one)}`)];
  });
  return [...new Set(lines)].toSorted();
}

/** The lines of a text that the other text does not contain. */
function changedLines(text: string, other: string): string {
  const known = new Set(other.split('\n'));
  return text
    .split('\n')
    .filter((line) => !known.has(line))
    .join(' | ');
}

function folded(line: string): string {
  return line.replace(/node[23]/g, 'joined').replace(/192\.0\.2\.1[12]\b/g, 'ADDRESS');
}
