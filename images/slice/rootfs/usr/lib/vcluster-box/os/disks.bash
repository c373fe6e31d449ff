# Shared by our OS definitions: how they are called, and how they find, dump and restore an instance's disks.
# shellcheck shell=bash
set -o errexit -o nounset -o pipefail

# To stderr, because an export's stdout is the dump.  Ganeti writes it to log/ganeti/os of the node, and to its own
# message if the script fails.
say() {
  echo "$OS_NAME: $*" >&2
}

fail() {
  say "$*"
  exit 1
}

# run_script create|export|import|rename|verify [ARGUMENT...]: calls the function of that name.
run_script() {
  local -r script=$1
  shift
  if [[ ${1:-} == -h || ${1:-} == --help || ($script != verify && $# -gt 0) || ($script == verify && $# -eq 0) ]]; then
    local arguments=''
    [[ $script != verify ]] || arguments=' CHECK...'
    echo "Usage: $script$arguments.  All other input is in the environment: see ganeti-os-interface(7)." >&2
    [[ ${1:-} == -h || ${1:-} == --help ]] || exit 1
    exit 0
  fi
  "do_$script" "$@"
}

# Prints the path of disk N.  If Ganeti has only an address for it (an `ext` disk without a block device), that is used
# if it is a file's; otherwise this prints nothing, reports it, and the disk is not changed.
disk_path() {
  local -r number=$1 path_variable=DISK_$1_PATH uri_variable=DISK_$1_URI
  local -r path=${!path_variable:-} uri=${!uri_variable:-}
  if [[ -n $path ]]; then
    echo "$path"
  elif [[ $uri =~ ^file:(//)?(/[^?]*)$ ]]; then
    echo "${BASH_REMATCH[2]}"
  else
    say "disk $number has no path on this node${uri:+, only the address $uri}: not changed"
  fi
}

disk_size() {
  local -r variable=DISK_$1_SIZE
  echo "${!variable:-0}"
}

# each_disk FUNCTION: calls FUNCTION with number and path of each disk that has a path.
each_disk() {
  local number path
  ((DISK_COUNT > 0)) || say 'the instance has no disks: nothing to do'
  for ((number = 0; number < DISK_COUNT; number++)); do
    path=$(disk_path "$number")
    [[ -z $path ]] || "$1" "$number" "$path"
  done
}

bytes_of() {
  if [[ -b $1 ]]; then blockdev --getsize64 "$1"; else stat --format=%s "$1"; fi
}

# Writes the exported disk to stdout, and its size to Ganeti first, if requested.
dump_disk() {
  local -r path=$1
  if [[ -n ${EXP_SIZE_FD:-} ]]; then bytes_of "$path" >&"$EXP_SIZE_FD"; fi
  dd if="$path" bs=1M status=none
}

# Fills a disk from stdin.  In a file, zeros become holes.
restore_disk() {
  local -r path=$1
  if [[ -f $path ]]; then
    local size
    size=$(bytes_of "$path")
    truncate --size=0 "$path"
    truncate --size="$size" "$path"
    dd of="$path" bs=1M iflag=fullblock conv=notrunc,sparse status=none
  else
    dd of="$path" bs=1M iflag=fullblock conv=notrunc,fsync status=none
  fi
}

# do_export_with and do_import_with CHECK: CHECK is called with number and path of the disk, and fails if it is damaged.
do_export_with() {
  local path
  path=$(disk_path "$EXPORT_INDEX")
  [[ -n $path ]] || return 0
  "$1" "$EXPORT_INDEX" "$path"
  dump_disk "$path"
}

do_import_with() {
  local path
  path=$(disk_path "$IMPORT_INDEX")
  if [[ -z $path ]]; then
    cat >/dev/null
    return
  fi
  restore_disk "$path"
  "$1" "$IMPORT_INDEX" "$path"
}
