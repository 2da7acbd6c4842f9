#ifndef ALLUXIO_WORKER_BLOCK_COMMIT_AND_REPORT_H_
#define ALLUXIO_WORKER_BLOCK_COMMIT_AND_REPORT_H_

#include <cstdint>
#include <functional>

#include "absl/status/status.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/worker/block/block_store.h"

namespace alluxio::worker {

// Commits a block and tells the master (`report`, which blocks), before anybody is
// told "OK". A block that the master doesn't learn of is taken back: nobody could
// find or free it.
inline absl::Status CommitAndReport(BlockStore& store, TempBlock& temp,
                                    const std::function<absl::Status(const BlockPin&)>& report) {
  const int64_t block_id = temp.block_id();
  ALLUXIO_ASSIGN_OR_RETURN(const BlockPin pin, temp.Commit());
  absl::Status reported = report(pin);
  if (!reported.ok()) store.Remove(block_id).IgnoreError();  // may be gone already
  return Annotate(reported, "reporting a block to the master");
}

}  // namespace alluxio::worker

#endif  // ALLUXIO_WORKER_BLOCK_COMMIT_AND_REPORT_H_
