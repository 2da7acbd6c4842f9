#include "alluxio/client/block/block_writer.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "alluxio/base/errno_status.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/base/unique_fd.h"
#include "alluxio/client/block/chunk.h"

namespace alluxio::client {
namespace {

constexpr int64_t kLeastReservation = int64_t{8} << 20;  // the original's FILE_BUFFER_BYTES
constexpr absl::Duration kCancelTimeout = absl::Seconds(5);

class LocalWriter final : public BlockWriter {
 public:
  LocalWriter(std::unique_ptr<ByteStream> stream, UniqueFd fd, const BlockWriterOptions& options)
      : stream_(std::move(stream)), fd_(std::move(fd)), options_(options), reserved_(options.space_to_reserve) {}

  absl::Status Write(std::span<const std::byte> data) override {
    ALLUXIO_RETURN_IF_ERROR(Reserve(static_cast<int64_t>(data.size())));
    while (!data.empty()) {
      const ssize_t n = ::write(fd_.get(), data.data(), data.size());
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return ErrnoStatus(errno, "writing a block's file");
      position_ += n;
      data = data.subspan(static_cast<size_t>(n));
    }
    return absl::OkStatus();
  }

  // The worker reads the same pages.
  absl::Status Flush() override { return absl::OkStatus(); }

  void StartCommit() override {
    // First: a block is sealed once nobody holds a descriptor that can write it.
    fd_.Reset();
    stream_->WritesDone();
  }
  absl::Status Finish() override { return stream_->Finish(absl::Now() + options_.close_timeout); }

  void Cancel() override {
    fd_.Reset();
    stream_->Cancel();
    stream_->Finish(absl::Now() + kCancelTimeout).IgnoreError();  // CANCELLED is what we asked for
  }

 private:
  absl::Status Reserve(int64_t more) {
    if (position_ + more <= reserved_) return absl::OkStatus();
    const int64_t extra = std::max(kLeastReservation, position_ + more - reserved_);
    const absl::Time deadline = absl::Now() + options_.data_timeout;
    grpc::block::CreateLocalBlockRequest request;
    request.set_block_id(options_.block_id);
    request.set_space_to_reserve(extra);
    request.set_only_reserve_space(true);
    ALLUXIO_RETURN_IF_ERROR(stream_->Write(ToBytes(request), deadline));
    ALLUXIO_ASSIGN_OR_RETURN(const auto answer, stream_->Read(deadline));
    if (!answer) return absl::UnavailableError("the worker ended CreateLocalBlock instead of reserving space");
    reserved_ += extra;
    return absl::OkStatus();
  }

  const std::unique_ptr<ByteStream> stream_;
  UniqueFd fd_;
  const BlockWriterOptions options_;
  int64_t reserved_;
  int64_t position_ = 0;
};

class StreamWriter final : public BlockWriter {
 public:
  StreamWriter(std::unique_ptr<ByteStream> stream, grpc::block::WriteRequestCommand command,
               const BlockWriterOptions& options)
      : stream_(std::move(stream)), command_(std::move(command)), options_(options) {}

  absl::Status Start() { return SendCommand(command_); }

  absl::Status Write(std::span<const std::byte> data) override {
    while (!data.empty()) {
      if (!chunk_) {
        chunk_ = std::make_unique_for_overwrite<char[]>(static_cast<size_t>(options_.chunk_bytes));
        filled_ = 0;
      }
      const size_t part = std::min(data.size(), static_cast<size_t>(options_.chunk_bytes) - filled_);
      std::memcpy(chunk_.get() + filled_, data.data(), part);
      filled_ += part;
      data = data.subspan(part);
      if (filled_ == static_cast<size_t>(options_.chunk_bytes)) ALLUXIO_RETURN_IF_ERROR(SendChunk());
    }
    return absl::OkStatus();
  }

  absl::Status Flush() override {
    ALLUXIO_RETURN_IF_ERROR(SendChunk());
    grpc::block::WriteRequestCommand flush = command_;
    flush.set_flush(true);
    flush.set_offset(sent_);
    ALLUXIO_RETURN_IF_ERROR(SendCommand(flush));
    const absl::Time deadline = absl::Now() + options_.flush_timeout;
    while (true) {
      ALLUXIO_ASSIGN_OR_RETURN(const auto answer, stream_->Read(deadline));
      if (!answer) return absl::UnavailableError("the worker ended WriteBlock before it had all data");
      ALLUXIO_ASSIGN_OR_RETURN(const auto response, FromBytes<grpc::block::WriteResponse>(*answer));
      if (response.offset() >= sent_) return absl::OkStatus();
    }
  }

  void StartCommit() override {
    commit_ = SendChunk();
    if (!commit_.ok()) return stream_->Cancel();  // a half-close would commit what lacks its end
    stream_->WritesDone();
  }

