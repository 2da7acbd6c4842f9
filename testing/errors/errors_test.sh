#!/bin/bash
# docs/errors.md, row by row, on the real binaries: the message and the exit code.
set -u
master=$PWD/alluxio/master/alluxio-master
worker=$PWD/alluxio/worker/alluxio-worker
client=$PWD/alluxio/shell/alluxio-client
idle=$PWD/testing/errors/idle_connections.py
faults=$PWD/testing/crash/libfault_calls.so
cd "$TEST_TMPDIR" || exit 1
export HOME=$PWD
mkdir ufs; : > file
failures=0
pids=()
trap 'for p in "${pids[@]}"; do kill -9 "$p" 2> /dev/null; done' EXIT

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# start OUT COMMAND...: in the background, its stderr in OUT.
start() {
  local out=$1
  shift
  "$@" > "$out" 2>&1 < /dev/null &
  pids+=($!)
}

# until SECONDS COMMAND...: repeats it until it succeeds.
until_ok() {
  local end=$((SECONDS + $1))
  shift
  until "$@" > /dev/null 2>&1; do
    [[ $SECONDS -lt $end ]] || return 1
    sleep 0.1
  done
}
# within SECONDS WHAT BEGAN: generous, as machines are busy, and far below what it
# takes to do it in another way. A sanitizer gets ten times as much.
within() {
  local most=$1
  [[ -z ${TSAN_OPTIONS:-}${ASAN_OPTIONS:-} ]] || most=$((most * 10))
  [[ $((SECONDS - $3)) -le $most ]] || { echo "FAILED: $2 took $((SECONDS - $3)) s"; failures=$((failures + 1)); }
}
# same WHAT A B
same() { [[ $2 == "$3" ]] || { echo "FAILED: $1: '$3' instead of '$2'"; failures=$((failures + 1)); }; }
answers() { (echo > "/dev/tcp/127.0.0.1/$1") 2> /dev/null; }

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
m 1 'must be a mode in octal' -Dalluxio.security.authorization.permission.umask=999
m 1 'whose connections are not encrypted: set it to false' -Dalluxio.network.tls.enabled=true
m 1 'com.example.Mine (from -D' -Dalluxio.security.group.mapping.class=com.example.Mine
m 1 'must be true or false' -Dalluxio.master.journal.tolerate.corruption=nope
m 1 '"" is not the URI of an under store' -Dalluxio.master.mount.table.root.ufs=
m 1 "folder $PWD/missing can't be used" -Dalluxio.master.mount.table.root.ufs="$PWD/missing"
# Corrected, or wrong in another way: the first one has left nothing behind.
m 1 "$PWD/file" -Dalluxio.master.mount.table.root.ufs="$PWD/file"
m 1 'hdfs' -Dalluxio.master.mount.table.root.ufs=hdfs://h/
m 1 '/proc/nowhere' -Dalluxio.master.journal.folder=/proc/nowhere

port=$(free_port)
# The journal's disk is full while "journal-full" is there.
start master.err env LD_PRELOAD="$faults" ALLUXIO_FAULT_FOLDER="$PWD/journal" ALLUXIO_FAULT_CALL=write \
  ALLUXIO_FAULT_ERRNO=28 ALLUXIO_FAULT_LASTING=1 ALLUXIO_FAULT_WHILE="$PWD/journal-full" \
  "$master" "${common[@]}" -Dalluxio.master.rpc.port="$port"
master_pid=${pids[-1]}
until_ok 60 answers "$port" || { echo "the master doesn't serve: $(cat master.err)"; exit 1; }

m 1 'another master uses the journal folder'
m 1 "port $port on 127.0.0.1 is in use" -Dalluxio.master.rpc.port="$port" \
  -Dalluxio.master.journal.folder="$PWD/journal2" -Dalluxio.master.metastore.dir="$PWD/metastore2"

worker_common=(-Dalluxio.master.hostname=127.0.0.1 -Dalluxio.master.rpc.port="$port"
  -Dalluxio.worker.hostname=127.0.0.1 -Dalluxio.worker.bind.host=127.0.0.1 -Dalluxio.worker.rpc.port=0
  -Dalluxio.worker.web.port=0 -Dalluxio.work.dir="$PWD" -Dalluxio.logs.dir="$PWD/logs"
  -Dalluxio.worker.tieredstore.level0.dirs.path="$PWD/ram" -Dalluxio.worker.ramdisk.size=8MB)
