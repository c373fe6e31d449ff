import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dockerAvailable } from '../support/docker-available.ts';
import { untilEnded, type SliceEvent } from '../support/slice-events.ts';
import { listenersOf } from '../support/slice-listeners.ts';
import { python } from '../support/slice-python.ts';
import type { Slice } from '../support/slice.ts';
import { createSlices, type Slices } from '../support/slices.ts';

const vxlan = { kind: 'vxlan', vni: 0x01_4d } as const;
const setUpAgain = `
from vcluster_slice.network import addresses
from vcluster_slice.plan import loader
addresses.set_up_network(loader.load(None))`;
const shell = async ({ run }: Slice, line: string) => (await run(['sh', '-c', line])).stdout;
const json = async (slice: Slice, line: string) => JSON.parse(await shell(slice, line)) as unknown;
const one = (made: Slices) => slice(made, 0);
const two = (made: Slices) => slice(made, 1);

function slice({ slices }: Slices, index: number): Slice {
  const found = slices[index];
  if (found === undefined) throw new Error('there is no such slice');
  return found;
}

describe.skipIf(!dockerAvailable)('two slices of a cluster', () => {
  let made: Slices;
  let boots: readonly (readonly SliceEvent[])[];
  beforeAll(async () => {
    made = await createSlices({ overlay: vxlan });
    boots = await Promise.all(made.slices.map(({ start }) => start()));
  });
  afterAll(() => made[Symbol.asyncDispose]());

  it('verify the network between them when they boot, and report what they measured', () => {
    for (const [index, events] of boots.entries()) {
      const peer = { slice: 2 - index, mtu: 1450, rttMs: expect.any(Number) as unknown };
      const ofPeers = events.filter(({ step, type }) => step === 'peers' || type === 'overlay');
      expect(ofPeers).toMatchObject([
        { type: 'step-started', title: 'Verifying the network between the slices' },
        {
          type: 'step-progress',
          text: expect.stringMatching(/^slice \d: 1450 bytes, \d+\.\d\d ms$/) as unknown,
          ...peer,
        },
        { type: 'overlay', mtu: 1450, peers: [peer] },
        { type: 'step-done' },
      ]);
      expect(events.filter(({ type }) => type === 'warning' || type === 'strange')).toEqual([]);
    }
  });

  it('have a device between them whose packets no NAT can spoil', async () => {
    expect(await json(one(made), 'ip -json -details link show vc0')).toMatchObject([
      {
        address: '02:76:63:01:4d:01',
        mtu: 1450,
        linkinfo: { info_data: { id: 0x01_4d, port: 4790, learning: false, udp_csum: false, df: 'inherit' } },
      },
    ]);
    const offload = `
import array, fcntl, socket, struct
value = array.array('B', struct.pack('II', 0x16, 1))  # ETHTOOL_GTXCSUM
fcntl.ioctl(socket.socket(), 0x8946, struct.pack('16sP', b'vc0', value.buffer_info()[0]))
print(struct.unpack('II', value)[1])`;
    expect(await python(one(made), offload)).toBe('0\n');
  });

  it('have their own and their nodes’ addresses on it, and reach each other’s', async () => {
    const [{ addr_info: addresses }] = (await json(two(made), 'ip -json -4 address show dev vc0')) as [
      { addr_info: { local: string; prefixlen: number }[] },
    ];
    const all = addresses.map(({ local, prefixlen }) => `${local}/${prefixlen}`);
    expect(all).toEqual(['198.18.0.3/32', '198.18.1.3/32', '198.18.1.4/32']);
    const line = 'for to in 198.18.0.3 node3 node4; do fping -q -S 198.18.1.1 $to && echo $to; done';
    expect(await shell(one(made), line)).toBe('198.18.0.3\nnode3\nnode4\n');
  });

  it('have the listeners of several hosts that docs/security.md lists, and no others', async () => {
    const address = await outside(one(made));
    expect(await listenersOf(one(made))).toEqual([
      'tcp 0.0.0.0:22',
      ...[`tcp ${address}:5079`, `tcp ${address}:5081`, 'tcp 198.18.0.2:5082'].toSorted(),
      ...['tcp [::]:22', 'udp 0.0.0.0:4790'],
    ]);
  });

  it('create it once, however often they set up their network', async () => {
    const line = 'ip -json -details link show vc0; ip address; ip route; bridge fdb show dev vc0';
    const before = await shell(one(made), line);
    for (let i = 0; i < 2; i++) await python(one(made), setUpAgain);
    const withoutTimes = (text: string) => text.replaceAll(/(?<="(?:gc_timer|hello_timer)":)[\d.]+/g, '');
    expect(withoutTimes(await shell(one(made), line))).toBe(withoutTimes(before));
  });

  it('find out quickly that an address is unused', async () => {
    const error = (address: string) =>
      python(
        one(made),
        `import socket
try:
    socket.create_connection(("${address}", 1811))
except OSError as error:
    print(error.errno)`,
      );
    // EHOSTUNREACH: after three questions, each after less than Linux's second.
    for (const address of ['198.18.1.99', '198.18.128.1']) expect(await error(address)).toBe('113\n');
    expect(await shell(one(made), 'ip ntable show dev vc0 name arp_cache')).toMatch(/ retrans 300 /);
  });

  it('have only the keys that they were given, and log in to each other with them', async () => {
    const files = 'ls /etc/ssh/ssh_host_* /root/.ssh';
    expect((await shell(one(made), files)).split(/\s+/).filter((word) => word !== '')).toEqual([
      ...['/etc/ssh/ssh_host_rsa_key', '/etc/ssh/ssh_host_rsa_key.pub'],
      ...['/root/.ssh:', 'authorized_keys', 'id_rsa', 'id_rsa.pub', 'known_hosts'],
    ]);
    const login = (to: string) => shell(one(made), `ssh -o BatchMode=yes root@${to} hostname`);
    expect(await login('198.18.0.3')).toBe(`${two(made).settings.hostname}\n`);
    for (const to of ['node4', 'node4.example.com', '198.18.1.4']) expect(await login(to)).toBe('node4.example.com\n');
  });

  it('lead to RAPI, whichever of them has the cluster’s address', async () => {
    await shell(two(made), 'ip address add 198.18.0.1/32 dev vc0; arping -q -U -c 1 -I vc0 198.18.0.1');
    const serve = `socat -u SYSTEM:'echo from slice 2' TCP-LISTEN:5080,bind=198.18.0.1`;
    await shell(two(made), `setsid ${serve} >/dev/null 2>&1 & until ss -Hltn | grep -q 198.18.0.1:5080; do :; done`);
    expect(await shell(one(made), `socat -u TCP:${await outside(one(made))}:5081 -`)).toBe('from slice 2\n');
    expect(await shell(one(made), 'pgrep -u nobody -fc 198.18.0.1:5080')).toBe('1\n');
  });

  it('find each other again after one has got another address', async () => {
    const [here, there] = [one(made), two(made)];
    const before = await outside(there);
    await there.engine.stopContainer(there.container, 30);
    // Another container gets the address.
    await using other = await occupy(there);
    const told = (await there.start()).filter(({ type }) => type === 'warning');
    const answers = async () => (await here.run(['fping', '-q', 'node3'])).status;
    await expect.poll(answers, { timeout: 30_000, interval: 250 }).toBe(0);
    expect(told).toEqual([]);
    expect([await outside(other), await outside(there)]).toEqual([before, expect.not.stringMatching(`^${before}$`)]);
  });

  it('start without the other, except the first time', async () => {
    const [here, there] = [one(made), two(made)];
    await there.engine.stopContainer(there.container, 30);
    await here.engine.stopContainer(here.container, 30);
    const warnings = (await here.start()).filter(({ type }) => type === 'warning');
    expect(warnings).toMatchObject([
      {
        message: `slice 1 (ssh://ops@host1) cannot resolve the name ${there.container} of slice 2 (ssh://ops@host2)`,
      },
    ]);
  });
});

