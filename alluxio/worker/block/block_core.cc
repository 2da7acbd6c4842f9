#include "alluxio/worker/block/block_core.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "alluxio/base/errno_status.h"
#include "alluxio/base/log.h"
#include "alluxio/worker/block/temp_block.h"
#include "alluxio/worker/tier/storage_dir.h"

namespace alluxio::worker::internal {

namespace {

// What stays empty of a directory that takes (nearly) all of its memory file
// system: enough for the index of ten million blocks in the usual sizes, and for
// what others put there. At most a quarter, so that a small one is of use at all.
int64_t SlackOf(int64_t capacity, int64_t file_system_bytes) {
  const int64_t wanted = std::max(capacity / 64, int64_t{1} << 20);
  return std::clamp(capacity - file_system_bytes + wanted, int64_t{0}, capacity / 4);
}

class Handle final : public BlockHandle {
 public:
  // Takes over one pin of the entry.
  Handle(std::shared_ptr<Core> core, EntryPtr entry, std::shared_ptr<BlockFile> file, int dir, bool readable_by_all)
      : core_(std::move(core)),
        entry_(std::move(entry)),
        file_(std::move(file)),
        place_(core_->dir(dir).place),
        path_(core_->dir(dir).disk->BlockPath(entry_->id)),
        readable_by_all_(readable_by_all) {}
  ~Handle() override {
    // The file first: whoever evicts the block next wants its memory.
    file_.reset();
    core_->Unpin(entry_);
  }

  int64_t block_id() const override { return entry_->id; }
  int64_t length_bytes() const override { return entry_->length; }
  const BlockPlace& place() const override { return place_; }
  const std::string& path() const override { return path_; }
  bool readable_by_all() const override { return readable_by_all_; }
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
  const bool readable_by_all_;
};

class TempFile final : public TempReader {
 public:
  TempFile(UniqueFd fd, StorageIo* io) : fd_(std::move(fd)), io_(io) {}

  absl::StatusOr<int64_t> LengthBytes() const override {
    struct stat st;
    if (::fstat(fd_.get(), &st) != 0) return ErrnoStatus(errno, "size of a temp block");
    return st.st_size;
  }
  absl::StatusOr<size_t> ReadAt(int64_t offset, absl::Span<char> buffer) const override {
    return io_->ReadAt(fd_.get(), offset, buffer);
  }

 private:
  const UniqueFd fd_;
  StorageIo* const io_;
};

}  // namespace

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
      ALLUXIO_ASSIGN_OR_RETURN(const StorageIo::FileSystem fs, dir.disk->GetFileSystem());
      dir.in_pages = fs.in_memory && fs.size_bytes > 0;
      const int index = static_cast<int>(dirs_.size());
      MutexLock lock(&mutex_);
      for (const StorageDir::Found& found : recovery.blocks) {
        if (!seen.insert(found.block_id).second) {  // killed while it moved: the upper tier's copy is as good
          dir.disk->RemoveBlock(found.block_id).IgnoreError();
          ++recovered->files_removed;
          continue;
        }
        dir.used += found.length_bytes;
        dir.padding += dir.PaddingOf(found.length_bytes);
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
            .readable_by_all = found.readable_by_all,
        });
        if (!found.readable_by_all && !options_.guard_files) {
          const absl::Status opened = dir.disk->SetBlockMode(found.block_id, ModeOf(true, /*sealed=*/false));
          if (!opened.ok()) ALLUXIO_LOG(kWarning, kArea, opened.ToString());
          blocks_[found.block_id]->readable_by_all = true;
        }
        if (found.pin_on_create) {
          created_pins_[FileIdOf(found.block_id)].until = options_.clock->Now() + options_.pin_on_create_grace;
        }
      }
      recovered->files_removed += recovery.temp_files_removed + recovery.block_files_removed;
      ALLUXIO_LOG(kInfo, kArea, "storage directory ", wanted.path, ": ", recovery.blocks.size(), " blocks found again, ",
                  recovery.block_files_removed, " stray block files and ", recovery.temp_files_removed,
                  " temp files removed");
      dirs_.push_back(std::move(dir));
    }
  }
  ALLUXIO_RETURN_IF_ERROR(FitIntoMemory());
  std::sort(by_age.begin(), by_age.end());
  MutexLock lock(&mutex_);
  for (const auto& [modified, id] : by_age) found_.push_back(id);
  return absl::OkStatus();
}

