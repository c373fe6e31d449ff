import type { SharedCluster } from './e2e-shared.ts';

const queries: Readonly<Record<string, readonly string[]>> = {
  master: ['gnt-cluster', 'getmaster'],
  nodes: ['gnt-node', 'list', '--no-headers', '-o', 'name,uuid,pip,role,group'],
  instances: ['gnt-instance', 'list', '--no-headers', '-o', 'name,uuid,pnode,admin_state,disk_template'],
  jobs: ['gnt-job', 'list', '--no-headers', '-o', 'id,status,summary,end_ts'],
  identity: ['sh', '-c', 'cd "$GANETI_ROOTDIR/var/lib/ganeti"; sha256sum server.pem rapi.pem cluster-domain-secret'],
  addresses: ['sh', '-c', 'ip -4 -o addr show | grep -o "198[.]18[.][^ ]*" | sort'],
};

/** What Ganeti says of its cluster, as far as it outlives a restart. */
export async function clusterFacts({ run }: SharedCluster): Promise<Readonly<Record<string, string>>> {
  const facts: Record<string, string> = {};
  for (const [what, argv] of Object.entries(queries)) {
    const { stdout, stderr, exitCode } = await run(['exec', 'node1', ...argv]);
    if (exitCode !== 0) throw new Error(`${argv.join(' ')}: status ${exitCode ?? 'none'}\n${stderr}`);
    facts[what] = stdout;
  }
  return facts;
}