w() { local code=$1 text=$2; shift 2; expect "$code" "$text" "$worker" "${worker_common[@]}" "$@"; }
w 1 "storage directory $PWD/file can't be used" -Dalluxio.worker.tieredstore.level0.dirs.path="$PWD/file"
w 1 'storage directory /proc/nowhere' -Dalluxio.worker.tieredstore.level0.dirs.path=/proc/nowhere
if [[ -w /dev/shm ]]; then
  shm=$(mktemp -d /dev/shm/alluxio-errors-XXXXXX)
  w 1 'fewer than the 1125899906842624 bytes that are configured for it: enlarge it' \
    -Dalluxio.worker.tieredstore.level0.dirs.path="$shm" -Dalluxio.worker.ramdisk.size=1PB
  rm -rf "$shm"
fi
w 1 'alluxio.worker.ramdisk.size: lots' -Dalluxio.worker.ramdisk.size=lots
w 1 'set alluxio.worker.rpc.port' -Dalluxio.worker.rpc.port="$port"
w 1 'allowed are 1 to 3' -Dalluxio.worker.tieredstore.levels=9
# Said at once, though no master runs there.
for bad in tieredstore.level0.dirs.quota=5Q tieredstore.level0.alias=TAPE tieredstore.levels=9 \
  block.annotator.class=foo.Bar block.store.type=PAGE; do
  w 1 "alluxio.worker.${bad/=/: } (from -D on the command line" -Dalluxio.master.rpc.port=1 -Dalluxio.worker.$bad
done
w 1 'whose connections are not encrypted' -Dalluxio.master.rpc.port=1 -Dalluxio.network.tls.enabled=true
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
c 255 'location.policy.class: foo.Bar (from -D' -Dalluxio.user.block.write.location.policy.class=foo.Bar \
  fs copyFromLocal "$PWD/file" /x
c 255 'whose connections are not encrypted' -Dalluxio.network.tls.enabled=true fs ls /

# With a worker of 8 MB, whose under store is full while "ufs-full" is there.
start worker.err env LD_PRELOAD="$faults" ALLUXIO_FAULT_FOLDER="$PWD/ufs" ALLUXIO_FAULT_CALL=write \
  ALLUXIO_FAULT_ERRNO=28 ALLUXIO_FAULT_LASTING=1 ALLUXIO_FAULT_WHILE="$PWD/ufs-full" "$worker" "${worker_common[@]}"
worker_pid=${pids[-1]}
shell=("$client" -Dalluxio.master.hostname=127.0.0.1 -Dalluxio.master.rpc.port="$port"
  -Dalluxio.user.block.size.bytes.default=1MB -Dalluxio.user.file.writetype.default=CACHE_THROUGH)
head -c 1 /dev/urandom > f1
until_ok 60 "${shell[@]}" fs -Dalluxio.user.file.write.init.max.duration=0s copyFromLocal f1 /probe ||
  until_ok 1 "${shell[@]}" fs test -f /probe || { echo "the worker doesn't serve: $(cat worker.err)"; exit 1; }

for size in 0 1048576 1048577; do
  head -c $size /dev/urandom > in
  c 0 "to /f$size" -Dalluxio.user.block.size.bytes.default=1MB fs copyFromLocal in /f$size
  rm -f out
  c 0 "Copied /f$size" fs copyToLocal /f$size out
  cmp in out || { echo "FAILED: $size bytes came back as others"; failures=$((failures + 1)); }
done
# 10 GB, of which nothing is on the disk but the end.
truncate -s 10G ufs/sparse && printf 'the end' >> ufs/sparse
began=$SECONDS
same 'the end of 10 GB' 'the end' "$("${shell[@]}" fs tail -c 7 /sparse 2> /dev/null)"
same 'the length of 10 GB' 10737418247 "$("${shell[@]}" fs stat -f %z /sparse)"
same 'the beginning of 10 GB' '\0\0\0' "$("${shell[@]}" fs head -c 3 /sparse 2> /dev/null | sed 's/\x0/\\0/g')"
within 20 'the end, length and beginning of 10 GB' "$began"
# A name that no local under store takes.
c 255 'has a component of 256 bytes; 255 are the most' fs mkdir "/n$long"
c 255 'has a component of 256 bytes; 255 are the most' fs copyFromLocal f1 "/n$long"
# More than the tier takes.
head -c 20000000 /dev/zero > big
c 255 'the rest is pinned, waiting to be persisted (ASYNC_THROUGH), being written or being read' \
  -Dalluxio.user.file.writetype.default=MUST_CACHE -Dalluxio.user.block.size.bytes.default=1MB fs copyFromLocal big /toobig
