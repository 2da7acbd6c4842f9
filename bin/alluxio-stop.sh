#!/bin/sh
# Ends Alluxio processes that alluxio-start.sh started, by their pid files.
set -u
case $0 in
  */*) self=$0 ;;
  *) self=./$0 ;;
esac
# Of other programs only readlink is needed here, and only for a link.
while [ -h "$self" ]; do
  link=$(readlink "$self") || exit 1
  case $link in
    /*) self=$link ;;
    *) self=${self%/*}/$link ;;
  esac
done
. "${self%/*}/../libexec/alluxio-config.sh"

usage() {
  printf '%s\n' 'Usage: alluxio-stop.sh ACTION

ACTION is one of:
  local     master and worker of this machine, or what quickstart started
  master    the master of this machine
  worker    the worker of this machine
  masters   the masters on all hosts of conf/masters
  workers   the workers on all hosts of conf/workers
  all       workers, then masters'
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
      say "The $1 (pid $pid) has not ended within $TIMEOUT s; killing it." >&2
      kill -KILL "$pid" 2>/dev/null
      break
    fi
    pause 0.1
  done
  remove "$file"
  say "Stopped the $1 (pid $pid)."
}

case ${1:-} in
  local)
    if running_pid local >/dev/null; then
      stop local
      stop worker quiet
      stop master quiet
    else
      stop worker
      stop master
    fi
    ;;
  master | worker) stop "$1" ;;
  job_master | job_masters | job_worker | job_workers | proxy | proxies | logserver | secondary_master)
    say "There is no ${1%s} in this version; nothing to stop."
    ;;
  masters) on_nodes masters alluxio-stop.sh master ;;
  workers) on_nodes workers alluxio-stop.sh worker ;;
  all)
    stop local quiet
    on_nodes workers alluxio-stop.sh worker
    on_nodes masters alluxio-stop.sh master
    ;;
  -h | help) usage ;;
  "")
    usage >&2
    exit 1
    ;;
  *)
    say "Unknown action \"$1\"." >&2
    usage >&2
    exit 1
    ;;
esac
