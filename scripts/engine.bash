# Functions that find a Docker engine, or install and start one, or end it.  To be sourced by set-up.bash.

readonly engine_packages=(docker.io iptables mmdebstrap)
readonly engine_wait_seconds=90

# Where an engine that we start leaves its log, and `started`, which says how to end it: `pid N` or `unit NAME`.
engine_directory() {
  printf '%s\n' "${XDG_STATE_HOME:-${HOME:-/root}/.local/state}/vcluster-box/engine"
}

ensure_engine() {
  local problem
  if problem=$(engine_answers); then
    return
  fi
  if [[ ${VCLUSTER_BOX_INSTALL_ENGINE:-1} == 0 || -n ${DOCKER_HOST:-}${DOCKER_CONTEXT:-} ]] || ! can_install; then
    say "$problem"
    refuse_engine
  fi
  # One that runs already may only need a moment more.  It is not ours to end.
  if ! is_dockerd "$(engine_pid)"; then
    start_engine
  fi
  wait_for_engine
}

start_engine() {
  say 'No Docker engine answers: setting one up (VCLUSTER_BOX_INSTALL_ENGINE=0 refuses this)'
  if ! has dockerd; then
    install_packages "${engine_packages[@]}"
  fi
  mkdir -p "$(engine_directory)"
  if has_systemd; then
    start_engine_unit
  else
    start_engine_process
  fi
}

# Asked in the way of the program itself, so both mean the same engine.  Prints what is wrong.
engine_answers() {
  { node dist/bin.js --quiet image ls >/dev/null; } 2>&1
}

# Where an engine runs, which only may not be used, the program has said what to do.
refuse_engine() {
  if is_dockerd "$(engine_pid)"; then
    exit 125
  elif has apt-get; then
    say 'To have one here, run as root:'
    say "$(engine_commands | sed 's/^/  /')"
  else
    say 'Install Docker in the way of your system, start it, and run this again.'
  fi
  exit 125
}

# What root has to run here to have an engine.
engine_commands() {
  if ! has dockerd; then
    printf '%s\n' 'apt-get update' "apt-get install --yes --no-install-recommends ${engine_packages[*]}"
  fi
  if has_systemd; then
    printf '%s\n' 'systemctl start docker'
  else
    printf '%s\n' 'setsid dockerd >/var/log/dockerd.log 2>&1 </dev/null &'
  fi
}

has_systemd() {
  [[ -d /run/systemd/system ]]
}

start_engine_unit() {
  say 'Starting the Docker engine (systemctl start docker); its log: journalctl -u docker'
  systemctl start docker
  printf 'unit docker\n' >"$(engine_directory)/started"
}

start_engine_process() {
  local directory pid
  directory=$(engine_directory)
  # The package's init script may have started it just now.
  pid=$(engine_pid)
  if ! is_dockerd "$pid"; then
    forget_stale_pid /var/run/docker.pid dockerd
    forget_stale_pid /var/run/docker/containerd/containerd.pid containerd
    say "Starting the Docker engine; its log: $directory/dockerd.log"
    setsid dockerd >"$directory/dockerd.log" 2>&1 </dev/null &
    pid=$!
  fi
  printf 'pid %s\n' "$pid" >"$directory/started"
}

engine_pid() {
  cat /var/run/docker.pid 2>/dev/null || true
}

# forget_stale_pid FILE COMMAND: after an engine was killed, its pid files may name processes that are something else by
# now.  dockerd takes any that lives for itself, and then does not start.
forget_stale_pid() {
  local pid
  if pid=$(cat "$1" 2>/dev/null) && [[ $(cat "/proc/$pid/comm" 2>/dev/null) != "$2" ]]; then
    rm -f "$1"
  fi
}

# is_dockerd PID
is_dockerd() {
  [[ -n $1 && $(cat "/proc/$1/comm" 2>/dev/null) == dockerd ]]
}

wait_for_engine() {
  local directory deadline=$((SECONDS + engine_wait_seconds)) problem
  directory=$(engine_directory)
  until problem=$(engine_answers); do
    if ((SECONDS >= deadline)) || started_engine_ended; then
      say "error: the Docker engine does not answer"
      say "$problem"
      tail -n 20 "$directory/dockerd.log" >&2 2>/dev/null || true
      exit 125
    fi
    sleep 0.5
  done
}

started_engine_ended() {
  local kind what
  read -r kind what 2>/dev/null <"$(engine_directory)/started" || return
  [[ $kind == pid && ! -e /proc/$what ]] && ! is_dockerd "$(engine_pid)"
}

# Ends the engine that ensure_engine started, and with it its containers.  One that was there before stays.
end_engine() {
  local directory kind what
  directory=$(engine_directory)
  [[ -e $directory/started ]] || return 0
  read -r kind what <"$directory/started"
  rm "$directory/started"
  if [[ $kind == unit ]]; then
    systemctl stop docker.socket docker containerd
  elif is_dockerd "$what"; then
    kill "$what"
    # It stops its containers first, for which it gives them 15 seconds.
    timeout 60 tail --pid="$what" --sleep-interval=0.1 -f /dev/null || kill -KILL "$what"
  fi
}
