// What changes the file of a committed block: sealing, copies, moves.
#include "alluxio/worker/block/block_core.h"

#include <sys/stat.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "alluxio/base/log.h"

namespace alluxio::worker::internal {

namespace {

constexpr absl::Duration kSealPause = absl::Milliseconds(20);
// A copy that found no room is tried again after this.
constexpr absl::Duration kCopyPause = absl::Seconds(10);
constexpr size_t kCopyBufferBytes = 1 << 20;
// The worker's own temp files: no client's session has this number.
constexpr int64_t kOwnSession = 0;

}  // namespace

absl::StatusOr<std::shared_ptr<BlockFile>> Core::CopyToTemp(const EntryPtr& entry, int to) {
  auto hold = std::make_shared<Hold>(shared_from_this(), to, entry->length);  // reserved by the caller
  ALLUXIO_ASSIGN_OR_RETURN(const std::shared_ptr<BlockFile> from, FileOf(entry));
  StorageDir* const disk = dirs_[to].disk.get();
  ALLUXIO_ASSIGN_OR_RETURN(UniqueFd fd, disk->CreateTemp(kOwnSession, entry->id, /*client_writes=*/false));
  const auto copy = [&]() -> absl::StatusOr<UniqueFd> {
    ALLUXIO_RETURN_IF_ERROR(
        WithRoom(to, entry->length, [&] { return options_.io->Allocate(fd.get(), entry->length); }));
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
  TrimSpares(*to);
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
          disk->CommitTemp(kOwnSession, block_id, (*file)->fd(), entry->length,
                           {.mode = ModeOf(entry->readable_by_all, /*sealed=*/true), .pin_on_create = entry->pin_on_create});
      !status.ok()) {
    disk->RemoveTemp(kOwnSession, block_id);
    return finish(status);
  }
  dirs_[entry->dir].disk->RemoveBlock(block_id).IgnoreError();
  const bool promoted = dirs_[*to].tier == 0 && dirs_[entry->dir].tier != 0;
  std::shared_ptr<Hold> old_hold = (*file)->hold();
  std::shared_ptr<BlockFile> old_file = *std::move(file);
  {
    MutexLock lock(&mutex_);
    if (entry->file == nullptr) cached_.push_back(entry);
    std::swap(entry->file, old_file);
    std::swap(entry->hold, old_hold);
    dirs_[entry->dir].padding -= dirs_[entry->dir].PaddingOf(entry->length);
    dirs_[*to].padding += dirs_[*to].PaddingOf(entry->length);
    entry->dir = *to;
    if (entry->confirmed) added_.insert(block_id);
  }
  if (promoted && options_.on_promoted) options_.on_promoted();
  return finish(absl::OkStatus());
}

bool Core::Seal(const EntryPtr& entry) {
  absl::StatusOr<std::shared_ptr<BlockFile>> file = FileOf(entry);
  if (!file.ok()) {
    if (!absl::IsNotFound(file.status()) && !absl::IsDataLoss(file.status())) return false;
    Drop(entry, absl::StrCat("is lost: ", file.status().ToString()));
    return true;
  }
  if (options_.io->NobodyWrites((*file)->fd())) {
    struct stat st;
    if (::fstat((*file)->fd(), &st) != 0 || st.st_size != entry->length) {
      Drop(entry, absl::StrCat("is dropped: its writer changed its length from ", entry->length, " to ", st.st_size,
                               " after the commit"));
      return true;
    }
    bool readable;
    {
      MutexLock lock(&mutex_);
      if (entry->removed) return true;
      if (entry->busy) return false;  // its mode is being set; the next round
      entry->busy = true;
      readable = entry->readable_by_all;
    }
    const bool told = options_.io->Chmod((*file)->fd(), ModeOf(readable, /*sealed=*/true)).ok();
    if (told) (*file)->mappable.store(true, std::memory_order_release);
    MutexLock lock(&mutex_);
    entry->busy = false;
    changed_.SignalAll();
    entry->sealed = told;
    return told;
  }
  {
    MutexLock lock(&mutex_);
    if (options_.clock->Now() < entry->copy_at) return false;
  }
  const absl::Status copied = SealByCopy(entry);
  if (copied.ok()) return true;
  if (absl::IsDataLoss(copied)) {
    Drop(entry, absl::StrCat("is dropped: ", copied.ToString()));
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
    TrimSpares(dir);
    ALLUXIO_ASSIGN_OR_RETURN(std::shared_ptr<BlockFile> file, CopyToTemp(entry, dir));
    absl::Status named = dirs_[dir].disk->CommitTemp(
        kOwnSession, entry->id, file->fd(), entry->length,
        {.mode = ModeOf(entry->readable_by_all, /*sealed=*/true), .pin_on_create = entry->pin_on_create});
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

void Core::SetReadableByAll(int64_t block_id, bool readable) {
  if (!options_.guard_files) return;
  EntryPtr entry;
  std::shared_ptr<BlockFile> file;
  bool sealed;
  {
    MutexLock lock(&mutex_);
    while (true) {
      const auto it = blocks_.find(block_id);
      if (it == blocks_.end() || it->second->readable_by_all == readable) return;
      if (!it->second->busy && !it->second->switching) {
        entry = it->second;
        break;
      }
      changed_.Wait(&mutex_);
    }
    entry->busy = true;  // its file stays the one it is
    file = entry->file;
    sealed = entry->sealed;
    // Nobody is given the path of a file that can't be opened: closed before
    // the mode changes, opened after it.
    if (!readable) entry->readable_by_all = false;
  }
  const absl::Status status = file != nullptr ? options_.io->Chmod(file->fd(), ModeOf(readable, sealed))
                                              : dirs_[entry->dir].disk->SetBlockMode(block_id, ModeOf(readable, sealed));
  if (!status.ok()) {
    ALLUXIO_LOG(kWarning, kArea, "the file of block ", block_id, " keeps its mode: ", status.ToString());
  }
  MutexLock lock(&mutex_);
  entry->readable_by_all = readable && status.ok();
  entry->busy = false;
  changed_.SignalAll();
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

}  // namespace alluxio::worker::internal
