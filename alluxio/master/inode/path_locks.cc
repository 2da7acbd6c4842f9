#include "alluxio/master/inode/path_locks.h"

#include <algorithm>
#include <utility>

#include "alluxio/uri/path.h"

namespace alluxio::master {
namespace {

// `node` claims a node; `other` something else.
bool NodeOverlaps(const PathLock& node, const PathLock& other) {
  if (node.path == other.path) return true;
  if (other.extent == PathLock::kNode) return false;
  if (uri::HasPathPrefix(node.path, other.path)) return true;
  return uri::ParentPath(other.path) == node.path;
}

bool AnyOverlap(const std::vector<PathLock>& a, const std::vector<PathLock>& b) {
  return std::any_of(a.begin(), a.end(), [&](const PathLock& x) {
    return std::any_of(b.begin(), b.end(), [&](const PathLock& y) { return Overlap(x, y); });
  });
}

}  // namespace

bool Overlap(const PathLock& a, const PathLock& b) {
  if (a.extent == PathLock::kNode) return NodeOverlaps(a, b);
  if (b.extent == PathLock::kNode) return NodeOverlaps(b, a);
  return uri::HasPathPrefix(a.path, b.path) || uri::HasPathPrefix(b.path, a.path);
}

void PathLocks::Holder::Release() {
  PathLocks* const locks = std::exchange(locks_, nullptr);
  if (locks == nullptr) return;
  MutexLock lock(&locks->mutex_);
  locks->queue_.erase(entry_);
  locks->size_.fetch_sub(1, std::memory_order_relaxed);
  locks->released_.SignalAll();
}

bool PathLocks::BlockedLocked(Queue::const_iterator entry) const {
  for (auto earlier = queue_.begin(); earlier != entry; ++earlier) {
    if (AnyOverlap(*earlier, *entry)) return true;
  }
  return false;
}

PathLocks::Holder PathLocks::Acquire(std::vector<PathLock> claims) {
  MutexLock lock(&mutex_);
  const auto entry = queue_.insert(queue_.end(), std::move(claims));
  size_.fetch_add(1, std::memory_order_relaxed);
  while (BlockedLocked(entry)) released_.Wait(&mutex_);
  Holder holder;
  holder.locks_ = this;
  holder.entry_ = entry;
  return holder;
}

PathLocks::Holder PathLocks::TryAcquire(std::vector<PathLock> claims) {
  MutexLock lock(&mutex_);
  Holder holder;
  const auto entry = queue_.insert(queue_.end(), std::move(claims));
  if (BlockedLocked(entry)) {
    queue_.erase(entry);
    return holder;
  }
  size_.fetch_add(1, std::memory_order_relaxed);
  holder.locks_ = this;
  holder.entry_ = entry;
  return holder;
}

bool PathLocks::IsFree(const std::vector<PathLock>& claims) const {
  if (size_.load(std::memory_order_relaxed) == 0) return true;
  MutexLock lock(&mutex_);
  return std::none_of(queue_.begin(), queue_.end(), [&](const auto& held) { return AnyOverlap(held, claims); });
}

}  // namespace alluxio::master
