#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "alluxio/base/mutex.h"
#include "alluxio/rpc/status_conversion.h"
#include "alluxio/worker/data/chunk_wire.h"
#include "alluxio/worker/data/streams.h"

namespace alluxio::worker {
namespace {

// One ReadBlock stream.
//
// At any moment at most one party moves it on, "the chain": from the request on
// it makes a chunk, writes it, makes the next, until it ends the stream. Acks
// and the half-close come beside it; the latter, and a cancellation, stop the
// chain at its next step. Nothing of the chain touches the stream after it ended
// it, but for the callback of a cold read, for which the reader's destructor waits.
class ReadStream final : public RawBidiReactor {
 public:
  ReadStream(StreamEnv* env, ::grpc::CallbackServerContext* context, absl::Status refused)
      : env_(env), domain_(IsDomain(*context)) {
    env_->metrics.active_clients.Inc();
    env_->metrics.active_reads.Inc();
    if (!refused.ok()) {
      finished_ = true;
      Finish(rpc::ToGrpc(refused));
      return;
    }
    StartRead(&in_);
  }

  void OnRead(bool ok) override {
    if (!started_) {
      started_ = true;
      if (!ok) return End(absl::InvalidArgumentError("a ReadBlock stream begins with a request"));
      absl::StatusOr<grpc::block::ReadRequest> request = ParseMessage<grpc::block::ReadRequest>(in_);
      if (!request.ok()) return End(request.status());
      request_ = *std::move(request);
      {
        MutexLock lock(&mutex_);
        chained_ = true;
      }
      StartRead(&in_);  // acks, and the half-close
      return Begin();
    }
    // Acks are not needed: HTTP/2's flow control bounds what is under way.
    if (ok) return StartRead(&in_);
    Stop(absl::OkStatus());
  }
  void OnWritten(bool ok) override {
    if (!ok) return End(absl::CancelledError("the reader has gone"));
    Step();
  }
  void OnCancelled() override { Stop(absl::CancelledError("the reader cancelled")); }

 private:
  ~ReadStream() override {
    env_->metrics.active_reads.Dec();
    env_->metrics.active_clients.Dec();
  }

  void Begin() {
    if (absl::Status status = Check(); !status.ok()) return End(status);
    offset_ = request_.offset();
    left_ = request_.length();
    chunk_ = std::min(request_.chunk_size(), env_->options.max_chunk_bytes);
    env_->metrics.blocks_accessed.Inc();
    if (request_.promote() && env_->num_tiers > 1) {
      return OnExecutor([this] {
        // Best effort: a block in use stays where it is.
        env_->options.store->Move(request_.block_id(), 0, "").IgnoreError();
        Open();
      });
    }
    Open();
  }

  absl::Status Check() const {
    if (request_.block_id() < 0 || request_.offset() < 0 || request_.length() <= 0) {
      return absl::InvalidArgumentError(absl::StrCat("Invalid read of block ", request_.block_id(), ": offset ",
                                                     request_.offset(), ", length ", request_.length()));
    }
    if (request_.chunk_size() <= 0) {
      return absl::InvalidArgumentError(
          absl::StrCat("Invalid read of block ", request_.block_id(), ": chunk_size must be positive"));
    }
    return absl::OkStatus();
  }

  void Open() {
    absl::StatusOr<BlockPin> pin = env_->options.store->Open(request_.block_id());
    if (pin.ok()) {
      pin_ = *std::move(pin);
      block_length_ = pin_->length_bytes();
      in_memory_ = pin_->place().medium_type == "MEM";
      if (in_memory_) {
        if (absl::StatusOr<absl::string_view> map = pin_->Map(); map.ok()) map_ = *map;
      }
      (domain_ ? env_->metrics.blocks_read_local : env_->metrics.blocks_read_remote).Inc();
      return Step();
    }
    if (!absl::IsNotFound(pin.status()) || env_->options.fetcher == nullptr) return End(pin.status());
    const auto& ufs = request_.open_ufs_block_options();
    if (ufs.ufs_path().empty() && !ufs.block_in_ufs_tier()) return End(pin.status());
    if (ufs.block_size() < 0) {
      return End(absl::InvalidArgumentError(
          absl::StrCat("Invalid read of block ", request_.block_id(), ": block_size ", ufs.block_size())));
    }
    block_length_ = ufs.block_size();
    env_->metrics.blocks_read_ufs.Inc();
    if (offset_ >= block_length_) return Step();
    absl::StatusOr<std::unique_ptr<ColdReader>> reader =
        env_->options.fetcher->Open({.block_id = request_.block_id(),
                                     .length_bytes = ufs.block_size(),
                                     .mount_id = ufs.mountid(),
                                     .ufs_uri = ufs.ufs_path(),
                                     .offset_in_file = ufs.offset_in_file(),
                                     .in_ufs_tier = ufs.block_in_ufs_tier(),
                                     .cache = !ufs.no_cache()},
                                    offset_, std::min(left_, block_length_ - offset_));
    if (!reader.ok()) return End(reader.status());
    cold_ = *std::move(reader);
    Step();
  }

