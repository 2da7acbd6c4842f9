#ifndef ALLUXIO_WORKER_BLOCK_BLOCK_CORE_H_
#define ALLUXIO_WORKER_BLOCK_BLOCK_CORE_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <utility>
#include <variant>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "alluxio/base/log.h"
#include "alluxio/base/mutex.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/worker/block/block_file.h"
#include "alluxio/worker/block/block_store.h"
#include "alluxio/worker/block/local_block_store.h"
#include "alluxio/worker/tier/eviction_order.h"
#include "alluxio/worker/tier/tier_options.h"

namespace alluxio::worker::internal {

inline constexpr char kArea[] = "worker/block";

// What the store and all that it handed out share.
class Core final : public RoomKeeper, public std::enable_shared_from_this<Core> {
 public:
  explicit Core(LocalBlockStore::Options options) : options_(std::move(options)) {
    if (options_.layout.order == EvictionOrderKind::kLrfu) order_.emplace<LrfuOrder>();
  }

  absl::Status OpenDirs(LocalBlockStore::Recovered* recovered);

  absl::StatusOr<std::unique_ptr<TempBlock>> Create(const CreateBlockOptions& options);
  absl::StatusOr<BlockPin> OpenBlock(int64_t block_id);
  absl::StatusOr<std::unique_ptr<TempReader>> OpenTemp(int64_t block_id);
  absl::Status Remove(int64_t block_id) { return RemoveEntry(block_id, nullptr); }
  absl::Status Move(int64_t block_id, int tier, absl::string_view medium);
  int64_t EvictAll();
  void SetPinnedFiles(const std::vector<int64_t>& file_ids);
  void Confirm(int64_t block_id);
  void SetReadableByAll(int64_t block_id, bool readable);
  std::vector<PlacedBlocks> TakeAllForReport();
  BlockDelta TakeDelta();
  void ReturnDelta(const BlockDelta& delta);
  void CheckStorage();
  std::vector<std::pair<std::string, std::string>> LostStorage() const;
  std::vector<TierUsage> Usage() const;
  std::vector<BlockSummary> List(int64_t after, int64_t limit) const;
  bool Contains(int64_t block_id) const {
    MutexLock lock(&mutex_);
    return blocks_.contains(block_id);
  }
  int64_t num_blocks() const {
    MutexLock lock(&mutex_);
    return static_cast<int64_t>(blocks_.size());
  }
  int64_t SealRound();
  void RunSealer();
  void StopSealer();
  // Lets go of all blocks and directories; handles live on.
  void Close();

  // For temp blocks, holds and handles.
  Dir& dir(int index) { return dirs_[index]; }
  StorageIo* io() const { return options_.io; }
  bool guards_files() const { return options_.guard_files; }
  absl::Status Grow(Hold* hold, int64_t bytes) {
    ALLUXIO_RETURN_IF_ERROR(Reserve({hold->dir()}, /*spill=*/false, bytes).status());
    hold->Add(bytes);
    TrimSpares(hold->dir());
    return absl::OkStatus();
  }
  void Release(int dir, int64_t bytes) override {
    MutexLock lock(&mutex_);
    dirs_[dir].used -= bytes;
    changed_.SignalAll();
  }
  // Runs `write`, which needs `bytes` of room in the file system of `dir`, and once
  // more after blocks went for it: what is reserved here others may have taken.
  absl::Status WithRoom(int dir, int64_t bytes, absl::FunctionRef<absl::Status()> write) {
    absl::Status status = write();
    if (absl::IsResourceExhausted(status) && DropSpares(dir)) status = write();
    if (absl::IsResourceExhausted(status) && EvictFrom(dir, bytes)) status = write();
    return status;
  }
  void ForgetTemp(int64_t block_id) {
    MutexLock lock(&mutex_);
    temps_.erase(block_id);
  }
  BlockPin Publish(const CreateBlockOptions& options, std::shared_ptr<Hold> hold, std::shared_ptr<BlockFile> file);
  void Unpin(const EntryPtr& entry) {
    MutexLock lock(&mutex_);
    --entry->pins;
  }

