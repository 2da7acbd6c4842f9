#!/bin/sh
# The driver's short form, own servers and all: every group of rows is there.
set -eu
work=$(mktemp -d /tmp/alluxio-cluster-test.XXXXXX)
trap 'rm -rf "$work"' EXIT
"$1" --short --work "$work" --memory "$work" --json "$work/rows.json" >"$work/table" 2>"$work/errors" || {
  cat "$work/table" "$work/errors"
  find "$work" -name '*.out' -exec cat {} +
  exit 1
}
for row in "getStatus" "rename, durable" "delete, durable" "create + complete, durable" "list 1000 entries" \
  "sequential read, mapped view, warm" "sequential read, by file, warm" "sequential read, domain socket" \
  "sequential read, TCP" "random 4 KiB, mapped view" "random 4 KiB, by file" "random 4 KiB, domain socket" \
  "random 4 KiB, TCP" "write 64 MiB MUST_CACHE, by file" "write 64 MiB MUST_CACHE, domain socket" \
  "write 64 MiB MUST_CACHE, by TCP" \
  "open+read+close 200 x 4 KiB, by file" "open+read+close 200 x 4 KiB, TCP" "cold read of 64 MiB" \
  "idle master + worker" "master after 2000 files" "restart with 4000 files" "start of a master" "fs ls /"; do
  for file in "$work/table" "$work/rows.json"; do
    grep -qF "$row" "$file" || {
      echo "no row '$row' in"
      cat "$file"
      exit 1
    }
  done
done
