#ifndef ALLUXIO_MASTER_INODE_INODE_CACHE_H_
#define ALLUXIO_MASTER_INODE_INODE_CACHE_H_

#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "alluxio/base/mutex.h"
#include "alluxio/master/inode/inode.h"

namespace alluxio::master {

// Decoded inodes by (parent id, name) within a budget of bytes; the second-chance
// clock decides which go. Thread-safe. What it says is what was last put:
// callers order puts and erasures with the changes of the store (the latch).
class InodeCache {
 public:
  explicit InodeCache(size_t budget_bytes) : budget_per_shard_(budget_bytes / kShards) {}

  // Null: not here.
  InodePtr Get(int64_t parent_id, absl::string_view name) {
    Shard& shard = ShardOf(parent_id, name);
    MutexLock lock(&shard.mutex);
    const auto it = shard.index.find(View(parent_id, name));
    if (it == shard.index.end()) {
      ++shard.misses;
      return nullptr;
    }
    ++shard.hits;
    Slot& slot = shard.slots[it->second];
    slot.referenced = true;
    return slot.inode;
  }

  void Put(InodePtr inode);
  void Erase(int64_t parent_id, absl::string_view name);

  struct Stats {
    int64_t hits = 0, misses = 0, evictions = 0;
    int64_t size = 0;  // inodes
  };
  Stats GetStats() const;

 private:
  static constexpr size_t kShards = 16;
  using View = std::pair<int64_t, absl::string_view>;
  // The views point into the slot's inode.
  struct Slot {
    InodePtr inode;
    size_t bytes = 0;
    bool referenced = false;
  };
  struct Shard {
    mutable Mutex mutex;
    absl::flat_hash_map<View, uint32_t> index ABSL_GUARDED_BY(mutex);
    std::vector<Slot> slots ABSL_GUARDED_BY(mutex);
    std::vector<uint32_t> free ABSL_GUARDED_BY(mutex);
    size_t bytes ABSL_GUARDED_BY(mutex) = 0;
    size_t hand ABSL_GUARDED_BY(mutex) = 0;
    int64_t hits ABSL_GUARDED_BY(mutex) = 0;
    int64_t misses ABSL_GUARDED_BY(mutex) = 0;
    int64_t evictions ABSL_GUARDED_BY(mutex) = 0;
  };

  Shard& ShardOf(int64_t parent_id, absl::string_view name) {
    return shards_[absl::Hash<View>()(View(parent_id, name)) % kShards];
  }
  static void DropLocked(Shard& shard, uint32_t slot) ABSL_EXCLUSIVE_LOCKS_REQUIRED(shard.mutex);

  const size_t budget_per_shard_;
  std::array<Shard, kShards> shards_;
};

}  // namespace alluxio::master

#endif  // ALLUXIO_MASTER_INODE_INODE_CACHE_H_
