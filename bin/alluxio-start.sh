#!/bin/sh
# Starts Alluxio processes in the background and waits until they answer.
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
  printf '%s\n' "Usage: alluxio-start.sh [-f] [-N] [-w] ACTION [MOPT]

ACTION is one of:
  local             a master and a worker on this machine
  master            the master of this machine
  worker            the worker of this machine
  masters           the masters on all hosts of conf/masters
  workers           the workers on all hosts of conf/workers
  all               masters, then workers
  restart_worker    the worker of this machine, if it is not running
  restart_workers   those of all hosts that are not running

MOPT says what becomes of the worker's RAM folder (alluxio.worker.tieredstore.level0.dirs.path):
  Mount       mount it if it is not mounted; needs root
  SudoMount   the same through sudo
  NoMount     take it as it is; /dev/shm where none is configured
Without MOPT it is mounted where that is possible, else /dev/shm serves.

  -f   format journal or cache first
  -N   do not stop what is running first (nothing is stopped here in any case)
  -w   wait for the processes to answer (the default)
Logs and pid files: $ALLUXIO_LOGS_DIR"
}

TIMEOUT=${ALLUXIO_START_TIMEOUT:-60}
format=
while getopts "fNwah" option; do
  case $option in
    f) format=1 ;;
    N | w | a) ;;
    h)
      usage
      exit 0
      ;;
    *)
      usage >&2
      exit 1
      ;;
  esac
done
shift $((OPTIND - 1))
action=${1:-}
mopt=${2:-}
case $mopt in
  "" | Mount | SudoMount | NoMount) ;;
  *) fail "Unknown mount option \"$mopt\": it is one of Mount, SudoMount, NoMount." ;;
esac

# Asks the cluster once, without patience.
ask() { "$client" -Dalluxio.user.rpc.retry.max.duration=1s "$@" >/dev/null 2>&1; }

answers() {
  case $1 in
    master) ask fs test -d / ;;
    # Some worker: which of several answered does not show here.
    worker)
      capacity=$("$client" -Dalluxio.user.rpc.retry.max.duration=1s fs getCapacityBytes 2>/dev/null)
      case $capacity in
        "Capacity Bytes: "[1-9]*) ;;
        *) return 1 ;;
      esac
      ;;
    *) pause 1 ;;
  esac
}

# The last lines of a file.
last_lines() {
  l1= l2= l3= l4= l5= l6= l7= l8=
  while IFS= read -r l0 || [ -n "$l0" ]; do
    l1=$l2 l2=$l3 l3=$l4 l4=$l5 l5=$l6 l6=$l7 l7=$l8 l8=$l0
  done <"$1"
  for l0 in "$l1" "$l2" "$l3" "$l4" "$l5" "$l6" "$l7" "$l8"; do
    [ -z "$l0" ] || say "$l0"
  done
}

# launch NAME: starts alluxio-NAME and waits until it answers.
launch() {
  if pid=$(running_pid "$1"); then
    say "The $1 is already running (pid $pid)."
    return 0
  fi
  binary=$(program "$1") || exit 1
  client=$(program client) || exit 1
  for dir in "$ALLUXIO_LOGS_DIR" "$ALLUXIO_PID_DIR"; do
    [ -d "$dir" ] || mkdir -p "$dir" || fail "Cannot make $dir"
  done
  log=$ALLUXIO_LOGS_DIR/$1.log
  say "Starting the $1. Logging to $log"
  # It outlives the terminal.
  (
    trap '' HUP
    exec "$binary" >>"$log" 2>&1 </dev/null
  ) &
  pid=$!
  printf '%s\n' "$pid" >"$ALLUXIO_PID_DIR/$1.pid"
  waited=0
  until answers "$1"; do
    if ! kill -0 "$pid" 2>/dev/null; then
      remove "$ALLUXIO_PID_DIR/$1.pid"
      say "The $1 ended right after its start. The end of $log:" >&2
      last_lines "$log" >&2
      exit 1
    fi
    waited=$((waited + 1))
    if [ "$waited" -ge $((TIMEOUT * 5)) ]; then
      fail "The $1 (pid $pid) runs, but has not answered within $TIMEOUT s. See $log"
    fi
    pause 0.2
  done
  kill -0 "$pid" 2>/dev/null || fail "The $1 has ended; another one answers at its address. See $log"
  say "The $1 is up (pid $pid)."
}

start_master() {
  [ -z "$format" ] || "$ALLUXIO_HOME/bin/alluxio" formatMaster || exit 1
  launch master
}

# Makes the RAM folder ready; sets ALLUXIO_RAM_FOLDER if another one serves.
prepare_ram_folder() {
  case $mopt in
    Mount | SudoMount)
      "$ALLUXIO_HOME/bin/alluxio-mount.sh" "$mopt" local || exit 1
      return
      ;;
  esac
  folder=$(get_conf alluxio.worker.tieredstore.level0.dirs.path)
  [ "$folder" = /mnt/ramdisk ] || return 0
  # Nobody chose a folder.
  if [ -z "$mopt" ] && "$ALLUXIO_HOME/bin/alluxio-mount.sh" Mount local >/dev/null 2>&1; then
    return 0
  fi
  if ! [ -d "$folder" ] || ! [ -w "$folder" ] || [ -z "$mopt" ]; then
    say "The worker keeps its blocks in /dev/shm (to choose: alluxio.worker.tieredstore.level0.dirs.path)."
    ALLUXIO_RAM_FOLDER=/dev/shm
    export ALLUXIO_RAM_FOLDER
  fi
}

start_worker() {
  if pid=$(running_pid worker); then
    say "The worker is already running (pid $pid)."
    return 0
  fi
  prepare_ram_folder
  [ -z "$format" ] || "$ALLUXIO_HOME/bin/alluxio" formatWorker || exit 1
  launch worker
}

# Options for the same script on other hosts.
set -- ${format:+-f}
case $action in
  local)
    start_master
    start_worker
    ;;
  master) start_master ;;
  worker) start_worker ;;
  job_master | job_masters | job_worker | job_workers | proxy | proxies | logserver | secondary_master)
    # Scripts written for the original go on.
    say "There is no ${action%s} in this version; nothing to start."
    ;;
  masters) on_nodes masters alluxio-start.sh "$@" master ;;
  workers) on_nodes workers alluxio-start.sh "$@" worker ${mopt:+"$mopt"} ;;
  all)
    on_nodes masters alluxio-start.sh "$@" master &&
      on_nodes workers alluxio-start.sh "$@" worker ${mopt:+"$mopt"}
    ;;
  restart_worker) start_worker ;;
  restart_workers) on_nodes workers alluxio-start.sh restart_worker ${mopt:+"$mopt"} ;;
  help)
    usage
    ;;
  "")
    usage >&2
    exit 1
    ;;
  *)
    say "Unknown action \"$action\"." >&2
    usage >&2
    exit 1
    ;;
esac
