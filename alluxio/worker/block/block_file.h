#ifndef ALLUXIO_WORKER_BLOCK_BLOCK_FILE_H_
#define ALLUXIO_WORKER_BLOCK_BLOCK_FILE_H_

#include <sys/mman.h>
#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "alluxio/base/errno_status.h"
#include "alluxio/base/mutex.h"
#include "alluxio/base/unique_fd.h"
#include "alluxio/worker/block/block_store.h"
#include "alluxio/worker/tier/storage_dir.h"
#include "alluxio/worker/tier/storage_io.h"

namespace alluxio::worker::internal {

// Counts the room of directories. Thread-safe.
class RoomKeeper {
 public:
  virtual ~RoomKeeper() = default;
  virtual void Release(int dir, int64_t bytes) = 0;
};

// The room that one file takes in one directory; given back with the last
// user of the file, which may come long after its name went.
class Hold {
 public:
  Hold(std::shared_ptr<RoomKeeper> keeper, int dir, int64_t bytes)
      : keeper_(std::move(keeper)), dir_(dir), bytes_(bytes) {}
  ~Hold() {
    if (bytes_ != 0) keeper_->Release(dir_, bytes_);
  }
  int dir() const { return dir_; }
  int64_t bytes() const { return bytes_; }
  void Add(int64_t bytes) { bytes_ += bytes; }
  // Gives back what is beyond `bytes`.
  void ShrinkTo(int64_t bytes) {
    if (bytes >= bytes_) return;
    keeper_->Release(dir_, bytes_ - bytes);
    bytes_ = bytes;
  }
  // Takes the room over from the hold, which then gives nothing back.
  int64_t Detach() { return std::exchange(bytes_, 0); }

 private:
  const std::shared_ptr<RoomKeeper> keeper_;
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

// Of a committed block's file: nobody opens it for writing, and who may open it.
// The sticky bit stays while a writer may still hold it from before the commit:
// clients then read it, and don't map what could become shorter.
inline mode_t ModeOf(bool readable_by_all, bool sealed) {
  return (readable_by_all ? 0444 : 0400) | (sealed ? 0 : S_ISVTX);
}

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
  bool readable_by_all = false;                 // as the mode of its file says
  absl::Time copy_at = absl::InfiniteFuture();  // while unsealed
};
using EntryPtr = std::shared_ptr<Entry>;

inline constexpr int64_t kPageBytes = 4096;

// The file of a removed block that nobody else has: its pages serve the next block
// that the worker fills. Its old bytes are in it: no client ever gets to see it
// before all that it shows is overwritten or cut off.
struct Spare {
  int64_t number = 0;  // StorageDir::SetAside
  UniqueFd fd;
  int64_t bytes = 0;
};

struct Dir {
  int tier = 0;
  BlockPlace place;
  std::unique_ptr<StorageDir> disk;
  int64_t capacity = 0;
  bool lost = false;  // guarded by the core's lock; never found again before a restart
  // Guarded by the core's lock. `used` holds all that is reserved or committed,
  // `leaving` the part of it whose files are being deleted to make room.
  int64_t used = 0;
  int64_t leaving = 0;
  // Kept beside `used`, not in it: the oldest go as soon as the directory has no
  // room for both. 0: none are kept.
  int64_t max_spare_bytes = 0;
  int64_t spare_bytes = 0;
  std::deque<Spare> spares;
  // A memory file system gives whole pages: what its blocks take beyond their
  // length (guarded likewise). And what of the capacity isn't filled with blocks,
  // so that the index and others find room where the file system is hardly larger.
  // Neither is shown to anybody.
  bool in_pages = false;
  int64_t padding = 0;
  int64_t slack = 0;

  int64_t Usable() const { return capacity - slack; }
  int64_t Free() const { return Usable() - used - padding; }
  int64_t PaddingOf(int64_t length) const { return in_pages ? -length & (kPageBytes - 1) : 0; }
  // What will be free as soon as the deletions under way are done.
  int64_t Available() const { return Free() + leaving; }
};

}  // namespace alluxio::worker::internal

#endif  // ALLUXIO_WORKER_BLOCK_BLOCK_FILE_H_
