#ifndef ALLUXIO_WORKER_PROCESS_CLUSTER_DEFAULTS_H_
#define ALLUXIO_WORKER_PROCESS_CLUSTER_DEFAULTS_H_

#include <functional>

#include "absl/status/statusor.h"
#include "alluxio/conf/configuration.h"

namespace alluxio::worker {

// `sources` with the cluster's properties of scope WORKER, as the master has them
// (PROTOCOL.md §8). Own values that no master can mend are refused first:
// INVALID_ARGUMENT. Asks it until it answers or `keep_waiting`, which is called
// before each further attempt and may sleep, returns false: UNAVAILABLE then.
absl::StatusOr<conf::Configuration> WithClusterDefaults(conf::Sources sources, std::function<bool()> keep_waiting);

}  // namespace alluxio::worker

#endif  // ALLUXIO_WORKER_PROCESS_CLUSTER_DEFAULTS_H_
