#ifndef ALLUXIO_WORKER_UFSREAD_BLOCK_FETCHER_H_
#define ALLUXIO_WORKER_UFSREAD_BLOCK_FETCHER_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "alluxio/base/executor.h"
#include "alluxio/base/random.h"
#include "alluxio/worker/block/block_store.h"
#include "alluxio/worker/ufsread/ufs_manager.h"

namespace alluxio::worker {

// A block that lies in the under store: what OpenUfsBlockOptions says of it.
struct ColdBlock {
  int64_t block_id = 0;
  int64_t length_bytes = 0;
  int64_t mount_id = 0;
  // Absolute URI of the file, and where in it the block begins. "" with
  // `in_ufs_tier`: the block was put into the under store by itself.
  std::string ufs_uri;
  int64_t offset_in_file = 0;
  bool in_ufs_tier = false;
  // The block stays in the worker afterwards (`no_cache` is false).
  bool cache = true;
};

// Bytes of a block, valid as long as `owner` lives (also beyond the reader, the
// fetcher and the store): memory of the block file, or a buffer of their own.
struct ColdBytes {
  absl::string_view bytes;
  std::shared_ptr<const void> owner;
};

// One reader of a cold block. Destroying it cancels a read under way: its
// callback will not run, or has returned, once the destructor returns (so don't
// destroy it within the callback).
//
// One read at a time; any thread.
class ColdReader {
 public:
  virtual ~ColdReader() = default;

  // Bytes from `offset` (in the block) on as soon as there are any: at least
  // one, at most `max_bytes`, and none at the end of the range that was
  // asked for. The end of a block that gets cached is answered once the block
  // is committed and the master knows, so that who sends OK then is right.
  //
  // `done` runs at once, or on a thread of the fetcher's executor; it must not block.
  //   NOT_FOUND    the under store has no such file
  //   UNAVAILABLE  it failed, or its file is shorter than the block
  using Done = absl::AnyInvocable<void(absl::StatusOr<ColdBytes>)>;
  virtual void Read(int64_t offset, size_t max_bytes, Done done) = 0;

  // The same, waiting. DEADLINE_EXCEEDED: nothing came in time; another read may follow.
  absl::StatusOr<ColdBytes> ReadBlocking(int64_t offset, size_t max_bytes, absl::Time deadline);
};

// Reads blocks of the under store for any number of readers and caches them on
// the way.
//
// A read of a whole block becomes a *fetch*: a temp block that several threads
// fill by ranges, the one that somebody waits for first. All readers of the
// block share it. It goes on when its readers leave, as long as few do so;
// complete it is committed and reported. What must not or can't be cached (no
// room, a part of a block, `cache` false) is read straight from the under store
// into buffers, some ranges ahead. If the store fails during a fetch, its readers
// go on that way.
//
// Thread-safe. Outlived by nothing that it made; the destructor waits for the
// work under way.
class BlockFetcher {
 public:
  struct Options {
    BlockStore* store = nullptr;
    UfsManager* ufs = nullptr;
    // Runs the reads; at least one thread.
    Executor* executor = nullptr;
    Random* random = Random::System();
    // Tells the master, then `store->Confirm`. May block. A failure is logged:
    // the readers have their bytes all the same.
    std::function<absl::Status(const BlockPin&)> report;
    // What one task reads, and how many are under way for one block.
    int64_t range_bytes = int64_t{1} << 20;
    int parallel_ranges = 4;
    // Blocks being fetched at once; more are read without caching.
    int max_fetches = 64;
    // Fetches that go on without a reader; more are dropped.
    int max_abandoned = 8;
  };
  static std::unique_ptr<BlockFetcher> Create(Options options);
  virtual ~BlockFetcher() = default;

  // Reads `[offset, offset + length)` of the block. Never blocks: what the
  // under store says comes with the first read.
  //   INVALID_ARGUMENT  a range outside of the block, or no place is given
  virtual absl::StatusOr<std::unique_ptr<ColdReader>> Open(const ColdBlock& block, int64_t offset, int64_t length) = 0;

  // Caches the block; `done` as in `ColdReader::Read`. OK as well if it is there
  // already. RESOURCE_EXHAUSTED if there is no room, or too many fetches are under way.
  virtual void Cache(const ColdBlock& block, absl::AnyInvocable<void(absl::Status)> done) = 0;

  struct Stats {
    int fetches = 0;    // under way
    int abandoned = 0;  // of them without a reader
    int64_t blocks_cached = 0;
    int64_t ufs_bytes_read = 0;
  };
  virtual Stats stats() const = 0;
};

}  // namespace alluxio::worker

#endif  // ALLUXIO_WORKER_UFSREAD_BLOCK_FETCHER_H_
