// ReadBlock: blocks by the worker's stream.
#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/client/block/block_source.h"
#include "alluxio/client/block/chunk.h"

namespace alluxio::client {
namespace {

// One ReadBlock call over [offset, offset + length).
class ReadStream {
 public:
  static absl::StatusOr<std::unique_ptr<ReadStream>> Open(WorkerPool& pool, const std::string& target,
                                                          const BlockSourceOptions& options, int64_t offset,
                                                          int64_t length, bool position_short) {
    ALLUXIO_ASSIGN_OR_RETURN(auto call, pool.OpenStream(target, WorkerPool::Method::kReadBlock));
    auto stream = std::unique_ptr<ReadStream>(new ReadStream(std::move(call), options, offset, length));
    stream->request_.set_block_id(options.block_id);
    stream->request_.set_offset(offset);
    stream->request_.set_length(length);
    stream->request_.set_promote(options.promote);
    stream->request_.set_chunk_size(std::min(options.chunk_bytes, std::max<int64_t>(length, 1)));
    *stream->request_.mutable_open_ufs_block_options() = options.ufs;
    stream->request_.set_position_short(position_short);
    ALLUXIO_RETURN_IF_ERROR(stream->call_->Write(ToBytes(stream->request_), stream->Deadline()));
    return stream;
  }

  int64_t position() const { return position_; }
  size_t buffered() const { return chunk_.size(); }
  bool exhausted() const { return position_ >= end_; }

  // 0: the worker has no more.
  absl::StatusOr<size_t> Read(std::span<std::byte> out) {
    while (chunk_.size() == 0) {
      ALLUXIO_ASSIGN_OR_RETURN(auto message, call_->Read(Deadline()));
      if (!message) return 0;
      ALLUXIO_ASSIGN_OR_RETURN(chunk_, Chunk::Parse(*message));
      received_ += static_cast<int64_t>(chunk_.size());
      if (chunk_.size() > 0 && received_ < end_) Acknowledge();
    }
    const size_t n = chunk_.Take(out);
    position_ += static_cast<int64_t>(n);
    return n;
  }

  // Within what is buffered.
  void Skip(size_t bytes) { position_ += static_cast<int64_t>(chunk_.Skip(bytes)); }

  // After the last byte; the worker commits what it cached before it ends.
  void HalfClose() { call_->WritesDone(); }
  absl::Status Finish() {
    HalfClose();
    return call_->Finish(absl::Now() + options_.close_timeout);
  }

 private:
  ReadStream(std::unique_ptr<ByteStream> call, const BlockSourceOptions& options, int64_t offset, int64_t length)
      : call_(std::move(call)), options_(options), position_(offset), received_(offset), end_(offset + length) {}

  absl::Time Deadline() const { return absl::Now() + options_.data_timeout; }

  void Acknowledge() {
    request_.set_offset_received(received_);
    call_->WriteOrDrop(ToBytes(request_));
  }

  const std::unique_ptr<ByteStream> call_;
  const BlockSourceOptions& options_;
  grpc::block::ReadRequest request_;
  Chunk chunk_;
  int64_t position_;
  int64_t received_;
  const int64_t end_;
};

class RemoteBlock final : public BlockSource {
 public:
  RemoteBlock(std::shared_ptr<WorkerPool> pool, std::string target, BlockSourceOptions options)
      : pool_(std::move(pool)), target_(std::move(target)), options_(std::move(options)) {}
  ~RemoteBlock() override { AwaitEnd(); }

  absl::StatusOr<size_t> Read(int64_t offset, std::span<std::byte> out) override {
    if (stream_ && offset > stream_->position() &&
        offset - stream_->position() < static_cast<int64_t>(stream_->buffered())) {
      stream_->Skip(static_cast<size_t>(offset - stream_->position()));
    }
    if (!stream_ || stream_->position() != offset) ALLUXIO_RETURN_IF_ERROR(OpenAt(offset));
    const absl::StatusOr<size_t> n = stream_->Read(out);
    if (!n.ok() || *n == 0) {
      stream_.reset();
      if (n.ok()) return TooShort(offset, offset > first_);
      return n;
    }
    if (stream_->exhausted()) {
      stream_->HalfClose();
      AwaitEnd();  // of a stream before, where the end was read twice
      ending_ = std::move(stream_);
    }
    return n;
  }

  void Prepare(int64_t offset) override {
    if (!stream_) OpenAt(offset).IgnoreError();
  }

  absl::Status ReadAt(int64_t offset, std::span<std::byte> out) override {
    const auto length = static_cast<int64_t>(out.size());
    if (length == 0) return absl::OkStatus();
    ALLUXIO_ASSIGN_OR_RETURN(auto stream, ReadStream::Open(*pool_, target_, options_, offset, length,
                                                           length < options_.short_read_bytes));
    while (!out.empty()) {
      ALLUXIO_ASSIGN_OR_RETURN(const size_t n, stream->Read(out));
      if (n == 0) return TooShort(stream->position(), stream->position() > offset);
      out = out.subspan(n);
    }
    stream->Finish().IgnoreError();  // as above
    return absl::OkStatus();
  }

  absl::StatusOr<BlockView> View(int64_t, int64_t) override {
    return absl::FailedPreconditionError("the block comes by a stream: it can be read, not viewed");
  }

  bool is_file() const override { return false; }

 private:
  void AwaitEnd() {
    // All bytes are here: how the stream ends changes nothing for the reader.
    if (ending_) ending_->Finish().IgnoreError();
    ending_.reset();
  }

  absl::Status OpenAt(int64_t offset) {
    stream_.reset();
    first_ = offset;
    ALLUXIO_ASSIGN_OR_RETURN(stream_,
                             ReadStream::Open(*pool_, target_, options_, offset, options_.length - offset, false));
    return absl::OkStatus();
  }

  // The worker's stream ended at `offset`; `read`: after it had brought something.
  absl::Status TooShort(int64_t offset, bool read) const {
    return absl::OutOfRangeError(absl::StrCat("Block ", options_.block_id, " is expected to be ", options_.length,
                                              " bytes, but only ", offset, read || offset == 0 ? "" : " or fewer",
                                              " bytes are available in the UFS"));
  }

  const std::shared_ptr<WorkerPool> pool_;
  const std::string target_;
  const BlockSourceOptions options_;
  std::unique_ptr<ReadStream> stream_;
  int64_t first_ = 0;  // where `stream_` begins
  std::unique_ptr<ReadStream> ending_;  // all its bytes were read
};

}  // namespace

std::unique_ptr<BlockSource> MakeRemoteBlock(std::shared_ptr<WorkerPool> pool, std::string target,
                                             BlockSourceOptions options) {
  return std::make_unique<RemoteBlock>(std::move(pool), std::move(target), std::move(options));
}

}  // namespace alluxio::client
