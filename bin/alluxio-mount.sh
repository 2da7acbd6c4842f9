#!/bin/sh
# Mounts the worker's RAM folders as tmpfs, and unmounts them.
set -u
self=$0
. "$(dirname "$(readlink -f "$self")")/../libexec/alluxio-config.sh"

usage() {
  cat <<END
Usage: alluxio-mount.sh Mount|SudoMount|Umount|SudoUmount [local|workers]

Every folder of a tier called MEM is meant (alluxio.worker.tieredstore.level{N}.dirs.path), with
its share of alluxio.worker.tieredstore.level{N}.dirs.quota.
  Mount, Umount           needs root
  SudoMount, SudoUmount   through sudo
  local                   on this machine (the default)
  workers                 on all hosts of conf/workers
END
}

# The file system that is mounted at exactly this folder, or nothing.
mounted_as() { awk -v folder="$1" '$2 == folder { type = $3 } END { print type }' /proc/mounts; }

mount_folder() {
  type=$(mounted_as "$1")
  case $type in
    tmpfs | ramfs)
      say "$1 is already mounted ($type)."
      return 0
      ;;
  esac
  case $1 in
    /dev/shm/*)
      mkdir -p "$1" && say "$1 lies in /dev/shm, which is memory already."
      return
      ;;
  esac
  if [ -d "$1" ] && [ -n "$(ls -A "$1")" ]; then
    fail "$1 is not empty; what lies in it would be hidden. Empty it, or choose another folder."
  fi
  say "Mounting tmpfs of $2 at $1"
  $sudo mkdir -p "$1" && $sudo mount -t tmpfs -o "size=$2,mode=1777" tmpfs "$1" ||
    fail "Cannot mount tmpfs at $1. Run as root or use SudoMount; where mounting is not allowed, NoMount and a folder in /dev/shm serve."
}

umount_folder() {
  case $(mounted_as "$1") in
    tmpfs | ramfs) ;;
    *)
      say "$1 is not mounted as memory."
      return 0
      ;;
  esac
  [ "$1" != /dev/shm ] || return 0
  say "Unmounting $1"
  $sudo umount "$1" || fail "Cannot unmount $1: is the worker still running, or are you not root?"
}

# Calls $1 with each RAM folder and its size in bytes.
each_ram_folder() {
  levels=$(get_conf alluxio.worker.tieredstore.levels) || exit 1
  level=0
  while [ "$level" -lt "$levels" ]; do
    prefix=alluxio.worker.tieredstore.level$level
    if [ "$(get_conf "$prefix.alias")" = MEM ]; then
      quotas=$("$(program client)" getConf --unit B "$prefix.dirs.quota" 2>/dev/null) ||
        quotas=$(get_conf "$prefix.dirs.quota")
      folders=$(get_conf "$prefix.dirs.path")
      while [ -n "$folders" ]; do
        folder=${folders%%,*}
        quota=${quotas%%,*}
        "$1" "$folder" "$(size_of "$quota")"
        [ "$folders" != "$folder" ] || break
        folders=${folders#*,}
        # A shorter list of quotas goes on with its last one.
        quotas=${quotas#*,}
      done
    fi
    level=$((level + 1))
  done
}

# "4GB" as mount takes it: bytes as they are, else one letter.
size_of() { printf '%s\n' "$1" | sed -e 's/[[:space:]]//g' -e 's/[bB]$//' -e 's/^\([0-9]*\)\.[0-9]*/\1/'; }

sudo=
case ${1:-} in
  Mount | Umount) ;;
  SudoMount | SudoUmount) sudo=sudo ;;
  *)
    usage >&2
    exit 1
    ;;
esac
case ${2:-local} in
  workers) on_nodes workers alluxio-mount.sh "$1" local ;;
  local)
    case $1 in
      *Mount) each_ram_folder mount_folder ;;
      *) each_ram_folder umount_folder ;;
    esac
    ;;
  *)
    usage >&2
    exit 1
    ;;
esac
