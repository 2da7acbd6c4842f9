#ifndef ALLUXIO_CONTAINER_HEALTH_H_
#define ALLUXIO_CONTAINER_HEALTH_H_

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace alluxio::container {

// Asks the pages of the process at 127.0.0.1:`port` for its metrics; OK if it
// answers with 200 within `patience`.
absl::Status AskPages(int port, absl::Duration patience);

// `alluxio healthCheck`: 0 if the service that is the container's PID 1 answers,
// otherwise 1 and one line.
int HealthCheckMain();

}  // namespace alluxio::container

#endif  // ALLUXIO_CONTAINER_HEALTH_H_