absl::Status Core::FitIntoMemory() {
  struct Memory {
    int64_t size = 0;
    int64_t asked = 0;
    std::vector<std::string> paths;
    std::string lower;  // what the user may lower
    std::vector<Dir*> dirs, defaults;
  };
  absl::btree_map<uint64_t, Memory> memories;  // by device
  size_t index = 0;
  for (int tier = 0; tier < num_tiers_; ++tier) {
    for (const DirOptions& wanted : options_.layout.tiers[tier].dirs) {
      Dir& dir = dirs_[index++];
      ALLUXIO_ASSIGN_OR_RETURN(const StorageIo::FileSystem fs, dir.disk->GetFileSystem());
      if (!fs.in_memory) {
        if (wanted.medium_type == "MEM") {
          ALLUXIO_LOG(kWarning, kArea, wanted.path, " is of medium MEM but lies on a disk file system; mount a tmpfs there");
        }
        continue;
      }
      dir.max_spare_bytes = options_.max_spare_bytes;
      if (fs.size_bytes <= 0) continue;  // a ramfs is as large as the memory
      Memory& memory = memories[fs.device];
      memory.size = fs.size_bytes;
      memory.paths.push_back(wanted.path);
      memory.dirs.push_back(&dir);
      if (wanted.capacity_is_default) {
        memory.defaults.push_back(&dir);
        continue;
      }
      memory.asked += dir.capacity;
      if (memory.lower.empty()) {
        memory.lower = absl::StrCat(tier == 0 ? "alluxio.worker.ramdisk.size or " : "",
                                    "alluxio.worker.tieredstore.level", tier, ".dirs.quota");
      }
    }
  }
  for (auto& [device, memory] : memories) {
    if (memory.asked > memory.size) {
      return absl::FailedPreconditionError(absl::StrCat(
          "the memory file system of ", absl::StrJoin(memory.paths, " and "), " has ", memory.size,
          " bytes, fewer than the ", memory.asked, " bytes that are configured for ",
          memory.paths.size() == 1 ? "it" : "them together",
          ": enlarge it (`--shm-size` of a container, `mount -o remount,size=...`) or lower ", memory.lower));
    }
    for (Dir* const dir : memory.defaults) {
      dir->capacity = std::min(dir->capacity, (memory.size - memory.asked) / static_cast<int64_t>(memory.defaults.size()));
    }
    int64_t together = 0;
    for (const Dir* const dir : memory.dirs) together += dir->capacity;
    for (Dir* const dir : memory.dirs) {
      const double share = static_cast<double>(dir->capacity) / static_cast<double>(std::max<int64_t>(together, 1));
      dir->slack = static_cast<int64_t>(static_cast<double>(SlackOf(together, memory.size)) * share);
    }
  }
  for (Dir& dir : dirs_) {
    dir.max_spare_bytes = std::min(dir.max_spare_bytes, dir.capacity / 4);
    ALLUXIO_LOG(kInfo, kArea, "storage directory ", dir.disk->path(), " (", dir.place.tier_alias, ") has ", dir.capacity,
                " bytes");
  }
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
    if (!temps_.try_emplace(options.block_id).second) {
      return absl::AlreadyExistsError(
          absl::StrCat("Temp blockId ", options.block_id, " is not available, because it already exists"));
    }
  }
  int64_t bytes = std::max(options.reserve_bytes, options.fixed_length_bytes);
  if (options.fixed_length_bytes < 0) {
    // Clients reserve a whole block for a file of any size: one that is as large as
    // a directory gets what can be had of it.
    int64_t capacity = 0, usable = 0;
    for (const int index : candidates) {
      capacity = std::max(capacity, dirs_[index].capacity);
      usable = std::max(usable, dirs_[index].Usable());
    }
    if (bytes <= capacity) bytes = std::min(bytes, usable);
  }
  const auto make = [&]() -> absl::StatusOr<std::unique_ptr<TempBlock>> {
    ALLUXIO_ASSIGN_OR_RETURN(const int index, Reserve(candidates, /*spill=*/true, bytes));
    auto hold = std::make_shared<Hold>(shared_from_this(), index, bytes);
    StorageDir* const disk = dirs_[index].disk.get();
    // A client would find other users' bytes in a file that was in use before.
    Spare spare = options.client_writes ? Spare() : TakeSpare(index, bytes);
    TrimSpares(index);
    UniqueFd fd;
    if (spare.fd.valid()) {
      if (disk->ReuseAside(spare.number, spare.fd.get(), options.session_id, options.block_id).ok()) {
        fd = std::move(spare.fd);
      } else {
        disk->DropAside(spare.number);
        spare = {};
      }
    }
    if (!fd.valid()) {
      ALLUXIO_ASSIGN_OR_RETURN(fd, disk->CreateTemp(options.session_id, options.block_id, options.client_writes));
    }
    absl::Status sized;
    if (spare.bytes > bytes) sized = options_.io->Truncate(fd.get(), bytes);
    if (options.fixed_length_bytes > spare.bytes) {
      sized = WithRoom(index, bytes, [&] { return options_.io->Allocate(fd.get(), options.fixed_length_bytes); });
    }
    if (!sized.ok()) {
      disk->RemoveTemp(options.session_id, options.block_id);
      return sized;
    }
    if (options.client_writes) {
      MutexLock lock(&mutex_);
      temps_[options.block_id] = {.dir = index, .session_id = options.session_id};
    }
    return std::make_unique<TempBlockImpl>(shared_from_this(), options, std::move(hold), std::move(fd),
                                           /*recycled=*/spare.bytes > 0);
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
                                             .pin_on_create = options.pin_on_create,
                                             .readable_by_all = !options_.guard_files});
  const int dir = entry->dir;
  std::vector<std::shared_ptr<BlockFile>> dropped;  // closed without the lock
  {
    MutexLock lock(&mutex_);
    temps_.erase(entry->id);
    blocks_[entry->id] = entry;
    dirs_[dir].padding += dirs_[dir].PaddingOf(entry->length);
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
  return std::make_shared<Handle>(shared_from_this(), std::move(entry), std::move(file), dir, !options_.guard_files);
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
  bool sealed, readable_by_all;
  {
    MutexLock lock(&mutex_);
    if (entry->file != nullptr) return entry->file;
    hold = entry->hold;
    sealed = entry->sealed;
    readable_by_all = entry->readable_by_all;
  }
  if (hold == nullptr) return absl::NotFoundError(absl::StrCat("BlockMeta not found for blockId ", entry->id));
  ALLUXIO_ASSIGN_OR_RETURN(UniqueFd fd, dirs_[hold->dir()].disk->OpenBlock(entry->id));
  struct stat st;
  if (::fstat(fd.get(), &st) != 0 || st.st_size != entry->length) {
    return absl::DataLossError(absl::StrCat("the file of block ", entry->id, " has ", st.st_size, " bytes instead of ",
                                            entry->length));
  }
  // A block of an earlier run: its writer may be alive still.
  if (!sealed && options_.io->Chmod(fd.get(), ModeOf(readable_by_all, false)).ok()) {
    sealed = options_.io->NobodyWrites(fd.get()) && options_.io->Chmod(fd.get(), ModeOf(readable_by_all, true)).ok();
  }
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
  bool readable_by_all;
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
    readable_by_all = entry->readable_by_all;
    if (found_.empty()) PlaceInOrderLocked(*entry);
  }
  absl::StatusOr<std::shared_ptr<BlockFile>> file = FileOf(entry);
  if (!file.ok()) {
    Unpin(entry);
    if (!absl::IsNotFound(file.status()) && !absl::IsDataLoss(file.status())) return file.status();
    // Somebody took the file away or changed it: the block is no more.
    Drop(entry, absl::StrCat("is lost: ", file.status().ToString()));
    return absl::NotFoundError(absl::StrCat("BlockMeta not found for blockId ", block_id));
  }
  const int dir = entry->dir;  // fixed while pinned
  return std::make_shared<Handle>(shared_from_this(), std::move(entry), *std::move(file), dir, readable_by_all);
}

absl::StatusOr<std::unique_ptr<TempReader>> Core::OpenTemp(int64_t block_id) {
  TempPlace place;
  {
    MutexLock lock(&mutex_);
    const auto it = temps_.find(block_id);
    if (it == temps_.end() || it->second.dir < 0) return absl::NotFoundError("");
    place = it->second;
  }
  ALLUXIO_ASSIGN_OR_RETURN(UniqueFd fd, dirs_[place.dir].disk->OpenTemp(place.session_id, block_id));
  return std::make_unique<TempFile>(std::move(fd), options_.io);
}

absl::Status Core::RemoveEntry(int64_t block_id, const Entry* only) {
  EntryPtr entry;
  {
    MutexLock lock(&mutex_);
    while (true) {
      const auto it = blocks_.find(block_id);
      if (it == blocks_.end() || (only != nullptr && it->second.get() != only)) {
        return absl::NotFoundError(absl::StrCat("BlockMeta not found for blockId ", block_id));
      }
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

void Core::Close() {
  for (int index = 0; index < static_cast<int>(dirs_.size()); ++index) DropSpares(index);
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

}  // namespace alluxio::worker::internal
