#ifndef ALLUXIO_WORKER_DATA_COMMIT_BLOCK_H_
#define ALLUXIO_WORKER_DATA_COMMIT_BLOCK_H_

#include "absl/status/status.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/worker/data/block_worker_service.h"

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

// Commits a block and tells the master, before anybody is told "OK". A block
// that the master doesn't learn of is taken back: nobody could find it.
inline absl::Status CommitAndReport(const BlockWorkerOptions& options, TempBlock& temp) {
  const int64_t block_id = temp.block_id();
  ALLUXIO_ASSIGN_OR_RETURN(const BlockPin pin, temp.Commit());
  absl::Status reported = options.report(pin);
  if (!reported.ok()) options.store->Remove(block_id).IgnoreError();
  return Annotate(reported, "reporting a block to the master");
}

}  // namespace alluxio::worker

#endif  // ALLUXIO_WORKER_DATA_COMMIT_BLOCK_H_
