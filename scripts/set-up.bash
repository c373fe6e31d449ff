# Functions that make a fresh clone ready to run.  To be sourced in the project's top directory.
# They do nothing, and say nothing, where all is there.

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
    say "error: vcluster-box needs Node.js $oldest_node or newer; here is: $have"
    exit 125
  fi
}

# version_at_least WANTED HAVE
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

# ensure_commands COMMAND...: installs the packages of the same name where the command is missing.
ensure_commands() {
  local command missing=()
  for command; do
    has "$command" || missing+=("$command")
  done
  if ((${#missing[@]} > 0)); then
    if ! can_install; then
      say "error: not found: ${missing[*]}"
      say "hint: as root, apt-get install ${missing[*]}"
      exit 125
    fi
    install_packages "${missing[@]}"
  fi
}

# Some compose for the tests, which skip what needs it where there is none and none can be installed.
ensure_compose() {
  if ! has docker-compose && ! docker compose version >/dev/null 2>&1 && can_install; then
    install_packages docker-compose
  fi
}

# OpenSSH's client, for the test of an engine behind it.
ensure_ssh() {
  if ! has ssh && can_install; then
    install_packages openssh-client
  fi
}

# Shells that the tests of completion want; those tests are skipped where a shell is missing and cannot be installed.
ensure_shells() {
  local shell missing=()
  for shell in zsh fish; do
    has "$shell" || missing+=("$shell")
  done
  if ((${#missing[@]} > 0)) && can_install; then
    install_packages "${missing[@]}"
  fi
}

# Ganeti's own RAPI client, for the system's Python.  The tests by it are skipped where there is none and none can be installed.
ensure_rapi_client() {
  if ! /usr/bin/python3 -c 'import ganeti.rapi.client' 2>/dev/null && can_install; then
    install_packages python3-ganeti-rapi
  fi
}

# What an engine of an ordinary user needs.  The test on one is skipped where it is missing and cannot be installed.
ensure_rootless() {
  local command missing=()
  for command in rootlesskit slirp4netns; do
    has "$command" || missing+=("$command")
  done
  has newuidmap || missing+=(uidmap)
  if ((${#missing[@]} > 0)) && can_install; then
    install_packages "${missing[@]}"
  fi
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
    say "error: apt-get could not install $*; all that it said is in $log"
    exit 125
  fi
  rm -f "$log"
}

# ensure_base GANETI...: where there is no base image and no registry has it, one is going to be made, which needs a tool.
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
