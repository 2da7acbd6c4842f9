// The messages that worker and client lay out and read by hand, against what
// protobuf makes of the same bytes.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "alluxio/base/check.h"
#include "alluxio/client/block/chunk.h"
#include "alluxio/worker/data/chunk_wire.h"
#include "grpc/block_worker.pb.h"

namespace {

using namespace alluxio::worker;  // NOLINT
namespace wire = alluxio::grpc::block;

// The bytes in slices, as a transport may deliver them.
::grpc::ByteBuffer Sliced(const std::string& bytes, size_t step) {
  std::vector<::grpc::Slice> slices;
  for (size_t at = 0; at < bytes.size(); at += step) {
    slices.emplace_back(bytes.data() + at, std::min(step, bytes.size() - at));
  }
  return ::grpc::ByteBuffer(slices.data(), slices.size());
}

// What a client takes for an answer to ReadBlock is one, and gives the same bytes.
void CheckClient(const ::grpc::ByteBuffer& buffer, const std::string& bytes) {
  absl::StatusOr<alluxio::client::Chunk> chunk = alluxio::client::Chunk::Parse(buffer);
  if (!chunk.ok()) return;
  wire::ReadResponse expected;
  ALLUXIO_CHECK(expected.ParseFromString(bytes));
  std::string taken(chunk->size(), '\0');
  const size_t first = taken.size() / 3;
  ALLUXIO_CHECK(chunk->Take(std::as_writable_bytes(std::span(taken).first(first))) == first);
  ALLUXIO_CHECK(chunk->Take(std::as_writable_bytes(std::span(taken).subspan(first))) == taken.size() - first);
  ALLUXIO_CHECK(taken == expected.chunk().data() && chunk->size() == 0);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 1) return 0;
  const std::string bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const ::grpc::ByteBuffer buffer = Sliced(bytes, 1 + data[0] % 32);

  const absl::StatusOr<ParsedWrite> parsed = ParseWriteRequest(buffer);
  wire::WriteRequest expected;
  const bool valid = expected.ParseFromString(bytes);
  if (parsed.ok()) {
    ALLUXIO_CHECK(valid);
    if (parsed->has_command) {
      ALLUXIO_CHECK(expected.has_command());
      ALLUXIO_CHECK(expected.command().SerializeAsString() == parsed->command.SerializeAsString());
    } else {
      std::string joined;
      for (const absl::string_view piece : parsed->data) absl::StrAppend(&joined, piece);
      ALLUXIO_CHECK(static_cast<int64_t>(joined.size()) == parsed->data_bytes);
      ALLUXIO_CHECK(expected.has_chunk() && expected.chunk().data() == joined);
    }
  }
  CheckClient(buffer, bytes);
  (void)ParseMessage<wire::ReadRequest>(buffer);
  (void)ParseMessage<wire::OpenLocalBlockRequest>(buffer);
  (void)ParseMessage<wire::CreateLocalBlockRequest>(buffer);

  const auto owner = std::make_shared<std::string>(bytes);
  ::grpc::Slice encoded;
  ALLUXIO_CHECK(EncodeReadResponse(*owner, owner).DumpToSingleSlice(&encoded).ok());
  wire::ReadResponse response;
  ALLUXIO_CHECK(response.ParseFromArray(encoded.begin(), static_cast<int>(encoded.size())));
  ALLUXIO_CHECK(response.chunk().data() == bytes);

  if (bytes.empty()) return 0;
  ::grpc::Slice sent;
  ALLUXIO_CHECK(alluxio::client::ChunkMessage(::grpc::Slice(bytes)).DumpToSingleSlice(&sent).ok());
  const absl::StatusOr<ParsedWrite> received =
      ParseWriteRequest(Sliced(std::string(sent.begin(), sent.end()), 1 + data[0] % 32));
  ALLUXIO_CHECK(received.ok() && received->data_bytes == static_cast<int64_t>(bytes.size()));
  return 0;
}
