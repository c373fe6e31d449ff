# Shared by the scripts of this provider.  Each volume is a file, in one directory for all nodes; its metadata from
# Ganeti (`setinfo`) is beside it.  Ganeti runs the scripts as root, in an environment that has little more than its own
# variables.
set -o errexit -o nounset -o pipefail

readonly VOLUMES=/srv/ganeti/ext-storage

if (($# > 0)) && [[ ${0##*/} != verify || $1 == -h || $1 == --help ]]; then
  echo "Usage: VOL_NAME=NAME ... $0" >&2
  echo "This script is run by Ganeti: see ganeti-extstorage-interface(7)." >&2
  exit 1
fi

fail() {
  echo "$*" >&2
  exit 1
}

# Prints the path of the volume or snapshot of that name.
path_of() {
  [[ $1 =~ ^[A-Za-z0-9_][A-Za-z0-9_.-]*$ ]] || fail "'$1' is not a valid volume name"
  echo "$VOLUMES/$1"
}

# The same; fails if the volume does not exist.
existing() {
  local path
  path=$(path_of "$1")
  [[ -f $path ]] || fail "there is no volume $1 in $VOLUMES"
  echo "$path"
}

# Copies $1 to $2, which must not exist, and makes it at least $3 MiB large.  An interrupted copy leaves no file.
copy_volume() {
  [[ ! -e $2 ]] || fail "${2##*/} already exists"
  trap 'rm --force "$copy"' EXIT
  readonly copy=$2.new
  cp --reflink=auto --sparse=always "$1" "$copy"
  truncate --size=">$3M" "$copy"
  mv "$copy" "$2"
}
