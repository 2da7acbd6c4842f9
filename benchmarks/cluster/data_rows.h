#ifndef ALLUXIO_BENCHMARKS_CLUSTER_DATA_ROWS_H_
#define ALLUXIO_BENCHMARKS_CLUSTER_DATA_ROWS_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "benchmarks/cluster/echo.h"
#include "benchmarks/cluster/report.h"

namespace alluxio::benchmarks {

struct DataOptions {
  std::string master;
  std::string user = "root";
  std::string folder = "/benchmark";
  bool authenticated = true;
  // Only rows that any cluster answers over TCP, wherever it runs.
  bool wire_only = false;
  // Of a cluster on this machine: where its worker keeps blocks and where the
  // root's under store is. Empty: unknown, rows that need them are left out.
  std::string block_folder;
  std::string ufs_folder;
  // For the machine's limits: on tmpfs, and where files are on disk.
  std::string memory_folder = "/dev/shm";
  int64_t file_bytes = int64_t{1} << 30;
  int64_t cold_bytes = int64_t{1} << 30;
  int64_t block_bytes = int64_t{64} << 20;
  int64_t random_reads = 200'000;  // by memory; fewer by calls
  int64_t small_files = 10'000;
  // Row and limit are taken in turns so many times; the best of each counts.
  int rounds = 5;
  // Of these rows only those with this in their name.
  std::string only;
};

// Reads by every rung of the locality ladder, writes, small files, cold reads,
// by the client library, with the limit of each.
absl::Status RunDataRows(const DataOptions& options, EchoServer& echo, Report& report);

// How many of the `small_files` files of this folder are opened, read by their
// blocks' files and closed in a second.
absl::StatusOr<double> SmallFilesRate(const DataOptions& options, absl::string_view folder);

}  // namespace alluxio::benchmarks

#endif  // ALLUXIO_BENCHMARKS_CLUSTER_DATA_ROWS_H_
