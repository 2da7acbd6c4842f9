#ifndef ALLUXIO_WORKER_BLOCK_LOCAL_BLOCK_STORE_H_
#define ALLUXIO_WORKER_BLOCK_LOCAL_BLOCK_STORE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "alluxio/base/clock.h"
#include "alluxio/worker/block/block_store.h"
#include "alluxio/worker/tier/storage_io.h"
#include "alluxio/worker/tier/tier_options.h"

namespace alluxio::worker {

// The block store on local directories: `alluxio.worker.block.store.type=FILE`.
//
// Room is counted per directory: reserved before a file is made, given back
// when its last user is gone. Committed blocks of clients become sealed in the
// background: as soon as no descriptor can write the file any more, or, after
// `seal_patience`, by a copy of the worker's own.
class LocalBlockStore : public BlockStore {
 public:
  struct Options {
    StoreLayout layout;
    StorageIo* io = StorageIo::System();
    Clock* clock = Clock::System();
    // Block files are the worker's own (0400) until the master says that everybody
    // may read them (0444). False: 0444 at once, as in the original.
    bool guard_files = false;
    // No thread: a test calls SealRound.
    bool stepped = false;
    absl::Duration seal_patience = absl::Seconds(1);
    // How long pin_on_create holds without the master's list naming the file.
    absl::Duration pin_on_create_grace = absl::Minutes(10);
    // Committed blocks kept open, and mapped once read, between their readers.
    int64_t max_cached_files = 1024;
    // Memory of removed blocks that is kept for the next ones that the worker
    // fills, in each directory on a memory file system; a quarter of it at most.
    // The first touch of a page costs several times a write to it.
    int64_t max_spare_bytes = int64_t{1} << 30;
    // Told how many blocks had to go for others; must not block.
    std::function<void(int64_t)> on_evicted;
    // The same for blocks that are gone without anybody's wish: their directory
    // vanished, or their file was taken away or is not what was committed.
    std::function<void(int64_t)> on_lost;
    // Told of each block that has moved up to the first tier; must not block.
    std::function<void()> on_promoted;
  };

  // Opens the directories and finds the blocks of the last run again; logs
  // counts.
  //   FAILED_PRECONDITION  a directory can't be used, with path, user and mode, or
  //                        lies on a memory file system smaller than the capacity
  //                        that was asked for, with both
  //   INVALID_ARGUMENT     unknown class of eviction order or allocator
  static absl::StatusOr<std::unique_ptr<LocalBlockStore>> Start(Options options);

  // Tries to seal what isn't; returns how many blocks are left.
  virtual int64_t SealRound() = 0;

  struct Recovered {
    int64_t blocks = 0;
    int64_t bytes = 0;
    int64_t files_removed = 0;
  };
  virtual Recovered recovered() const = 0;
};

}  // namespace alluxio::worker

#endif  // ALLUXIO_WORKER_BLOCK_LOCAL_BLOCK_STORE_H_
