#include "alluxio/worker/block/local_block_store.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <deque>
#include <iterator>
#include <thread>
#include <utility>
#include <variant>

#include "absl/container/btree_map.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "alluxio/base/check.h"
#include "alluxio/base/errno_status.h"
#include "alluxio/base/log.h"
#include "alluxio/base/mutex.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/worker/tier/eviction_order.h"
#include "alluxio/worker/tier/storage_dir.h"

namespace alluxio::worker {
namespace {

constexpr char kArea[] = "worker/block";
constexpr absl::Duration kSealPause = absl::Milliseconds(20);
// A copy that found no room is tried again after this.
constexpr absl::Duration kCopyPause = absl::Seconds(10);
constexpr size_t kCopyBufferBytes = 1 << 20;
// The worker's own temp files: no client's session has this number.
constexpr int64_t kOwnSession = 0;

class Core;

// The room that one file takes in one directory; given back with the last
// user of the file, which may come long after its name went.
class Hold {
 public:
  Hold(std::shared_ptr<Core> core, int dir, int64_t bytes) : core_(std::move(core)), dir_(dir), bytes_(bytes) {}
  ~Hold();
  int dir() const { return dir_; }
  int64_t bytes() const { return bytes_; }
  void Add(int64_t bytes) { bytes_ += bytes; }
  // Gives back what is beyond `bytes`.
  void ShrinkTo(int64_t bytes);
  // Takes the room over from the hold, which then gives nothing back.
  int64_t Detach() { return std::exchange(bytes_, 0); }

 private:
  const std::shared_ptr<Core> core_;
  const int dir_;
  int64_t bytes_;
};

// An open block file and its mapping.
class BlockFile {
 public:
  BlockFile(std::shared_ptr<Hold> hold, UniqueFd fd, int64_t length, StorageIo* io, bool mappable)
      : mappable(mappable), hold_(std::move(hold)), fd_(std::move(fd)), length_(length), io_(io) {}
  ~BlockFile() {
    if (map_ != nullptr) ::munmap(const_cast<char*>(map_), length_);
  }

  const std::shared_ptr<Hold>& hold() const { return hold_; }
  int fd() const { return fd_.get(); }
  int64_t length() const { return length_; }

  absl::StatusOr<absl::string_view> Map() {
    if (length_ == 0) return absl::string_view();
    MutexLock lock(&mutex_);  // mmap touches no page
    if (map_ == nullptr) {
      void* const map = ::mmap(nullptr, length_, PROT_READ, MAP_SHARED, fd_.get(), 0);
      if (map == MAP_FAILED) return ErrnoStatus(errno, absl::StrCat("mapping a block of ", length_, " bytes"));
      map_ = static_cast<const char*>(map);
    }
    return absl::string_view(map_, length_);
  }

  absl::StatusOr<size_t> ReadAt(int64_t offset, absl::Span<char> buffer) const {
    if (offset < 0) return absl::InvalidArgumentError(absl::StrCat("negative offset ", offset));
    if (offset >= length_) return 0;
    return io_->ReadAt(fd_.get(), offset, buffer.subspan(0, std::min<int64_t>(buffer.size(), length_ - offset)));
  }

  // Nobody but the worker can write the file any more: set once, with release,
  // after the kernel said so; a reader that sees it may map.
  std::atomic<bool> mappable;

 private:
  const std::shared_ptr<Hold> hold_;
  const UniqueFd fd_;
  const int64_t length_;
  StorageIo* const io_;
  Mutex mutex_;
  const char* map_ ABSL_GUARDED_BY(mutex_) = nullptr;
};

// A committed block. The core's lock guards all of it but `id` and `length`.
struct Entry {
  int64_t id = 0;
  int64_t length = 0;
  int dir = 0;
  std::shared_ptr<Hold> hold;
  std::shared_ptr<BlockFile> file;  // null: not open
  int pins = 0;
  bool sealed = false;
  bool confirmed = false;
  bool removed = false;
  // Its file is being copied: it must not be removed meanwhile.
  bool busy = false;
  // Its file changes directories: it must not be opened meanwhile.
  bool switching = false;
  bool pin_on_create = false;                   // as the index on disk says
  absl::Time copy_at = absl::InfiniteFuture();  // while unsealed
};
using EntryPtr = std::shared_ptr<Entry>;

struct Dir {
  int tier = 0;
  BlockPlace place;
  std::unique_ptr<StorageDir> disk;
  int64_t capacity = 0;
  // Guarded by the core's lock. `used` holds all that is reserved or committed,
  // `leaving` the part of it whose files are being deleted to make room.
  int64_t used = 0;
  int64_t leaving = 0;

  int64_t Free() const { return capacity - used; }
  // What will be free as soon as the deletions under way are done.
  int64_t Available() const { return Free() + leaving; }
};

// What the store and all that it handed out share.
class Core : public std::enable_shared_from_this<Core> {
 public:
  explicit Core(LocalBlockStore::Options options) : options_(std::move(options)) {
    if (options_.layout.order == EvictionOrderKind::kLrfu) order_.emplace<LrfuOrder>();
  }

  absl::Status OpenDirs(LocalBlockStore::Recovered* recovered);