 private:
  // Memory is shared by the directories on one file system: holds what is
  // configured against its size.
  absl::Status FitIntoMemory();
  // Directories of one tier or medium; INVALID_ARGUMENT if there are none.
  absl::StatusOr<std::vector<int>> Candidates(int tier, absl::string_view medium) const;
  // Reserves room in one of `candidates`, with `spill` in any directory if
  // those are full, evicting at last. Returns the directory.
  absl::StatusOr<int> Reserve(const std::vector<int>& candidates, bool spill, int64_t bytes);
  int AllocateLocked(const std::vector<int>& candidates, int64_t bytes) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Coldest evictable blocks of one of `candidates` that make up what is missing
  // there to `bytes` of room; -1 if no directory has enough.
  int PickVictimsLocked(const std::vector<int>& candidates, int64_t bytes, std::vector<EntryPtr>* victims)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // The same with what is missing in each directory given.
  int PickColdestLocked(std::vector<int64_t> missing, std::vector<EntryPtr>* victims)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Whether blocks of `bytes` could go, which are gone then.
  bool EvictFrom(int dir, int64_t bytes);
  absl::Status NoRoomLocked(const std::vector<int>& candidates, int64_t bytes) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool IsIdleLocked(const Entry& entry) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return entry.pins == 0 && !entry.busy && !entry.switching;
  }
  bool IsFilePinnedLocked(int64_t file_id) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return pinned_files_.contains(file_id) || created_pins_.contains(file_id);
  }
  // Into the order of eviction, or out of it, as the pins of its file say.
  void PlaceInOrderLocked(const Entry& entry) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (IsFilePinnedLocked(FileIdOf(entry.id))) {
      ForgetLocked(entry.id);
    } else {
      TouchLocked(entry.id);
    }
  }
  void PlaceFileLocked(int64_t file_id) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    auto it = blocks_.lower_bound(file_id & ~int64_t{0xFFFFFF});
    for (; it != blocks_.end() && it->first <= file_id; ++it) PlaceInOrderLocked(*it->second);
  }
  void TouchLocked(int64_t id) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    std::visit([id](auto& order) { order.Touch(id); }, order_);
  }
  void ForgetLocked(int64_t id) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    std::visit([id](auto& order) { order.Forget(id); }, order_);
  }
  // Out of the index: nobody finds it any more. Its name is still there, and
  // its id in leaving_, until FinishRemoval.
  void DetachLocked(const EntryPtr& entry) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Unlinks, without the lock. Returns the room if nobody uses the file, else 0.
  // `keep`: the file may become a spare one.
  int64_t FinishRemoval(const EntryPtr& entry, bool keep = true);
  // A kept file of about so many bytes, out of the directory's; none: 0 bytes.
  Spare TakeSpare(int dir, int64_t bytes);
  // Deletes kept files for which there is no room beside what is reserved: after
  // every reservation, before it is used.
  void TrimSpares(int dir);
  // Deletes all of them; whether there were any.
  bool DropSpares(int dir);
  // Keeps the entry's open file among the cached ones; the oldest go.
  void CacheLocked(const EntryPtr& entry, std::vector<std::shared_ptr<BlockFile>>* dropped)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // The block's file, opened if it isn't.
  absl::StatusOr<std::shared_ptr<BlockFile>> FileOf(const EntryPtr& entry);
  // Removes the block, if it is still `only`, or whichever it is.
  absl::Status RemoveEntry(int64_t block_id, const Entry* only);
  // Removes a block of whose file something bad turned out. Not if somebody else
  // has removed it meanwhile: then there is nothing bad about it, and a block that
  // has the id now is another.
  void Drop(const EntryPtr& entry, absl::string_view why) {
    if (!RemoveEntry(entry->id, entry.get()).ok()) return;
    if (options_.on_lost) options_.on_lost(1);
    ALLUXIO_LOG(kError, kArea, "block ", entry->id, " ", why);
  }
  // True: sealed, or gone.
  bool Seal(const EntryPtr& entry);
  // Copies the block into a temp file of the worker's own in `to`, where room
  // for it is reserved: the file takes that over.
  absl::StatusOr<std::shared_ptr<BlockFile>> CopyToTemp(const EntryPtr& entry, int to);
  absl::Status SealByCopy(const EntryPtr& entry);
  void Compact();
  std::vector<PlacedBlocks> Group(const std::vector<std::pair<int, int64_t>>& dir_and_id) const;

  const LocalBlockStore::Options options_;
  std::vector<Dir> dirs_;  // by tier, fixed once open
  int num_tiers_ = 0;

  // Taken last, after no other lock; never held over I/O.
  mutable Mutex mutex_;
  CondVar changed_ ABSL_GUARDED_BY(mutex_);  // leaving_, room, busy, switching, sealer's work
  absl::btree_map<int64_t, EntryPtr> blocks_ ABSL_GUARDED_BY(mutex_);
  // Temp blocks; where the file of one is that a client writes.
  struct TempPlace {
    int dir = -1;
    int64_t session_id = 0;
  };
  absl::flat_hash_map<int64_t, TempPlace> temps_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_set<int64_t> leaving_ ABSL_GUARDED_BY(mutex_);
  // All blocks but those of pinned files and, before the first list of pins,
  // those that were found at the start.
  std::variant<LruOrder, LrfuOrder> order_ ABSL_GUARDED_BY(mutex_);
  std::vector<int64_t> found_ ABSL_GUARDED_BY(mutex_);  // oldest first, until that list
  absl::flat_hash_set<int64_t> pinned_files_ ABSL_GUARDED_BY(mutex_);
  std::vector<int64_t> pinned_list_ ABSL_GUARDED_BY(mutex_);  // the same, sorted
  struct CreatedPin {
    absl::Time until;
    bool seen = false;  // the master's list has named it
  };
  absl::flat_hash_map<int64_t, CreatedPin> created_pins_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_set<int64_t> added_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_set<int64_t> removed_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::pair<std::string, std::string>> newly_lost_ ABSL_GUARDED_BY(mutex_);
  std::vector<EntryPtr> unsealed_ ABSL_GUARDED_BY(mutex_);
  std::deque<EntryPtr> cached_ ABSL_GUARDED_BY(mutex_);  // entries whose file is open, oldest first
  int64_t commits_ ABSL_GUARDED_BY(mutex_) = 0;
  int round_robin_ ABSL_GUARDED_BY(mutex_) = 0;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace alluxio::worker::internal

#endif  // ALLUXIO_WORKER_BLOCK_BLOCK_CORE_H_
