#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "alluxio/rpc/status_conversion.h"
#include "alluxio/worker/block/commit_and_report.h"
#include "alluxio/worker/data/chunk_wire.h"
#include "alluxio/worker/data/commit_block.h"
#include "alluxio/worker/data/end_of_requests.h"
#include "alluxio/worker/data/streams.h"

namespace alluxio::worker {
namespace {

// What both streams have in common: one request at a time, each answered by one
// message, until the client ends it.
class LocalStream : public RawBidiReactor {
 public:
  LocalStream(StreamEnv* env, ::grpc::CallbackServerContext* context) : env_(env), context_(context) {
    env_->metrics.active_clients.Inc();
  }

  void OnWritten(bool ok) override {
    if (!ok) return End(absl::CancelledError("the client has gone"));
    StartRead(&in_);
  }
  void OnRead(bool ok) override {
    if (ok) return OnRequest();
    Follow(end_.OnEnd(*context_, answered()));
  }
  void OnMetadataSent(bool ok) override { Follow(EndOfRequests::OnMetadata(*context_, ok)); }
  void Begin(const absl::Status& refused) {
    if (!refused.ok()) return End(refused);
    StartRead(&in_);
  }

 protected:
  ~LocalStream() override { env_->metrics.active_clients.Dec(); }
  virtual void OnRequest() = 0;
  virtual void OnHalfClose() = 0;
  // Lets go of what the stream holds.
  virtual void Release() = 0;

  void Follow(EndOfRequests::Verdict verdict) {
    switch (verdict) {
      case EndOfRequests::kLookAgain:
        return StartRead(&in_);
      case EndOfRequests::kSendMetadata:
        return StartSendInitialMetadata();
      case EndOfRequests::kCancelled:
        return End(absl::CancelledError("the client cancelled"));
      case EndOfRequests::kHalfClosed:
        return OnHalfClose();
    }
  }
  void End(const absl::Status& status) {
    Release();
    Finish(rpc::ToGrpc(status));
  }
  template <typename Message>
  void Answer(const Message& message) {
    out_ = EncodeMessage(message);
    StartWrite(&out_);
  }
  void OnExecutor(Executor* executor, std::function<void()> work) {
    if (!executor->Submit(std::move(work))) {
      End(absl::ResourceExhaustedError("the worker has no thread free; try again"));
    }
  }

  StreamEnv* const env_;
  ::grpc::CallbackServerContext* const context_;
  ::grpc::ByteBuffer in_, out_;
  EndOfRequests end_;
};

// OpenLocalBlock: the block is held as long as the stream lives.
class OpenLocalStream final : public LocalStream {
 public:
  using LocalStream::LocalStream;

 private:
  void OnRequest() override {
    if (pin_ != nullptr) return End(absl::InternalError("an OpenLocalBlock stream takes one request"));
    absl::StatusOr<grpc::block::OpenLocalBlockRequest> request = ParseMessage<grpc::block::OpenLocalBlockRequest>(in_);
    if (!request.ok()) return End(request.status());
    if (request->promote() && env_->num_tiers > 1) {
      return OnExecutor(env_->options.executor, [this, id = request->block_id()] {
        env_->options.store->Move(id, 0, "").IgnoreError();  // a block in use stays where it is
        Open(id);
      });
    }
    Open(request->block_id());
  }
  void Open(int64_t block_id) {
    absl::StatusOr<BlockPin> pin = env_->options.store->Open(block_id);
    if (!pin.ok()) return End(pin.status());
    if (!(*pin)->readable_by_all()) {
      // The client's way on is ReadBlock, for this code alone.
      return End(absl::NotFoundError(
          absl::StrCat("block ", block_id, " is of a file that not every user may read: its file is not given out")));
    }
    pin_ = *std::move(pin);
    env_->metrics.blocks_accessed.Inc();
    env_->metrics.blocks_read_local.Inc();
    grpc::block::OpenLocalBlockResponse response;
    response.set_path(pin_->path());
    Answer(response);
  }
  void OnHalfClose() override { End(absl::OkStatus()); }
  void Release() override { pin_.reset(); }

  BlockPin pin_;
};

// CreateLocalBlock: the client writes the file, the stream commits it.
class CreateLocalStream final : public LocalStream {
 public:
  using LocalStream::LocalStream;

 private:
  void OnRequest() override {
    absl::StatusOr<grpc::block::CreateLocalBlockRequest> request =
        ParseMessage<grpc::block::CreateLocalBlockRequest>(in_);
    if (!request.ok()) return End(request.status());
    if (temp_ != nullptr) {
      if (!request->only_reserve_space()) {
        return End(absl::InternalError(absl::StrCat("block ", temp_->block_id(), " is created by this stream already")));
      }
      if (absl::Status status = temp_->Reserve(request->space_to_reserve()); !status.ok()) return End(status);
      return Answer(grpc::block::CreateLocalBlockResponse());
    }
    if (request->only_reserve_space()) {
      return End(absl::InvalidArgumentError("a CreateLocalBlock stream begins with a block to create"));
    }
    absl::StatusOr<std::unique_ptr<TempBlock>> temp = env_->options.store->Create({
        .session_id = env_->options.random->NextPositiveId(),
        .block_id = request->block_id(),
        .tier = TierOf(request->tier(), env_->num_tiers),
        .medium_type = request->medium_type(),
        .reserve_bytes = request->space_to_reserve(),
        .pin_on_create = request->pin_on_create(),
        .client_writes = true,
    });
    if (!temp.ok()) return End(AsWriteError(temp.status()));
    temp_ = *std::move(temp);
    grpc::block::CreateLocalBlockResponse response;
    response.set_path(temp_->path());
    Answer(response);
  }
  void OnHalfClose() override {
    if (temp_ == nullptr) return End(absl::OkStatus());
    OnExecutor(env_->options.commit_executor, [this] {
      if (context_->IsCancelled()) return End(absl::CancelledError("the client cancelled"));
      absl::Status status = CommitAndReport(*env_->options.store, *temp_, env_->options.report);
      if (status.ok() && context_->IsCancelled()) {
        env_->options.store->Remove(temp_->block_id()).IgnoreError();  // may have been freed
        status = absl::CancelledError("the client cancelled");
      }
      End(status);
    });
  }
  void Release() override { temp_.reset(); }

  std::unique_ptr<TempBlock> temp_;
};

}  // namespace

RawBidiReactor* StartOpenLocalStream(StreamEnv* env, ::grpc::CallbackServerContext* context, absl::Status refused) {
  auto* const stream = new OpenLocalStream(env, context);
  stream->Begin(refused);
  return stream;
}

RawBidiReactor* StartCreateLocalStream(StreamEnv* env, ::grpc::CallbackServerContext* context, absl::Status refused) {
  auto* const stream = new CreateLocalStream(env, context);
  stream->Begin(refused);
  return stream;
}

}  // namespace alluxio::worker
