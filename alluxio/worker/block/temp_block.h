#ifndef ALLUXIO_WORKER_BLOCK_TEMP_BLOCK_H_
#define ALLUXIO_WORKER_BLOCK_TEMP_BLOCK_H_

#include <fcntl.h>
#include <sys/stat.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "alluxio/base/errno_status.h"
#include "alluxio/base/mutex.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/worker/block/block_core.h"

namespace alluxio::worker::internal {

// A temp block of the core: its file and its room.
class TempBlockImpl final : public TempBlock {
 public:
  // `recycled`: the file has bytes of another block in it.
  TempBlockImpl(std::shared_ptr<Core> core, const CreateBlockOptions& options, std::shared_ptr<Hold> hold, UniqueFd fd,
                bool recycled)
      : core_(std::move(core)),
        options_(options),
        hold_(std::move(hold)),
        fd_(std::move(fd)),
        path_(disk()->TempPath(options.session_id, options.block_id)),
        recycled_(recycled),
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
    ALLUXIO_RETURN_IF_ERROR(core_->WithRoom(hold_->dir(), static_cast<int64_t>(bytes.size()),
                                            [&] { return core_->io()->WriteAt(fd_.get(), offset, bytes); }));
    filled_ += static_cast<int64_t>(bytes.size());
    int64_t written = written_.load();
    while (written < end && !written_.compare_exchange_weak(written, end)) {
    }
    return absl::OkStatus();
  }

  int64_t bytes_written() const override { return written_.load(); }

  absl::StatusOr<size_t> ReadAt(int64_t offset, absl::Span<char> buffer) const override {
    if (offset < 0) return absl::InvalidArgumentError(absl::StrCat("negative offset ", offset));
    if (recycled_) {
      const int64_t end = written_.load();
      if (offset >= end) return 0;
      buffer = buffer.subspan(0, std::min<int64_t>(buffer.size(), end - offset));
    }
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
    if (recycled_) {
      // A gap would show what another user wrote.
      if (filled_.load() < length) {
        return absl::InternalError(absl::StrCat("block ", options_.block_id, " of ", length, " bytes was filled with ",
                                                filled_.load(), " only"));
      }
      ALLUXIO_RETURN_IF_ERROR(core_->io()->Truncate(fd_.get(), length));
    }
    ALLUXIO_ASSIGN_OR_RETURN(std::shared_ptr<BlockFile> file, ReadOnlyFile(length));
    {
      MutexLock lock(&file_mutex_);
      file_ = nullptr;  // this object isn't one of the block's users any more
    }
    ALLUXIO_RETURN_IF_ERROR(core_->WithRoom(hold_->dir(), kPageBytes, [&] {  // for the index
      return disk()->CommitTemp(options_.session_id, options_.block_id, file->fd(), length,
                                {.mode = ModeOf(!core_->guards_files(), !options_.client_writes),
                                 .pin_on_create = options_.pin_on_create});
    }));
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
  const bool recycled_;
  bool committed_ = false;
  std::atomic<int64_t> appended_{0};
  std::atomic<int64_t> written_{0};
  std::atomic<int64_t> filled_{0};  // bytes written, gaps not counted
  Mutex grow_mutex_;
  std::atomic<int64_t> reserved_;  // written under grow_mutex_
  Mutex file_mutex_;
  std::shared_ptr<BlockFile> file_ ABSL_GUARDED_BY(file_mutex_);
};

}  // namespace alluxio::worker::internal

#endif  // ALLUXIO_WORKER_BLOCK_TEMP_BLOCK_H_
