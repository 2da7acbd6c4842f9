// OpenLocalBlock: reads of the block's own file.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/interprocess/exceptions.hpp>
#include <boost/interprocess/file_mapping.hpp>
#include <boost/interprocess/mapped_region.hpp>
#include <cerrno>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "alluxio/base/errno_status.h"
#include "alluxio/base/mutex.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/base/unique_fd.h"
#include "alluxio/client/block/block_source.h"

namespace alluxio::client {
namespace {

namespace bip = ::boost::interprocess;

// The open file, the stream that holds the block (none for a small one), and the
// mapping: what both the source and its views keep alive.
class HeldFile {
 public:
  HeldFile(std::unique_ptr<ByteStream> lock, UniqueFd fd, int64_t length, bool sealed)
      : lock_(std::move(lock)), fd_(std::move(fd)), length_(length), sealed_(sealed) {}
  ~HeldFile() {
    if (lock_ != nullptr) lock_->EndInBackground();
  }

  int64_t length() const { return length_; }

  absl::StatusOr<size_t> Read(int64_t offset, std::span<std::byte> out) const {
    if (offset < 0) return absl::InvalidArgumentError("negative offset");
    while (true) {
      const ssize_t n = ::pread(fd_.get(), out.data(), out.size(), offset);
      if (n >= 0) return static_cast<size_t>(n);
      if (errno != EINTR) return ErrnoStatus(errno, "reading a block's file");
    }
  }

  absl::StatusOr<std::span<const std::byte>> Map() {
    if (!sealed_) return absl::FailedPreconditionError("the block is not sealed yet: it can be read, not viewed");
    MutexLock lock(&mutex_);
    if (region_.get_size() == 0) {
      try {
        // By descriptor, so that it is the very file that was checked.
        const bip::file_mapping file(absl::StrCat("/proc/self/fd/", fd_.get()).c_str(), bip::read_only);
        region_ = bip::mapped_region(file, bip::read_only, 0, static_cast<size_t>(length_));
      } catch (const bip::interprocess_exception& e) {
        return absl::FailedPreconditionError(absl::StrCat("a block's file can't be mapped: ", e.what()));
      }
    }
    return std::span(static_cast<const std::byte*>(region_.get_address()), region_.get_size());
  }

 private:
  const std::unique_ptr<ByteStream> lock_;
  const UniqueFd fd_;
  const int64_t length_;
  const bool sealed_;
  Mutex mutex_;
  bip::mapped_region region_ ABSL_GUARDED_BY(mutex_);
};

class BlockFile final : public BlockSource {
 public:
  explicit BlockFile(std::shared_ptr<HeldFile> file) : file_(std::move(file)) {}

  absl::StatusOr<size_t> Read(int64_t offset, std::span<std::byte> out) override {
    ALLUXIO_ASSIGN_OR_RETURN(const size_t n, file_->Read(offset, out));
    if (n == 0) return absl::OutOfRangeError("a block's file is shorter than the block");
    return n;
  }

  absl::Status ReadAt(int64_t offset, std::span<std::byte> out) override {
    while (!out.empty()) {
      ALLUXIO_ASSIGN_OR_RETURN(const size_t n, Read(offset, out));
      offset += static_cast<int64_t>(n);
      out = out.subspan(n);
    }
    return absl::OkStatus();
  }

  absl::StatusOr<BlockView> View(int64_t offset, int64_t length) override {
    if (offset < 0 || length < 0 || offset > file_->length() - length) {
      return absl::InvalidArgumentError("the view is not within the block");
    }
    if (length == 0) return BlockView();
    ALLUXIO_ASSIGN_OR_RETURN(const std::span<const std::byte> all, file_->Map());
    return BlockView(all.subspan(static_cast<size_t>(offset), static_cast<size_t>(length)), file_);
  }

  bool is_file() const override { return true; }

