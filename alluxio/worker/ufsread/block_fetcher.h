#ifndef ALLUXIO_WORKER_UFSREAD_BLOCK_FETCHER_H_
#define ALLUXIO_WORKER_UFSREAD_BLOCK_FETCHER_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "alluxio/base/executor.h"
#include "alluxio/base/random.h"
#include "alluxio/worker/block/block_store.h"
#include "alluxio/worker/ufsread/cold_block.h"
#include "alluxio/worker/ufsread/ufs_manager.h"

namespace alluxio::worker {

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
    // Runs commits, which may wait for a master long; reads shouldn't wait behind
    // them. Null: `executor`.
    Executor* commit_executor = nullptr;
    Random* random = Random::System();
    // Tells the master, then `store->Confirm`. May block. If it fails the block
    // is taken back; the readers have their bytes all the same.
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
  //   INVALID_ARGUMENT  a range outside of the block, a block that can't be (its
  //                     id, length or offset come from a client), or no place is given
  virtual absl::StatusOr<std::unique_ptr<ColdReader>> Open(const ColdBlock& block, int64_t offset, int64_t length) = 0;

  // Caches the block; `done` as in `ColdReader::Read`. OK as well if it is there
  // already. RESOURCE_EXHAUSTED if there is no room, or too many fetches are under
  // way; INVALID_ARGUMENT as for Open.
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
