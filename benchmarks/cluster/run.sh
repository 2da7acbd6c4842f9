#!/bin/sh
# bazel run //benchmarks:cluster. Figures of unoptimised programs mean nothing:
# builds driver and servers as they are released, optimised and static (one build,
# shared with //:tarball), and runs the driver in the caller's folder.
set -eu
cd "$BUILD_WORKSPACE_DIRECTORY"
bazel build --config=release --config=static //benchmarks/cluster
driver=$(readlink -f bazel-bin/benchmarks/cluster/cluster)
server=$(readlink -f bazel-bin/alluxio/multicall/alluxio-multicall)
cd "$BUILD_WORKING_DIRECTORY"
exec "$driver" --binary "$server" "$@"
