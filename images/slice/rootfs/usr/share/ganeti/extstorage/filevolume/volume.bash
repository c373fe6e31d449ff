# What the scripts of this provider share.  Each volume is a file, in one directory for all nodes; what Ganeti says of it
# (`setinfo`) is beside it.  Ganeti runs the scripts here, as root, with its variables and little else in the environment.
set -o errexit -o nounset -o pipefail

readonly VOLUMES=/srv/ganeti/ext-storage

if (($# > 0)) && [[ ${0##*/} != verify || $1 == -h || $1 == --help ]]; then
  echo "Usage: VOL_NAME=NAME ... $0" >&2
  echo "Ganeti runs it; see ganeti-extstorage-interface(7)." >&2
  exit 1
fi

fail() {
  echo "$*" >&2
  exit 1
}

# Prints where the volume or snapshot of a name is.
path_of() {
  [[ $1 =~ ^[A-Za-z0-9_][A-Za-z0-9_.-]*$ ]] || fail "'$1' can be no volume's name"
  echo "$VOLUMES/$1"
}

# Fails when there is none.
existing() {
  local path
  path=$(path_of "$1")
  [[ -f $path ]] || fail "there is no volume $1 in $VOLUMES"
  echo "$path"
}

# Copies $1 to $2, which must be new, and makes it as large as $3 MiB at least.  A copy that breaks off leaves nothing.
copy_volume() {
  [[ ! -e $2 ]] || fail "${2##*/} is there already"
  trap 'rm --force "$copy"' EXIT
  readonly copy=$2.new
  cp --reflink=auto --sparse=always "$1" "$copy"
  truncate --size=">$3M" "$copy"
  mv "$copy" "$2"
}
