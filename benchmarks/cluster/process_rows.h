#ifndef ALLUXIO_BENCHMARKS_CLUSTER_PROCESS_ROWS_H_
#define ALLUXIO_BENCHMARKS_CLUSTER_PROCESS_ROWS_H_

#include <cstdint>

#include "absl/status/status.h"
#include "benchmarks/cluster/report.h"
#include "benchmarks/cluster/servers.h"

namespace alluxio::benchmarks {

struct ProcessOptions {
  int64_t files_for_memory = 100'000;
  int64_t files_for_restart = 1'000'000;
  int starts = 5;
};

// What the processes themselves cost, of servers that run and are idle: memory,
// starts, a command of the shell. To be called before anything else is measured,
// and with nothing running in them: these servers are stopped and started.
absl::Status RunIdleRows(const ProcessOptions& options, Servers& servers, Report& report);

// Memory with many files, and a restart with many more. The files stay.
absl::Status RunManyFilesRows(const ProcessOptions& options, Servers& servers, Report& report);

}  // namespace alluxio::benchmarks

#endif  // ALLUXIO_BENCHMARKS_CLUSTER_PROCESS_ROWS_H_
