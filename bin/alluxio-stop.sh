#!/bin/sh
# Ends Alluxio processes that alluxio-start.sh started, by their pid files.
set -u
case $0 in */*) self=$0 ;; *) self=./$0 ;; esac
[ ! -h "$self" ] || self=$(readlink -f "$self") || exit 1
. "${self%/*}/../libexec/alluxio-config.sh"

usage() {
  printf '%s\n' 'Usage: alluxio-stop.sh [-h] ACTION [-c cache] [-s]

ACTION is one of:
  local     master and worker of this machine, or what quickstart started
  master    the master of this machine
  worker    the worker of this machine
  masters   the masters on all hosts of conf/masters
  workers   the workers on all hosts of conf/workers
  all       workers, then masters

  -c cache   save the RAM folders of the worker in this folder, for alluxio-start.sh -c
  -s         what does not end in time is not killed'
}

TIMEOUT=${ALLUXIO_STOP_TIMEOUT:-30}

is_zombie() {
  [ -r "/proc/$1/status" ] || return 1
  while read -r key value rest; do
    [ "$key" != State: ] || {
      [ "$value" = Z ]
      return
    }
  done 2>/dev/null <"/proc/$1/status"
  return 1
}

# stop NAME [quiet]: without an answer where there was nothing to stop
stop() {
  file=$ALLUXIO_PID_DIR/$1.pid
  pid=
  [ ! -r "$file" ] || read -r pid <"$file" || true
  case $(name_of "${pid:-none}") in
    "alluxio-$1") ;;
    *)
      # Ended by itself, or the machine was started again since.
      remove "$file"
      [ -n "${2:-}" ] || say "There is no $1 running that was started here."
      return 0
      ;;
  esac
  kill -TERM "$pid" 2>/dev/null || fail "Cannot end the $1 (pid $pid): it belongs to somebody else."
  waited=0
  while kill -0 "$pid" 2>/dev/null; do
    # One that nobody waits for stays as a zombie where there is no init.
    ! is_zombie "$pid" || break
    waited=$((waited + 1))
    if [ "$waited" -ge $((TIMEOUT * 10)) ]; then
      [ -z "$soft" ] || fail "The $1 (pid $pid) has not ended within $TIMEOUT s; it is left alone."
      say "The $1 (pid $pid) has not ended within $TIMEOUT s; killing it." >&2
      kill -KILL "$pid" 2>/dev/null
      break
    fi
    pause 0.1
  done
  remove "$file"
  say "Stopped the $1 (pid $pid)."
}

# Copies a RAM folder with its times and rights.
save_ram_folder() {
  [ -d "$1" ] || fail "Alluxio has a configured ramcache path $1, but that path is not a directory"
  say "Saving worker ramcache at $1 to $cache$1"
  mkdir -p "$cache$1" && cp -Rp "$1/." "$cache$1/" || fail "Failed to copy worker ramcache from $1 to $cache$1"
}

# After its end: only then all blocks are whole and noted.
stop_worker() {
  stop worker "$@"
  [ -n "$cache" ] || return 0
  if [ -d "$cache" ]; then
    say "Directory already exists at $cache; overwritting its contents"
    rm -rf "${cache:?}"/* || exit 1
  elif [ -e "$cache" ]; then
    fail "Non-directory file already exists at the path $cache; aborting"
  fi
  each_ram_folder save_ram_folder
}

action=${1:--h}
[ $# -eq 0 ] || shift
cache= soft=
while getopts "c:s" option; do
  case $option in
    c) cache=$OPTARG ;;
    s) soft=1 ;;
    *)
      usage >&2
      exit 1
      ;;
  esac
done
# Options for the same script on other hosts.
set -- ${soft:+-s}
case $action in
  local)
    if running_pid local >/dev/null; then
      stop local
      stop_worker quiet
      stop master quiet
    else
      stop_worker
      stop master
    fi
    ;;
  master) stop master ;;
  worker) stop_worker ;;
  masters) on_nodes masters alluxio-stop.sh master "$@" ;;
  workers) on_nodes workers alluxio-stop.sh worker "$@" ${cache:+-c "$cache"} ;;
  all)
    stop local quiet
    on_nodes workers alluxio-stop.sh worker "$@" ${cache:+-c "$cache"}
    on_nodes masters alluxio-stop.sh master "$@"
    ;;
  -h | help) usage ;;
  *)
    if ! is_foreign "$action"; then
      say "Error: Invalid component: $action" >&2
      usage >&2
      exit 1
    fi
    say_foreign "$action" stop
    ;;
esac
