#include "alluxio/master/block/block_locations.h"

#include <algorithm>

namespace alluxio::master {

bool BlockLocations::Add(int64_t block_id, Location location) {
  Shard& shard = shards_[ShardOf(block_id)];
  MutexLock lock(&shard.mutex);
  List& list = shard.blocks[block_id];
  for (Location& known : list) {
    if (known.generation != location.generation) continue;
    known = location;
    return false;
  }
  list.push_back(location);
  return true;
}

bool BlockLocations::Remove(int64_t block_id, uint32_t generation) {
  Shard& shard = shards_[ShardOf(block_id)];
  MutexLock lock(&shard.mutex);
  const auto it = shard.blocks.find(block_id);
  if (it == shard.blocks.end()) return false;
  List& list = it->second;
  const auto known = std::find_if(list.begin(), list.end(),
                                  [generation](const Location& l) { return l.generation == generation; });
  if (known == list.end()) return false;
  list.erase(known);
  if (list.empty()) shard.blocks.erase(it);
  return true;
}

BlockLocations::List BlockLocations::Get(int64_t block_id) const {
  const Shard& shard = shards_[ShardOf(block_id)];
  ReaderMutexLock lock(&shard.mutex);
  const auto it = shard.blocks.find(block_id);
  return it == shard.blocks.end() ? List() : it->second;
}

void BlockLocations::Sweep(size_t index, absl::FunctionRef<bool(uint32_t)> dead) {
  Shard& shard = shards_[index];
  MutexLock lock(&shard.mutex);
  for (auto it = shard.blocks.begin(); it != shard.blocks.end();) {
    List& list = it->second;
    list.erase(std::remove_if(list.begin(), list.end(), [&](const Location& l) { return dead(l.generation); }),
               list.end());
    if (list.empty()) {
      shard.blocks.erase(it++);
    } else {
      ++it;
    }
  }
}

}  // namespace alluxio::master
