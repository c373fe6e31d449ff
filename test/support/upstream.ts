import type { GanetiVersion } from '../../src/config/defaults.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { type Slice, startSlice } from './slice.ts';

/** The plan with the names and addresses of upstream's `vcluster-setup`: every remaining difference has a reason. */
export function planLikeUpstream(plan: Plan): Plan {
  return {
    ...plan,
    cluster: { names: ['cluster'], address: '192.0.2.1' },
    network: { ...plan.network, subnet: '192.0.2.0/24' },
    nodes: plan.nodes.map((node, index) => ({
      ...node,
      names: [`node${index + 1}`],
      address: `192.0.2.${10 + index}`,
    })),
    instances: [],
  };
}

/**
 * A cluster of three nodes that follows upstream's documentation step by step in the slice image: `vcluster-setup`,
 * the `gnt-cluster init` that it prints, `gnt-node add`. Changes to the machine itself are made here: the script
 * fails on /etc/hosts, which the engine mounts, and there is no sshd.
 */
export async function startUpstream(ganeti: GanetiVersion): Promise<Slice> {
  const box = await startSlice({ ganeti, idle: true });
  const { status, stdout, stderr } = await box.run(['bash', '-euc', setUp]);
  if (status !== 0) throw new Error(`upstream's way ends with status ${status}:\n${stdout}\n${stderr}`);
  return box;
}

const setUp = `
mkdir -p /run/sshd /root/.ssh /srv/vcluster
ssh-keygen -A
ssh-keygen -q -t ed25519 -N '' -f /root/.ssh/id_ed25519
cp /root/.ssh/id_ed25519.pub /root/.ssh/authorized_keys
echo "* $(cut -d' ' -f1,2 /etc/ssh/ssh_host_ed25519_key.pub)" >/root/.ssh/known_hosts
/usr/sbin/sshd
ip route add unreachable 192.0.2.0/24
{
  echo 192.0.2.1 cluster
  for i in 1 2 3; do
    echo "192.0.2.$((9 + i)) node$i"
    ip address add "192.0.2.$((9 + i))/32" dev lo
  done
} >>/etc/hosts

/usr/lib/ganeti/tools/vcluster-setup -E -N -c 3 /srv/vcluster >/tmp/vcluster-setup
cd /srv/vcluster
init=$(sed -n '/gnt-cluster init/,/[^\\\\]$/p' /tmp/vcluster-setup)
eval "$init"
node1/cmd gnt-node add --no-ssh-key-check node2
node1/cmd gnt-node add --no-ssh-key-check node3
`;
