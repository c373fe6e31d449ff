import { beforeAll, describe, expect, it } from 'vitest';
import { vcluster } from '../support/cli.ts';
import { dockerAvailable, testEngine } from '../support/docker-available.ts';
import { testCluster } from '../support/e2e-clusters.ts';
import { leftOf, nothingLeft } from '../support/e2e-left.ts';

const name = testCluster('refused');

/** The arguments of `up e2e-refused`, and the error message. */
const badOptions: readonly (readonly [options: readonly string[], message: string])[] = [
  [['--node', '3'], "unknown option '--node'\n(Did you mean --nodes?)"],
  [['-n', '0'], 'nodes: must be a whole number from 1 to 1000, not 0'],
  [['-n', '-1'], 'nodes: must be a whole number from 1 to 1000, not -1'],
  [['-n', '1.5'], 'nodes: must be a whole number from 1 to 1000, not 1.5'],
  [['-n', '5000'], 'nodes: must be a whole number from 1 to 1000, not 5000'],
  [['--subnet', '198.18.0.0/28', '-n', '8'], 'the subnet 198.18.0.0/28 has room for 7 nodes, not for 8'],
  [['--subnet', '198.18.0.1/16'], 'subnet: must be the address of the network, 198.18.0.0/16, not 198.18.0.1/16'],
  [['--subnet', '127.0.0.0/8'], 'subnet: must not contain loopback addresses, as 127.0.0.0/8 does'],
  [['--subnet', 'nonsense'], 'subnet: must be an IPv4 network such as 198.18.0.0/16, not nonsense'],
  [['--domain', 'a..b'], 'domain: must be a domain name of at most 47 characters, not a..b'],
  [['--rapi', '70000'], 'rapi: must be PORT, ADDRESS:PORT or [IPV6]:PORT, not 70000'],
  [['--memory', '10k'], 'memory: must be a size from 256m to 1024t, such as 512m or 2g, not 10k'],
  [['--ganeti', '2.16'], 'ganeti: must be 3.0 or 3.1, not 2.16'],
  [['-c', 'e2e-other'], `the cluster has two names: ${name} and e2e-other`],
];

describe('bad usage', () => {
  it.each(badOptions)('up %j is refused with status 2 and a hint', async (options, message) => {
    const { exitCode, stdout, stderr } = await vcluster(['up', name, ...options]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr).toMatch(/^hint: \S/m);
  });

  it('lists all errors at once', async () => {
    const { exitCode, stderr } = await vcluster(['up', 'e2e_refused', '-n', '0']);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/name: .*not e2e_refused\n {2}nodes: .*not 0\n/);
  });

  it('suggests the intended command', async () => {
    const { exitCode, stderr } = await vcluster(['dwon']);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 2,
      stderr: "error: unknown command 'dwon'\n(Did you mean down?)\nhint: vcluster-box --help",
    });
  });
});

describe.skipIf(!dockerAvailable)('more than the engine can provide', () => {
  beforeAll(async () => {
    expect(await leftOf(await testEngine(), name)).toEqual(nothingLeft);
  });

  it.each([
    ['1000', '1g', '19.7 GiB', '1.0 GiB'],
    ['100', '512m', '2.1 GiB', '512 MiB'],
  ])(
    '%s nodes within %s are refused with both figures, and nothing is created',
    async (nodes, memory, needs, limit) => {
      const { exitCode, stdout, stderr } = await vcluster(['up', name, '-n', nodes, '--memory', memory]);
      expect({ exitCode, stdout }).toEqual({ exitCode: 125, stdout: '' });
      expect(stderr).toContain(`error: ${nodes} nodes need about ${needs} of memory, and the `);
      // If two limits are too low, the engine's own is reported.
      expect(stderr).toMatch(new RegExp(`and the (limit asked for is ${limit}|engine .* has \\d.*)\\nhint: `));
      expect(await leftOf(await testEngine(), name)).toEqual(nothingLeft);
    },
  );
});
