# shellcheck shell=bash
# Startup file of `vcluster-box shell` on a terminal.  exec-on-node has set GANETI_ROOTDIR to the node's directory.
# VCLUSTER_BOX_CLUSTER is the cluster's name for users.

# Fall back to a common type for terminals that the slice does not know.
[[ -e /usr/share/terminfo/${TERM:0:1}/$TERM || -e /lib/terminfo/${TERM:0:1}/$TERM ]] || export TERM=xterm-256color

if [[ -r ~/.bashrc ]]; then
  # shellcheck source=/dev/null
  source ~/.bashrc
fi

# One history for all shells of a cluster, written after each command, because a shell can end at any time.
HISTFILE=~/.bash_history HISTSIZE=10000 HISTFILESIZE=10000 HISTCONTROL=ignoreboth
shopt -s histappend checkwinsize
PROMPT_COMMAND='history -a'

# The prompt follows the node's own file, which names the master.
__vcluster_role() {
  local master=''
  { master=$(<"$GANETI_ROOTDIR/var/lib/ganeti/ssconf_master_node"); } 2>/dev/null
  [[ $master != "$GANETI_HOSTNAME" ]] || printf ' master'
}

if [[ -n ${NO_COLOR:-} || $TERM == dumb ]]; then
  PS1='$VCLUSTER_BOX_CLUSTER ${GANETI_HOSTNAME%%.*}$(__vcluster_role):\w\$ '
else
  PS1='\[\e[2m\]$VCLUSTER_BOX_CLUSTER\[\e[0m\] \[\e[1;32m\]${GANETI_HOSTNAME%%.*}\[\e[1;33m\]$(__vcluster_role)\[\e[0m\]:\w\$ '
fi

# Debian's completion for Ganeti reads names of nodes, instances and jobs from a real node's paths.
if [[ -r /usr/share/bash-completion/bash_completion ]]; then
  # shellcheck source=/dev/null
  source /usr/share/bash-completion/bash_completion
  # shellcheck source=/dev/null disable=SC2016 # the functions expand it
  source <(sed 's|/var/lib/ganeti/|"$GANETI_ROOTDIR"&|' /usr/share/bash-completion/completions/ganeti)
fi