c 255 'writing /toobig: no room for 1048576 bytes in MEM' -Dalluxio.user.file.writetype.default=MUST_CACHE \
  -Dalluxio.user.block.size.bytes.default=1MB fs copyFromLocal big /toobig
c 3 '' fs test -e /toobig
# A reader that leaves.
c 0 'Copied' -Dalluxio.user.file.writetype.default=CACHE_THROUGH fs copyFromLocal big /big
same 'what a reader took before it left' 100 "$(timeout 60 "${shell[@]}" fs cat /big 2> /dev/null | head -c 100 | wc -c)"
same 'a whole read after that' 20000000 "$("${shell[@]}" fs cat /big 2> /dev/null | wc -c)"
# Files that change in the under store behind our back.
printf 12345678 > ufs/shrunk; printf 12345678 > ufs/gone; printf 12345678 > ufs/away
c 0 ' 8 ' fs ls /shrunk
c 0 ' 8 ' fs ls /gone
c 0 12345678 fs cat /away
printf 12 > ufs/shrunk; rm ufs/gone
c 255 'is expected to be 8 bytes, but only 2 bytes are available in the UFS. /shrunk has changed in the under store: it had' \
  fs cat /shrunk
same 'the new file' 12 "$("${shell[@]}" fs cat /shrunk 2> /dev/null)"
c 255 '/gone is no longer there.' fs cat /gone
c 255 'Path "/gone" does not exist.' fs cat /gone
# An under store that goes away, and comes back.
mv ufs ufs-elsewhere
LINES_MAX=1 c 255 "The under store's folder $PWD/ufs can't be used" fs ls -f /
LINES_MAX=1 c 255 'Failed after ' fs ls -f /
c 0 12345678 fs cat /away
mv ufs-elsewhere ufs
LINES_MAX=30 c 0 ' /away' fs ls -f /
# Ten thousand connections that do nothing: the next call is answered as fast.
exec 3> >(python3 "$idle" "$port" "$master_pid" 10000 > idle.out 2> idle.err)
echo measure >&3
until_ok 120 test -s idle.out || { echo "FAILED: $(cat idle.err)"; failures=$((failures + 1)); }
read -r connections resident < idle.out
# A sanitizer keeps a shadow of it all.
limit=$((150000 + connections * 40))
[[ -z ${TSAN_OPTIONS:-}${ASAN_OPTIONS:-} ]] || limit=4000000
[[ $connections -ge 5000 && $resident -lt $limit ]] ||
  { echo "FAILED: $connections idle connections, served in $resident KiB"; failures=$((failures + 1)); }
began=$SECONDS
c 0 '' fs test -f /big
within 10 "a call among $connections idle connections" "$began"
exec 3>&-
echo "$connections idle connections: the master has $((resident / 1024)) MiB"
# The worker dies while a file is read: another reads on from the under store.
start worker2.err "$worker" "${worker_common[@]}" -Dalluxio.worker.tieredstore.level0.dirs.path="$PWD/ram2" \
  -Dalluxio.logs.dir="$PWD/worker2-logs"
until_ok 60 grep -qs 'registered with the master' worker2-logs/worker.log
{ head -c 100 > part; kill -9 "$worker_pid"; cat >> part; } < <(timeout 120 "${shell[@]}" fs cat /big 2> cat.err)
cmp big part || { echo "FAILED: a read across the death of its worker: $(head -3 cat.err)"; failures=$((failures + 1)); }
# Without any worker it says so, in its time.
kill -9 "${pids[-1]}"
LINES_MAX=30 c 255 $'\nreading /big, block 0: ' -Dalluxio.user.block.read.retry.max.duration=1s fs copyToLocal /big gone
[[ ! -e gone ]] || { echo "FAILED: a failed copy is left"; failures=$((failures + 1)); }
start worker.err env LD_PRELOAD="$faults" ALLUXIO_FAULT_FOLDER="$PWD/ufs" ALLUXIO_FAULT_CALL=write \
  ALLUXIO_FAULT_ERRNO=28 ALLUXIO_FAULT_LASTING=1 ALLUXIO_FAULT_WHILE="$PWD/ufs-full" "$worker" "${worker_common[@]}"
