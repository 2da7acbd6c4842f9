#ifndef ALLUXIO_BENCHMARKS_CLUSTER_METADATA_ROWS_H_
#define ALLUXIO_BENCHMARKS_CLUSTER_METADATA_ROWS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "benchmarks/cluster/echo.h"
#include "benchmarks/cluster/report.h"

namespace alluxio::benchmarks {

struct MetadataOptions {
  std::string master = "127.0.0.1:19998";
  std::string user = "root";
  std::string folder = "/benchmark";
  bool authenticated = true;
  std::vector<int> in_flight = {1, 16, 64};
  // Operations per row at the highest number in flight; fewer below it.
  int64_t operations = 40'000;
  int64_t listed = 10'000;
  // Row and limit are taken in turns so many times; the best of each counts.
  int rounds = 3;
  // Where the journal is, if it is here: its fdatasync stands beside the rows.
  std::string journal_folder;
};

// Measures getStatus, create + complete, rename, delete and list on the wire, by
// a callback client of the generated stubs: it runs against any server that
// speaks the protocol. Each row comes with a bare echo of equal message sizes and
// equal calls in flight, taken right after it.
absl::Status RunMetadataRows(const MetadataOptions& options, EchoServer& echo, Report& report);

// Creates and completes `count` empty files in folders of 10,000, 64 in flight.
absl::Status MakeManyFiles(const MetadataOptions& options, const std::string& folder, int64_t count);

}  // namespace alluxio::benchmarks

#endif  // ALLUXIO_BENCHMARKS_CLUSTER_METADATA_ROWS_H_