  absl::StatusOr<std::unique_ptr<TempBlock>> Create(const CreateBlockOptions& options);
  absl::StatusOr<BlockPin> OpenBlock(int64_t block_id);
  absl::Status Remove(int64_t block_id);
  absl::Status Move(int64_t block_id, int tier, absl::string_view medium);
  int64_t EvictAll();
  void SetPinnedFiles(const std::vector<int64_t>& file_ids);
  void Confirm(int64_t block_id);
  std::vector<PlacedBlocks> TakeAllForReport();
  BlockDelta TakeDelta();
  void ReturnDelta(const BlockDelta& delta);
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
  absl::Status Grow(Hold* hold, int64_t bytes) {
    ALLUXIO_RETURN_IF_ERROR(Reserve({hold->dir()}, /*spill=*/false, bytes).status());
    hold->Add(bytes);
    return absl::OkStatus();
  }
  void Release(int dir, int64_t bytes) {
    MutexLock lock(&mutex_);
    dirs_[dir].used -= bytes;
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
  // Directories of one tier or medium; INVALID_ARGUMENT if there are none.
  absl::StatusOr<std::vector<int>> Candidates(int tier, absl::string_view medium) const;
  // Reserves room in one of `candidates`, with `spill` in any directory if
  // those are full, evicting at last. Returns the directory.
  absl::StatusOr<int> Reserve(const std::vector<int>& candidates, bool spill, int64_t bytes);
  int AllocateLocked(const std::vector<int>& candidates, int64_t bytes) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Coldest evictable blocks of one of `candidates` that make up what `need`
  // says is missing there; -1 if no directory has enough.
  int PickVictimsLocked(const std::vector<int>& candidates, int64_t bytes, std::vector<EntryPtr>* victims)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
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
    for (auto it = blocks_.lower_bound(file_id & ~int64_t{0xFFFFFF}); it != blocks_.end() && it->first <= file_id; ++it) {
      PlaceInOrderLocked(*it->second);
    }
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
  int64_t FinishRemoval(const EntryPtr& entry);
  // Keeps the entry's open file among the cached ones; the oldest go.
  void CacheLocked(const EntryPtr& entry, std::vector<std::shared_ptr<BlockFile>>* dropped)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // The block's file, opened if it isn't.
  absl::StatusOr<std::shared_ptr<BlockFile>> FileOf(const EntryPtr& entry);
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
  CondVar changed_ ABSL_GUARDED_BY(mutex_);  // leaving_, busy, switching, sealer's work
  absl::btree_map<int64_t, EntryPtr> blocks_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_set<int64_t> temps_ ABSL_GUARDED_BY(mutex_);
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
  std::vector<EntryPtr> unsealed_ ABSL_GUARDED_BY(mutex_);
  std::deque<EntryPtr> cached_ ABSL_GUARDED_BY(mutex_);  // entries whose file is open, oldest first
  int64_t commits_ ABSL_GUARDED_BY(mutex_) = 0;
  int round_robin_ ABSL_GUARDED_BY(mutex_) = 0;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
};

Hold::~Hold() {
  if (bytes_ != 0) core_->Release(dir_, bytes_);
}

void Hold::ShrinkTo(int64_t bytes) {
  if (bytes < bytes_) {
    core_->Release(dir_, bytes_ - bytes);
    bytes_ = bytes;
  }
}

class Handle final : public BlockHandle {
 public:
  // Takes over one pin of the entry.
  Handle(std::shared_ptr<Core> core, EntryPtr entry, std::shared_ptr<BlockFile> file, int dir)
      : core_(std::move(core)),
        entry_(std::move(entry)),
        file_(std::move(file)),
        place_(core_->dir(dir).place),
        path_(core_->dir(dir).disk->BlockPath(entry_->id)) {}
  ~Handle() override {
    // The file first: whoever evicts the block next wants its memory.
    file_.reset();
    core_->Unpin(entry_);
  }

  int64_t block_id() const override { return entry_->id; }
  int64_t length_bytes() const override { return entry_->length; }
  const BlockPlace& place() const override { return place_; }
  const std::string& path() const override { return path_; }
  absl::StatusOr<absl::string_view> Map() const override {
    if (!file_->mappable.load(std::memory_order_acquire)) {
      return absl::FailedPreconditionError(absl::StrCat("block ", entry_->id, " is not sealed yet"));
    }
    return file_->Map();
  }
  absl::StatusOr<size_t> ReadAt(int64_t offset, absl::Span<char> buffer) const override {
    return file_->ReadAt(offset, buffer);
  }

 private:
  const std::shared_ptr<Core> core_;
  const EntryPtr entry_;
  std::shared_ptr<BlockFile> file_;
  const BlockPlace place_;
  const std::string path_;
};

class TempBlockImpl final : public TempBlock {
 public:
  TempBlockImpl(std::shared_ptr<Core> core, const CreateBlockOptions& options, std::shared_ptr<Hold> hold, UniqueFd fd)
      : core_(std::move(core)),
        options_(options),
        hold_(std::move(hold)),
        fd_(std::move(fd)),
        path_(disk()->TempPath(options.session_id, options.block_id)),
        reserved_(hold_->bytes()) {}
  ~TempBlockImpl() override {
    if (committed_) return;
    disk()->RemoveTemp(options_.session_id, options_.block_id);
    core_->ForgetTemp(options_.block_id);
  }

  int64_t block_id() const override { return options_.block_id; }
  const std::string& path() const override { return path_; }
  const BlockPlace& place() const override { return core_->dir(hold_->dir()).place; }

  absl::Status Reserve(int64_t bytes) override {
    if (bytes < 0) return absl::InvalidArgumentError(absl::StrCat("negative space to reserve: ", bytes));
    MutexLock lock(&grow_mutex_);
    return GrowLocked(bytes);
  }

  absl::Status Append(absl::string_view bytes) override {
    return WriteAt(appended_.fetch_add(static_cast<int64_t>(bytes.size())), bytes);
  }

  absl::Status WriteAt(int64_t offset, absl::string_view bytes) override {
    if (options_.client_writes) return absl::FailedPreconditionError("a client writes this block by its path");
    const int64_t end = offset + static_cast<int64_t>(bytes.size());
    if (offset < 0 || (options_.fixed_length_bytes >= 0 && end > options_.fixed_length_bytes)) {
      return absl::InvalidArgumentError(absl::StrCat("bytes [", offset, ", ", end, ") are outside block ",
                                                     options_.block_id, " of ", options_.fixed_length_bytes));
    }
    {
      // Held over an eviction on purpose: the ranges of one block that find it
      // too small must not each make room for the whole.
      MutexLock lock(&grow_mutex_);
      if (end > reserved_) ALLUXIO_RETURN_IF_ERROR(GrowLocked(end - reserved_));
    }
    ALLUXIO_RETURN_IF_ERROR(core_->io()->WriteAt(fd_.get(), offset, bytes));
    int64_t written = written_.load();
    while (written < end && !written_.compare_exchange_weak(written, end)) {
    }
    return absl::OkStatus();
  }

