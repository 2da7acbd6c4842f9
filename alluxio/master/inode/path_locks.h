#ifndef ALLUXIO_MASTER_INODE_PATH_LOCKS_H_
#define ALLUXIO_MASTER_INODE_PATH_LOCKS_H_

#include <atomic>
#include <list>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "alluxio/base/mutex.h"

namespace alluxio::master {

// One path and how much of the tree around it an operation claims.
struct PathLock {
  enum Extent {
    // The path itself and what its direct children are (not what lies below
    // them): listing a directory, changing its attributes.
    kNode,
    // The path and everything below: create, delete, rename.
    kSubtree,
  };
  std::string path;  // clean
  Extent extent = kSubtree;
};

// Whether two claims overlap.
bool Overlap(const PathLock& a, const PathLock& b);

// Orders operations that talk to under stores. Such an operation holds its
// claims from before it reads the namespace until its change is committed, over
// the calls to the store: the latch never is. A change of memory alone needs no
// claim of its own; it checks, with the latch held, that nobody else's overlaps
// (`IsFree`), or waits for one in an executor's thread.
//
// All claims of one operation are taken at once, so holders never wait for one
// another. Waiting is fair in the order of arrival. Thread-safe.
class PathLocks {
 public:
  class Holder {
   public:
    Holder() = default;
    Holder(Holder&& other) noexcept { *this = std::move(other); }
    Holder& operator=(Holder&& other) noexcept {
      if (this != &other) {
        Release();
        locks_ = std::exchange(other.locks_, nullptr);
        entry_ = other.entry_;
      }
      return *this;
    }
    ~Holder() { Release(); }
    void Release();
    bool held() const { return locks_ != nullptr; }

   private:
    friend class PathLocks;
    PathLocks* locks_ = nullptr;
    std::list<std::vector<PathLock>>::iterator entry_;
  };

  // Waits until no other holder's claim overlaps one of `claims`. Blocks: only
  // in executors' threads, never with the latch or another Holder held.
  Holder Acquire(std::vector<PathLock> claims);

  // The same without waiting; not held if somebody has or awaits an overlap.
  Holder TryAcquire(std::vector<PathLock> claims);

  // Whether nobody holds (or waits for) something that overlaps `claims`.
  bool IsFree(const std::vector<PathLock>& claims) const;

 private:
  using Queue = std::list<std::vector<PathLock>>;
  bool BlockedLocked(Queue::const_iterator entry) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  mutable Mutex mutex_;
  CondVar released_;
  // Holders and, behind them, those who wait: an entry holds its claims as soon
  // as no earlier entry overlaps.
  Queue queue_ ABSL_GUARDED_BY(mutex_);
  // Size of the queue: lets memory-only operations pass without the mutex. Those
  // hold the latch exclusively; who appended before that latch was taken
  // happened before, who appends later reads the namespace after them.
  std::atomic<size_t> size_{0};
};

}  // namespace alluxio::master

#endif  // ALLUXIO_MASTER_INODE_PATH_LOCKS_H_
