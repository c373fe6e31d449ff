import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { beforeAll, describe, expect, it } from 'vitest';
import { dockerAvailable } from '../support/docker-available.ts';
import { expectGone } from '../support/e2e-inside.ts';
import { ended, untilPrinted } from '../support/e2e-process.ts';
import { type SharedCluster, sharedCluster } from '../support/e2e-shared.ts';
import { startInTerminal } from '../support/e2e-terminal.ts';

describe.skipIf(!dockerAvailable)('shell', () => {
  let cluster: SharedCluster;
  beforeAll(async () => {
    cluster = await sharedCluster();
  }, 300_000);

  /** Types lines, each after the expected output of the one before; then exits, and returns the exit status. */
  const inShell = async (
    args: readonly string[],
    talk: (
      say: (typed: string, answer: string) => Promise<void>,
      child: ChildProcessWithoutNullStreams,
    ) => Promise<void>,
    columns = 150,
  ) => {
    const options = { columns, rows: 40, env: { NO_COLOR: '1', LANG: 'C.UTF-8' } };
    const child = startInTerminal(['-c', cluster.name, 'shell', ...args], options);
    const end = ended(child);
    await untilPrinted(child, '# ');
    await talk(async (typed, answer) => {
      const answered = untilPrinted(child, answer);
      child.stdin.write(typed);
      await answered;
    }, child);
    child.stdin.write('exit 7\r');
    return end;
  };

  it.each([44, 150])(
    'has a prompt that shows its location, on %i columns, and exits with its status',
    async (columns) => {
      const { status, stdout } = await inShell(
        ['node2'],
        async (say) => {
          await say('stty size\r', `40 ${columns}\r\n`);
          await say('echo $GANETI_HOSTNAME $LANG $TERM\r', 'node2.example.com C.UTF-8 xterm-256color\r\n');
        },
        columns,
      );
      expect(status).toBe(7);
      expect(stdout).toContain(`${cluster.name} node2:~# `);
      expect(stdout).toContain('The files of node2.example.com are in /srv/vcluster/node2.example.com.');
    },
  );

  it('completes Ganeti’s commands, options and the names of nodes', async () => {
    const { stdout } = await inShell(['node2'], async (say) => {
      await say('echo; gnt-node inf\tnode3\t\r', 'Node name: node3.example.com');
      await say('gnt-node list --no-hea\t-o name node1\t | tr n N\r', 'Node1.example.com\r\n');
    });
    expect(stdout).toContain('--no-headers');
  });

  it('has Ganeti’s manual pages', async () => {
    await inShell(['node2'], async (say) => {
      for (const page of ['gnt-node', 'hbal', 'ganeti-noded'])
        await say(`man -P cat ${page} | head -n 6 | tr a-z A-Z\r`, `       ${page.toUpperCase()} - `);
    });
  });

  it('runs on the master by default, and reports when the master has changed', async () => {
    const { stdout } = await inShell([], async (say) => {
      await say('echo $GANETI_HOSTNAME\r', 'node1.example.com\r\n');
      await say('bash -c "GANETI_HOSTNAME=node2.example.com GANETI_ROOTDIR=/srv/vcluster/node2.example.com gnt-cluster master-failover" && echo do\\ne\r', 'done\r\n'); // prettier-ignore
      await say('\r', `${cluster.name} node1:~# `);
      await say('VCLUSTER_BOX_FOLLOW_MASTER=0 gnt-cluster master-failover && echo back\\ agai\\n\r', 'back again\r\n');
      await say('\r', `${cluster.name} node1 master:~# `);
    });
    expect(stdout).toContain(`${cluster.name} node1 master:~# `);
  });

  it('shares its history with the next shell, on any node', async () => {
    await inShell(['node2'], (say) => say('echo remembe\\red\r', 'remembered\r\n'));
    await inShell(['node3'], (say) => say('history | tail -n 3\r', 'echo remembe\\red\r\n'));
  });

  it('reads commands from stdin without a terminal', async () => {
    const input = 'gnt-node list --no-headers -o name\necho "$GANETI_HOSTNAME" >&2\nexit 9\n';
    const { stdout, stderr, exitCode } = await cluster.run(['shell', 'node3'], { input });
    expect({ stdout: stdout.split('\n'), stderr, exitCode }).toEqual({
      stdout: [1, 2, 3].map((number) => `node${number}.example.com`),
      stderr: 'node3.example.com',
      exitCode: 9,
    });
  });

  it('ends when its terminal closes', async () => {
    const child = startInTerminal(['-c', cluster.name, 'shell', 'node2'], { columns: 80, rows: 24 });
    const end = ended(child);
    await untilPrinted(child, '# ');
    child.kill('SIGTERM');
    await end;
    await expectGone(cluster, '^bash --rcfile');
  });
});
