#ifndef ALLUXIO_MASTER_UPKEEP_TTL_CHECKER_H_
#define ALLUXIO_MASTER_UPKEEP_TTL_CHECKER_H_

#include <atomic>
#include <cstdint>

#include "absl/container/flat_hash_map.h"
#include "alluxio/master/file/core.h"

namespace alluxio::master {

// Acts on files and directories whose time to live is over: DELETE removes them
// (from the under store too), DELETE_ALLUXIO from Alluxio alone, FREE drops their
// cached blocks and takes the TTL off.
//
// What can't be done (freeing a file that lies in Alluxio alone) is given up after five
// rounds, as in the original; a store that can't be reached doesn't count.
class TtlChecker {
 public:
  explicit TtlChecker(FileSystemCore* core) : core_(core) {}

  // Heartbeat; blocks. What fails is logged and tried again in the next round. One at a time.
  void Run();

  // A round under way ends after what it is at, later ones do nothing. Any thread.
  void Stop() { stopped_.store(true, std::memory_order_relaxed); }

 private:
  absl::Status Act(int64_t id, int64_t now_ms);

  FileSystemCore* const core_;
  std::atomic<bool> stopped_{false};  // orders nothing
  absl::flat_hash_map<int64_t, int> failures_;  // of inodes whose time is over
};

}  // namespace alluxio::master

#endif  // ALLUXIO_MASTER_UPKEEP_TTL_CHECKER_H_
