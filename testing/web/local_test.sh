#!/bin/bash
# //alluxio:local starts without configuration, says where its pages are, serves
# them, and ends with 0 when told to.
set -u
folder=$TEST_TMPDIR/cluster
out=$TEST_TMPDIR/out
"$1" --folder "$folder" -Dalluxio.master.rpc.port=0 -Dalluxio.master.web.port=0 -Dalluxio.worker.rpc.port=0 \
  -Dalluxio.worker.web.port=0 -Dalluxio.worker.ramdisk.size=64MB \
  -Dalluxio.worker.tieredstore.level0.dirs.path="$folder/ram" > "$out" 2>&1 &
pid=$!
fail() {
  echo "FAILED: $1"
  cat "$out"
  kill -9 "$pid" 2> /dev/null
  exit 1
}

for _ in $(seq 600); do
  grep -q '^Stop it' "$out" && break
  kill -0 "$pid" 2> /dev/null || fail "it ended before it served"
  sleep 0.05
done
port=$(sed -n 's|^Pages are at http://localhost:\([0-9]*\)/$|\1|p' "$out")
[ -n "$port" ] || fail "it does not say where its pages are"
exec 3<> "/dev/tcp/127.0.0.1/$port" || fail "nobody listens at port $port"
printf 'GET /workers HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n' >&3
answer=$(cat <&3)
case $answer in
  *"200 OK"*ACTIVE*) ;;
  *) fail "the page of workers says: $answer" ;;
esac
kill "$pid"
wait "$pid" || fail "it ended with $?"
echo PASSED
