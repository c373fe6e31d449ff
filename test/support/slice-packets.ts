import { execaSync, execa } from 'execa';
import type { Slice } from './slice.ts';

/** Whether this process can drop packets of containers: as root, on the engine's host. */
export const canMeddle =
  execaSync('sh', ['-c', 'test "$(id -u)" = 0 && iptables -V && nsenter -V'], { reject: false }).exitCode === 0;

/**
 * Drops outgoing packets of a slice while `act` runs.
 *
 * @param rule which packets, in iptables' syntax
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
