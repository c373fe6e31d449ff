#!/bin/bash
# A cluster of three nodes by hand, as Ganeti's documentation has it: vcluster-setup, the `gnt-cluster init` that it prints,
# `gnt-node add` for one node after the other.  Runs in a container of the slice image in which nothing else runs.
#
# What vcluster-setup does to the machine is done here: it fails on /etc/hosts, which the engine mounts.
set -o errexit -o nounset -o pipefail

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
eval "$(sed -n '/gnt-cluster init/,/[^\\]$/p' /tmp/vcluster-setup)"
node1/cmd gnt-node add --no-ssh-key-check node2
node1/cmd gnt-node add --no-ssh-key-check node3
node1/cmd gnt-node list
