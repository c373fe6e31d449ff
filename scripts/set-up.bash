# Functions that prepare a fresh clone.  Source this file in the top directory of the project.
# They do and print nothing if everything is in place.

# shellcheck source=scripts/engine.bash
source scripts/engine.bash

readonly oldest_node=20.19.0

say() {
  printf '%s\n' "$*" >&2
}

has() {
  command -v "$1" >/dev/null
}

set_up() {
  require_node
  if dependencies_are_old; then
    say 'Installing dependencies (npm ci)'
    npm ci --no-audit --no-fund --loglevel=error >&2
  fi
  if build_is_old; then
    say 'Building'
    npm run --silent build >&2
  fi
  ensure_engine
}

require_node() {
  local have
  have=$(node --version 2>/dev/null || echo none)
  if ! version_at_least "$oldest_node" "$have"; then
    say "error: vcluster-box requires Node.js $oldest_node or newer, but this is: $have"
    exit 125
  fi
}

# version_at_least MINIMUM VERSION
version_at_least() {
  local lowest
  lowest=$(printf '%s\n' "${1#v}" "${2#v}" | sort --version-sort | head -n 1)
  [[ $2 =~ ^v?[0-9] && $lowest == "${1#v}" ]]
}

dependencies_are_old() {
  local installed=node_modules/.package-lock.json
  [[ ! -e $installed || package-lock.json -nt $installed ]]
}

build_is_old() {
  [[ ! -e dist/bin.js || -n $(find src package.json tsconfig*.json -newer dist/bin.js -print -quit) ]]
}

can_install() {
  ((EUID == 0)) && has apt-get
}

# ensure_commands COMMAND...: install the packages with the names of missing commands.
ensure_commands() {
  local command missing=()
  for command; do
    has "$command" || missing+=("$command")
  done
  if ((${#missing[@]} > 0)); then
    if ! can_install; then
      say "error: missing commands: ${missing[*]}"
      say "hint: run as root: apt-get install ${missing[*]}"
      exit 125
    fi
    install_packages "${missing[@]}"
  fi
}

# install_optional COMMAND[:PACKAGE]...: install the packages of missing commands if possible.
# Otherwise the tests that need them are skipped.
install_optional() {
  local each missing=()
  can_install || return 0
  for each; do
    has "${each%:*}" || missing+=("${each#*:}")
  done
  if ((${#missing[@]} > 0)); then
    install_packages "${missing[@]}"
  fi
}

ensure_compose() {
  docker compose version >/dev/null 2>&1 || install_optional docker-compose
}

# The OpenSSH client, for tests of remote engines.
ensure_ssh() {
  install_optional ssh:openssh-client
}

# Shells, for tests of completion.
ensure_shells() {
  install_optional zsh fish
}

# Ganeti's own RAPI client for the Python of the system.
ensure_rapi_client() {
  if ! /usr/bin/python3 -c 'import ganeti.rapi.client' 2>/dev/null && can_install; then
    install_packages python3-ganeti-rapi
  fi
}

# Programs for rootless engines.
ensure_rootless() {
  install_optional rootlesskit slirp4netns newuidmap:uidmap
}

install_packages() {
  local log
  say "Installing with apt-get: $*"
  log=$(mktemp)
  export DEBIAN_FRONTEND=noninteractive
  if ! {
    apt-get --quiet=2 update &&
      apt-get --quiet=2 -o DPkg::Lock::Timeout=120 -o Dpkg::Use-Pty=0 install --yes --no-install-recommends "$@"
  } </dev/null >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    say "error: apt-get failed to install $*; its output is in $log"
    exit 125
  fi
  rm -f "$log"
}

# ensure_base GANETI...: install a tool to create base images, unless the engine has them or a registry provides them.
ensure_base() {
  local version
  if has mmdebstrap || has debootstrap || ! can_install; then
    return
  fi
  for version; do
    if ! node dist/bin.js --quiet image pull --ganeti "$version" 2>/dev/null; then
      install_packages mmdebstrap
      return
    fi
  done
}

# run_vitest PROJECT REPORT [OPTION...]
run_vitest() {
  local project=$1 report=$2
  shift 2
  npx --no vitest run --project "$project" --passWithNoTests \
    --reporter=default --reporter=json --outputFile.json="$report" "$@"
}
