#!/bin/bash
# docs/errors.md, row by row, on the real binaries: the message and the exit code.
set -u
master=$PWD/alluxio/master/alluxio-master
worker=$PWD/alluxio/worker/alluxio-worker
client=$PWD/alluxio/shell/alluxio-client
cd "$TEST_TMPDIR" || exit 1
mkdir ufs; : > file
failures=0
pids=()
trap 'for p in "${pids[@]}"; do kill -9 "$p" 2> /dev/null; done' EXIT

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# expect CODE TEXT COMMAND...: ends with this code and says this, in at most 5 lines.
expect() {
  local code=$1 text=$2 out got
  shift 2
  out=$(timeout 60 "$@" 2>&1)
  got=$?
  if [[ $got -ne $code || $out != *"$text"* || $(wc -l <<< "$out") -gt ${LINES_MAX:-5} ]]; then
    echo "FAILED: ${*: -2}"
    echo "  expected exit $code and: $text"
    echo "  got exit $got and: $out"
    failures=$((failures + 1))
  fi
}

common=(-Dalluxio.master.hostname=127.0.0.1 -Dalluxio.master.bind.host=127.0.0.1 -Dalluxio.master.web.port=0
  -Dalluxio.work.dir="$PWD" -Dalluxio.logs.dir="$PWD/logs" -Dalluxio.master.metastore.dir="$PWD/metastore"
  -Dalluxio.master.journal.folder="$PWD/journal" -Dalluxio.master.rpc.port=0
  -Dalluxio.master.mount.table.root.ufs="$PWD/ufs")
m() { local code=$1 text=$2; shift 2; expect "$code" "$text" "$master" "${common[@]}" "$@"; }

m 1 'alluxio.master.rpc.port: abc' -Dalluxio.master.rpc.port=abc
m 1 'must be a whole number from 0 to 65535' -Dalluxio.master.rpc.port=99999
m 1 'must be a size such as 4096' -Dalluxio.user.block.size.bytes.default=12XB
m 1 'must be one of EMBEDDED, NOOP, UFS' -Dalluxio.master.journal.type=NONSENSE
m 1 'set SIMPLE or NOSASL' -Dalluxio.security.authentication.type=KERBEROS
m 1 'must be true or false' -Dalluxio.master.journal.tolerate.corruption=nope
m 1 "folder $PWD/missing can't be used" -Dalluxio.master.mount.table.root.ufs="$PWD/missing"
# Corrected, or wrong in another way: the first one has left nothing behind.
m 1 "$PWD/file" -Dalluxio.master.mount.table.root.ufs="$PWD/file"
m 1 'hdfs' -Dalluxio.master.mount.table.root.ufs=hdfs://h/
m 1 '/proc/nowhere' -Dalluxio.master.journal.folder=/proc/nowhere

port=$(free_port)
"$master" "${common[@]}" -Dalluxio.master.rpc.port="$port" 2> master.err &
pids+=($!)
served=0
for _ in $(seq 300); do
  if (echo > "/dev/tcp/127.0.0.1/$port") 2> /dev/null; then served=1; break; fi
  sleep 0.1
done
[[ $served -eq 1 ]] || { echo "the master doesn't serve: $(cat master.err)"; exit 1; }

m 1 'another master uses the journal folder'
m 1 "port $port on 127.0.0.1 is in use" -Dalluxio.master.rpc.port="$port" \
  -Dalluxio.master.journal.folder="$PWD/journal2" -Dalluxio.master.metastore.dir="$PWD/metastore2"

w() {
  local code=$1 text=$2
  shift 2
  expect "$code" "$text" "$worker" -Dalluxio.master.hostname=127.0.0.1 -Dalluxio.master.rpc.port="$port" \
    -Dalluxio.worker.hostname=127.0.0.1 -Dalluxio.worker.bind.host=127.0.0.1 -Dalluxio.worker.rpc.port=0 \
    -Dalluxio.worker.web.port=0 -Dalluxio.work.dir="$PWD" -Dalluxio.logs.dir="$PWD/logs" \
    -Dalluxio.worker.tieredstore.level0.dirs.path="$PWD/ram" -Dalluxio.worker.ramdisk.size=8MB "$@"
}
w 1 "storage directory $PWD/file can't be used" -Dalluxio.worker.tieredstore.level0.dirs.path="$PWD/file"
w 1 'storage directory /proc/nowhere' -Dalluxio.worker.tieredstore.level0.dirs.path=/proc/nowhere
w 1 'alluxio.worker.ramdisk.size: lots' -Dalluxio.worker.ramdisk.size=lots
w 1 'set alluxio.worker.rpc.port' -Dalluxio.worker.rpc.port="$port"
w 1 'allowed are 1 to 3' -Dalluxio.worker.tieredstore.levels=9
w 1 'no master answered at 127.0.0.1:1' -Dalluxio.master.rpc.port=1 -Dalluxio.worker.master.connect.retry.timeout=1s

c() {
  local code=$1 text=$2
  shift 2
  expect "$code" "$text" "$client" -Dalluxio.master.hostname=127.0.0.1 -Dalluxio.master.rpc.port="$port" \
    -Dalluxio.user.rpc.retry.max.duration=1s "$@"
}
long=$(printf 'n%.0s' $(seq 255))
c 0 'Successfully created directory /b' fs mkdir '/a/../b'
c 255 'Path "/../x" is invalid.' fs mkdir '/../x'
c 255 'Path "relative" is invalid.' fs mkdir relative
c 0 'Successfully created directory /ünïcödé-名前' fs mkdir '/ünïcödé-名前'
c 0 'Successfully created directory' fs mkdir $'/new\nline'
c 0 'Successfully created directory' fs mkdir "/$long"
c 0 'Successfully created directory /colon:/below' fs mkdir '/colon:/below'
c 0 '/colon:/below' fs ls /colon:
c 255 'Path "/nothere" does not exist.' fs cat /nothere
c 255 '(No such file or directory)' fs copyFromLocal "$PWD/nothere" /x
kill -9 "${pids[0]}"
wait "${pids[0]}" 2> /dev/null
c 255 "Please check if Alluxio master is currently running on \"127.0.0.1:$port\"" fs ls /

# Damage in the middle of the journal: not started, and nothing touched.
segment=$(ls journal/journal-* | head -1)
printf '\x55' | dd of="$segment" bs=1 seek=100 conv=notrunc status=none
before=$(sha256sum "$segment")
m 1 'the journal is damaged'
m 1 'alluxio.master.journal.tolerate.corruption=true'
[[ $(sha256sum "$segment") == "$before" ]] || { echo "FAILED: the damaged journal was changed"; failures=$((failures + 1)); }

[[ $failures -eq 0 ]] && echo "all rows as in docs/errors.md"
exit $((failures > 0))
