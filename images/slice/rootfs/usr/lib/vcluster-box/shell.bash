# shellcheck shell=bash
# What `vcluster-box shell` starts bash with on a terminal.  exec-on-node has made us act as a node; its directory is
# GANETI_ROOTDIR.  VCLUSTER_BOX_CLUSTER is the name by which users know the cluster.

# Terminals that the slice knows nothing of are like this one.
[[ -e /usr/share/terminfo/${TERM:0:1}/$TERM || -e /lib/terminfo/${TERM:0:1}/$TERM ]] || export TERM=xterm-256color

if [[ -r ~/.bashrc ]]; then
  # shellcheck source=/dev/null
  source ~/.bashrc
fi

# One history for all shells of a cluster; it is kept at each command, for shells end in many ways.
HISTFILE=~/.bash_history HISTSIZE=10000 HISTFILESIZE=10000 HISTCONTROL=ignoreboth
shopt -s histappend checkwinsize
PROMPT_COMMAND='history -a'

# The node's own file says who is master, so that the prompt changes with it.
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

# Debian's completion for Ganeti looks for names of nodes, instances and jobs where a real node has them.
if [[ -r /usr/share/bash-completion/bash_completion ]]; then
  # shellcheck source=/dev/null
  source /usr/share/bash-completion/bash_completion
  # shellcheck source=/dev/null disable=SC2016 # it is for the functions to expand
  source <(sed 's|/var/lib/ganeti/|"$GANETI_ROOTDIR"&|' /usr/share/bash-completion/completions/ganeti)
fi
