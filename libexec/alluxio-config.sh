# Where things are, for the scripts in bin/. Sourced, with `self` set to the
# script's own path; works in a checkout and in an unpacked tarball alike.
#
# Sets and exports ALLUXIO_HOME, ALLUXIO_CONF_DIR, ALLUXIO_LOGS_DIR and what
# conf/alluxio-env.sh sets (ALLUXIO_MASTER_HOSTNAME, ALLUXIO_RAM_FOLDER,
# ALLUXIO_JAVA_OPTS, ...): the programs read them from the environment.

# The folder above the one in which `self` really lies.
while [ -h "$self" ]; do
  link=$(readlink "$self") || exit 1
  case $link in
    /*) self=$link ;;
    *) self=${self%/*}/$link ;;
  esac
done
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
