#ifndef ALLUXIO_MASTER_UPKEEP_TTL_CHECKER_H_
#define ALLUXIO_MASTER_UPKEEP_TTL_CHECKER_H_

#include <cstdint>

#include "alluxio/master/file/core.h"

namespace alluxio::master {

// Acts on files and directories whose time to live is over: DELETE removes them
// (from the under store too), DELETE_ALLUXIO from Alluxio alone, FREE drops their
// cached blocks and takes the TTL off.
class TtlChecker {
 public:
  explicit TtlChecker(FileSystemCore* core) : core_(core) {}

  // Heartbeat; blocks. What fails is logged and tried again in the next round.
  void Run();

 private:
  absl::Status Act(int64_t id, int64_t now_ms);

  FileSystemCore* const core_;
};

}  // namespace alluxio::master

#endif  // ALLUXIO_MASTER_UPKEEP_TTL_CHECKER_H_
