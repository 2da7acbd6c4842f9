#!/bin/sh
# Tells whether processes serve requests, and shows their logs if not.
set -u
case $0 in */*) self=$0 ;; *) self=./$0 ;; esac
[ ! -h "$self" ] || self=$(readlink -f "$self") || exit 1
. "${self%/*}/../libexec/alluxio-config.sh"

usage() {
  printf '%s\n' 'Usage: alluxio-monitor.sh [-hL] ACTION [host1,host2,...]
Where ACTION is one of:
  all                 Start monitors for all master and worker nodes.
  local               Start monitors for local master and worker processes.
  master              Start a master monitor on this node.
  masters             Start monitors for all masters nodes.
  worker              Start a worker monitor on this node.
  workers             Start monitors for all workers nodes.

[host1,host2,...] is a comma separated list of host to monitor, if not given the default config for the target is used.

-L  enables the log mode, this option disable the monitor checks and causes alluxio-monitor to only print the node log tail.
-h  display this help.'
}

refuse() {
  say "Error: $1" >&2
  usage >&2
  exit 1
}

TIMEOUT=${ALLUXIO_MONITOR_TIMEOUT:-120}

print_log() {
  log=$ALLUXIO_LOGS_DIR/$1.log
  say "--- Printing the log tail for $log"
  if [ -s "$log" ]; then
    say ">>> BEGIN"
    last_lines "$log"
    say "<<< EOF"
  else
    say "    --- EMPTY ---"
  fi
}

# monitor PROCESS: on this machine
monitor() {
  if [ -n "$logs_only" ]; then
    print_log "$1"
    return 0
  fi
  host=
  read -r host 2>/dev/null </proc/sys/kernel/hostname || host=localhost
  client=$(program client) || exit 1
  waited=0
  until answers "$1"; do
    waited=$((waited + 1))
    # Each answer took a second itself where nobody was there.
    if [ "$waited" -ge "$TIMEOUT" ]; then
      say "--- [ FAILED ] The $1 @ $host is not serving requests after ${TIMEOUT}s. Please check if the process is running and the logs/ if necessary."
      print_log "$1"
      return 1
    fi
    pause 1
  done
  say "--- [ OK ] The $1 service @ $host is in a healthy state."
}

# monitor_all FILE PROCESS: on the hosts given, or on those of conf/FILE
monitor_all() {
  failed=
  for node in ${hosts:-$(nodes "$1")}; do
    if is_local "$node"; then
      monitor "$2" || failed=1
    else
      ssh -o ConnectTimeout=5 -o StrictHostKeyChecking=no -n "$node" \
        "$ALLUXIO_HOME/bin/alluxio-monitor.sh" ${logs_only:+-L} "$2" || failed=1
    fi
  done
  [ -z "$failed" ]
}

logs_only=
while getopts "hL" option; do
  case $option in
    h)
      usage
      exit 0
      ;;
    L) logs_only=1 ;;
    *)
      usage >&2
      exit 1
      ;;
  esac
done
shift $((OPTIND - 1))
[ $# -le 2 ] || refuse "Invalid number of arguments"
hosts=
left=${2:-}
while [ -n "$left" ]; do
  hosts="$hosts ${left%%,*}"
  case $left in
    *,*) left=${left#*,} ;;
    *) left= ;;
  esac
done

case ${1:-} in
  local)
    monitor master
    code=$?
    monitor worker && exit "$code"
    ;;
  all)
    monitor_all masters master
    code=$?
    monitor_all workers worker && exit "$code"
    ;;
  master | worker) monitor "$1" ;;
  masters | workers) monitor_all "$1" "${1%s}" ;;
  *)
    is_foreign "${1:-}" || refuse "Invalid ACTION: ${1:-}"
    say_foreign "$1" monitor
    ;;
esac
