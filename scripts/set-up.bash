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
  prepare
  ensure_engine
}

# Install the dependencies and build the program, if they are missing or old.
prepare() {
  if dependencies_are_old; then
    say 'Installing dependencies (npm ci)'
    npm ci --no-audit --no-fund --loglevel=error >&2
  fi
  if build_is_old; then
    say 'Building'
    npm run --silent build >&2
  fi
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
  [[ ! -e dist/bin.cjs || -n $(find src scripts/bundle.js package.json tsconfig*.json -newer dist/bin.cjs -print -quit) ]]
}

can_install() {
  ((EUID == 0)) && has apt-get
}

# missing_packages COMMAND[:PACKAGE]...: print the packages of the commands that are missing.
missing_packages() {
  local each
  for each; do
    has "${each%:*}" || printf '%s\n' "${each#*:}"
  done | sort -u
}

# ensure_commands COMMAND[:PACKAGE]...: install the packages of missing commands.
ensure_commands() {
  local packages
  mapfile -t packages < <(missing_packages "$@")
  if ((${#packages[@]} == 0)); then
    return
  fi
  if ! can_install; then
    say "error: missing packages: ${packages[*]}"
    say "hint: run as root: apt-get install ${packages[*]}"
    exit 125
  fi
  install_packages "${packages[@]}"
}

# Install everything that a test runs on this machine.  All tests need some commands.  Without the others, the tests
# that need them are skipped, or fail with REQUIRE_DOCKER=1.
ensure_test_commands() {
  local optional=(zsh fish iptables ip:iproute2 unshare:util-linux nsenter:util-linux setpriv:util-linux useradd:passwd
    rootlesskit slirp4netns newuidmap:uidmap dpkg-shlibdeps:dpkg-dev strip:binutils
    podman runc /usr/lib/podman/netavark:netavark /usr/lib/podman/aardvark-dns:aardvark-dns) packages
  ensure_commands shellcheck python3 curl git openssl ssh:openssh-client script:bsdutils pgrep:procps tar
  can_install || return 0
  mapfile -t packages < <(
    missing_packages "${optional[@]}"
    docker compose version >/dev/null 2>&1 || missing_packages docker-compose
    # Ganeti's own RAPI client for the Python of the system.
    /usr/bin/python3 -c 'import ganeti.rapi.client' 2>/dev/null || echo python3-ganeti-rapi
  )
  if ((${#packages[@]} > 0)); then
    (install_packages "${packages[@]}") || say "The tests that need them are skipped."
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
    if ! node dist/bin.cjs --quiet image pull --ganeti "$version" 2>/dev/null; then
      install_packages mmdebstrap
      return
    fi
  done
}

# run_vitest REPORT OPTION...
run_vitest() {
  local report=$1
  shift
  npx --no vitest run --passWithNoTests \
    --reporter=default --reporter=./scripts/reporter.js --outputFile="$report" "$@"
}
