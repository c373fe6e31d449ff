import { execa } from 'execa';
import { openNamespaces, type Namespaces } from '../namespaces.ts';

/**
 * An isolated network for simulated hosts: this machine's firewall does not see its packets, and this machine has no
 * address in it. So concurrent runs can use the same addresses.
 */
export interface Lan {
  /** Command prefix to run as a client: like another machine in the network, with the files of this one. */
  readonly client: readonly string[];
  /** Assigns an address to a host, after each of its boots. */
  readonly plug: (host: Namespaces, number: number) => Promise<void>;
  /** Takes a host's link down, or up again, like an unplugged cable. */
  readonly setLink: (number: number, state: 'up' | 'down') => Promise<void>;
  readonly close: () => Promise<void>;
}

/** TEST-NET-1, of RFC 5737. */
export function addressOf(number: number): string {
  return `192.0.2.${number}`;
}

const clientNumber = 254;

export async function openLan(): Promise<Lan> {
  const namespaces = await openNamespaces(
    [
      'sysctl -qw net.ipv6.conf.all.disable_ipv6=1',
      'ip link set lo up',
      'ip link add lan type bridge',
      `ip address add ${addressOf(clientNumber)}/24 dev lan`,
      'ip link set lan up',
    ].join(' && '),
  );
  const client = ['nsenter', `--net=/proc/${namespaces.pid}/ns/net`];
  const ip = (words: string) => execa('nsenter', [...client.slice(1), 'ip', ...words.split(' ')]);
  return {
    client,
    plug: async (host, number) => {
      // A machine keeps its hardware address across boots; otherwise its neighbours would use the old one for a
      // while.
      const card = `eth0 address 02:00:00:00:00:${number.toString(16).padStart(2, '0')} netns ${host.pid}`;
      // The kernel removes a network some time after its last process has ended.
      await ip(`link delete port${number}`).catch(() => undefined);
      await ip(`link add port${number} type veth peer name ${card}`);
      await ip(`link set port${number} master lan up`);
      const inside = `ip address add ${addressOf(number)}/24 dev eth0 && ip link set eth0 up`;
      await execa(...host.enter(['sh', '-c', inside]));
    },
    setLink: async (number, state) => {
      await ip(`link set port${number} ${state}`);
    },
    close: namespaces.close,
  };
}
