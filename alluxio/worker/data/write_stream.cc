#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "alluxio/base/mutex.h"
#include "alluxio/rpc/status_conversion.h"
#include "alluxio/worker/data/chunk_wire.h"
#include "alluxio/worker/data/end_of_requests.h"
#include "alluxio/worker/data/streams.h"
#include "alluxio/worker/data/write_sink.h"

namespace alluxio::worker {
namespace {

constexpr int64_t kMaxChunkBytes = int64_t{4} << 20;

// One WriteBlock stream: strictly one message at a time, so that what waits in
// memory is one message and what HTTP/2's window holds.
class WriteStream final : public RawBidiReactor {
 public:
  WriteStream(StreamEnv* env, ::grpc::CallbackServerContext* context, absl::Status refused)
      : env_(env), context_(context), domain_(IsDomain(*context)) {
    env_->metrics.active_clients.Inc();
    env_->metrics.active_writes.Inc();
    if (refused.ok()) {
      StartRead(&in_);
    } else {
      End(refused);
    }
  }

  void OnRead(bool ok) override {
    if (!ok) return Follow(end_.OnEnd(*context_, answered()));
    absl::StatusOr<ParsedWrite> message = ParseWriteRequest(in_);
    in_.Clear();
    if (!message.ok()) return End(message.status());
    if (sink_ == nullptr) {
      if (!message->has_command) {
        return End(absl::InvalidArgumentError("a WriteBlock stream begins with a command, not with a chunk"));
      }
      command_ = std::move(message->command);
      // Only a block in memory can be opened without waiting for anything.
      if (command_.type() == grpc::block::ALLUXIO_BLOCK) return Open();
      return OnExecutor(env_->options.executor, [this] { Open(); });
    }
    if (message->has_command) return Command(message->command);
    if (message->data_bytes == 0 || message->data_bytes > kMaxChunkBytes) {
      return End(absl::InvalidArgumentError(
          absl::StrCat("Invalid chunk of ", message->data_bytes, " bytes: 1 to ", kMaxChunkBytes, " are allowed")));
    }
    chunk_ = *std::move(message);
    if (!sink_->may_block()) return Write();
    OnExecutor(env_->options.executor, [this] { Write(); });
  }
  void OnWritten(bool ok) override {
    if (!ok) return Cancel();
    StartRead(&in_);
  }
  void OnMetadataSent(bool ok) override { Follow(EndOfRequests::OnMetadata(*context_, ok)); }
  // The read under way ends too, and then everything else.

 private:
  ~WriteStream() override {
    env_->metrics.active_writes.Dec();
    env_->metrics.active_clients.Dec();
  }

  void Follow(EndOfRequests::Verdict verdict) {
    switch (verdict) {
      case EndOfRequests::kLookAgain:
        return StartRead(&in_);
      case EndOfRequests::kSendMetadata:
        return StartSendInitialMetadata();
      case EndOfRequests::kCancelled:
        return Cancel();
      case EndOfRequests::kHalfClosed:
        if (sink_ == nullptr) return End(absl::InvalidArgumentError("a WriteBlock stream begins with a command"));
        // A file of the under store needs no master.
        return OnExecutor(command_.type() == grpc::block::UFS_FILE ? env_->options.executor
                                                                   : env_->options.commit_executor,
                          [this] { Commit(); });
    }
  }

  void Open() {
    absl::StatusOr<std::unique_ptr<WriteSink>> sink = absl::InvalidArgumentError("");
    switch (command_.type()) {
      case grpc::block::ALLUXIO_BLOCK:
        sink = MakeBlockSink(env_->options, env_->num_tiers, command_);
        break;
      case grpc::block::UFS_FILE:
        sink = MakeUfsFileSink(env_->options, command_);
        break;
      case grpc::block::UFS_FALLBACK_BLOCK:
        sink = MakeFallbackSink(env_->options, env_->num_tiers, command_);
        break;
    }
    if (!sink.ok()) return End(sink.status());
    sink_ = *std::move(sink);
    if (command_.flush() || BytesInStore(command_) > 0) return Command(command_);
    StartRead(&in_);
  }

  void Command(const grpc::block::WriteRequestCommand& command) {
    if (command.has_offset() && command.offset() != written_) {
      return End(absl::InvalidArgumentError(
          absl::StrCat("Offsets do not match [received: ", command.offset(), ", expected: ", written_, "].")));
    }
    if (const int64_t bytes = BytesInStore(command); bytes > 0) {
      // The client wrote them by its path, until the store was full.
      return OnExecutor(env_->options.executor, [this, bytes, flush = command.flush()] {
        if (absl::Status status = sink_->BeginWith(bytes); !status.ok()) return End(status);
        written_ = bytes;
        Answer(flush);
      });
    }
    Answer(command.flush());
  }

  static int64_t BytesInStore(const grpc::block::WriteRequestCommand& command) {
    return command.create_ufs_block_options().bytes_in_block_store();
  }

  void Answer(bool flush) {
    if (!flush) return StartRead(&in_);
    grpc::block::WriteResponse response;
    response.set_offset(written_);
    out_ = EncodeMessage(response);
    StartWrite(&out_);  // and then the next read
  }

  void Write() {
    for (const absl::string_view piece : chunk_.data) {
      if (absl::Status status = sink_->Write(piece); !status.ok()) return End(status);
    }
    written_ += chunk_.data_bytes;
    (domain_ ? env_->metrics.bytes_written_domain : env_->metrics.bytes_written_remote).Inc(chunk_.data_bytes);
    chunk_ = {};
    StartRead(&in_);
  }

  void Commit() {
    if (context_->IsCancelled()) return Cancel();
    const absl::StatusOr<std::string> hash = sink_->Commit();
    if (!hash.ok()) return End(hash.status());
    if (context_->IsCancelled()) {
      sink_->TakeBack();
      return Cancel();
    }
    if (hash->empty()) return End(absl::OkStatus());
    grpc::block::WriteResponse response;
    response.set_offset(written_);
    response.set_contenthash(*hash);
    out_ = EncodeMessage(response);
    sink_.reset();
    StartWriteAndFinish(&out_, ::grpc::Status::OK);
  }

  void Cancel() {
    env_->metrics.blocks_cancelled.Inc();
    End(absl::CancelledError("the writer cancelled"));
  }

  // Nothing runs beside: whoever calls this is the stream's one actor.
  void End(const absl::Status& status) {
    chunk_ = {};
    sink_.reset();  // before the client can try again
    Finish(rpc::ToGrpc(status));
  }

  void OnExecutor(Executor* executor, std::function<void()> work) {
    if (!executor->Submit(std::move(work))) {
      End(absl::ResourceExhaustedError("the worker has no thread to write with; try again"));
    }
  }

  StreamEnv* const env_;
  ::grpc::CallbackServerContext* const context_;
  const bool domain_;
  ::grpc::ByteBuffer in_, out_;
  EndOfRequests end_;
  grpc::block::WriteRequestCommand command_;
  std::unique_ptr<WriteSink> sink_;
  ParsedWrite chunk_;
  int64_t written_ = 0;
};

}  // namespace

RawBidiReactor* StartWriteStream(StreamEnv* env, ::grpc::CallbackServerContext* context, absl::Status refused) {
  return new WriteStream(env, context, std::move(refused));
}

}  // namespace alluxio::worker
