#!/bin/bash
# `upstream.sh NODES` creates a cluster as Ganeti's documentation describes: vcluster-setup, the `gnt-cluster init` that
# it prints, and `gnt-node add` for one node after the other.  Runs in a container of the slice image without other
# processes.
#
# vcluster-setup fails to change /etc/hosts, which the engine mounts.  So this script changes the machine itself.
set -o errexit -o nounset -o pipefail
nodes=$1

mkdir -p /run/sshd /root/.ssh /srv/vcluster
ssh-keygen -A
ssh-keygen -q -t ed25519 -N '' -f /root/.ssh/id_ed25519
cp /root/.ssh/id_ed25519.pub /root/.ssh/authorized_keys
echo "* $(cut -d' ' -f1,2 /etc/ssh/ssh_host_ed25519_key.pub)" >/root/.ssh/known_hosts
/usr/sbin/sshd
ip route add unreachable 192.0.2.0/24
{
  echo 192.0.2.1 cluster
  for ((i = 1; i <= nodes; i++)); do
    echo "192.0.2.$((9 + i)) node$i"
    ip address add "192.0.2.$((9 + i))/32" dev lo
  done
} >>/etc/hosts

/usr/lib/ganeti/tools/vcluster-setup -E -N -c "$nodes" /srv/vcluster >/tmp/vcluster-setup
cd /srv/vcluster
eval "$(sed -n '/gnt-cluster init/,/[^\\]$/p' /tmp/vcluster-setup)"
for ((i = 2; i <= nodes; i++)); do
  # Standard input is this script.
  node1/cmd gnt-node add --no-ssh-key-check "node$i" </dev/null
done
node1/cmd gnt-node list