until_ok 60 "${shell[@]}" fs cat /big || { echo "FAILED: /big can't be read again"; failures=$((failures + 1)); }
# Full disks: the under store's, then the journal's.
: > ufs-full
c 255 'No space left on device' -Dalluxio.user.file.writetype.default=CACHE_THROUGH fs copyFromLocal big /nospace
rm ufs-full
c 3 '' fs test -e /nospace
same 'what a full under store keeps' '' "$(find ufs -name '*nospace*')"
: > journal-full
c 255 '' fs mkdir /lost
wait "$master_pid"
same 'how a master ends that has no journal' 1 $?
same 'what it says' 1 "$(grep -c "the journal can't be written, so the master stops: .*No space left on device" logs/master.log)"
rm journal-full

began=$SECONDS
LINES_MAX=1 c 255 "Please check if Alluxio master is currently running on \"127.0.0.1:$port\"" fs ls /
within 10 'a second of retries' "$began"
# Nothing that was acknowledged is gone.
start master2.err "$master" "${common[@]}" -Dalluxio.master.rpc.port="$port"
until_ok 60 answers "$port" || { echo "the master doesn't serve again: $(cat master2.err)"; failures=$((failures + 1)); }
until_ok 60 "${shell[@]}" fs ls /
c 0 '' fs test -f /big
c 3 '' fs test -e /lost
kill -9 "${pids[-1]}"
wait "${pids[-1]}" 2> /dev/null

# An under store that its user may not write: files are read, and writes say why.
if setpriv --reuid=65534 --regid=65534 --clear-groups true && open=$(mktemp -d) && chmod 755 "$open"; then
  cp "$master" "$worker" "$open"
  mkdir -m 755 "$open/store"; echo there > "$open/store/f"
  mkdir -m 777 "$open/own"
  other() {
    local name=$1
    shift
    start "other-$name.err" env HOME=/nonexistent setpriv --reuid=65534 --regid=65534 --clear-groups "$open/$name" "$@"
  }
  other alluxio-master "${common[@]}" -Dalluxio.master.rpc.port="$port" -Dalluxio.work.dir="$open/own" \
    -Dalluxio.logs.dir="$open/own/logs" -Dalluxio.master.metastore.dir="$open/own/metastore" \
    -Dalluxio.master.journal.folder="$open/own/journal" -Dalluxio.master.mount.table.root.ufs="$open/store" \
    -Dalluxio.security.authorization.permission.enabled=false
  until_ok 60 "${shell[@]}" fs ls /
  c 0 ' /f' fs ls /
  c 255 "$open/store/d" -Dalluxio.user.file.writetype.default=CACHE_THROUGH fs mkdir /d
  c 255 'Permission denied' -Dalluxio.user.file.writetype.default=CACHE_THROUGH fs mkdir /d
  c 3 '' fs test -e /d
  c 255 'ermission denied' fs rm /f
  c 0 '' fs test -f /f
  kill -9 "${pids[-1]}"
  wait "${pids[-1]}" 2> /dev/null
  rm -rf "$open"
else
  echo "not checked: an under store that can't be written (this user can't be another)"
fi

# Damage in the middle of the journal: not started, and nothing touched.
segment=$(ls journal/journal-* | head -1)
printf '\x55' | dd of="$segment" bs=1 seek=100 conv=notrunc status=none
before=$(sha256sum "$segment")
m 1 'the journal is damaged'
m 1 'alluxio.master.journal.tolerate.corruption=true'
[[ $(sha256sum "$segment") == "$before" ]] || { echo "FAILED: the damaged journal was changed"; failures=$((failures + 1)); }

[[ $failures -eq 0 ]] && echo "all rows as in docs/errors.md"
exit $((failures > 0))
