# shellcheck shell=sh
# `ssh node2` shows the node in the prompt.
# shellcheck disable=SC2016 # the shell expands it each time
[ -z "${GANETI_HOSTNAME:-}" ] || [ -z "${PS1:-}" ] || PS1='\u@${GANETI_HOSTNAME%%.*}:\w\$ '
