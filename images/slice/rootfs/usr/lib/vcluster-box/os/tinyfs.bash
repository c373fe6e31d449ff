# The OS definition `tinyfs`: a small real file system on the first disk, with a host name and addresses; empty ones on
# the others.  Nothing is mounted to create or change them, so only access to the disk itself is needed.
# shellcheck shell=bash
# shellcheck source=images/slice/rootfs/usr/lib/vcluster-box/os/disks.bash
source "${BASH_SOURCE[0]%/*}/disks.bash"

# Removed at exit.
tree=$(mktemp --directory)
readonly tree
# The node daemon's umask would make the files readable for root only.
umask 022
trap 'rm -rf "$tree"' EXIT

do_create() {
  each_disk create_file_system
}

do_rename() {
  each_disk rename_file_system
}

do_export() {
  do_export_with check_file_system
}

do_import() {
  do_import_with check_file_system
}

do_verify() {
  local check
  for check in "$@"; do
    [[ $check == parameters ]] || fail "there is no check '$check'"
  done
  [[ ${OSP_LABEL:-} =~ ^[[:alnum:]_.-]{0,16}$ ]] || fail 'label must be at most 16 letters, digits, dots, hyphens and underscores'
  [[ ${OSP_DHCP:-no} =~ ^(yes|no)$ ]] || fail "dhcp must be yes or no, not '$OSP_DHCP'"
}

create_file_system() {
  local -r number=$1 path=$2 type=${OS_VARIANT:-ext4}
  local options=(-q -F -t "$type" -E 'lazy_itable_init=1')
  if ((number == 0)); then
    write_tree
    options+=(-L "${OSP_LABEL:-root}" -d "$tree")
  else
    options+=(-L "disk$number")
  fi
  mke2fs "${options[@]}" "$path" >&2
  check_file_system "$number" "$path"
}

# The content of the first disk.
write_tree() {
  mkdir -p "$tree"/{bin,dev,etc/network,home,proc,root,run,sys,tmp,usr,var/log}
  chmod 755 "$tree"
  chmod 700 "$tree/root"
  chmod 1777 "$tree/tmp"
  host_name >"$tree/etc/hostname"
  hosts >"$tree/etc/hosts"
  echo '/dev/vda / auto defaults 0 1' >"$tree/etc/fstab"
  interfaces >"$tree/etc/network/interfaces"
  cat >"$tree/etc/os-release" <<END
NAME=tinyfs
ID=tinyfs
PRETTY_NAME="A file system created by vcluster-box"
VARIANT_ID=${OS_VARIANT:-ext4}
END
  echo "Created for $INSTANCE_NAME at $(date --utc +%FT%TZ)." >"$tree/etc/motd"
}

host_name() {
  echo "${INSTANCE_NAME%%.*}"
}

hosts() {
  echo '127.0.0.1 localhost'
  echo "127.0.1.1 $INSTANCE_NAME $(host_name)"
}

interfaces() {
  printf 'auto lo\niface lo inet loopback\n'
  local number address
  for ((number = 0; number < ${NIC_COUNT:-0}; number++)); do
    address=NIC_${number}_IP
    if [[ ${OSP_DHCP:-no} == yes ]]; then
      printf '\nauto eth%d\niface eth%d inet dhcp\n' "$number" "$number"
    elif [[ -n ${!address:-} ]]; then
      printf '\nauto eth%d\niface eth%d inet static\n  address %s\n' "$number" "$number" "${!address}"
    fi
  done
}

# A disk that was never installed, or has other content, is accepted.
check_file_system() {
  local -r number=$1 path=$2
  if ! is_file_system "$path"; then
    say "disk $number has no ext2, ext3 or ext4, and is not checked"
    return
  fi
  e2fsck -fn "$path" >&2 || fail "disk $number: the file system is damaged"
  say "disk $number: the file system is intact"
}

is_file_system() {
  dumpe2fs -h "$1" >/dev/null 2>&1
}

# Prints nothing if the file does not exist.
read_file() {
  debugfs -R "cat $2" "$1" 2>/dev/null || true
}

rename_file_system() {
  local -r number=$1 path=$2
  ((number == 0)) || return 0
  # A disk with other content can have no /etc, and files of these names in another place.
  if [[ $'\n'$(read_file "$path" /etc/os-release) != *$'\nID=tinyfs\n'* ]]; then
    say "disk $number has no tinyfs file system, and is not changed"
    return
  fi
  host_name >"$tree/hostname"
  hosts >"$tree/hosts"
  debugfs -w -f - "$path" >"$tree/log" 2>&1 <<END
cd /etc
rm hostname
rm hosts
write $tree/hostname hostname
write $tree/hosts hosts
END
  # debugfs exits with 0 even if it fails.
  [[ $(read_file "$path" /etc/hostname) == "$(host_name)" ]] ||
    fail "disk $number: the host name cannot be written: $(tail -n 3 "$tree/log")"
  say "disk $number: the host name is now $(host_name)"
}

run_script "$@"
