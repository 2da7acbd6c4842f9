#ifndef ALLUXIO_CLIENT_BLOCK_CHUNK_H_
#define ALLUXIO_CLIENT_BLOCK_CHUNK_H_

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/slice.h>

#include <cstddef>
#include <span>
#include <vector>

#include "absl/status/statusor.h"

// The two messages that carry block data, laid out by hand (PROTOCOL section
// 13.0), so that no byte is copied into a Protobuf message and out again.
namespace alluxio::client {

// The data of one ReadResponse: `0A len1 0A len2 data`. Consumed from the front.
class Chunk {
 public:
  Chunk() = default;

  // Takes an empty message and one whose chunk is empty. DATA_LOSS: anything else
  // than the layout above.
  static absl::StatusOr<Chunk> Parse(const ::grpc::ByteBuffer& message);

  size_t size() const { return size_; }
  // Moves up to `out.size()` bytes out; answers how many.
  size_t Take(std::span<std::byte> out);
  size_t Skip(size_t bytes);

 private:
  std::vector<::grpc::Slice> slices_;
  size_t slice_ = 0;   // the first with bytes left
  size_t offset_ = 0;  // in it
  size_t size_ = 0;
};

// A WriteRequest of one chunk: `12 len1 0A len2 data`. `data` must not be empty.
::grpc::ByteBuffer ChunkMessage(::grpc::Slice data);

}  // namespace alluxio::client

#endif  // ALLUXIO_CLIENT_BLOCK_CHUNK_H_