/** The address that the engine assigned. */
async function outside({ engine, container }: Pick<Slice, 'engine' | 'container'>): Promise<string | undefined> {
  const { addresses } = (await engine.inspectContainer(container)) ?? {};
  return Object.values(addresses ?? {})[0];
}

/** Another container on the slice's network. */
async function occupy(slice: Slice): Promise<AsyncDisposable & Pick<Slice, 'engine' | 'container'>> {
  const container = `${slice.container}-other`;
  await slice.engine.createContainer(container, {
    ...slice.settings,
    entrypoint: ['sleep', '600'],
    command: [],
    ports: [],
  });
  await slice.engine.startContainer(container);
  return { engine: slice.engine, container, [Symbol.asyncDispose]: () => slice.engine.removeContainer(container) };
}

describe.skipIf(!dockerAvailable)('slices on a flat network', () => {
  it('have all addresses on the engine’s device', async () => {
    await using made = await createSlices({ overlay: { kind: 'flat' } });
    const [events] = await Promise.all(made.slices.map(({ start }) => start()));
    expect(events?.find(({ type }) => type === 'overlay')).toMatchObject({
      mtu: 1500,
      peers: [{ slice: 2, mtu: 1500 }],
    });
    expect((await one(made).run(['fping', '-q', 'node3'])).status).toBe(0);
    expect(await shell(one(made), 'ls /sys/class/net')).toBe('eth0\nlo\nxen-br0\n');
    const { stdout } = await one(made).run(['ss', '-Hltn', 'sport = :5081 or sport = :5079']);
    expect(stdout.trim().split('\n')).toHaveLength(2);
    await python(one(made), setUpAgain);
  });
});

describe.skipIf(!dockerAvailable)('one of several slices', () => {
  it('is not started without the keys that all share', async () => {
    await using made = await createSlices({ overlay: vxlan, files: [] });
    expect((await one(made).start('failed')).at(-1)).toMatchObject({
      step: 'ssh',
      message: expect.stringMatching(/the key that they share is missing: \/etc\/ssh\/ssh_host_rsa_key/) as unknown,
    });
    await untilEnded(one(made).engine, one(made).container);
  });
});
