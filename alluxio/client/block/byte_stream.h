#ifndef ALLUXIO_CLIENT_BLOCK_BYTE_STREAM_H_
#define ALLUXIO_CLIENT_BLOCK_BYTE_STREAM_H_

#include <grpcpp/support/byte_buffer.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "alluxio/rpc/channel.h"

namespace alluxio::client {

// One bidirectional call of a worker, seen from a blocking caller: messages as
// raw bytes, so that block data is copied once. Reads ahead of its consumer and
// queues for its producer, both bounded.
//
// Thread-safe as one reader, one writer and any canceller. The destructor of the
// last handle cancels a call that has not ended, and does not wait.
class ByteStream {
 public:
  struct Options {
    std::string method;  // "/alluxio.grpc.block.BlockWorker/ReadBlock"
    size_t read_ahead = 2;
    size_t write_queue = 4;
  };

  // Authenticates the channel if need be, and starts the call. Errors: as
  // AuthenticatedChannel::PrepareContext.
  static absl::StatusOr<std::unique_ptr<ByteStream>> Open(std::shared_ptr<rpc::AuthenticatedChannel> channel,
                                                          Options options, absl::Time deadline);
  ~ByteStream();

  // Queues a message; waits while the queue is full. Not OK: the call has ended
  // (with that status) or DEADLINE_EXCEEDED.
  absl::Status Write(::grpc::ByteBuffer message, absl::Time deadline);
  // Best effort, for what only helps the server: drops the message where Write
  // would wait or fail. What has arrived stays readable.
  void WriteOrDrop(::grpc::ByteBuffer message);
  // Half-closes after what is queued. Idempotent.
  void WritesDone();
  // The next message; nothing when the server has ended the call with OK.
  absl::StatusOr<std::optional<::grpc::ByteBuffer>> Read(absl::Time deadline);
  // Throws away what still comes and waits for the end. OK or the call's error.
  absl::Status Finish(absl::Time deadline);
  void Cancel();
  // Half-closes and lets the call end by itself, also after the last handle is
  // gone: for streams whose only answer is that they end.
  void EndInBackground();

 private:
  class Reactor;
  explicit ByteStream(std::shared_ptr<Reactor> reactor);

  std::shared_ptr<Reactor> reactor_;
};

// Protobuf message <-> gRPC bytes.
template <typename Message>
::grpc::ByteBuffer ToBytes(const Message& message) {
  const std::string text = message.SerializeAsString();
  ::grpc::Slice slice(text);
  return ::grpc::ByteBuffer(&slice, 1);
}

template <typename Message>
absl::StatusOr<Message> FromBytes(const ::grpc::ByteBuffer& bytes) {
  ::grpc::Slice slice;
  Message message;
  if (!bytes.DumpToSingleSlice(&slice).ok() ||
      !message.ParseFromArray(slice.begin(), static_cast<int>(slice.size()))) {
    return absl::InternalError("a worker sent a message that is not " + message.GetTypeName());
  }
  return message;
}

}  // namespace alluxio::client

#endif  // ALLUXIO_CLIENT_BLOCK_BYTE_STREAM_H_
