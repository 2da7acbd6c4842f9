#ifndef ALLUXIO_WORKER_DATA_COMMIT_BLOCK_H_
#define ALLUXIO_WORKER_DATA_COMMIT_BLOCK_H_

#include <cstdint>

#include "absl/status/status.h"

namespace alluxio::worker {

// A tier as clients number them: from the top, or, negative, from the bottom.
inline int TierOf(int32_t number, int num_tiers) {
  if (number >= 0) return number;
  return number + num_tiers > 0 ? number + num_tiers : 0;
}

// What the original answers when a block is there already: its code for errors
// of this kind is INTERNAL.
inline absl::Status AsWriteError(const absl::Status& status) {
  if (!absl::IsAlreadyExists(status)) return status;
  return absl::InternalError(status.message());
}

}  // namespace alluxio::worker

#endif  // ALLUXIO_WORKER_DATA_COMMIT_BLOCK_H_
