import { describe, expect, it } from 'vitest';
import { connectMultiEngine } from '../../../src/cluster/multi-engine/multi-engine.ts';
import { openCluster } from '../../../src/library/open-cluster.ts';
import { alpha, execs, twoHosts } from '../../support/fake-two-hosts.ts';
import { fakeHosts } from '../../support/run-cli.ts';

describe('a cluster object', () => {
  const open = async (hosts: Parameters<typeof fakeHosts>[0]) =>
    openCluster(await connectMultiEngine(fakeHosts(hosts), '/nonexistent'), 'demo', { report: () => undefined });

  it('covers all hosts', async () => {
    const { hosts, first, second } = twoHosts((slice) => `slice ${slice}`);
    const cluster = await open({ engine: first, hosts });
    expect(cluster.nodes.map(({ shortName }) => shortName)).toEqual(['node1', 'node2', 'node3']);
    expect(await cluster.exec('node3', ['true'])).toMatchObject({ status: 0, stdout: 'slice 2' });
    await cluster.stop();
    expect([first, second].map(({ state }) => state.containers[0]?.state)).toEqual(['exited', 'exited']);
    await cluster.down();
    expect([first, second].map(({ state }) => state.containers)).toEqual([[], []]);
  });

  it('works while a host is down, and notices when the host is back', async () => {
    const { hosts, first, second } = twoHosts();
    const reachable = { [alpha]: first };
    const cluster = await open({ engine: first, hosts: reachable });
    await expect(cluster.exec('node3', ['true'])).rejects.toThrow('the host ssh://ops@beta cannot be reached');
    expect(await cluster.exec('node1', ['true'])).toMatchObject({ status: 0 });
    Object.assign(reachable, hosts);
    await cluster.exec('node3', ['true']);
    expect(execs(second)).toHaveLength(1);
  });
});
