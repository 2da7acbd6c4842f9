#include "alluxio/worker/data/chunk_wire.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace alluxio::worker {
namespace {

constexpr uint8_t kReadChunkTag = 0x0A;   // ReadResponse.chunk, Chunk.data
constexpr uint8_t kWriteChunkTag = 0x12;  // WriteRequest.chunk
// Below this a copy costs less than an owner.
constexpr size_t kCopyBelow = 1024;

size_t VarintSize(uint64_t value) {
  size_t size = 1;
  for (; value >= 0x80; value >>= 7) ++size;
  return size;
}

uint8_t* PutVarint(uint64_t value, uint8_t* out) {
  for (; value >= 0x80; value >>= 7) *out++ = static_cast<uint8_t>(value | 0x80);
  *out++ = static_cast<uint8_t>(value);
  return out;
}

// Reads a message piece by piece.
class SliceReader {
 public:
  explicit SliceReader(const std::vector<::grpc::Slice>& slices) : slices_(slices) {}

  bool Byte(uint8_t* byte) {
    SkipEmpty();
    if (slice_ == slices_.size()) return false;
    *byte = slices_[slice_].begin()[at_++];
    return true;
  }
  bool Varint(uint64_t* value) {
    *value = 0;
    uint8_t byte = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (!Byte(&byte)) return false;
      *value |= static_cast<uint64_t>(byte & 0x7F) << shift;
      if ((byte & 0x80) == 0) return true;
    }
    return false;
  }
  // All that is left.
  std::vector<absl::string_view> Rest() {
    std::vector<absl::string_view> pieces;
    for (SkipEmpty(); slice_ < slices_.size(); ++slice_, at_ = 0) {
      const ::grpc::Slice& slice = slices_[slice_];
      if (slice.size() > at_) {
        pieces.emplace_back(reinterpret_cast<const char*>(slice.begin()) + at_, slice.size() - at_);
      }
    }
    return pieces;
  }

 private:
  void SkipEmpty() {
    while (slice_ < slices_.size() && at_ == slices_[slice_].size()) {
      ++slice_;
      at_ = 0;
    }
  }
  const std::vector<::grpc::Slice>& slices_;
  size_t slice_ = 0;
  size_t at_ = 0;
};

// The layout that every client sends. False: something else, left to protobuf.
bool ParseChunk(size_t message_bytes, ParsedWrite* out) {
  SliceReader reader(out->slices);
  uint8_t tag = 0;
  uint64_t outer = 0, inner = 0;
  if (!reader.Byte(&tag) || tag != kWriteChunkTag || !reader.Varint(&outer)) return false;
  if (!reader.Byte(&tag) || tag != kReadChunkTag || !reader.Varint(&inner)) return false;
  if (inner > message_bytes || 1 + VarintSize(outer) + outer != message_bytes ||
      1 + VarintSize(inner) + inner != outer) {
    return false;
  }
  out->data = reader.Rest();
  out->data_bytes = static_cast<int64_t>(inner);
  return true;
}

}  // namespace

::grpc::ByteBuffer EncodeReadResponse(absl::string_view data, std::shared_ptr<const void> owner) {
  const uint64_t inner = data.size();
  const uint64_t outer = 1 + VarintSize(inner) + inner;
  uint8_t header[24];
  uint8_t* end = header;
  *end++ = kReadChunkTag;
  end = PutVarint(outer, end);
  *end++ = kReadChunkTag;
  end = PutVarint(inner, end);
  if (data.size() < kCopyBelow) {
    std::vector<uint8_t> whole(header, end);
    whole.insert(whole.end(), data.begin(), data.end());
    const ::grpc::Slice slice(whole.data(), whole.size());
    return ::grpc::ByteBuffer(&slice, 1);
  }
  auto* const held = new std::shared_ptr<const void>(std::move(owner));
  const ::grpc::Slice slices[] = {
      ::grpc::Slice(header, end - header),
      // gRPC reads it only; its type has no const.
      ::grpc::Slice(const_cast<char*>(data.data()), data.size(),
                    [](void* owner) { delete static_cast<std::shared_ptr<const void>*>(owner); }, held)};
  return ::grpc::ByteBuffer(slices, 2);
}

absl::StatusOr<ParsedWrite> ParseWriteRequest(const ::grpc::ByteBuffer& message) {
  ParsedWrite parsed;
  if (!message.Dump(&parsed.slices).ok()) return absl::InvalidArgumentError("malformed message in a WriteBlock stream");
  if (ParseChunk(message.Length(), &parsed)) return parsed;
  absl::StatusOr<grpc::block::WriteRequest> request = ParseMessage<grpc::block::WriteRequest>(message);
  if (!request.ok()) return request.status();
  if (request->has_command()) {
    parsed.has_command = true;
    parsed.command = std::move(*request->mutable_command());
    return parsed;
  }
  if (!request->has_chunk()) return absl::InvalidArgumentError("a WriteRequest has neither a command nor a chunk");
  parsed.slices = {::grpc::Slice(request->chunk().data())};
  parsed.data_bytes = static_cast<int64_t>(parsed.slices[0].size());
  if (parsed.data_bytes > 0) {
    parsed.data = {absl::string_view(reinterpret_cast<const char*>(parsed.slices[0].begin()), parsed.data_bytes)};
  }
  return parsed;
}

}  // namespace alluxio::worker
