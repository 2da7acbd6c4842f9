#!/bin/sh
# Mounts the worker's RAM folders as tmpfs, and unmounts them.
set -u
case $0 in */*) self=$0 ;; *) self=./$0 ;; esac
[ ! -h "$self" ] || self=$(readlink -f "$self") || exit 1
. "${self%/*}/../libexec/alluxio-config.sh"

usage() {
  printf '%s\n' 'Usage: alluxio-mount.sh Mount|SudoMount|Umount|SudoUmount [local|workers]

Every folder of a tier called MEM is meant (alluxio.worker.tieredstore.level{N}.dirs.path), with
its share of alluxio.worker.tieredstore.level{N}.dirs.quota.
  Mount, Umount           needs root
  SudoMount, SudoUmount   through sudo
  local                   on this machine (the default)
  workers                 on all hosts of conf/workers'
}

# The file system that is mounted at exactly this folder, or nothing.
mounted_as() {
  mounted=
  while read -r _ place type _; do
    [ "$place" != "$1" ] || mounted=$type
  done </proc/mounts
  printf '%s\n' "$mounted"
}

mount_folder() {
  size=$(size_of "$2")
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
  for entry in "$1"/* "$1"/.[!.]* "$1"/..?*; do
    [ -e "$entry" ] || [ -h "$entry" ] || continue
    fail "$1 is not empty; what lies in it would be hidden. Empty it, or choose another folder."
  done
  say "Mounting tmpfs of $size at $1"
  $sudo mkdir -p "$1" && $sudo mount -t tmpfs -o "size=$size,mode=1777" tmpfs "$1" ||
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

# "4GB" as mount takes it: bytes as they are, else one letter.
size_of() {
  number=${1%%[!0-9]*}
  unit=${1#"$number"}
  # A fraction is left out.
  case $unit in
    .*)
      unit=${unit#.}
      unit=${unit#"${unit%%[!0-9]*}"}
      ;;
  esac
  unit=${unit# }
  printf '%s\n' "$number${unit%[bB]}"
}

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