  absl::Status Finish() override {
    ALLUXIO_RETURN_IF_ERROR(commit_);
    const absl::Time deadline = absl::Now() + options_.close_timeout;
    while (true) {
      ALLUXIO_ASSIGN_OR_RETURN(const auto answer, stream_->Read(deadline));
      if (!answer) return absl::OkStatus();
      ALLUXIO_ASSIGN_OR_RETURN(const auto response, FromBytes<grpc::block::WriteResponse>(*answer));
      if (response.has_contenthash()) content_hash_ = response.contenthash();
    }
  }

  void Cancel() override {
    stream_->Cancel();
    stream_->Finish(absl::Now() + kCancelTimeout).IgnoreError();  // CANCELLED is what we asked for
  }

  std::string content_hash() const override { return content_hash_; }

 private:
  absl::Status SendCommand(const grpc::block::WriteRequestCommand& command) {
    grpc::block::WriteRequest request;
    *request.mutable_command() = command;
    return stream_->Write(ToBytes(request), absl::Now() + options_.data_timeout);
  }

  absl::Status SendChunk() {
    if (!chunk_ || filled_ == 0) return absl::OkStatus();
    char* data = chunk_.release();
    ::grpc::Slice slice(data, filled_, [](void* p) { delete[] static_cast<char*>(p); }, data);
    sent_ += static_cast<int64_t>(filled_);
    filled_ = 0;
    return stream_->Write(ChunkMessage(std::move(slice)), absl::Now() + options_.data_timeout);
  }

  const std::unique_ptr<ByteStream> stream_;
  const grpc::block::WriteRequestCommand command_;
  const BlockWriterOptions options_;
  std::unique_ptr<char[]> chunk_;
  size_t filled_ = 0;
  int64_t sent_ = 0;
  absl::Status commit_;
  std::string content_hash_;
};

absl::StatusOr<std::unique_ptr<BlockWriter>> OpenWriteStream(WorkerPool& pool, const std::string& target,
                                                             const BlockWriterOptions& options,
                                                             grpc::block::WriteRequestCommand command) {
  command.set_tier(options.tier);
  command.set_medium_type(options.medium_type);
  command.set_pin_on_create(options.pin_on_create);
  command.set_space_to_reserve(options.space_to_reserve);
  ALLUXIO_ASSIGN_OR_RETURN(auto stream, pool.OpenStream(target, WorkerPool::Method::kWriteBlock));
  auto writer = std::make_unique<StreamWriter>(std::move(stream), std::move(command), options);
  ALLUXIO_RETURN_IF_ERROR(writer->Start());
  return writer;
}

}  // namespace

absl::StatusOr<std::unique_ptr<BlockWriter>> CreateBlockFile(WorkerPool& pool, const std::string& target,
                                                             const BlockWriterOptions& options) {
  ALLUXIO_ASSIGN_OR_RETURN(auto stream, pool.OpenStream(target, WorkerPool::Method::kCreateLocalBlock));
  const absl::Time deadline = absl::Now() + options.data_timeout;
  grpc::block::CreateLocalBlockRequest request;
  request.set_block_id(options.block_id);
  request.set_tier(options.tier);
  request.set_space_to_reserve(options.space_to_reserve);
  request.set_medium_type(options.medium_type);
  request.set_pin_on_create(options.pin_on_create);
  ALLUXIO_RETURN_IF_ERROR(stream->Write(ToBytes(request), deadline));
  ALLUXIO_ASSIGN_OR_RETURN(const auto bytes, stream->Read(deadline));
  if (!bytes) return absl::UnavailableError("the worker ended CreateLocalBlock without an answer");
  ALLUXIO_ASSIGN_OR_RETURN(const auto response, FromBytes<grpc::block::CreateLocalBlockResponse>(*bytes));

  // The file exists already; never made here, where nobody would look for it.
  UniqueFd fd(::open(response.path().c_str(), O_WRONLY | O_CLOEXEC));
  if (!fd.valid()) {
    const absl::Status status = ErrnoStatus(errno, absl::StrCat("the worker's file ", response.path(), " from here"));
    stream->Cancel();
    stream->Finish(absl::Now() + kCancelTimeout).IgnoreError();  // CANCELLED is what we asked for
    return status;
  }
  return std::make_unique<LocalWriter>(std::move(stream), std::move(fd), options);
}

absl::StatusOr<std::unique_ptr<BlockWriter>> OpenBlockStream(WorkerPool& pool, const std::string& target,
                                                             const BlockWriterOptions& options) {
  grpc::block::WriteRequestCommand command;
  command.set_type(grpc::block::ALLUXIO_BLOCK);
  command.set_id(options.block_id);
  return OpenWriteStream(pool, target, options, std::move(command));
}

absl::StatusOr<std::unique_ptr<BlockWriter>> OpenUfsFileStream(WorkerPool& pool, const std::string& target,
                                                               const BlockWriterOptions& options,
                                                               const proto::dataserver::CreateUfsFileOptions& file) {
  grpc::block::WriteRequestCommand command;
  command.set_type(grpc::block::UFS_FILE);
  command.set_id(-1);
  *command.mutable_create_ufs_file_options() = file;
  return OpenWriteStream(pool, target, options, std::move(command));
}

}  // namespace alluxio::client
