#include "alluxio/client/block/chunk.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>

namespace alluxio::client {
namespace {

// Reads bytes and lengths over the borders of slices.
class SliceReader {
 public:
  SliceReader(const std::vector<::grpc::Slice>& slices, size_t& slice, size_t& offset)
      : slices_(slices), slice_(slice), offset_(offset) {}

  bool Byte(uint8_t& out) {
    while (slice_ < slices_.size() && offset_ == slices_[slice_].size()) {
      ++slice_;
      offset_ = 0;
    }
    if (slice_ == slices_.size()) return false;
    out = slices_[slice_].begin()[offset_++];
    ++taken_;
    return true;
  }

  // A length: Protobuf takes no more than five bytes for one either.
  bool Length(uint64_t& out) {
    out = 0;
    for (int shift = 0; shift < 35; shift += 7) {
      uint8_t byte = 0;
      if (!Byte(byte)) return false;
      out |= static_cast<uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return true;
    }
    return false;
  }

  size_t taken() const { return taken_; }

 private:
  const std::vector<::grpc::Slice>& slices_;
  size_t& slice_;
  size_t& offset_;
  size_t taken_ = 0;
};

void AppendVarint(std::string& out, uint64_t value) {
  while (value >= 0x80) {
    out.push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  out.push_back(static_cast<char>(value));
}

size_t VarintSize(uint64_t value) {
  size_t size = 1;
  for (; value >= 0x80; value >>= 7) ++size;
  return size;
}

}  // namespace

absl::StatusOr<Chunk> Chunk::Parse(const ::grpc::ByteBuffer& message) {
  Chunk chunk;
  const size_t total = message.Length();
  if (total == 0) return chunk;
  if (!message.Dump(&chunk.slices_).ok()) return absl::DataLossError("a chunk could not be decompressed");
  SliceReader reader(chunk.slices_, chunk.slice_, chunk.offset_);
  const auto bad = [] { return absl::DataLossError("a worker sent a chunk of an unknown layout"); };
  uint8_t tag = 0;
  uint64_t length = 0;
  if (!reader.Byte(tag) || tag != 0x0a || !reader.Length(length) || length != total - reader.taken()) return bad();
  if (length == 0) return chunk;
  if (!reader.Byte(tag) || tag != 0x0a || !reader.Length(length) || length != total - reader.taken()) return bad();
  chunk.size_ = length;
  return chunk;
}

size_t Chunk::Take(std::span<std::byte> out) {
  size_t done = 0;
  while (done < out.size() && size_ > 0) {
    const ::grpc::Slice& slice = slices_[slice_];
    const size_t part = std::min(slice.size() - offset_, out.size() - done);
    std::memcpy(out.data() + done, slice.begin() + offset_, part);
    done += part;
    offset_ += part;
    size_ -= part;
    if (offset_ == slice.size()) {
      slices_[slice_++] = ::grpc::Slice();  // gives the transport its memory back
      offset_ = 0;
    }
  }
  return done;
}

size_t Chunk::Skip(size_t bytes) {
  size_t done = 0;
  while (done < bytes && size_ > 0) {
    const size_t part = std::min(slices_[slice_].size() - offset_, bytes - done);
    done += part;
    offset_ += part;
    size_ -= part;
    if (offset_ == slices_[slice_].size()) {
      slices_[slice_++] = ::grpc::Slice();
      offset_ = 0;
    }
  }
  return done;
}

::grpc::ByteBuffer ChunkMessage(::grpc::Slice data) {
  std::string head = "\x12";
  AppendVarint(head, 1 + VarintSize(data.size()) + data.size());
  head.push_back('\x0a');
  AppendVarint(head, data.size());
  const ::grpc::Slice slices[] = {::grpc::Slice(head), std::move(data)};
  return ::grpc::ByteBuffer(slices, 2);
}

}  // namespace alluxio::client
