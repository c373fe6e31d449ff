import type { Slice } from './slice.ts';

/** Runs a piece of Python with the slice's program and Ganeti's modules at hand, and returns what it printed. */
export async function python({ run }: Slice, code: string, stdin = ''): Promise<string> {
  const options = { stdin, env: { PYTHONPATH: '/usr/lib/vcluster-box:/usr/share/ganeti/default' } };
  const { status, stdout, stderr } = await run(['python3', '-c', code], options);
  if (status !== 0) throw new Error(`python3 ended with status ${status}:\n${stderr}`);
  return stdout;
}
