#ifndef ALLUXIO_MASTER_BLOCK_BLOCK_LOCATIONS_H_
#define ALLUXIO_MASTER_BLOCK_BLOCK_LOCATIONS_H_

#include <array>
#include <cstdint>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "absl/functional/function_ref.h"
#include "alluxio/base/mutex.h"

namespace alluxio::master {

// Where blocks lie: about 50 bytes for a block with up to two locations.
//
// Thread-safe; in shards, each with its own lock, which is held for one block,
// or while one shard is swept.
class BlockLocations {
 public:
  struct Location {
    uint32_t generation = 0;  // of a worker's registration
    uint16_t tier = 0;        // index of a name
    uint16_t medium = 0;
  };
  using List = absl::InlinedVector<Location, 2>;
  static constexpr size_t kShards = 64;

  // True if that generation did not have the block; else its place is updated.
  bool Add(int64_t block_id, Location location);
  // True if it was there.
  bool Remove(int64_t block_id, uint32_t generation);
  List Get(int64_t block_id) const;
  // Drops the locations of one shard (0 to kShards - 1) that `dead` says are.
  void Sweep(size_t shard, absl::FunctionRef<bool(uint32_t generation)> dead);

 private:
  struct Shard {
    mutable Mutex mutex;
    absl::flat_hash_map<int64_t, List> blocks ABSL_GUARDED_BY(mutex);
  };
  // Blocks of one file differ in their low bits, files in the higher ones.
  static size_t ShardOf(int64_t block_id) {
    return static_cast<size_t>((static_cast<uint64_t>(block_id) * 0x9E3779B97F4A7C15u) >> 58);
  }

  std::array<Shard, kShards> shards_;
};

}  // namespace alluxio::master

#endif  // ALLUXIO_MASTER_BLOCK_BLOCK_LOCATIONS_H_
