# Where things are, for the scripts in bin/, and what they share. Sourced, with
# `self` set to the script's own path, links followed; works in a checkout and in an
# unpacked tarball alike, and needs no other program but for what a message names.
#
# Sets and exports ALLUXIO_HOME, ALLUXIO_CONF_DIR, ALLUXIO_LOGS_DIR and what
# conf/alluxio-env.sh sets (ALLUXIO_MASTER_HOSTNAME, ALLUXIO_RAM_FOLDER,
# ALLUXIO_JAVA_OPTS, ...): the programs read them from the environment.

ALLUXIO_HOME=$(cd "${self%/*}/.." && pwd -P) || exit 1
export ALLUXIO_HOME
: "${ALLUXIO_CONF_DIR:=$ALLUXIO_HOME/conf}"
export ALLUXIO_CONF_DIR

# Once: scripts that call one another inherit what the first one read.
if [ -z "${ALLUXIO_ENV_SOURCED:-}" ] && [ -f "$ALLUXIO_CONF_DIR/alluxio-env.sh" ]; then
  needs_bash=
  while read -r line || [ -n "$line" ]; do
    case $line in *+=*) needs_bash=1 ;; esac
  done <"$ALLUXIO_CONF_DIR/alluxio-env.sh"
  if [ -n "$needs_bash" ] && command -v bash >/dev/null 2>&1; then
    # Files written for the original use bash's +=.
    eval "$(bash --posix -c 'set -a; . "$1" >&2; set +a; export -n BASHOPTS SHELLOPTS _; export -p' - \
      "$ALLUXIO_CONF_DIR/alluxio-env.sh")"
  else
    set -a
    . "$ALLUXIO_CONF_DIR/alluxio-env.sh"
    set +a
  fi
  ALLUXIO_ENV_SOURCED=1
  export ALLUXIO_ENV_SOURCED
fi
: "${ALLUXIO_LOGS_DIR:=$ALLUXIO_HOME/logs}"
: "${ALLUXIO_PID_DIR:=$ALLUXIO_LOGS_DIR}"
export ALLUXIO_LOGS_DIR ALLUXIO_PID_DIR

say() { printf '%s\n' "$*"; }
fail() {
  printf '%s\n' "$*" >&2
  exit 1
}

