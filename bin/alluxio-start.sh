#!/bin/sh
# Starts Alluxio processes in the background and waits until they answer.
set -u
case $0 in */*) self=$0 ;; *) self=./$0 ;; esac
[ ! -h "$self" ] || self=$(readlink -f "$self") || exit 1
. "${self%/*}/../libexec/alluxio-config.sh"

usage() {
  printf '%s\n' "Usage: alluxio-start.sh [-ahNw] [-i backup] ACTION [MOPT] [-f] [-c cache]

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

  -a         do not wait until the processes answer
  -c cache   fill the worker's RAM folders from this folder, where alluxio-stop.sh -c saved them
  -f         format journal and cache first; before or after ACTION
  -i backup  a master with an empty journal begins with this backup
  -N         do not stop what is running first (nothing is stopped here in any case)
  -w         wait for the processes to answer (the default)
Logs and pid files: $ALLUXIO_LOGS_DIR"
}

refuse() {
  say "Error: $1" >&2
  usage >&2
  exit 1
}

TIMEOUT=${ALLUXIO_START_TIMEOUT:-60}
format= async= cache= backup=
# read_options ARGUMENT...: sets `taken` to how many were options.
read_options() {
  OPTIND=1
  while getopts "ac:fhi:Nw" option; do
    case $option in
      a) async=1 ;;
      c) cache=$OPTARG ;;
      f) format=1 ;;
      h)
        usage
        exit 0
        ;;
      i) backup=$OPTARG ;;
      N | w) ;;
      *)
        usage >&2
        exit 1
        ;;
    esac
  done
  taken=$((OPTIND - 1))
}
read_options "$@"
shift "$taken"
action=${1:-}
[ $# -eq 0 ] || shift
mopt=
case ${1:-} in
  "" | -*) ;;
  Mount | SudoMount | NoMount)
    mopt=$1
    shift
    ;;
  *) fail "Unknown mount option \"$1\": it is one of Mount, SudoMount, NoMount." ;;
esac
read_options "$@"
if [ -n "$backup" ]; then
  ALLUXIO_MASTER_JAVA_OPTS="${ALLUXIO_MASTER_JAVA_OPTS:-} -Dalluxio.master.journal.init.from.backup=$backup"
  export ALLUXIO_MASTER_JAVA_OPTS
fi

# launch NAME: starts alluxio-NAME and waits until it answers.
launch() {
  if pid=$(running_pid "$1"); then
    say "The $1 is already running (pid $pid)."
    return 0
  fi
  binary=$(program "$1") || exit 1
  client=$(program client) || exit 1
  make_logs_folder
  log=$ALLUXIO_LOGS_DIR/$1.log
  say "Starting the $1. Logging to $log"
  # It outlives the terminal.
  (
    trap '' HUP
    exec "$binary" >>"$log" 2>&1 </dev/null
  ) &
  pid=$!
  printf '%s\n' "$pid" >"$ALLUXIO_PID_DIR/$1.pid"
  [ -z "$async" ] || return 0
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
  [ -z "$format" ] || "$ALLUXIO_HOME/bin/alluxio" formatJournal || exit 1
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

# Puts back what alluxio-stop.sh -c saved of a RAM folder: with its times and
# rights, or the worker would not believe it.
fill_ram_folder() {
  [ -d "$cache$1" ] || fail "Path is not a directory: $cache$1"
  [ -d "$1" ] || fail "Alluxio has a configured ramcache path $1, but that path is not a directory"
  say "Populating worker ramcache at $1 with $cache$1"
  cp -Rp "$cache$1/." "$1/" || fail "Failed to populate ramcache at $1 with $cache$1"
}

start_worker() {
  if pid=$(running_pid worker); then
    say "The worker is already running (pid $pid)."
    return 0
  fi
  prepare_ram_folder
  [ -z "$format" ] || "$ALLUXIO_HOME/bin/alluxio" formatWorker || exit 1
  if [ -n "$cache" ]; then
    [ -d "$cache" ] || fail "Cache path $cache is not a directory; aborting"
    each_ram_folder fill_ram_folder
  fi
  launch worker
}

# Options for the same script on other hosts.
set -- ${format:+-f} ${async:+-a}
case $action in
  local)
    start_master
    start_worker
    ;;
  master) start_master ;;
  worker) start_worker ;;
  masters) on_nodes masters alluxio-start.sh "$@" ${backup:+-i "$backup"} master ;;
  workers) on_nodes workers alluxio-start.sh "$@" ${cache:+-c "$cache"} worker ${mopt:+"$mopt"} ;;
  all)
    on_nodes masters alluxio-start.sh "$@" ${backup:+-i "$backup"} master &&
      on_nodes workers alluxio-start.sh "$@" ${cache:+-c "$cache"} worker ${mopt:+"$mopt"}
    ;;
  restart_worker) start_worker ;;
  restart_workers) on_nodes workers alluxio-start.sh restart_worker ${mopt:+"$mopt"} ;;
  help)
    usage
    ;;
  "") refuse "no ACTION specified" ;;
  *)
    is_foreign "$action" || refuse "Invalid ACTION: $action"
    say_foreign "$action" start
    ;;
esac
