#ifndef ALLUXIO_MASTER_SYNC_SYNC_STATS_H_
#define ALLUXIO_MASTER_SYNC_SYNC_STATS_H_

#include <array>
#include <atomic>
#include <cstdint>

namespace alluxio::master {

// What one sync has done so far, and the wish that it ends. Counted by the sync,
// read and cancelled by anybody; orders nothing.
struct SyncStats {
  // What became of an inode, in the order of the original's numbers.
  enum Operation {
    kNoop,  // compared, and the same
    kCreate,
    kDelete,
    kRecreate,  // other data
    kUpdate,    // other attributes
    kSkippedConcurrent,
    kSkippedMountPoint,
    kSkippedNotPersisted,
  };
  static constexpr int kOperations = kSkippedNotPersisted + 1;

  std::array<std::atomic<int64_t>, kOperations> operations{};
  std::atomic<int64_t> requests{0};  // to the under store, for listings
  std::atomic<int64_t> errors{0};    // of these
  std::atomic<int64_t> batches{0};   // taken in at once
  std::atomic<int64_t> objects{0};   // seen in the under store
  std::atomic<bool> cancelled{false};

  void Count(Operation operation) { operations[operation].fetch_add(1, std::memory_order_relaxed); }
};

}  // namespace alluxio::master

#endif  // ALLUXIO_MASTER_SYNC_SYNC_STATS_H_
