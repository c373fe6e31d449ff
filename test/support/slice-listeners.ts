import type { Slice } from './slice.ts';

/**
 * Where the programs of a slice listen, such as `tcp 0.0.0.0:22`, sorted: without the engine's name server, and without
 * the UDP ports from which programs ask confd.
 */
export async function listenersOf({ run }: Slice): Promise<readonly string[]> {
  const { stdout } = await run(['sh', '-c', 'cut -f 1 /proc/sys/net/ipv4/ip_local_port_range; ss -Hltun']);
  const [firstOfClients = '', ...lines] = stdout.trim().split('\n');
  return lines
    .map((line) => {
      const { 0: protocol = '', 4: local = '' } = line.split(/\s+/);
      return { protocol, local, port: Number(local.split(':').at(-1)) };
    })
    .filter(({ protocol, port }) => protocol === 'tcp' || port < Number(firstOfClients))
    .filter(({ local }) => !local.startsWith('127.0.0.11:'))
    .map(({ protocol, local }) => `${protocol} ${local}`)
    .toSorted();
}
