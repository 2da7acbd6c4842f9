#include "alluxio/master/metastore/heap_kv_store.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace alluxio::master {

absl::StatusOr<std::optional<std::string>> HeapKvStore::Get(Family family, absl::string_view key) const {
  ReaderMutexLock lock(&mutex_);
  const auto& map = families_[static_cast<size_t>(family)];
  const auto it = map.find(key);
  if (it == map.end()) return std::optional<std::string>();
  return std::optional<std::string>(it->second);
}

absl::Status HeapKvStore::Scan(Family family, absl::string_view begin, absl::string_view end,
                               absl::FunctionRef<bool(absl::string_view, absl::string_view)> visit) const {
  // Small first, as most scans look at one or a few keys.
  size_t limit = 8;
  std::vector<std::pair<std::string, std::string>> some;
  std::string from(begin);
  while (true) {
    some.clear();
    {
      ReaderMutexLock lock(&mutex_);
      const auto& map = families_[static_cast<size_t>(family)];
      for (auto it = map.lower_bound(from); it != map.end() && some.size() < limit; ++it) {
        if (!end.empty() && it->first >= end) break;
        some.emplace_back(it->first, it->second);
      }
    }
    for (const auto& [key, value] : some) {
      if (!visit(key, value)) return absl::OkStatus();
    }
    if (some.size() < limit) return absl::OkStatus();
    from = std::move(some.back().first);
    from.push_back('\0');
    limit = std::min<size_t>(limit * 4, 512);
  }
}

absl::StatusOr<std::vector<bool>> HeapKvStore::Contains(Family family, absl::Span<const std::string> keys) const {
  std::vector<bool> there(keys.size());
  ReaderMutexLock lock(&mutex_);
  const auto& map = families_[static_cast<size_t>(family)];
  for (size_t i = 0; i < keys.size(); ++i) there[i] = map.contains(keys[i]);
  return there;
}

std::unique_ptr<KvReader> HeapKvStore::PersistedSnapshot() const {
  auto copy = std::make_unique<HeapKvStore>();
  ReaderMutexLock lock(&mutex_);
  MutexLock its_lock(&copy->mutex_);
  copy->families_ = families_;
  return copy;
}

void HeapKvStore::Write(KvBatch batch, uint64_t sequence) {
  MutexLock lock(&mutex_);
  for (KvBatch::Change& change : batch.changes) {
    auto& map = families_[static_cast<size_t>(change.family)];
    if (change.value.has_value()) {
      map.insert_or_assign(std::move(change.key), *std::move(change.value));
    } else {
      map.erase(change.key);
    }
  }
}

}  // namespace alluxio::master
