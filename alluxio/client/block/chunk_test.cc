#include "alluxio/client/block/chunk.h"

#include <string>

#include "grpc/block_worker.pb.h"
#include "testing/matchers/status_matchers.h"

namespace alluxio::client {
namespace {

using ::alluxio::grpc::block::ReadResponse;
using ::alluxio::grpc::block::WriteRequest;
using ::alluxio::test::IsOk;
using ::alluxio::test::StatusIs;

// `message` in slices of `piece` bytes, as a transport may cut it.
::grpc::ByteBuffer Cut(const std::string& message, size_t piece) {
  std::vector<::grpc::Slice> slices;
  for (size_t i = 0; i < message.size(); i += piece) slices.emplace_back(message.substr(i, piece));
  return ::grpc::ByteBuffer(slices.data(), slices.size());
}

std::string TakeAll(Chunk& chunk, size_t step) {
  std::string all;
  std::vector<std::byte> buffer(step);
  while (const size_t n = chunk.Take(buffer)) all.append(reinterpret_cast<const char*>(buffer.data()), n);
  return all;
}

TEST(ChunkTest, ReadsWhatProtobufWritesHoweverItIsCut) {
  for (const size_t size : {0, 1, 126, 127, 128, 300, 16383, 20000}) {
    std::string data(size, 'x');
    for (size_t i = 0; i < size; ++i) data[i] = static_cast<char>(i * 7);
    ReadResponse response;
    response.mutable_chunk()->set_data(data);
    for (const size_t piece : {1, 3, 1000, 100000}) {
      SCOPED_TRACE(testing::Message() << size << " bytes in pieces of " << piece);
      ALLUXIO_ASSERT_OK_AND_ASSIGN(Chunk chunk, Chunk::Parse(Cut(response.SerializeAsString(), piece)));
      EXPECT_EQ(chunk.size(), size);
      EXPECT_EQ(TakeAll(chunk, 777), data);
    }
  }
}

TEST(ChunkTest, SkipsFromTheFront) {
  ReadResponse response;
  response.mutable_chunk()->set_data("0123456789");
  ALLUXIO_ASSERT_OK_AND_ASSIGN(Chunk chunk, Chunk::Parse(Cut(response.SerializeAsString(), 3)));
  EXPECT_EQ(chunk.Skip(4), 4u);
  EXPECT_EQ(TakeAll(chunk, 2), "456789");
  EXPECT_EQ(chunk.Skip(1), 0u);
}

TEST(ChunkTest, RefusesOtherLayouts) {
  EXPECT_THAT(Chunk::Parse(::grpc::ByteBuffer()), IsOk());
  using std::string_literals::operator""s;
  for (const std::string& bad : {"\x0a"s, "\x12\x02\x0a\x00"s, "\x0a\x05\x0a\x00"s, "\x0a\x03\x0a\x02x"s, "\x0a\x02\x0a\x00\x00"s}) {
    SCOPED_TRACE(testing::PrintToString(bad));
    EXPECT_THAT(Chunk::Parse(Cut(bad, 100)), StatusIs(absl::StatusCode::kDataLoss));
  }
}

TEST(ChunkTest, WritesWhatProtobufReads) {
  for (const size_t size : {1, 127, 128, 16383, 1 << 20}) {
    const std::string data(size, 'y');
    ::grpc::Slice whole;
    ASSERT_TRUE(ChunkMessage(::grpc::Slice(data)).DumpToSingleSlice(&whole).ok());
    WriteRequest request;
    ASSERT_TRUE(request.ParseFromArray(whole.begin(), static_cast<int>(whole.size())));
    EXPECT_EQ(request.chunk().data(), data);
    EXPECT_EQ(request.SerializeAsString(), std::string(whole.begin(), whole.end()));
  }
}

}  // namespace
}  // namespace alluxio::client
