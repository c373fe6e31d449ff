import type { Slice } from './slice.ts';

export const node1 = 'node1.example.com';
export const node2 = 'node2.example.com';
export const node3 = 'node3.example.com';
export const node4 = 'node4.example.com';

/** What `gnt-... list` prints on a node, with one space between columns. */
export async function list({ gnt }: Slice, node: string, line: string): Promise<string> {
  const [program = '', verb = '', ...words] = line.split(' ');
  return (await gnt(node, program, verb, '--no-headers', ...words)).replace(/ +/g, ' ');
}

/** Which of these answer ping. */
export async function alive({ run }: Slice, ...names: string[]): Promise<readonly string[]> {
  const { stdout } = await run(['fping', '-a', '-r', '0', '-t', '1500', ...names]);
  return stdout.split('\n').filter((name) => name !== '');
}

export async function health({ run }: Slice): Promise<string> {
  return (await run(['vcluster-slice', 'healthy'])).stdout.trim();
}

export async function status({ run }: Slice): Promise<unknown> {
  return JSON.parse((await run(['vcluster-slice', 'status'])).stdout) as unknown;
}