# Prints the path of program alluxio-$1. In a tarball they lie in lib/ (or
# libexec/), in a checkout where Bazel put them; ALLUXIO_BIN_DIR names another place.
find_program() {
  for candidate in ${ALLUXIO_BIN_DIR:+"$ALLUXIO_BIN_DIR/alluxio-$1"} \
    "$ALLUXIO_HOME/lib/alluxio-$1" "$ALLUXIO_HOME/libexec/alluxio-$1" \
    "$ALLUXIO_HOME"/bazel-bin/alluxio/*/"alluxio-$1" "$ALLUXIO_HOME/bazel-bin/alluxio/alluxio-$1"; do
    if [ -x "$candidate" ] && [ ! -d "$candidate" ]; then
      printf '%s\n' "$candidate"
      return 0
    fi
  done
  return 1
}

program() {
  find_program "$1" && return 0
  if [ -f "$ALLUXIO_HOME/WORKSPACE" ]; then
    fail "alluxio-$1 is not built yet. In $ALLUXIO_HOME run: bazel build --config=release //alluxio:$1"
  fi
  fail "alluxio-$1 is neither in $ALLUXIO_HOME/lib nor in $ALLUXIO_HOME/libexec; unpack the tarball again."
}

# Of other programs the scripts use these two, and go on where they are missing.
remove() { rm -f "$1" 2>/dev/null || : >"$1"; }
pause() { sleep "$1" 2>/dev/null || "$(program client)" version >/dev/null; }

# The value of a property, as the programs see it.
get_conf() { "$(program client)" getConf "$1"; }

# The name of the program that a process runs; nothing if there is none.
name_of() {
  name=
  [ ! -r "/proc/$1/comm" ] || read -r name 2>/dev/null <"/proc/$1/comm" || :
  printf '%s\n' "$name"
}

# Prints the pid of the live process of program $1 that its pid file names.
running_pid() {
  [ -r "$ALLUXIO_PID_DIR/$1.pid" ] || return 1
  read -r running <"$ALLUXIO_PID_DIR/$1.pid" || return 1
  kill -0 "$running" 2>/dev/null || return 1
  case $(name_of "$running") in
    "alluxio-$1") printf '%s\n' "$running" ;;
    *) return 1 ;;
  esac
}

# The hosts of conf/masters or conf/workers; this machine where there is no file.
nodes() {
  if [ -f "$ALLUXIO_CONF_DIR/$1" ]; then
    while read -r node || [ -n "$node" ]; do
      # Without the blanks around it.
      for node in ${node%%#*}; do say "$node"; done
    done <"$ALLUXIO_CONF_DIR/$1"
  else
    say localhost
  fi
}

is_local() {
  this_host=
  read -r this_host 2>/dev/null </proc/sys/kernel/hostname || :
  case $1 in
    localhost | 127.0.0.1 | ::1 | "$this_host") return 0 ;;
    # The kernel may know the short name only.
    *.*) [ "$1" = "$(hostname -f 2>/dev/null)" ] ;;
    *) return 1 ;;
  esac
}

# on_nodes FILE COMMAND...: runs bin/COMMAND on every host of conf/FILE, here
# directly, elsewhere by ssh (same folder there). Goes on after failures.
on_nodes() {
  on_nodes_file=$1
  on_nodes_script=$2
  shift 2
  on_nodes_failed=
  for on_nodes_host in $(nodes "$on_nodes_file"); do
    if is_local "$on_nodes_host"; then
      "$ALLUXIO_HOME/bin/$on_nodes_script" "$@" || on_nodes_failed="$on_nodes_failed $on_nodes_host"
    else
      # The arguments are words of ours: no quoting needed on the other side.
      ssh -o ConnectTimeout=5 -o StrictHostKeyChecking=no -n "$on_nodes_host" \
        "$ALLUXIO_HOME/bin/$on_nodes_script" "$@" || on_nodes_failed="$on_nodes_failed $on_nodes_host"
    fi
  done
  [ -z "$on_nodes_failed" ] && return 0
  printf 'Failed on:%s\n' "$on_nodes_failed" >&2
  return 1
}

# Asks the cluster once, without patience. `client` names the program.
ask() { "$client" -Dalluxio.user.rpc.retry.max.duration=1s "$@" 2>/dev/null; }

# Whether the master or the worker of this machine does its work.
answers() {
  case $1 in
    master) ask fs test -d / >/dev/null ;;
    # Some worker: which of several answered does not show here.
    worker)
      case $(ask fs getCapacityBytes) in
        "Capacity Bytes: "[1-9]*) ;;
        *) return 1 ;;
      esac
      ;;
    *) pause 1 ;;
  esac
}

# The last lines of a file.
last_lines() {
  tail -n 30 "$1" 2>/dev/null && return 0
  l1= l2= l3= l4= l5= l6= l7= l8=
  while IFS= read -r l0 || [ -n "$l0" ]; do
    l1=$l2 l2=$l3 l3=$l4 l4=$l5 l5=$l6 l6=$l7 l7=$l8 l8=$l0
  done <"$1"
  for l0 in "$l1" "$l2" "$l3" "$l4" "$l5" "$l6" "$l7" "$l8"; do
    [ -z "$l0" ] || say "$l0"
  done
}

# What the original has and this version has not; scripts written for it go on.
is_foreign() {
  case $1 in
    job_master | job_masters | job_worker | job_workers | proxy | proxies | logserver | secondary_master) return 0 ;;
    *) return 1 ;;
  esac
}
# say_foreign PROCESS VERB
say_foreign() {
  case $1 in
    proxies) say "There is no proxy in this version; nothing to $2." ;;
    *) say "There is no ${1%s} in this version; nothing to $2." ;;
  esac
}

make_logs_folder() {
  for dir in "$ALLUXIO_LOGS_DIR" "$ALLUXIO_PID_DIR"; do
    [ -d "$dir" ] || mkdir -p "$dir" || fail "Cannot make $dir"
  done
}

# The folders of the tiers called MEM: calls $1 with each and its quota.
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
        "$1" "$folder" "$quota"
        [ "$folders" != "$folder" ] || break
        folders=${folders#*,}
        # A shorter list of quotas goes on with its last one.
        quotas=${quotas#*,}
      done
    fi
    level=$((level + 1))
  done
}

# A word as another shell reads it back.
quoted() {
  rest=$1
  word=
  while :; do
    case $rest in
      *\'*)
        word=$word${rest%%\'*}"'\\''"
        rest=${rest#*\'}
        ;;
      *) break ;;
    esac
  done
  printf "'%s'" "$word$rest"
}

# run_on_all FILE WHAT COMMAND...: any command on all hosts of conf/FILE at once; what
# it says goes to logs/task.log.
run_on_all() {
  all_file=$1
  all_what=$2
  shift 2
  make_logs_folder
  all_log=$ALLUXIO_LOGS_DIR/task.log
  say "Executing the following command on all $all_what nodes and logging to $all_log: $*"
  say "Executing the following command on all $all_what nodes: $*" >>"$all_log"
  all_line=
  for all_word in "$@"; do all_line="$all_line $(quoted "$all_word")"; done
  all_tasks=
  for all_host in $(nodes "$all_file"); do
    (
      if is_local "$all_host"; then
        text=$("$@" 2>&1)
      else
        text=$(ssh -o ConnectTimeout=5 -o StrictHostKeyChecking=no -n "$all_host" "$all_line" 2>&1)
      fi
      code=$?
      while IFS= read -r line; do say "[$all_host] $line"; done >>"$all_log" <<END
$text
END
      exit "$code"
    ) &
    all_tasks="$all_tasks $!:$all_host"
  done
  say "Waiting for tasks to finish..."
  all_failed=
  for all_task in $all_tasks; do
    wait "${all_task%%:*}" && continue
    say "Task on '${all_task#*:}' fails, exit code: $?" >&2
    all_failed=1
  done
  if [ -n "$all_failed" ]; then
    say "There are task failures, look at $all_log for details." >&2
    return 1
  fi
  say "All tasks finished"
}
