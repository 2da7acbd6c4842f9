#include "alluxio/client/file/status_cache.h"

#include <iterator>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace alluxio::client {

std::optional<UriStatus> StatusCache::Get(absl::string_view path) {
  const absl::Time now = clock_->Now();
  MutexLock lock(&mutex_);
  const auto found = entries_.find(std::string(path));
  if (found == entries_.end()) return std::nullopt;
  if (now >= found->second.until) {
    EraseLocked(found);
    return std::nullopt;
  }
  used_.splice(used_.begin(), used_, found->second.place);
  return found->second.status;
}

void StatusCache::Put(const UriStatus& status) {
  if (status.folder || !status.completed || max_entries_ == 0) return;
  const absl::Time until = clock_->Now() + lifetime_;
  MutexLock lock(&mutex_);
  const auto [entry, added] = entries_.try_emplace(status.path);
  if (added) {
    entry->second.place = used_.insert(used_.begin(), entry);
  } else {
    used_.splice(used_.begin(), used_, entry->second.place);
  }
  entry->second.status = status;
  entry->second.until = until;
  if (entries_.size() > max_entries_) EraseLocked(used_.back());
}

void StatusCache::Forget(absl::string_view path) {
  MutexLock lock(&mutex_);
  if (const auto itself = entries_.find(std::string(path)); itself != entries_.end()) EraseLocked(itself);
  const std::string below = path == "/" ? "/" : absl::StrCat(path, "/");
  for (auto it = entries_.lower_bound(below); it != entries_.end() && absl::StartsWith(it->first, below);) {
    const auto next = std::next(it);
    EraseLocked(it);
    it = next;
  }
}

void StatusCache::EraseLocked(Map::iterator entry) {
  used_.erase(entry->second.place);
  entries_.erase(entry);
}

}  // namespace alluxio::client