 private:
  const std::shared_ptr<HeldFile> file_;
};

// One whose descriptor is enough to keep it.
bool IsSmall(const BlockSourceOptions& options) {
  return !options.promote && options.length <= SmallBlockFiles::kMaxBytes;
}

// That the file has the block; then whether it is sealed: what a writer may still
// hold is marked, and is never mapped, as it could become shorter.
absl::StatusOr<bool> CheckFile(const UniqueFd& fd, const std::string& path, const BlockSourceOptions& options) {
  struct stat info {};
  if (::fstat(fd.get(), &info) != 0) return ErrnoStatus(errno, path);
  if (!S_ISREG(info.st_mode) || info.st_size < options.length) {
    return absl::FailedPreconditionError(
        absl::StrCat(path, " has ", info.st_size, " bytes, the block ", options.length));
  }
  return (info.st_mode & (S_IWUSR | S_IWGRP | S_IWOTH | S_ISVTX)) == 0;
}

}  // namespace

absl::StatusOr<std::unique_ptr<BlockSource>> OpenBlockFile(WorkerPool& pool, const std::string& target,
                                                           const BlockSourceOptions& options) {
  if (IsSmall(options)) {
    UniqueFd fd = pool.small_files().Open(target, options.block_id, options.length);
    if (!fd.valid()) {
      ALLUXIO_ASSIGN_OR_RETURN(auto named,
                               pool.OpenNamedFile(target, options.block_id, absl::Now() + options.data_timeout));
      ALLUXIO_ASSIGN_OR_RETURN(const bool sealed, CheckFile(named.fd, named.path, options));
      pool.small_files().Learn(target, options.block_id, named.path);
      if (sealed) fd = std::move(named.fd);
    }
    if (fd.valid()) {
      return std::make_unique<BlockFile>(
          std::make_shared<HeldFile>(nullptr, std::move(fd), options.length, /*sealed=*/true));
    }
  }
  ALLUXIO_ASSIGN_OR_RETURN(const auto asked, AskedBlockFile::Send(pool, target, options));
  return asked->Open();
}

absl::StatusOr<std::unique_ptr<AskedBlockFile>> AskedBlockFile::Ask(WorkerPool& pool, const std::string& target,
                                                                    const BlockSourceOptions& options) {
  if (IsSmall(options)) return nullptr;
  return Send(pool, target, options);
}

absl::StatusOr<std::unique_ptr<AskedBlockFile>> AskedBlockFile::Send(WorkerPool& pool, const std::string& target,
                                                                     const BlockSourceOptions& options) {
  ALLUXIO_ASSIGN_OR_RETURN(auto stream, pool.OpenStream(target, WorkerPool::Method::kOpenLocalBlock));
  grpc::block::OpenLocalBlockRequest request;
  request.set_block_id(options.block_id);
  request.set_promote(options.promote);
  ALLUXIO_RETURN_IF_ERROR(stream->Write(ToBytes(request), absl::Now() + options.data_timeout));
  return std::unique_ptr<AskedBlockFile>(new AskedBlockFile(&pool, target, options, std::move(stream)));
}

AskedBlockFile::AskedBlockFile(WorkerPool* pool, std::string target, const BlockSourceOptions& options,
                               std::unique_ptr<ByteStream> stream)
    : pool_(pool), target_(std::move(target)), options_(options), stream_(std::move(stream)) {}

absl::StatusOr<std::unique_ptr<BlockSource>> AskedBlockFile::Open() {
  ALLUXIO_ASSIGN_OR_RETURN(auto bytes, stream_->Read(absl::Now() + options_.data_timeout));
  if (!bytes) return absl::UnavailableError("the worker ended OpenLocalBlock without an answer");
  ALLUXIO_ASSIGN_OR_RETURN(const auto response, FromBytes<grpc::block::OpenLocalBlockResponse>(*bytes));

  UniqueFd fd(::open(response.path().c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.valid()) return ErrnoStatus(errno, absl::StrCat("the worker's file ", response.path(), " from here"));
  ALLUXIO_ASSIGN_OR_RETURN(const bool sealed, CheckFile(fd, response.path(), options_));
  pool_->small_files().Learn(target_, options_.block_id, response.path());
  return std::make_unique<BlockFile>(
      std::make_shared<HeldFile>(std::move(stream_), std::move(fd), options_.length, sealed));
}

}  // namespace alluxio::client
