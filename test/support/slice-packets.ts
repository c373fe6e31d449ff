import { execaSync, execa } from 'execa';
import type { Slice } from './slice.ts';

/** Whether packets of containers can be meddled with from here: by root, on the machine of the engine. */
export const canMeddle =
  execaSync('sh', ['-c', 'test "$(id -u)" = 0 && iptables -V && nsenter -V'], { reject: false }).exitCode === 0;

/**
 * Drops packets on their way out of a slice while something is done.
 *
 * @param rule which, as iptables has it
 */
export async function dropping<T>({ engine, container }: Slice, rule: string, act: () => Promise<T>): Promise<T> {
  const { State } = (await engine.inspectRaw(container)) as { State: { Pid: number } };
  const iptables = (action: string) => {
    const words = ['iptables', action, 'OUTPUT', ...rule.split(' '), '--jump', 'DROP'];
    return execa('nsenter', ['--target', `${State.Pid}`, '--net', ...words]);
  };
  await iptables('--append');
  try {
    return await act();
  } finally {
    await iptables('--delete');
  }
}