  // Makes and sends the next chunk.
  void Step() {
    if (std::optional<absl::Status> stop = stop_status(); stop.has_value()) return End(*stop);
    const int64_t bytes = std::min({chunk_, left_, block_length_ - offset_});
    if (bytes <= 0) {
      if (cold_ != nullptr && !cold_at_end_) return StepCold(0);
      // At the requested length there is nothing to say; at the block's end,
      // before that, an empty chunk.
      if (left_ > 0) return Send({}, nullptr, true);
      return End(absl::OkStatus());
    }
    if (cold_ != nullptr) return StepCold(bytes);
    if (map_.data() != nullptr) return Send(map_.substr(offset_, bytes), pin_, bytes == left_);
    if (in_memory_) return SendCopy(bytes);
    // The disk may keep a thread waiting, and a mapping of it would do so to a
    // thread of gRPC.
    OnExecutor([this, bytes] { SendCopy(bytes); });
  }

  void SendCopy(int64_t bytes) {
    auto buffer = std::make_shared<std::vector<char>>(bytes);
    const absl::StatusOr<size_t> n = pin_->ReadAt(offset_, absl::MakeSpan(*buffer));
    if (!n.ok()) return End(n.status());
    if (static_cast<int64_t>(*n) < bytes) {
      return End(absl::DataLossError(absl::StrCat("block ", request_.block_id(), " is shorter than ", block_length_)));
    }
    Send(absl::string_view(buffer->data(), bytes), buffer, bytes == left_);
  }

  void StepCold(int64_t bytes) {
    cold_->Read(offset_, std::max<int64_t>(bytes, 1), [this](absl::StatusOr<ColdBytes> read) {
      if (!read.ok()) return End(read.status());
      if (read->bytes.empty()) {
        cold_at_end_ = true;  // and committed, if it was to be cached
        // The file has become shorter: clients count the bytes, and of an end that
        // comes too soon both kinds learn that they must load its metadata anew.
        block_length_ = std::min(block_length_, offset_);
        return Step();
      }
      Send(read->bytes, std::move(read->owner), false);
    });
  }

  void Send(absl::string_view data, std::shared_ptr<const void> owner, bool last) {
    const auto bytes = static_cast<int64_t>(data.size());
    offset_ += bytes;
    left_ -= bytes;
    (domain_ ? env_->metrics.bytes_read_domain : env_->metrics.bytes_read_remote).Inc(bytes);
    if (cold_ == nullptr) env_->metrics.bytes_read_cache.Inc(bytes);
    out_ = EncodeReadResponse(data, std::move(owner));
    if (!last) return StartWrite(&out_);
    {
      MutexLock lock(&mutex_);
      if (finished_) return;
      finished_ = true;
    }
    StartWriteAndFinish(&out_, ::grpc::Status::OK);
  }

  // Ends the stream with `status` at the chain's next step.
  void Stop(const absl::Status& status) {
    {
      MutexLock lock(&mutex_);
      if (!stop_.has_value()) stop_ = status;
      if (chained_) return;
    }
    End(status);
  }
  std::optional<absl::Status> stop_status() const {
    MutexLock lock(&mutex_);
    return stop_;
  }

  void End(const absl::Status& status) {
    {
      MutexLock lock(&mutex_);
      if (finished_) return;
      finished_ = true;
    }
    Finish(rpc::ToGrpc(status));
  }

  void OnExecutor(std::function<void()> work) {
    if (!env_->options.executor->Submit(std::move(work))) {
      End(absl::ResourceExhaustedError("the worker has no thread to read with; try again"));
    }
  }

  StreamEnv* const env_;
  const bool domain_;
  ::grpc::ByteBuffer in_, out_;
  bool started_ = false;
  grpc::block::ReadRequest request_;

  mutable Mutex mutex_;
  bool chained_ ABSL_GUARDED_BY(mutex_) = false;
  std::optional<absl::Status> stop_ ABSL_GUARDED_BY(mutex_);
  bool finished_ ABSL_GUARDED_BY(mutex_) = false;

  // The chain's.
  int64_t offset_ = 0, left_ = 0, chunk_ = 0, block_length_ = 0;
  bool in_memory_ = false;
  BlockPin pin_;
  absl::string_view map_;
  bool cold_at_end_ = false;
  // Last, so that it goes first: its callback uses all of the above.
  std::unique_ptr<ColdReader> cold_;
};

}  // namespace

RawBidiReactor* StartReadStream(StreamEnv* env, ::grpc::CallbackServerContext* context, absl::Status refused) {
  return new ReadStream(env, context, std::move(refused));
}

}  // namespace alluxio::worker
