import type { SharedCluster } from './e2e-shared.ts';

const queries: Readonly<Record<string, string>> = {
  master: 'gnt-cluster getmaster',
  nodes: 'gnt-node list --no-headers -o name,uuid,pip,role,group',
  instances: 'gnt-instance list --no-headers -o name,uuid,pnode,status,disk_template',
  jobs: 'gnt-job list --no-headers -o id,status,summary,end_ts',
  identity: 'cd "$GANETI_ROOTDIR/var/lib/ganeti" && sha256sum server.pem rapi.pem cluster-domain-secret',
  addresses: 'ip -4 -o addr show | grep -o "198[.]18[.][^ ]*" | sort',
};

const names = Object.keys(queries);
const line = Object.values(queries)
  .map((query) => `( ${query} ) && printf '\\0'`)
  .join(' && ');

/** The part of Ganeti's information about its cluster that survives a restart. */
export async function clusterFacts({ run }: Pick<SharedCluster, 'run'>): Promise<Readonly<Record<string, string>>> {
  const { stdout, stderr, exitCode } = await run(['exec', 'node1', 'sh', '-c', line]);
  if (exitCode !== 0) throw new Error(`${line}: status ${exitCode ?? 'none'}\n${stderr}`);
  const answers = stdout.split('\0');
  return Object.fromEntries(names.map((name, index) => [name, answers[index]?.trim() ?? '']));
}
