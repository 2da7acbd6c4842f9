#ifndef ALLUXIO_WORKER_BLOCK_BLOCK_STORE_H_
#define ALLUXIO_WORKER_BLOCK_BLOCK_STORE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace alluxio::worker {

// The file that a block belongs to: what the master's pin list names.
inline constexpr int64_t FileIdOf(int64_t block_id) { return block_id | 0xFFFFFF; }

// Where a block lies, in the words that the master knows.
struct BlockPlace {
  std::string tier_alias;
  std::string medium_type;

  friend bool operator==(const BlockPlace&, const BlockPlace&) = default;
};

// A committed block that somebody uses. As long as a pin on it lives the block
// is neither evicted nor moved, and when it is removed its bytes stay readable
// through the pin (the name is gone at once, the memory with the last pin).
//
// Thread-safe. May outlive the store. Releasing the last pin may free memory;
// it takes no lock meanwhile.
class BlockHandle {
 public:
  virtual ~BlockHandle() = default;

  virtual int64_t block_id() const = 0;
  virtual int64_t length_bytes() const = 0;
  virtual const BlockPlace& place() const = 0;
  // Absolute path of the block file, for clients on this machine.
  virtual const std::string& path() const = 0;

  // Whether its file may be opened by whoever finds it, as of Open
  // (BlockStore::SetReadableByAll).
  virtual bool readable_by_all() const { return true; }

  // All bytes of the block, mapped once for all its readers and valid as long
  // as a pin lives. FAILED_PRECONDITION while the block isn't sealed (somebody
  // may still write it): use ReadAt.
  virtual absl::StatusOr<absl::string_view> Map() const = 0;

  // Fills `buffer` from `offset`; fewer bytes only at the end of the block.
  virtual absl::StatusOr<size_t> ReadAt(int64_t offset, absl::Span<char> buffer) const = 0;
};
using BlockPin = std::shared_ptr<const BlockHandle>;

// A block being written: no reader of the store sees it before Commit.
// Destroyed without Commit it is aborted: file and reservation go.
//
// Thread-safe but for Commit, which nothing may run beside. Must not outlive
// the store. Errors: RESOURCE_EXHAUSTED no room (with numbers), UNKNOWN I/O.
class TempBlock {
 public:
  virtual ~TempBlock() = default;

  virtual int64_t block_id() const = 0;
  // Absolute path of the temp file (it exists), for a writer on this machine.
  virtual const std::string& path() const = 0;
  virtual const BlockPlace& place() const = 0;

  // Makes room for `bytes` more than are reserved; may evict other blocks.
  virtual absl::Status Reserve(int64_t bytes) = 0;

  // The worker writes: behind what was appended, or at a place of its choice
  // (ranges of one block in parallel). Reserves what is missing.
  virtual absl::Status Append(absl::string_view bytes) = 0;
  virtual absl::Status WriteAt(int64_t offset, absl::string_view bytes) = 0;
  // Bytes appended, or the end of the furthest WriteAt.
  virtual int64_t bytes_written() const = 0;
  // What was written so far.
  virtual absl::StatusOr<size_t> ReadAt(int64_t offset, absl::Span<char> buffer) const = 0;
  // With `fixed_length_bytes` only: all of the block while it is being filled,
  // for handing out what has been written. The memory outlives this object and
  // Commit for as long as `*owner` lives.
  virtual absl::StatusOr<absl::string_view> Map(std::shared_ptr<const void>* owner) = 0;

  // Makes the block readable: one rename, one index record. Its length is
  // what was written, or the size of the file where a client writes it, or the
  // fixed length. On an error the block is gone. Afterwards the object is dead.
  //
  // The master has to be told, then the store (BlockStore::Confirm).
  virtual absl::StatusOr<BlockPin> Commit() = 0;
};

// What a client has written of its temp block so far. Thread-safe; outlives the
// temp block, of which it then shows what there was.
class TempReader {
 public:
  virtual ~TempReader() = default;
  virtual absl::StatusOr<int64_t> LengthBytes() const = 0;
  virtual absl::StatusOr<size_t> ReadAt(int64_t offset, absl::Span<char> buffer) const = 0;
};

struct CreateBlockOptions {
  // Random and secret: part of the temp file's name.
  int64_t session_id = 0;
  int64_t block_id = 0;
  // 0 is the top tier; kAnyTier lets the store choose, top first.
  int tier = -1;
  // A medium instead of a tier: "MEM", "SSD", "HDD"; "" for any.
  std::string medium_type;
  // Room reserved from the start.
  int64_t reserve_bytes = 0;
  // Not evicted until the master's pin list says otherwise (ASYNC_THROUGH).
  bool pin_on_create = false;
  // True: a client opens the file by its path and writes it; the block is
  // sealed once nobody can write it any more. False: the worker writes it
  // through this object and it is sealed by Commit.
  bool client_writes = false;
  // Not negative: the block will have just this length. The file is as long
  // from the start, all of it reserved. Not with `client_writes`.
  int64_t fixed_length_bytes = -1;
};
inline constexpr int kAnyTier = -1;

