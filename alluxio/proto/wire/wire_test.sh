#!/bin/bash
# Compiles the .proto files and compares every service, method, message, field,
# number and enum value with the facts of the original.
set -eu
cd alluxio/proto
protoc -I . --include_imports --descriptor_set_out="$TEST_TMPDIR/ours.pb" \
  $(find -L grpc proto -name '*.proto')
exec python3 wire/check_wire.py --require all --require-message all "$TEST_TMPDIR/ours.pb"
