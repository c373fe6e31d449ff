import type { Slice } from './slice.ts';

/** Runs Python code that can import the slice's program and Ganeti's modules, and returns its output. */
export async function python({ run }: Slice, code: string, stdin = ''): Promise<string> {
  const options = { stdin, env: { PYTHONPATH: '/usr/lib/vcluster-box:/usr/share/ganeti/default' } };
  const { status, stdout, stderr } = await run(['python3', '-c', code], options);
  if (status !== 0) throw new Error(`python3 ended with status ${status}:\n${stderr}`);
  return stdout;
}
