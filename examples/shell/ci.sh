#!/bin/sh
# A CI job in plain shell: creates a cluster, uses it through `exec` and RAPI, and always removes it.
set -eu

name=${EXAMPLE_CLUSTER:-ci}
scratch=$(mktemp -d)
trap 'vcluster-box down "$name"; rm -rf "$scratch"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

vcluster-box up "$name" --nodes 2 --verify
export VCLUSTER_BOX_CLUSTER="$name"

# `exec` runs Ganeti's commands unchanged and returns their exit status.
vcluster-box exec node1 gnt-instance add -t diskless -o noop -B memory=128 --no-nics --no-name-check --no-ip-check \
  -n node2 instance1.example.com
test "$(vcluster-box exec node2 gnt-instance list --no-headers -o status)" = running

# RAPI uses a self-signed certificate. curl verifies it.
vcluster-box info --certificate >"$scratch/rapi.pem"
eval "$(vcluster-box info --env)"
printf 'user = "%s:%s"\n' "$GANETI_RAPI_USER" "$GANETI_RAPI_PASSWORD" >"$scratch/curlrc"
curl --silent --show-error --fail --config "$scratch/curlrc" --cacert "$scratch/rapi.pem" \
  "$GANETI_RAPI_URL/2/instances/instance1.example.com" >"$scratch/instance"
grep '"status": "running"' "$scratch/instance"
