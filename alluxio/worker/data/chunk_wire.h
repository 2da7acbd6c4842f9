#ifndef ALLUXIO_WORKER_DATA_CHUNK_WIRE_H_
#define ALLUXIO_WORKER_DATA_CHUNK_WIRE_H_

#include <grpcpp/support/byte_buffer.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "grpc/block_worker.pb.h"

// The two messages that carry data, laid out and read by hand so that the bytes
// of a block are never copied here:
//   ReadResponse  0A len1 0A len2 data
//   WriteRequest  12 len1 0A len2 data, or 0A len command
// (`../../proto/grpc/block_worker.proto`; the Java client reads the first with
// fixed code, so that nothing else may stand in it).
namespace alluxio::worker {

// A ReadResponse with `data`, which stays where it is: `owner` is held until
// gRPC has sent it. Short data is copied.
::grpc::ByteBuffer EncodeReadResponse(absl::string_view data, std::shared_ptr<const void> owner);

// One message of a WriteBlock stream. Either `has_command`, or the data of a
// chunk in pieces of the received buffer, which must outlive them.
struct ParsedWrite {
  bool has_command = false;
  grpc::block::WriteRequestCommand command;
  std::vector<absl::string_view> data;
  int64_t data_bytes = 0;
  // What the pieces point into.
  std::vector<::grpc::Slice> slices;
};
// INVALID_ARGUMENT: not a WriteRequest, or one with neither.
absl::StatusOr<ParsedWrite> ParseWriteRequest(const ::grpc::ByteBuffer& message);

// Ordinary messages on a stream of raw ones.
template <typename Message>
absl::StatusOr<Message> ParseMessage(const ::grpc::ByteBuffer& bytes) {
  ::grpc::Slice slice;
  Message message;
  if (!bytes.DumpToSingleSlice(&slice).ok() || !message.ParseFromArray(slice.begin(), static_cast<int>(slice.size()))) {
    return absl::InvalidArgumentError("malformed " + message.GetTypeName());
  }
  return message;
}
template <typename Message>
::grpc::ByteBuffer EncodeMessage(const Message& message) {
  const ::grpc::Slice slice(message.SerializeAsString());
  return ::grpc::ByteBuffer(&slice, 1);
}

}  // namespace alluxio::worker

#endif  // ALLUXIO_WORKER_DATA_CHUNK_WIRE_H_
