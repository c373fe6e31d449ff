import { describe, expect, it } from 'vitest';
import { fakeCluster } from '../../support/fake-cluster.ts';
import { fakeEngine } from '../../support/fake-engine.ts';
import { runCli } from '../../support/run-cli.ts';

interface Said {
  /** numbers of the nodes that answer */
  readonly answering?: readonly number[];
  /** number of the node that all of them name as master */
  readonly named?: number;
  /** number of the node that node 3 names instead */
  readonly believed?: number;
  readonly leading?: number | null;
  /** what Ganeti's command prints, and its exit status */
  readonly failover?: readonly [output: string, status: number];
}

const name = (number: number) => `node${number}.example.com`;

/** A cluster of three nodes that answers this way; `ran` contains the commands that change something. */
function cluster({ answering = [2, 3], named = 1, believed = named, leading = null, failover = ['', 0] }: Said = {}) {
  const ran: string[] = [];
  const engine = fakeEngine({
    containers: [fakeCluster('demo', 3)],
    onExec: (_container, { argv, env }, { stdout }) => {
      const line = argv.join(' ');
      if (line === '/usr/sbin/vcluster-slice votes') {
        const votes = [1, 2, 3].map((node) => {
          const vote = {
            node: name(node),
            master: name(node === 3 ? believed : named),
            since: 1,
            stopped: false,
            offline: false,
          };
          return { ...vote, answers: answering.includes(node) };
        });
        stdout.write(JSON.stringify({ votes, leading: leading && name(leading) }));
        return Promise.resolve(0);
      }
      if (line === '/usr/sbin/vcluster-slice healthy') return Promise.resolve(0);
      ran.push(`${env?.['GANETI_HOSTNAME'] ?? ''}: ${line}`);
      stdout.write(failover[0]);
      return Promise.resolve(failover[1]);
    },
  });
  return { engine, ran };
}

const refusal =
  'Master-failover with voting is only possible if the majority of nodes are still healthy; use the --no-voting option\n';

describe('master-failover', () => {
  it('reports how a vote would go, runs Ganeti’s command on the node, and names the master', async () => {
    const { engine, ran } = cluster();
    const { status, stdout, stderr } = await runCli(['master-failover', 'node2'], { engine });
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: 'node2.example.com is now the master of cluster demo, replacing node1.example.com.  RAPI answers.\n',
    });
    expect(ran).toEqual(['node2.example.com: gnt-cluster master-failover']);
    expect(stderr).toMatch(
      /^2 of 3 nodes answer, and a vote needs 2\nCluster demo\n ... Making node2\.example\.com the master\n/,
    );
  });

  it.each([1, 3])('refuses a node that missed a failover and names node %i as the master', async (believed) => {
    const { engine, ran } = cluster({ answering: [1, 2, 3], named: 2, leading: 2, believed });
    expect(await runCli(['master-failover', 'node3'], { engine })).toMatchObject({
      status: 125,
      stderr: `error: node3.example.com missed a failover: its files still name node${believed}.example.com as the master
hint: send it the configuration: vcluster-box -c demo exec node2.example.com gnt-cluster redist-conf\n`,
    });
    expect(ran).toEqual([]);
  });

  it('--json prints the result', async () => {
    const { engine } = cluster({ answering: [1, 2, 3], leading: 1 });
    const { stdout } = await runCli(['master-failover', 'node3.example.com', '--json'], { engine });
    expect(JSON.parse(stdout)).toEqual({
      cluster: 'demo',
      master: name(3),
      before: name(1),
      voting: { nodes: 3, answering: 3, needed: 2 },
    });
  });

  it('explains that Ganeti refuses when too few nodes answer', async () => {
    const { engine } = cluster({ answering: [2], failover: [refusal, 1] });
    const { status, stdout, stderr } = await runCli(['master-failover', 'node2'], { engine });
    expect({ status, stdout }).toEqual({ status: 125, stdout: '' });
    expect(stderr).toContain(
      'error: 1 of 3 nodes answer, but node2.example.com needs 2 to become the master\nhint: start the',
    );
    expect(stderr).toContain('--no-voting');
  });

  it('skips the vote on request', async () => {
    const { engine, ran } = cluster({ answering: [2] });
    const { status, stderr } = await runCli(['master-failover', 'node2', '--no-voting'], { engine });
    expect(status).toBe(0);
    expect(ran).toEqual(['node2.example.com: gnt-cluster master-failover --no-voting --yes-do-it']);
    expect(stderr).toContain('1 of 3 nodes answer, and a vote needs 2; the vote is skipped\n');
  });

  it('passes on other errors of Ganeti', async () => {
    const { engine } = cluster({ failover: ['Failure: prerequisites not met\nThis node is not among ...\n', 1] });
    const { status, stderr } = await runCli(['master-failover', 'node3'], { engine });
    expect(status).toBe(125);
    expect(stderr).toContain(
      'error: node3.example.com did not become the master (gnt-cluster master-failover: status 1)\n',
    );
    expect(stderr).toContain('  | This node is not among ...\n');
  });

  it('changes nothing when the node is already the master', async () => {
    const { engine, ran } = cluster({ answering: [1, 2, 3], leading: 1 });
    const { status, stderr } = await runCli(['master-failover', 'node1'], { engine });
    expect({ status, ran }).toEqual({ status: 125, ran: [] });
    expect(stderr).toContain('error: node1.example.com is already the master\n');
  });

  it('starts a node that is named master but cannot lead only without a vote', async () => {
    const voted = cluster({ answering: [1] });
    expect(await runCli(['master-failover', 'node1'], { engine: voted.engine })).toMatchObject({ status: 125 });
    expect(voted.ran).toEqual([]);
    const alone = cluster({ answering: [1] });
    const { status, stdout } = await runCli(['master-failover', 'node1', '--no-voting'], { engine: alone.engine });
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: 'node1.example.com is now the master of cluster demo.  RAPI answers.\n',
    });
    expect(alone.ran).toEqual(['node1.example.com: /usr/sbin/vcluster-slice start-master node1.example.com']);
  });

  it('lists the existing nodes when the node does not exist', async () => {
    const { status, stderr } = await runCli(['master-failover', 'node9'], { engine: cluster().engine });
    expect(status).toBe(125);
    expect(stderr).toContain('node node9 does not exist');
  });
});
