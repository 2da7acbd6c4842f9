// Room: who gets it, and who has to go for it.
#include "alluxio/worker/block/block_core.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "alluxio/base/log.h"

namespace alluxio::worker::internal {

namespace {

// Below, making a file anew is as cheap as using an old one again.
constexpr int64_t kMinSpareBytes = int64_t{1} << 20;

}  // namespace

int Core::AllocateLocked(const std::vector<int>& candidates, int64_t bytes) {
  int best = -1;
  for (size_t i = 0; i < candidates.size(); ++i) {
    const int index = candidates[options_.layout.allocator == AllocatorKind::kRoundRobin
                                     ? (i + round_robin_) % candidates.size()
                                     : i];
    if (dirs_[index].lost || dirs_[index].Free() < bytes) continue;
    if (options_.layout.allocator != AllocatorKind::kMaxFree) {
      ++round_robin_;
      return index;
    }
    // A higher tier before more room.
    if (best < 0 || (dirs_[index].tier == dirs_[best].tier && dirs_[index].Free() > dirs_[best].Free())) {
      best = index;
    }
  }
  return best;
}

int Core::PickVictimsLocked(const std::vector<int>& candidates, int64_t bytes, std::vector<EntryPtr>* victims) {
  std::vector<int64_t> missing(dirs_.size(), 0);
  for (const int index : candidates) {
    if (dirs_[index].lost || dirs_[index].Usable() < bytes) continue;
    missing[index] = bytes - dirs_[index].Available();
    if (missing[index] <= 0) return index;  // what is leaving is enough already
  }
  return PickColdestLocked(std::move(missing), victims);
}

int Core::PickColdestLocked(std::vector<int64_t> missing, std::vector<EntryPtr>* victims) {
  std::vector<std::vector<EntryPtr>> of_dir(dirs_.size());
  int chosen = -1;
  std::visit(
      [&](const auto& order) {
        order.VisitColdestFirst([&](int64_t id) ABSL_NO_THREAD_SAFETY_ANALYSIS {
          const EntryPtr& entry = blocks_.find(id)->second;
          if (missing[entry->dir] <= 0 || !IsIdleLocked(*entry)) return true;
          of_dir[entry->dir].push_back(entry);
          missing[entry->dir] -= entry->length + dirs_[entry->dir].PaddingOf(entry->length);
          if (missing[entry->dir] > 0) return true;
          chosen = entry->dir;
          return false;
        });
      },
      order_);
  if (chosen >= 0) *victims = std::move(of_dir[chosen]);
  return chosen;
}

absl::Status Core::NoRoomLocked(const std::vector<int>& candidates, int64_t bytes) const {
  int64_t available = 0, evictable = 0, capacity = 0;
  std::vector<bool> in(dirs_.size(), false);
  for (const int index : candidates) {
    in[index] = true;
    available += std::max<int64_t>(0, dirs_[index].Available());
    capacity += dirs_[index].capacity;
  }
  std::visit(
      [&](const auto& order) {
        order.VisitColdestFirst([&](int64_t id) ABSL_NO_THREAD_SAFETY_ANALYSIS {
          const Entry& entry = *blocks_.find(id)->second;
          if (in[entry.dir] && IsIdleLocked(entry)) evictable += entry.length;
          return true;
        });
      },
      order_);
  return absl::ResourceExhaustedError(
      absl::StrCat("no room for ", bytes, " bytes in ", dirs_[candidates[0]].place.tier_alias, ": available ", available,
                   ", evictable ", evictable, ", capacity ", capacity, " bytes in ", candidates.size(),
                   " storage directories (a block lies in one of them); the rest is pinned, waiting to be persisted "
                   "(ASYNC_THROUGH), being written or being read"));
}

absl::StatusOr<int> Core::Reserve(const std::vector<int>& candidates, bool spill, int64_t bytes) {
  std::vector<int> all = candidates;
  if (spill) {
    for (int i = 0; i < static_cast<int>(dirs_.size()); ++i) {
      if (std::find(candidates.begin(), candidates.end(), i) == candidates.end()) all.push_back(i);
    }
  }
  int chosen = -1;
  std::vector<EntryPtr> victims;
  int64_t planned = 0;
  {
    MutexLock lock(&mutex_);
    chosen = AllocateLocked(candidates, bytes);
    if (chosen < 0 && spill) chosen = AllocateLocked(all, bytes);
    if (chosen >= 0) {
      dirs_[chosen].used += bytes;
      return chosen;
    }
    chosen = PickVictimsLocked(all, bytes, &victims);
    if (chosen < 0) return NoRoomLocked(all, bytes);
    // Ours from here on, so that nobody takes the room we are making.
    dirs_[chosen].used += bytes;
    for (const EntryPtr& victim : victims) {
      planned += victim->length;
      DetachLocked(victim);
    }
    dirs_[chosen].leaving += planned;
  }
  while (true) {
    int64_t got = 0;
    for (const EntryPtr& victim : victims) got += FinishRemoval(victim);
    if (options_.on_evicted && !victims.empty()) options_.on_evicted(static_cast<int64_t>(victims.size()));
    ALLUXIO_LOG(kDebug, kArea, "evicted ", victims.size(), " blocks of ", planned, " bytes for ", bytes);
    MutexLock lock(&mutex_);
    Dir& dir = dirs_[chosen];
    dir.used -= got;
    dir.leaving -= planned;
    changed_.SignalAll();
    // The room may come from what others are deleting: it is there when they are done.
    while (dir.Free() < 0 && dir.leaving > 0) changed_.Wait(&mutex_);
    if (dir.Free() >= 0) return chosen;
    // Somebody still uses one of the files: its memory isn't free yet.
    victims.clear();
    if (PickVictimsLocked({chosen}, 0, &victims) < 0) {
      dir.used -= bytes;
      changed_.SignalAll();
      return NoRoomLocked({chosen}, bytes);
    }
    planned = 0;
    for (const EntryPtr& victim : victims) {
      planned += victim->length;
      DetachLocked(victim);
    }
    dir.leaving += planned;
  }
}

bool Core::EvictFrom(int dir, int64_t bytes) {
  std::vector<EntryPtr> victims;
  {
    MutexLock lock(&mutex_);
    std::vector<int64_t> missing(dirs_.size(), 0);
    missing[dir] = std::max<int64_t>(bytes, 1);
    if (PickColdestLocked(std::move(missing), &victims) < 0) return false;
    for (const EntryPtr& victim : victims) DetachLocked(victim);
  }
  for (const EntryPtr& victim : victims) {
    if (const int64_t got = FinishRemoval(victim, /*keep=*/false); got != 0) Release(dir, got);
  }
  if (options_.on_evicted) options_.on_evicted(static_cast<int64_t>(victims.size()));
  ALLUXIO_LOG(kInfo, kArea, "the file system of ", dirs_[dir].disk->path(), " is full although ", dirs_[dir].capacity,
              " bytes of it are this worker's: evicted ", victims.size(), " blocks for ", bytes, " bytes");
  return true;
}

void Core::DetachLocked(const EntryPtr& entry) {
  entry->removed = true;
  dirs_[entry->dir].padding -= dirs_[entry->dir].PaddingOf(entry->length);
  blocks_.erase(entry->id);
  ForgetLocked(entry->id);
  added_.erase(entry->id);
  removed_.insert(entry->id);
  leaving_.insert(entry->id);
}

int64_t Core::FinishRemoval(const EntryPtr& entry, bool keep) {
  StorageDir* const disk = dirs_[entry->dir].disk.get();
  absl::StatusOr<int64_t> aside = absl::UnavailableError("");
  if (keep && entry->length >= kMinSpareBytes) {
    bool wanted;
    {
      MutexLock lock(&mutex_);
      wanted = dirs_[entry->dir].spare_bytes + entry->length <= dirs_[entry->dir].max_spare_bytes;
    }
    if (wanted) aside = disk->SetAside(entry->id);
  }
  const absl::Status status = aside.ok() ? absl::OkStatus() : disk->RemoveBlock(entry->id);
  if (!status.ok() && !absl::IsNotFound(status)) {
    ALLUXIO_LOG(kWarning, kArea, "the file of removed block ", entry->id, " stays: ", status.ToString());
  }
  std::shared_ptr<BlockFile> file;
  std::shared_ptr<Hold> hold;
  {
    MutexLock lock(&mutex_);
    file = std::move(entry->file);
    hold = std::move(entry->hold);
    leaving_.erase(entry->id);
    changed_.SignalAll();
  }
  file.reset();  // frees the pages, if this was its last user
  const bool unused = hold.use_count() == 1;
  if (aside.ok()) {
    // Descriptors and mappings of clients the kernel knows of.
    absl::StatusOr<UniqueFd> fd = absl::FailedPreconditionError("");
    if (unused) fd = disk->ClaimAside(*aside);
    if (fd.ok()) {
      MutexLock lock(&mutex_);
      Dir& dir = dirs_[entry->dir];
      const int64_t bytes = entry->length + dir.PaddingOf(entry->length);
      dir.spares.push_back({.number = *aside, .fd = *std::move(fd), .bytes = bytes});
      dir.spare_bytes += bytes;
    } else {
      disk->DropAside(*aside);
    }
  }
  return unused ? hold->Detach() : 0;
}

Spare Core::TakeSpare(int dir_index, int64_t bytes) {
  Spare taken;
  if (bytes < kMinSpareBytes) return taken;
  MutexLock lock(&mutex_);
  Dir& dir = dirs_[dir_index];
  // The smallest that is large enough (most blocks have one size), else the largest.
  const auto best = std::min_element(dir.spares.begin(), dir.spares.end(), [&](const Spare& a, const Spare& b) {
    if ((a.bytes >= bytes) != (b.bytes >= bytes)) return a.bytes >= bytes;
    return a.bytes >= bytes ? a.bytes < b.bytes : a.bytes > b.bytes;
  });
  if (best == dir.spares.end()) return taken;
  taken = std::move(*best);
  dir.spares.erase(best);
  dir.spare_bytes -= taken.bytes;
  return taken;
}

void Core::TrimSpares(int dir_index) {
  std::vector<Spare> dropped;
  Dir& dir = dirs_[dir_index];
  {
    MutexLock lock(&mutex_);
    while (!dir.spares.empty() && dir.spare_bytes > dir.Free()) {
      dropped.push_back(std::move(dir.spares.front()));
      dir.spares.pop_front();
      dir.spare_bytes -= dropped.back().bytes;
    }
  }
  for (const Spare& spare : dropped) dir.disk->DropAside(spare.number);
}

void Core::CheckStorage() {
  for (int index = 0; index < static_cast<int>(dirs_.size()); ++index) {
    Dir& dir = dirs_[index];
    bool lost;
    {
      MutexLock lock(&mutex_);
      lost = dir.lost;
    }
    if (!lost) {
      if (dir.disk->IsThere()) continue;
      ALLUXIO_LOG(kError, kArea, "storage directory ", dir.disk->path(), " is not there any more: its blocks are lost, ",
                  "and it is left out until the worker is started again");
    }
    // Also those that somebody had at work in it a moment ago.
    std::vector<EntryPtr> gone;
    std::deque<Spare> spares;  // closed without the lock
    std::vector<std::shared_ptr<BlockFile>> files;
    std::vector<std::shared_ptr<Hold>> holds;
    {
      MutexLock lock(&mutex_);
      if (!dir.lost) {
        dir.lost = true;
        dir.capacity = dir.slack = 0;
        dir.max_spare_bytes = dir.spare_bytes = 0;
        spares.swap(dir.spares);
        newly_lost_.emplace_back(dir.place.tier_alias, dir.disk->path());
      }
      for (const auto& [id, entry] : blocks_) {
        if (entry->dir == index && !entry->busy && !entry->switching) gone.push_back(entry);
      }
      for (const EntryPtr& entry : gone) {
        DetachLocked(entry);
        leaving_.erase(entry->id);  // there is no file to wait for
        files.push_back(std::move(entry->file));
        if (entry->hold.use_count() == 1) dir.used -= entry->hold->Detach();
        holds.push_back(std::move(entry->hold));
      }
      changed_.SignalAll();
    }
    if (options_.on_lost && !gone.empty()) options_.on_lost(static_cast<int64_t>(gone.size()));
  }
}

std::vector<std::pair<std::string, std::string>> Core::LostStorage() const {
  std::vector<std::pair<std::string, std::string>> lost;
  MutexLock lock(&mutex_);
  for (const Dir& dir : dirs_) {
    if (dir.lost) lost.emplace_back(dir.place.tier_alias, dir.disk->path());
  }
  return lost;
}

bool Core::DropSpares(int dir_index) {
  Dir& dir = dirs_[dir_index];
  std::deque<Spare> dropped;
  {
    MutexLock lock(&mutex_);
    dropped.swap(dir.spares);
    dir.spare_bytes = 0;
  }
  for (const Spare& spare : dropped) dir.disk->DropAside(spare.number);
  return !dropped.empty();
}

}  // namespace alluxio::worker::internal
