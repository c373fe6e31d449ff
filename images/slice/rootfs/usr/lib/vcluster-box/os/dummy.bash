# The OS definitions `dummy` and `dummy-variants`: an image that does not boot, but can be recognised.
# Each disk begins with a block of text that names its instance, followed by a checksum of that text.
# shellcheck shell=bash
# shellcheck source=images/slice/rootfs/usr/lib/vcluster-box/os/disks.bash
source "${BASH_SOURCE[0]%/*}/disks.bash"

readonly magic='vcluster-box dummy image' block=4096

do_create() {
  obey_parameters create
  each_disk create_image
}

do_rename() {
  obey_parameters rename
  each_disk rename_image
}

do_export() {
  obey_parameters export
  do_export_with check_image
}

do_import() {
  obey_parameters import
  do_import_with check_image
}

do_verify() {
  local check
  for check in "$@"; do
    [[ $check == parameters ]] || fail "there is no check '$check'"
  done
  [[ ${OSP_TEXT:-} != *[[:cntrl:]]* && $(wc --chars <<<"${OSP_TEXT:-}") -le 201 ]] || fail 'text must be one line of at most 200 characters'
  [[ ${OSP_DELAY:-0} =~ ^[0-9]{1,3}$ ]] || fail "delay must be a whole number of seconds up to 999, not '${OSP_DELAY:-}'"
  [[ ${OSP_FAIL:-none} =~ ^(none|create|import|export|rename)$ ]] ||
    fail "fail must be none, create, import, export or rename, not '$OSP_FAIL'"
}

# For tests of tools on top of Ganeti: the OS can take its time, or fail.
obey_parameters() {
  local -r script=$1
  [[ $script != create || ${OSP_DELAY:-0} -eq 0 ]] || sleep "$OSP_DELAY"
  [[ ${OSP_FAIL:-none} != "$script" ]] || fail "$script fails because of the parameter fail"
}

create_image() {
  local -r number=$1 path=$2
  local size
  size=$(bytes_of "$path")
  if [[ ${OS_VARIANT:-header} == filled ]]; then
    # SIGPIPE ends `yes`.
    { yes "$magic, filling of disk $number" || true; } | head --bytes="$size" | dd of="$path" bs=1M iflag=fullblock conv=notrunc status=none
  fi
  write_block "$path" "$(
    echo "instance: $INSTANCE_NAME"
    echo "os: $INSTANCE_OS"
    echo "variant: ${OS_VARIANT:-none}"
    echo "disk: $number"
    echo "size: $(disk_size "$number") MiB"
    echo "date: $(date --utc +%FT%TZ)"
    [[ -z ${OSP_TEXT:-} ]] || echo "text: $OSP_TEXT"
  )"
  say "disk $number: image written to $path"
}

# Writes $2 between the image's name and its checksum.
write_block() {
  local -r path=$1 text="$magic"$'\n'"$2"
  printf '%s\nsha256: %s\n' "$text" "$(checksum "$text")" |
    dd of="$path" bs="$block" iflag=fullblock conv=notrunc,sync status=none
}

read_block() {
  head --bytes="$block" "$1" | tr --delete '\0'
}

checksum() {
  sha256sum <<<"$1" | cut --delimiter=' ' --fields=1
}

# A disk with other content is accepted; a damaged block of ours is not.
check_image() {
  local -r number=$1 path=$2
  local text
  text=$(read_block "$path")
  if [[ ${text%%$'\n'*} != "$magic" ]]; then
    say "disk $number has no dummy image, and is not checked"
    return
  fi
  [[ ${text##*$'\n'} == "sha256: $(checksum "${text%$'\n'*}")" ]] || fail "disk $number: the image is damaged"
  say "disk $number: the image is intact"
}

rename_image() {
  local -r number=$1 path=$2
  local text
  text=$(read_block "$path")
  if [[ ${text%%$'\n'*} != "$magic" ]]; then
    say "disk $number has no dummy image, and is not changed"
    return
  fi
  write_block "$path" "$(
    sed "/^instance: /s/: .*/: $INSTANCE_NAME/; 1d; \$d" <<<"$text"
    echo "renamed: from ${OLD_INSTANCE_NAME:-another name}"
  )"
  say "disk $number: the image now belongs to $INSTANCE_NAME"
}

run_script "$@"
