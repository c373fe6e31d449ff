# Functions that find, install, start and stop a Docker engine.  Sourced by set-up.bash.

readonly engine_packages=(docker.io iptables mmdebstrap)
readonly engine_wait_seconds=90

# The directory for the log of an engine that we start, and for the file `started`, which identifies the engine:
# `pid N` or `unit NAME`.
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
  # A running engine might only need more time.  end_engine must not stop it.
  if ! is_dockerd "$(engine_pid)"; then
    start_engine
  fi
  wait_for_engine
}

start_engine() {
  say 'No Docker engine answers: setting one up (set VCLUSTER_BOX_INSTALL_ENGINE=0 to prevent this)'
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

# Asks with the program itself, so that both use the same engine.  Prints the problem.
engine_answers() {
  { node dist/bin.cjs --quiet image ls >/dev/null; } 2>&1
}

# If an engine runs, but access is denied, the program has printed what to do.
refuse_engine() {
  if is_dockerd "$(engine_pid)"; then
    exit 125
  elif has apt-get; then
    say 'To set up an engine on this machine, run as root:'
    say "$(engine_commands | sed 's/^/  /')"
  else
    say 'Install Docker with the package manager of your system, start it, and try again.'
  fi
  exit 125
}

# The commands that set up an engine as root.
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
  say 'Starting the Docker engine (systemctl start docker); log: journalctl -u docker'
  systemctl start docker
  printf 'unit docker\n' >"$(engine_directory)/started"
}

start_engine_process() {
  local directory pid
  directory=$(engine_directory)
  # The init script of the package might have started it.
  pid=$(engine_pid)
  if ! is_dockerd "$pid"; then
    forget_stale_pid /var/run/docker.pid dockerd
    forget_stale_pid /var/run/docker/containerd/containerd.pid containerd
    say "Starting the Docker engine; log: $directory/dockerd.log"
    setsid dockerd >"$directory/dockerd.log" 2>&1 </dev/null &
    pid=$!
  fi
  printf 'pid %s\n' "$pid" >"$directory/started"
}

engine_pid() {
  cat /var/run/docker.pid 2>/dev/null || true
}

# forget_stale_pid FILE COMMAND: remove a pid file of a killed engine.  Another process can have its pid now, and then
# dockerd would refuse to start.
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

# Stop the engine that ensure_engine started, with its containers.  Another engine is not stopped.
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
    # It first stops its containers, which can take 15 seconds.
    timeout 60 tail --pid="$what" --sleep-interval=0.1 -f /dev/null || kill -KILL "$what"
  fi
}
