// What the master says of blocks, and is told of them.
#include "alluxio/worker/block/block_core.h"

#include <algorithm>
#include <iterator>

namespace alluxio::worker::internal {

void Core::SetPinnedFiles(const std::vector<int64_t>& file_ids) {
  std::vector<int64_t> sorted = file_ids;
  std::sort(sorted.begin(), sorted.end());
  absl::flat_hash_set<int64_t> wanted(sorted.begin(), sorted.end());
  const absl::Time now = options_.clock->Now();
  MutexLock lock(&mutex_);
  std::vector<int64_t> changed;
  for (auto it = created_pins_.begin(); it != created_pins_.end();) {
    const bool listed = wanted.contains(it->first);
    it->second.seen |= listed;
    if (!listed && (it->second.seen || now >= it->second.until)) {
      changed.push_back(it->first);
      created_pins_.erase(it++);
    } else {
      ++it;
    }
  }
  if (sorted != pinned_list_) {
    std::set_symmetric_difference(sorted.begin(), sorted.end(), pinned_list_.begin(), pinned_list_.end(),
                                  std::back_inserter(changed));
    pinned_files_ = std::move(wanted);
    pinned_list_ = std::move(sorted);
  }
  for (const int64_t file_id : changed) PlaceFileLocked(file_id);
  for (const int64_t id : std::exchange(found_, {})) {
    if (const auto it = blocks_.find(id); it != blocks_.end()) PlaceInOrderLocked(*it->second);
  }
}

void Core::Confirm(int64_t block_id) {
  MutexLock lock(&mutex_);
  const auto it = blocks_.find(block_id);
  if (it == blocks_.end()) return;
  it->second->confirmed = true;
  added_.insert(block_id);
  removed_.erase(block_id);
}

std::vector<PlacedBlocks> Core::Group(const std::vector<std::pair<int, int64_t>>& dir_and_id) const {
  std::vector<PlacedBlocks> groups;
  std::vector<int> group_of(dirs_.size(), -1);
  for (const auto& [dir, id] : dir_and_id) {
    if (group_of[dir] < 0) {
      const auto it = std::find_if(groups.begin(), groups.end(),
                                   [&](const PlacedBlocks& group) { return group.place == dirs_[dir].place; });
      group_of[dir] = static_cast<int>(it - groups.begin());
      if (it == groups.end()) groups.push_back({.place = dirs_[dir].place});
    }
    groups[group_of[dir]].block_ids.push_back(id);
  }
  return groups;
}

std::vector<PlacedBlocks> Core::TakeAllForReport() {
  std::vector<std::pair<int, int64_t>> all;
  {
    MutexLock lock(&mutex_);
    added_.clear();
    removed_.clear();
    newly_lost_.clear();
    for (const auto& [id, entry] : blocks_) {
      if (entry->confirmed) all.emplace_back(entry->dir, id);
    }
  }
  return Group(all);
}

BlockDelta Core::TakeDelta() {
  BlockDelta delta;
  std::vector<std::pair<int, int64_t>> added;
  {
    MutexLock lock(&mutex_);
    delta.removed.assign(removed_.begin(), removed_.end());
    delta.lost_storage = std::exchange(newly_lost_, {});
    for (const int64_t id : added_) {
      if (const auto it = blocks_.find(id); it != blocks_.end()) added.emplace_back(it->second->dir, id);
    }
    added_.clear();
    removed_.clear();
  }
  std::sort(added.begin(), added.end());
  std::sort(delta.removed.begin(), delta.removed.end());
  delta.added = Group(added);
  return delta;
}

void Core::ReturnDelta(const BlockDelta& delta) {
  MutexLock lock(&mutex_);
  newly_lost_.insert(newly_lost_.end(), delta.lost_storage.begin(), delta.lost_storage.end());
  for (const int64_t id : delta.removed) {
    if (!blocks_.contains(id)) removed_.insert(id);
  }
  for (const PlacedBlocks& group : delta.added) {
    for (const int64_t id : group.block_ids) {
      if (blocks_.contains(id)) added_.insert(id);
    }
  }
}

std::vector<TierUsage> Core::Usage() const {
  std::vector<TierUsage> usage(num_tiers_);
  MutexLock lock(&mutex_);
  for (int tier = 0; tier < num_tiers_; ++tier) usage[tier].alias = options_.layout.tiers[tier].alias;
  for (const Dir& dir : dirs_) {
    TierUsage& tier = usage[dir.tier];
    // Between the choice of victims and their end both are counted.
    const int64_t used = std::clamp<int64_t>(dir.used - dir.leaving, 0, dir.capacity);
    if (dir.lost) continue;
    tier.capacity_bytes += dir.capacity;
    tier.used_bytes += used;
    tier.dirs.push_back({dir.disk->path(), dir.place.medium_type, dir.capacity, used});
  }
  return usage;
}

std::vector<BlockSummary> Core::List(int64_t after, int64_t limit) const {
  std::vector<BlockSummary> list;
  MutexLock lock(&mutex_);
  for (auto it = blocks_.upper_bound(after); it != blocks_.end() && static_cast<int64_t>(list.size()) < limit; ++it) {
    const Entry& entry = *it->second;
    list.push_back({entry.id, entry.length, dirs_[entry.dir].place, IsFilePinnedLocked(FileIdOf(entry.id))});
  }
  return list;
}

}  // namespace alluxio::worker::internal