  int64_t bytes_written() const override { return written_.load(); }

  absl::StatusOr<size_t> ReadAt(int64_t offset, absl::Span<char> buffer) const override {
    if (offset < 0) return absl::InvalidArgumentError(absl::StrCat("negative offset ", offset));
    return core_->io()->ReadAt(fd_.get(), offset, buffer);
  }

  absl::StatusOr<absl::string_view> Map(std::shared_ptr<const void>* owner) override {
    if (options_.fixed_length_bytes < 0) {
      return absl::FailedPreconditionError("only a block of fixed length can be mapped while it is written");
    }
    ALLUXIO_ASSIGN_OR_RETURN(const std::shared_ptr<BlockFile> file, ReadOnlyFile(options_.fixed_length_bytes));
    *owner = file;
    return file->Map();
  }

  absl::StatusOr<BlockPin> Commit() override {
    int64_t length = options_.fixed_length_bytes >= 0 ? options_.fixed_length_bytes : written_.load();
    if (options_.client_writes) {
      struct stat st;
      if (::fstat(fd_.get(), &st) != 0) return ErrnoStatus(errno, absl::StrCat("size of ", path_));
      length = st.st_size;
      if (length > reserved_) ALLUXIO_RETURN_IF_ERROR(Reserve(length - reserved_));
    }
    ALLUXIO_ASSIGN_OR_RETURN(std::shared_ptr<BlockFile> file, ReadOnlyFile(length));
    {
      MutexLock lock(&file_mutex_);
      file_ = nullptr;  // this object isn't one of the block's users any more
    }
    ALLUXIO_RETURN_IF_ERROR(
        disk()->CommitTemp(options_.session_id, options_.block_id, file->fd(), length, options_.pin_on_create));
    committed_ = true;
    fd_.Reset();  // the last descriptor that could write
    hold_->ShrinkTo(length);
    return core_->Publish(options_, std::move(hold_), std::move(file));
  }

 private:
  StorageDir* disk() const { return core_->dir(hold_->dir()).disk.get(); }

  absl::Status GrowLocked(int64_t bytes) ABSL_EXCLUSIVE_LOCKS_REQUIRED(grow_mutex_) {
    if (bytes == 0) return absl::OkStatus();
    ALLUXIO_RETURN_IF_ERROR(core_->Grow(hold_.get(), bytes));
    reserved_ += bytes;
    return absl::OkStatus();
  }

  absl::StatusOr<std::shared_ptr<BlockFile>> ReadOnlyFile(int64_t length) {
    MutexLock lock(&file_mutex_);
    if (file_ == nullptr) {
      // A client's block was opened for reading from the start; by its name it
      // could be another file by now, where the user opened the folders.
      UniqueFd fd;
      if (options_.client_writes) {
        fd = UniqueFd(::fcntl(fd_.get(), F_DUPFD_CLOEXEC, 0));
        if (!fd.valid()) return ErrnoStatus(errno, "duplicating a descriptor");
      } else {
        ALLUXIO_ASSIGN_OR_RETURN(fd, disk()->OpenTemp(options_.session_id, options_.block_id));
      }
      file_ = std::make_shared<BlockFile>(hold_, std::move(fd), length, core_->io(), !options_.client_writes);
    }
    return file_;
  }