struct TierUsage {
  std::string alias;
  int64_t capacity_bytes = 0;
  int64_t used_bytes = 0;  // committed and reserved
  struct Dir {
    std::string path;
    std::string medium_type;
    int64_t capacity_bytes = 0;
    int64_t used_bytes = 0;
  };
  std::vector<Dir> dirs;
};

// Blocks in one place.
struct PlacedBlocks {
  BlockPlace place;
  std::vector<int64_t> block_ids;
};

// What changed since the last report to the master.
struct BlockDelta {
  std::vector<PlacedBlocks> added;
  std::vector<int64_t> removed;
  // Directories that failed, with what was in them: tier alias and path.
  std::vector<std::pair<std::string, std::string>> lost_storage;
};

struct BlockSummary {
  int64_t block_id = 0;
  int64_t length_bytes = 0;
  BlockPlace place;
  bool pinned = false;
};

// The blocks of one worker: temp and committed ones, the room they take, and
// which of them have to go when there is too little.
//
// Thread-safe. No lock is held over I/O, so a call waits for the disk only as
// far as its own work does.
class BlockStore {
 public:
  virtual ~BlockStore() = default;

  // Makes room (evicting if need be) and creates the temp file.
  //   INVALID_ARGUMENT    no such tier or medium, bad id or size
  //   ALREADY_EXISTS      the block is committed, or being written: texts of
  //                       the original ("Temp blockId n is not available, ...")
  //   RESOURCE_EXHAUSTED  nothing can go; names what was asked for, available,
  //                       evictable and the capacity
  virtual absl::StatusOr<std::unique_ptr<TempBlock>> Create(const CreateBlockOptions& options) = 0;

  // Pins a committed block, and counts as a use of it.
  //   NOT_FOUND  "BlockMeta not found for blockId n"
  virtual absl::StatusOr<BlockPin> Open(int64_t block_id) = 0;
  virtual bool Contains(int64_t block_id) const = 0;

  // A temp block that a client writes by its path (`client_writes`), for going on
  // with it elsewhere. NOT_FOUND "TempBlockMeta not found for blockId n".
  virtual absl::StatusOr<std::unique_ptr<TempReader>> OpenTemp(int64_t block_id) {
    return NoTempBlock(block_id);
  }

  // Removes a committed block, pinned by the master or not. NOT_FOUND.
  virtual absl::Status Remove(int64_t block_id) = 0;

  // Copies a block to another tier or medium and drops the old copy; OK if it
  // is there already. NOT_FOUND, INVALID_ARGUMENT no such tier or medium,
  // RESOURCE_EXHAUSTED, FAILED_PRECONDITION somebody uses the block.
  virtual absl::Status Move(int64_t block_id, int tier, absl::string_view medium_type) = 0;

  // Drops whatever may be evicted; returns the number of blocks.
  virtual int64_t EvictAll() = 0;

  // The master's list of files whose blocks must stay. Until the first one
  // comes no block that was found at the start is evicted.
  virtual void SetPinnedFiles(const std::vector<int64_t>& file_ids) = 0;

  // The master knows of this committed block (CommitBlock was answered): from
  // now on reports name it. Before that they don't, or the master would order
  // its removal as unknown.
  virtual void Confirm(int64_t block_id) = 0;

  // Whether every user may read the file that this block belongs to, as the
  // master says; the mode of the block's file follows. A store that guards its
  // files keeps a new block to itself until told. No such block: nothing.
  virtual void SetReadableByAll(int64_t, bool) {}

  // All confirmed blocks, for a registration; forgets the delta so far.
  virtual std::vector<PlacedBlocks> TakeAllForReport() = 0;
  // What changed since the last Take. ReturnDelta: the report failed, merge it
  // into the next one.
  virtual BlockDelta TakeDelta() = 0;
  virtual void ReturnDelta(BlockDelta delta) = 0;

  // Looks after the directories: one that isn't there any more is lost, with its
  // blocks, and takes part in nothing; the delta says so, once. LostStorage: all
  // of them, for a registration.
  virtual void CheckStorage() {}
  virtual std::vector<std::pair<std::string, std::string>> LostStorage() const { return {}; }

  // Tiers, top first.
  virtual std::vector<TierUsage> Usage() const = 0;
  virtual int64_t num_blocks() const = 0;
  // For status pages: sorted by id, at most `limit` from the first above `after`.
  virtual std::vector<BlockSummary> List(int64_t after, int64_t limit) const = 0;

 protected:
  static absl::Status NoTempBlock(int64_t block_id) {
    return absl::NotFoundError(absl::StrCat("TempBlockMeta not found for blockId ", block_id));
  }
};

}  // namespace alluxio::worker

#endif  // ALLUXIO_WORKER_BLOCK_BLOCK_STORE_H_
