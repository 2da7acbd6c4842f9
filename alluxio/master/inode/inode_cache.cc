#include "alluxio/master/inode/inode_cache.h"

namespace alluxio::master {

void InodeCache::DropLocked(Shard& shard, uint32_t index) {
  Slot& slot = shard.slots[index];
  shard.index.erase(View(slot.inode->parent_id, slot.inode->name));
  shard.bytes -= slot.bytes;
  slot = Slot();
  shard.free.push_back(index);
}

void InodeCache::Put(InodePtr inode) {
  const View key(inode->parent_id, inode->name);
  const size_t bytes = inode->MemoryBytes() + sizeof(Slot) + 32;
  Shard& shard = ShardOf(key.first, key.second);
  MutexLock lock(&shard.mutex);
  if (const auto it = shard.index.find(key); it != shard.index.end()) DropLocked(shard, it->second);
  if (bytes > budget_per_shard_) return;
  while (shard.bytes + bytes > budget_per_shard_) {
    if (shard.hand >= shard.slots.size()) shard.hand = 0;
    Slot& slot = shard.slots[shard.hand];
    if (slot.inode != nullptr && !std::exchange(slot.referenced, false)) {
      DropLocked(shard, static_cast<uint32_t>(shard.hand));
      ++shard.evictions;
    }
    ++shard.hand;
  }
  uint32_t index;
  if (shard.free.empty()) {
    index = static_cast<uint32_t>(shard.slots.size());
    shard.slots.emplace_back();
  } else {
    index = shard.free.back();
    shard.free.pop_back();
  }
  shard.slots[index] = {std::move(inode), bytes, false};
  const Inode& stored = *shard.slots[index].inode;
  shard.index.emplace(View(stored.parent_id, stored.name), index);
  shard.bytes += bytes;
}

void InodeCache::Erase(int64_t parent_id, absl::string_view name) {
  Shard& shard = ShardOf(parent_id, name);
  MutexLock lock(&shard.mutex);
  if (const auto it = shard.index.find(View(parent_id, name)); it != shard.index.end()) {
    DropLocked(shard, it->second);
  }
}

InodeCache::Stats InodeCache::GetStats() const {
  Stats stats;
  for (const Shard& shard : shards_) {
    MutexLock lock(&shard.mutex);
    stats.hits += shard.hits;
    stats.misses += shard.misses;
    stats.evictions += shard.evictions;
    stats.size += static_cast<int64_t>(shard.index.size());
  }
  return stats;
}

}  // namespace alluxio::master