  const std::shared_ptr<Core> core_;
  const CreateBlockOptions options_;
  std::shared_ptr<Hold> hold_;
  UniqueFd fd_;
  const std::string path_;
  bool committed_ = false;
  std::atomic<int64_t> appended_{0};
  std::atomic<int64_t> written_{0};
  Mutex grow_mutex_;
  std::atomic<int64_t> reserved_;  // written under grow_mutex_
  Mutex file_mutex_;
  std::shared_ptr<BlockFile> file_ ABSL_GUARDED_BY(file_mutex_);
};

absl::Status Core::OpenDirs(LocalBlockStore::Recovered* recovered) {
  num_tiers_ = static_cast<int>(options_.layout.tiers.size());
  absl::flat_hash_set<int64_t> seen;
  std::vector<std::pair<int64_t, int64_t>> by_age;  // modified, id
  for (int tier = 0; tier < num_tiers_; ++tier) {
    for (const DirOptions& wanted : options_.layout.tiers[tier].dirs) {
      Dir dir{.tier = tier,
              .place = {.tier_alias = options_.layout.tiers[tier].alias, .medium_type = wanted.medium_type},
              .capacity = wanted.capacity_bytes};
      StorageDir::Recovery recovery;
      ALLUXIO_ASSIGN_OR_RETURN(dir.disk, StorageDir::Open({.path = wanted.path,
                                                           .data_folder = options_.layout.data_folder,
                                                           .tmp_folder = options_.layout.tmp_folder,
                                                           .folder_mode = options_.layout.folder_mode,
                                                           .io = options_.io},
                                                          &recovery));
      ALLUXIO_ASSIGN_OR_RETURN(const StorageDir::FileSystem fs, dir.disk->GetFileSystem());
      if (fs.in_memory && fs.size_bytes > 0 && fs.size_bytes < dir.capacity) {
        ALLUXIO_LOG(kWarning, kArea, "the quota of ", wanted.path, " is ", dir.capacity, " bytes but its file system has ",
                    fs.size_bytes, " bytes; using ", fs.size_bytes);
        dir.capacity = fs.size_bytes;
      } else if (!fs.in_memory && wanted.medium_type == "MEM") {
        ALLUXIO_LOG(kWarning, kArea, wanted.path, " is of medium MEM but lies on a disk file system; mount a tmpfs there");
      }
      const int index = static_cast<int>(dirs_.size());
      MutexLock lock(&mutex_);
      for (const StorageDir::Found& found : recovery.blocks) {
        if (!seen.insert(found.block_id).second) {  // killed while it moved: the upper tier's copy is as good
          dir.disk->RemoveBlock(found.block_id).IgnoreError();
          ++recovered->files_removed;
          continue;
        }
        dir.used += found.length_bytes;
        ++recovered->blocks;
        recovered->bytes += found.length_bytes;
        by_age.emplace_back(found.modified_ns, found.block_id);
        blocks_[found.block_id] = std::make_shared<Entry>(Entry{
            .id = found.block_id,
            .length = found.length_bytes,
            .dir = index,
            .hold = std::make_shared<Hold>(shared_from_this(), index, found.length_bytes),
            .confirmed = true,
            .pin_on_create = found.pin_on_create,
        });
        if (found.pin_on_create) {
          created_pins_[FileIdOf(found.block_id)].until = options_.clock->Now() + options_.pin_on_create_grace;
        }
      }
      recovered->files_removed += recovery.temp_files_removed + recovery.block_files_removed;
      ALLUXIO_LOG(kInfo, kArea, "storage directory ", wanted.path, " (", dir.place.tier_alias, ", ", dir.capacity,
                  " bytes): ", recovery.blocks.size(), " blocks found again, ", recovery.block_files_removed,
                  " stray block files and ", recovery.temp_files_removed, " temp files removed");
      dirs_.push_back(std::move(dir));
    }
  }
  std::sort(by_age.begin(), by_age.end());
  MutexLock lock(&mutex_);
  for (const auto& [modified, id] : by_age) found_.push_back(id);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<int>> Core::Candidates(int tier, absl::string_view medium) const {
  std::vector<int> candidates;
  for (int i = 0; i < static_cast<int>(dirs_.size()); ++i) {
    if (medium.empty() ? tier == kAnyTier || dirs_[i].tier == tier : dirs_[i].place.medium_type == medium) {
      candidates.push_back(i);
    }
  }
  if (!candidates.empty()) return candidates;
  if (!medium.empty()) return absl::InvalidArgumentError(absl::StrCat("this worker has no medium ", medium));
  return absl::InvalidArgumentError(absl::StrCat("this worker has no tier ", tier, "; its tiers are 0 to ", num_tiers_ - 1));
}

int Core::AllocateLocked(const std::vector<int>& candidates, int64_t bytes) {
  int best = -1;
  for (size_t i = 0; i < candidates.size(); ++i) {
    const int index = candidates[options_.layout.allocator == AllocatorKind::kRoundRobin
                                     ? (i + round_robin_) % candidates.size()
                                     : i];
    if (dirs_[index].Free() < bytes) continue;
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
  std::vector<std::vector<EntryPtr>> of_dir(dirs_.size());
  std::vector<int64_t> missing(dirs_.size(), 0);
  for (const int index : candidates) {
    if (dirs_[index].capacity < bytes) continue;
    missing[index] = bytes - dirs_[index].Available();
    if (missing[index] <= 0) return index;  // what is leaving is enough already
  }
  int chosen = -1;
  std::visit(
      [&](const auto& order) {
        order.VisitColdestFirst([&](int64_t id) ABSL_NO_THREAD_SAFETY_ANALYSIS {
          const EntryPtr& entry = blocks_.find(id)->second;
          if (missing[entry->dir] <= 0 || !IsIdleLocked(*entry)) return true;
          of_dir[entry->dir].push_back(entry);
          missing[entry->dir] -= entry->length;
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
                   " storage directories (a block lies in one of them); the rest is pinned, not persisted yet, being "
                   "written or being read"));
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
    ALLUXIO_LOG(kDebug, kArea, "evicted ", victims.size(), " blocks of ", planned, " bytes for ", bytes);
    MutexLock lock(&mutex_);
    Dir& dir = dirs_[chosen];
    dir.used -= got;
    dir.leaving -= planned;
    if (got == planned) return chosen;
    // Somebody still uses one of the files: its memory isn't free yet.
    victims.clear();
    if (PickVictimsLocked({chosen}, 0, &victims) < 0) {
      dir.used -= bytes;
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

void Core::DetachLocked(const EntryPtr& entry) {
  entry->removed = true;
  blocks_.erase(entry->id);
  ForgetLocked(entry->id);
  added_.erase(entry->id);
  removed_.insert(entry->id);
  leaving_.insert(entry->id);
}

int64_t Core::FinishRemoval(const EntryPtr& entry) {
  const absl::Status status = dirs_[entry->dir].disk->RemoveBlock(entry->id);
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
  if (hold.use_count() != 1) return 0;
  return hold->Detach();
}

absl::StatusOr<std::unique_ptr<TempBlock>> Core::Create(const CreateBlockOptions& options) {
  if (options.block_id < 0 || options.session_id <= 0 || options.reserve_bytes < 0 ||
      (options.client_writes && options.fixed_length_bytes >= 0)) {
    return absl::InvalidArgumentError(absl::StrCat("can't create block ", options.block_id, " of session ",
                                                   options.session_id, " with ", options.reserve_bytes, " bytes reserved"));
  }
  ALLUXIO_ASSIGN_OR_RETURN(const std::vector<int> candidates, Candidates(options.tier, options.medium_type));
  {
    MutexLock lock(&mutex_);
    while (leaving_.contains(options.block_id)) changed_.Wait(&mutex_);
    if (blocks_.contains(options.block_id)) {
      return absl::AlreadyExistsError(
          absl::StrCat("Temp blockId ", options.block_id, " is not available, because it is already committed"));
    }
    if (!temps_.insert(options.block_id).second) {
      return absl::AlreadyExistsError(
          absl::StrCat("Temp blockId ", options.block_id, " is not available, because it already exists"));
    }
  }
  const int64_t bytes = std::max(options.reserve_bytes, options.fixed_length_bytes);
  const auto make = [&]() -> absl::StatusOr<std::unique_ptr<TempBlock>> {
    ALLUXIO_ASSIGN_OR_RETURN(const int index, Reserve(candidates, /*spill=*/true, bytes));
    auto hold = std::make_shared<Hold>(shared_from_this(), index, bytes);
    StorageDir* const disk = dirs_[index].disk.get();
    ALLUXIO_ASSIGN_OR_RETURN(UniqueFd fd,
                             disk->CreateTemp(options.session_id, options.block_id, options.client_writes));
    if (options.fixed_length_bytes > 0) {
      if (absl::Status status = options_.io->Allocate(fd.get(), options.fixed_length_bytes); !status.ok()) {
        disk->RemoveTemp(options.session_id, options.block_id);
        return status;
      }
    }
    return std::make_unique<TempBlockImpl>(shared_from_this(), options, std::move(hold), std::move(fd));
  };
  absl::StatusOr<std::unique_ptr<TempBlock>> temp = make();
  if (!temp.ok()) ForgetTemp(options.block_id);
  return temp;
}

BlockPin Core::Publish(const CreateBlockOptions& options, std::shared_ptr<Hold> hold, std::shared_ptr<BlockFile> file) {
  auto entry = std::make_shared<Entry>(Entry{.id = options.block_id,
                                             .length = file->length(),
                                             .dir = hold->dir(),
                                             .hold = std::move(hold),
                                             .file = file,
                                             .pins = 1,
                                             .sealed = !options.client_writes,
                                             .pin_on_create = options.pin_on_create});
  const int dir = entry->dir;
  std::vector<std::shared_ptr<BlockFile>> dropped;  // closed without the lock
  {
    MutexLock lock(&mutex_);
    temps_.erase(entry->id);
    blocks_[entry->id] = entry;
    CacheLocked(entry, &dropped);
    if (options.pin_on_create && !pinned_files_.contains(FileIdOf(entry->id))) {
      created_pins_[FileIdOf(entry->id)].until = options_.clock->Now() + options_.pin_on_create_grace;
    }
    PlaceInOrderLocked(*entry);
    if (!entry->sealed) {
      entry->copy_at = options_.clock->Now() + options_.seal_patience;
      unsealed_.push_back(entry);
      changed_.SignalAll();
    }
    if (++commits_ % 4096 == 0) changed_.SignalAll();
  }
  return std::make_shared<Handle>(shared_from_this(), std::move(entry), std::move(file), dir);
}

void Core::CacheLocked(const EntryPtr& entry, std::vector<std::shared_ptr<BlockFile>>* dropped) {
  cached_.push_back(entry);
  // A few at a time; the file of an unsealed block stays open.
  for (int i = 0; i < 4 && static_cast<int64_t>(cached_.size()) > options_.max_cached_files; ++i) {
    EntryPtr old = std::move(cached_.front());
    cached_.pop_front();
    if (old->sealed || old->removed) {
      dropped->push_back(std::move(old->file));
    } else {
      cached_.push_back(std::move(old));
    }
  }
}

absl::StatusOr<std::shared_ptr<BlockFile>> Core::FileOf(const EntryPtr& entry) {
  std::shared_ptr<Hold> hold;
  bool sealed;
  {
    MutexLock lock(&mutex_);
    if (entry->file != nullptr) return entry->file;
    hold = entry->hold;
    sealed = entry->sealed;
  }
  if (hold == nullptr) return absl::NotFoundError(absl::StrCat("BlockMeta not found for blockId ", entry->id));
  ALLUXIO_ASSIGN_OR_RETURN(UniqueFd fd, dirs_[hold->dir()].disk->OpenBlock(entry->id));
  struct stat st;
  if (::fstat(fd.get(), &st) != 0 || st.st_size != entry->length) {
    return absl::DataLossError(absl::StrCat("the file of block ", entry->id, " has ", st.st_size, " bytes instead of ",
                                            entry->length));
  }
  // A block of an earlier run: its writer may be alive still.
  if (!sealed && options_.io->Chmod(fd.get(), 0444).ok()) sealed = options_.io->NobodyWrites(fd.get());
  auto file = std::make_shared<BlockFile>(std::move(hold), std::move(fd), entry->length, options_.io, sealed);
  std::vector<std::shared_ptr<BlockFile>> dropped;  // closed without the lock
  MutexLock lock(&mutex_);
  if (entry->file != nullptr) {
    dropped.push_back(std::move(file));
    return entry->file;
  }
  if (entry->removed) return file;
  entry->file = file;
  if (sealed) {
    entry->sealed = true;
  } else {
    entry->copy_at = options_.clock->Now() + options_.seal_patience;
    unsealed_.push_back(entry);
    changed_.SignalAll();
  }
  CacheLocked(entry, &dropped);
  return file;
}

absl::StatusOr<BlockPin> Core::OpenBlock(int64_t block_id) {
  EntryPtr entry;
  {
    MutexLock lock(&mutex_);
    while (true) {
      const auto it = blocks_.find(block_id);
      if (it == blocks_.end()) return absl::NotFoundError(absl::StrCat("BlockMeta not found for blockId ", block_id));
      if (!it->second->switching) {
        entry = it->second;
        break;
      }
      changed_.Wait(&mutex_);
    }
    ++entry->pins;
    if (found_.empty()) PlaceInOrderLocked(*entry);
  }
  absl::StatusOr<std::shared_ptr<BlockFile>> file = FileOf(entry);
  if (!file.ok()) {
    Unpin(entry);
    if (!absl::IsNotFound(file.status()) && !absl::IsDataLoss(file.status())) return file.status();
    // Somebody took the file away or changed it: the block is no more.
    ALLUXIO_LOG(kError, kArea, "block ", block_id, " is lost: ", file.status().ToString());
    Remove(block_id).IgnoreError();
    return absl::NotFoundError(absl::StrCat("BlockMeta not found for blockId ", block_id));
  }
  const int dir = entry->dir;  // fixed while pinned
  return std::make_shared<Handle>(shared_from_this(), std::move(entry), *std::move(file), dir);
}

absl::Status Core::Remove(int64_t block_id) {
  EntryPtr entry;
  {
    MutexLock lock(&mutex_);
    while (true) {
      const auto it = blocks_.find(block_id);
      if (it == blocks_.end()) return absl::NotFoundError(absl::StrCat("BlockMeta not found for blockId ", block_id));
      if (!it->second->busy && !it->second->switching) {
        entry = it->second;
        break;
      }
      changed_.Wait(&mutex_);
    }
    DetachLocked(entry);
  }
  if (const int64_t bytes = FinishRemoval(entry); bytes != 0) Release(entry->dir, bytes);
  return absl::OkStatus();
}

int64_t Core::EvictAll() {
  std::vector<EntryPtr> victims;
  {
    MutexLock lock(&mutex_);
    std::visit(
        [&](const auto& order) {
          order.VisitColdestFirst([&](int64_t id) ABSL_NO_THREAD_SAFETY_ANALYSIS {
            if (const EntryPtr& entry = blocks_.find(id)->second; IsIdleLocked(*entry)) victims.push_back(entry);
            return true;
          });
        },
        order_);
    for (const EntryPtr& victim : victims) DetachLocked(victim);
  }
  for (const EntryPtr& victim : victims) {
    if (const int64_t bytes = FinishRemoval(victim); bytes != 0) Release(victim->dir, bytes);
  }
  return static_cast<int64_t>(victims.size());
}

absl::StatusOr<std::shared_ptr<BlockFile>> Core::CopyToTemp(const EntryPtr& entry, int to) {
  auto hold = std::make_shared<Hold>(shared_from_this(), to, entry->length);  // reserved by the caller
  ALLUXIO_ASSIGN_OR_RETURN(const std::shared_ptr<BlockFile> from, FileOf(entry));
  StorageDir* const disk = dirs_[to].disk.get();
  ALLUXIO_ASSIGN_OR_RETURN(UniqueFd fd, disk->CreateTemp(kOwnSession, entry->id, /*client_writes=*/false));
  const auto copy = [&]() -> absl::StatusOr<UniqueFd> {
    ALLUXIO_RETURN_IF_ERROR(options_.io->Allocate(fd.get(), entry->length));
    std::vector<char> buffer(std::min<int64_t>(kCopyBufferBytes, entry->length));
    for (int64_t at = 0; at < entry->length;) {
      ALLUXIO_ASSIGN_OR_RETURN(const size_t n, from->ReadAt(at, absl::MakeSpan(buffer)));
      if (n == 0) return absl::DataLossError(absl::StrCat("block ", entry->id, " became shorter than ", entry->length));
      ALLUXIO_RETURN_IF_ERROR(options_.io->WriteAt(fd.get(), at, absl::string_view(buffer.data(), n)));
      at += static_cast<int64_t>(n);
    }
    return disk->OpenTemp(kOwnSession, entry->id);
  };
  absl::StatusOr<UniqueFd> read_only = copy();
  if (!read_only.ok()) {
    disk->RemoveTemp(kOwnSession, entry->id);
    return read_only.status();
  }
  return std::make_shared<BlockFile>(std::move(hold), *std::move(read_only), entry->length, options_.io, true);
}

absl::Status Core::Move(int64_t block_id, int tier, absl::string_view medium) {
  ALLUXIO_ASSIGN_OR_RETURN(const std::vector<int> candidates, Candidates(tier, medium));
  EntryPtr entry;
  {
    MutexLock lock(&mutex_);
    const auto it = blocks_.find(block_id);
    if (it == blocks_.end()) return absl::NotFoundError(absl::StrCat("BlockMeta not found for blockId ", block_id));
    entry = it->second;
    if (std::find(candidates.begin(), candidates.end(), entry->dir) != candidates.end()) return absl::OkStatus();
    if (!IsIdleLocked(*entry) || !entry->sealed) {
      return absl::FailedPreconditionError(absl::StrCat("block ", block_id, " is in use and can't be moved now"));
    }
    entry->busy = true;
  }
  const auto finish = [&](absl::Status status) {
    MutexLock lock(&mutex_);
    entry->busy = entry->switching = false;
    changed_.SignalAll();
    return status;
  };
  absl::StatusOr<int> to = Reserve(candidates, /*spill=*/false, entry->length);
  if (!to.ok()) return finish(to.status());
  absl::StatusOr<std::shared_ptr<BlockFile>> file = CopyToTemp(entry, *to);
  if (!file.ok()) return finish(file.status());
  StorageDir* const disk = dirs_[*to].disk.get();
  {
    MutexLock lock(&mutex_);
    if (entry->pins == 0) entry->switching = true;
  }
  if (!entry->switching) {
    disk->RemoveTemp(kOwnSession, block_id);
    return finish(absl::FailedPreconditionError(absl::StrCat("block ", block_id, " is in use and can't be moved now")));
  }
  if (absl::Status status =
          disk->CommitTemp(kOwnSession, block_id, (*file)->fd(), entry->length, entry->pin_on_create);
      !status.ok()) {
    disk->RemoveTemp(kOwnSession, block_id);
    return finish(status);
  }
  dirs_[entry->dir].disk->RemoveBlock(block_id).IgnoreError();
  std::shared_ptr<Hold> old_hold = (*file)->hold();
  std::shared_ptr<BlockFile> old_file = *std::move(file);
  {
    MutexLock lock(&mutex_);
    if (entry->file == nullptr) cached_.push_back(entry);
    std::swap(entry->file, old_file);
    std::swap(entry->hold, old_hold);
    entry->dir = *to;
    if (entry->confirmed) added_.insert(block_id);
  }
  return finish(absl::OkStatus());
}

bool Core::Seal(const EntryPtr& entry) {
  absl::StatusOr<std::shared_ptr<BlockFile>> file = FileOf(entry);
  if (!file.ok()) {
    if (!absl::IsNotFound(file.status()) && !absl::IsDataLoss(file.status())) return false;
    ALLUXIO_LOG(kError, kArea, "block ", entry->id, " is lost: ", file.status().ToString());
    Remove(entry->id).IgnoreError();
    return true;
  }
  if (options_.io->NobodyWrites((*file)->fd())) {
    struct stat st;
    if (::fstat((*file)->fd(), &st) != 0 || st.st_size != entry->length) {
      ALLUXIO_LOG(kError, kArea, "block ", entry->id, " is dropped: its writer changed its length from ", entry->length,
                  " to ", st.st_size, " after the commit");
      Remove(entry->id).IgnoreError();
      return true;
    }
    (*file)->mappable.store(true, std::memory_order_release);
    MutexLock lock(&mutex_);
    entry->sealed = true;
    return true;
  }
  {
    MutexLock lock(&mutex_);
    if (options_.clock->Now() < entry->copy_at) return false;
  }
  const absl::Status copied = SealByCopy(entry);
  if (copied.ok()) return true;
  if (absl::IsDataLoss(copied)) {
    ALLUXIO_LOG(kError, kArea, "block ", entry->id, " is dropped: ", copied.ToString());
    Remove(entry->id).IgnoreError();
    return true;
  }
  ALLUXIO_LOG(kWarning, kArea, "block ", entry->id, " stays unsealed, its writer keeps it open and it can't be copied: ",
              copied.ToString());
  MutexLock lock(&mutex_);
  entry->copy_at = options_.clock->Now() + kCopyPause;
  return false;
}

absl::Status Core::SealByCopy(const EntryPtr& entry) {
  {
    MutexLock lock(&mutex_);
    if (entry->removed) return absl::OkStatus();
    if (entry->busy) return absl::FailedPreconditionError("it is being moved");
    entry->busy = true;
  }
  const int dir = entry->dir;
  const auto copy = [&]() -> absl::StatusOr<std::shared_ptr<BlockFile>> {
    ALLUXIO_RETURN_IF_ERROR(Reserve({dir}, /*spill=*/false, entry->length).status());
    ALLUXIO_ASSIGN_OR_RETURN(std::shared_ptr<BlockFile> file, CopyToTemp(entry, dir));
    absl::Status named = dirs_[dir].disk->CommitTemp(kOwnSession, entry->id, file->fd(), entry->length,
                                                      entry->pin_on_create);
    if (!named.ok()) {
      dirs_[dir].disk->RemoveTemp(kOwnSession, entry->id);
      return named;
    }
    return file;
  };
  absl::StatusOr<std::shared_ptr<BlockFile>> file = copy();
  std::shared_ptr<BlockFile> old_file;
  std::shared_ptr<Hold> old_hold;
  MutexLock lock(&mutex_);
  entry->busy = false;
  changed_.SignalAll();
  if (!file.ok()) return file.status();
  old_hold = std::exchange(entry->hold, (*file)->hold());
  old_file = std::exchange(entry->file, *std::move(file));
  entry->sealed = true;
  return absl::OkStatus();
}

int64_t Core::SealRound() {
  std::vector<EntryPtr> work, left;
  {
    MutexLock lock(&mutex_);
    work.swap(unsealed_);
  }
  for (EntryPtr& entry : work) {
    bool done;
    {
      MutexLock lock(&mutex_);
      done = entry->removed || entry->sealed;
    }
    if (!done && !Seal(entry)) left.push_back(std::move(entry));
  }
  Compact();
  MutexLock lock(&mutex_);
  unsealed_.insert(unsealed_.end(), left.begin(), left.end());
  return static_cast<int64_t>(unsealed_.size());
}

void Core::Compact() {
  for (const Dir& dir : dirs_) {
    const absl::Status status = dir.disk->CompactIndex(num_blocks(), [this](int64_t id) {
      MutexLock lock(&mutex_);
      return blocks_.contains(id) || temps_.contains(id);
    });
    if (!status.ok()) ALLUXIO_LOG(kWarning, kArea, "compacting the block index: ", status.ToString());
  }
}

void Core::RunSealer() {
  int64_t compacted_at = 0;
  while (true) {
    {
      MutexLock lock(&mutex_);
      while (!stopped_ && unsealed_.empty() && commits_ / 4096 == compacted_at) changed_.Wait(&mutex_);
      if (stopped_) return;
      compacted_at = commits_ / 4096;
    }
    if (SealRound() == 0) continue;
    MutexLock lock(&mutex_);
    if (stopped_) return;
    changed_.WaitWithTimeout(&mutex_, kSealPause);
  }
}

void Core::StopSealer() {
  MutexLock lock(&mutex_);
  stopped_ = true;
  changed_.SignalAll();
}

void Core::Close() {
  for (const Dir& dir : dirs_) dir.disk->Unlock();
  // Entries count their room in this object, so it would keep itself alive.
  decltype(blocks_) blocks;
  decltype(cached_) cached;
  decltype(unsealed_) unsealed;
  MutexLock lock(&mutex_);
  blocks.swap(blocks_);
  cached.swap(cached_);
  unsealed.swap(unsealed_);
}

void Core::SetPinnedFiles(const std::vector<int64_t>& file_ids) {
  std::vector<int64_t> sorted = file_ids;
  std::sort(sorted.begin(), sorted.end());
  absl::flat_hash_set<int64_t> wanted(sorted.begin(), sorted.end());
  const absl::Time now = options_.clock->Now();
  MutexLock lock(&mutex_);
  std::vector<int64_t> changed;
  for (auto it = created_pins_.begin(); it != created_pins_.end();) {
    const bool listed = wanted.contains(it->first);
    it->second.seen |= listed;
    if (!listed && (it->second.seen || now >= it->second.until)) {
      changed.push_back(it->first);
      created_pins_.erase(it++);
    } else {
      ++it;
    }
  }
  if (sorted != pinned_list_) {
    std::set_symmetric_difference(sorted.begin(), sorted.end(), pinned_list_.begin(), pinned_list_.end(),
                                  std::back_inserter(changed));
    pinned_files_ = std::move(wanted);
    pinned_list_ = std::move(sorted);
  }
  for (const int64_t file_id : changed) PlaceFileLocked(file_id);
  for (const int64_t id : std::exchange(found_, {})) {
    if (const auto it = blocks_.find(id); it != blocks_.end()) PlaceInOrderLocked(*it->second);
  }
}

void Core::Confirm(int64_t block_id) {
  MutexLock lock(&mutex_);
  const auto it = blocks_.find(block_id);
  if (it == blocks_.end()) return;
  it->second->confirmed = true;
  added_.insert(block_id);
  removed_.erase(block_id);
}

std::vector<PlacedBlocks> Core::Group(const std::vector<std::pair<int, int64_t>>& dir_and_id) const {
  std::vector<PlacedBlocks> groups;
  std::vector<int> group_of(dirs_.size(), -1);
  for (const auto& [dir, id] : dir_and_id) {
    if (group_of[dir] < 0) {
      const auto it = std::find_if(groups.begin(), groups.end(),
                                   [&](const PlacedBlocks& group) { return group.place == dirs_[dir].place; });
      group_of[dir] = static_cast<int>(it - groups.begin());
      if (it == groups.end()) groups.push_back({.place = dirs_[dir].place});
    }
    groups[group_of[dir]].block_ids.push_back(id);
  }
  return groups;
}

std::vector<PlacedBlocks> Core::TakeAllForReport() {
  std::vector<std::pair<int, int64_t>> all;
  {
    MutexLock lock(&mutex_);
    added_.clear();
    removed_.clear();
    for (const auto& [id, entry] : blocks_) {
      if (entry->confirmed) all.emplace_back(entry->dir, id);
    }
  }
  return Group(all);
}

BlockDelta Core::TakeDelta() {
  BlockDelta delta;
  std::vector<std::pair<int, int64_t>> added;
  {
    MutexLock lock(&mutex_);
    delta.removed.assign(removed_.begin(), removed_.end());
    for (const int64_t id : added_) {
      if (const auto it = blocks_.find(id); it != blocks_.end()) added.emplace_back(it->second->dir, id);
    }
    added_.clear();
    removed_.clear();
  }
  std::sort(added.begin(), added.end());
  std::sort(delta.removed.begin(), delta.removed.end());
  delta.added = Group(added);
  return delta;
}

void Core::ReturnDelta(const BlockDelta& delta) {
  MutexLock lock(&mutex_);
  for (const int64_t id : delta.removed) {
    if (!blocks_.contains(id)) removed_.insert(id);
  }
  for (const PlacedBlocks& group : delta.added) {
    for (const int64_t id : group.block_ids) {
      if (blocks_.contains(id)) added_.insert(id);
    }
  }
}

std::vector<TierUsage> Core::Usage() const {
  std::vector<TierUsage> usage(num_tiers_);
  MutexLock lock(&mutex_);
  for (int tier = 0; tier < num_tiers_; ++tier) usage[tier].alias = options_.layout.tiers[tier].alias;
  for (const Dir& dir : dirs_) {
    TierUsage& tier = usage[dir.tier];
    // Between the choice of victims and their end both are counted.
    const int64_t used = std::clamp<int64_t>(dir.used - dir.leaving, 0, dir.capacity);
    tier.capacity_bytes += dir.capacity;
    tier.used_bytes += used;
    tier.dirs.push_back({dir.disk->path(), dir.place.medium_type, dir.capacity, used});
  }
  return usage;
}

std::vector<BlockSummary> Core::List(int64_t after, int64_t limit) const {
  std::vector<BlockSummary> list;
  MutexLock lock(&mutex_);
  for (auto it = blocks_.upper_bound(after); it != blocks_.end() && static_cast<int64_t>(list.size()) < limit; ++it) {
    const Entry& entry = *it->second;
    list.push_back({entry.id, entry.length, dirs_[entry.dir].place, IsFilePinnedLocked(FileIdOf(entry.id))});
  }
  return list;
}

class Store final : public LocalBlockStore {
 public:
  explicit Store(std::shared_ptr<Core> core) : core_(std::move(core)) {}
  ~Store() override {
    core_->StopSealer();
    if (sealer_.joinable()) sealer_.join();
    core_->Close();
  }
  void StartSealer() {
    sealer_ = std::thread([core = core_.get()] { core->RunSealer(); });
  }

  absl::StatusOr<std::unique_ptr<TempBlock>> Create(const CreateBlockOptions& options) override {
    return core_->Create(options);
  }
  absl::StatusOr<BlockPin> Open(int64_t block_id) override { return core_->OpenBlock(block_id); }
  bool Contains(int64_t block_id) const override { return core_->Contains(block_id); }
  absl::Status Remove(int64_t block_id) override { return core_->Remove(block_id); }
  absl::Status Move(int64_t block_id, int tier, absl::string_view medium) override {
    return core_->Move(block_id, tier, medium);
  }
  int64_t EvictAll() override { return core_->EvictAll(); }
  void SetPinnedFiles(const std::vector<int64_t>& file_ids) override { core_->SetPinnedFiles(file_ids); }
  void Confirm(int64_t block_id) override { core_->Confirm(block_id); }
  std::vector<PlacedBlocks> TakeAllForReport() override { return core_->TakeAllForReport(); }
  BlockDelta TakeDelta() override { return core_->TakeDelta(); }
  void ReturnDelta(BlockDelta delta) override { core_->ReturnDelta(delta); }
  std::vector<TierUsage> Usage() const override { return core_->Usage(); }
  int64_t num_blocks() const override { return core_->num_blocks(); }
  std::vector<BlockSummary> List(int64_t after, int64_t limit) const override { return core_->List(after, limit); }
  int64_t SealRound() override { return core_->SealRound(); }
  Recovered recovered() const override { return recovered_; }
  Recovered recovered_;

 private:
  const std::shared_ptr<Core> core_;
  std::thread sealer_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<LocalBlockStore>> LocalBlockStore::Start(Options options) {
  if (options.layout.tiers.empty() || options.layout.tiers[0].dirs.empty()) {
    return absl::InvalidArgumentError("a block store needs at least one tier with one directory");
  }
  const bool stepped = options.stepped;
  auto core = std::make_shared<Core>(std::move(options));
  auto store = std::make_unique<Store>(core);
  ALLUXIO_RETURN_IF_ERROR(core->OpenDirs(&store->recovered_));
  if (!stepped) store->StartSealer();
  return store;
}

}  // namespace alluxio::worker
