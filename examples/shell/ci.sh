#!/bin/sh
# A CI job in plain shell: a cluster, a look at it by `exec` and by RAPI, and its end, whatever happens between.
set -eu

name=${EXAMPLE_CLUSTER:-ci}
scratch=$(mktemp -d)
trap 'vcluster-box down "$name"; rm -rf "$scratch"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

vcluster-box up "$name" --nodes 2 --verify
export VCLUSTER_BOX_CLUSTER="$name"

# Commands on nodes are as they are in Ganeti's manual, and so is their exit status.
vcluster-box exec node1 gnt-instance add -t diskless -o noop -B memory=128 --no-nics --no-name-check --no-ip-check \
  -n node2 instance1.example.com
test "$(vcluster-box exec node2 gnt-instance list --no-headers -o status)" = running

# RAPI, with its certificate verified: the cluster has signed it itself, for the name ganeti.example.com.
# shellcheck disable=SC2016 # the node has that variable, not we
vcluster-box exec node1 sh -c 'openssl x509 -in "$GANETI_ROOTDIR/var/lib/ganeti/rapi.pem"' >"$scratch/rapi.pem"
address=$(vcluster-box info --json | sed -n 's|.*"url": "https://\(.*\)".*|\1|p')
printf 'user = "rapi:%s"\n' "$(vcluster-box info --password)" >"$scratch/curlrc"
curl --silent --show-error --fail --config "$scratch/curlrc" --cacert "$scratch/rapi.pem" \
  --connect-to "ganeti.example.com:443:$address" https://ganeti.example.com/2/instances/instance1.example.com >"$scratch/instance"
grep '"status": "running"' "$scratch/instance"
