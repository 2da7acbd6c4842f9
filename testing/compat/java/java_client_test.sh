#!/bin/bash
# The unmodified Java client of Alluxio 2.9 against the embedded cluster.
#
#   java_client_test.sh LOCAL_BINARY POM SOURCE WAY
#
# WAY: short-circuit, tcp, domain-socket, domain-socket-uuid or nosasl. The
# client comes from Maven's usual registry (or its local copy).
set -u
local_binary=$1
pom=$(readlink -f "$2")
source=$(readlink -f "$3")
way=$4
work=$TEST_TMPDIR/$way
mkdir -p "$work/ufs" "$work/ram" "$work/classes" "$work/conf" "$work/socket"

fail() {
  echo "java_client_test: $*" >&2
  exit 1
}

command -v mvn > /dev/null && command -v javac > /dev/null || fail "needs maven and a JDK: run tools/install-packages test"
export HOME=${HOME:-$(getent passwd "$(id -u)" | cut -d: -f6)}

# Maven writes beside the pom; one download at a time for all tests.
mkdir -p "$work/maven" && cp "$pom" "$work/maven/pom.xml"
classpath_file=$work/classpath
exec 8> "${TMPDIR:-/tmp}/alluxio-java-client.lock" && flock 8
(cd "$work/maven" && mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.6.0:build-classpath \
  -Dmdep.outputFile="$classpath_file") > "$work/maven.log" 2>&1 || {
  cat "$work/maven.log" >&2
  fail "the Java client could not be had from Maven"
}
flock -u 8
classpath=$(cat "$classpath_file")
javac -cp "$classpath" -d "$work/classes" "$source" || fail "the smoke test does not compile"

read -r rpc web worker_rpc worker_web < <(python3 - << 'PY'
import socket
s = [socket.socket() for _ in range(4)]
for x in s:
    x.bind(("127.0.0.1", 0))
print(*(x.getsockname()[1] for x in s))
PY
)
properties=(
  -Dalluxio.master.hostname=localhost -Dalluxio.worker.hostname=localhost
  -Dalluxio.master.rpc.port="$rpc" -Dalluxio.master.web.port="$web"
  -Dalluxio.worker.rpc.port="$worker_rpc" -Dalluxio.worker.web.port="$worker_web"
)
server=(
  -Dalluxio.work.dir="$work" -Dalluxio.logs.dir="$work/logs"
  -Dalluxio.master.mount.table.root.ufs="$work/ufs"
  -Dalluxio.worker.tieredstore.level0.dirs.path="$work/ram"
  -Dalluxio.worker.ramdisk.size=512MB
)
client=(-Dalluxio.user.hostname=localhost -Dalluxio.user.metrics.collection.enabled=true)
case "$way" in
  short-circuit) ;;
  tcp) client+=(-Dalluxio.user.short.circuit.enabled=false) ;;
  # A socket's path has at most 107 bytes: the test's own folder is too long.
  domain-socket)
    sockets=$(mktemp -d /tmp/alluxio-sock.XXXXXX)
    properties+=(-Dalluxio.worker.data.server.domain.socket.address="$sockets/d")
    ;;
  domain-socket-uuid)
    sockets=$(mktemp -d /tmp/alluxio-sock.XXXXXX)
    properties+=(-Dalluxio.worker.data.server.domain.socket.address="$sockets"
      -Dalluxio.worker.data.server.domain.socket.as.uuid=true)
    client=(-Dalluxio.user.hostname=dummy)
    ;;
  nosasl) properties+=(-Dalluxio.security.authentication.type=NOSASL -Dalluxio.security.authorization.permission.enabled=false) ;;
  *) fail "unknown way $way" ;;
esac

ALLUXIO_CONF_DIR=$work/conf "$local_binary" "${properties[@]}" "${server[@]}" > "$work/local.log" 2>&1 &
server_pid=$!
finish() {
  kill "$server_pid" 2> /dev/null
  wait "$server_pid" 2> /dev/null
  [ -z "${sockets:-}" ] || rm -rf "$sockets"
}
trap finish EXIT

up=
for _ in $(seq 200); do
  kill -0 "$server_pid" 2> /dev/null || break
  if (exec 3<> "/dev/tcp/127.0.0.1/$rpc") 2> /dev/null && (exec 3<> "/dev/tcp/127.0.0.1/$worker_rpc") 2> /dev/null; then
    up=1
    break
  fi
  python3 -c 'import select; select.select([], [], [], 0.1)'
done
[ -n "$up" ] || {
  cat "$work/local.log" >&2
  fail "the cluster did not start"
}

timeout 240 java -Xmx1g -Dlog4j.configuration=none -cp "$work/classes:$classpath" \
  "${properties[@]}" "${client[@]}" JavaClientSmoke "$work/ufs" "$way"
code=$?
if [ "$code" != 0 ]; then
  echo "--- the cluster's log, last lines" >&2
  tail -40 "$work/local.log" >&2
fi
exit "$code"
