#include "alluxio/worker/data/block_worker_service.h"

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <limits>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "alluxio/worker/data/block_worker_fixture.h"
#include "gmock/gmock.h"

// The worker's streams as a client on the wire sees them: an ordinary stub for
// what they mean, raw messages where the bytes themselves are the contract. Writes:
// write_stream_test.cc.
namespace alluxio::worker {
namespace {

using test::IsOk;
using testing::HasSubstr;
namespace wire = grpc::block;
namespace fs = std::filesystem;
using ::grpc::StatusCode;

TEST_F(BlockWorkerServiceTest, AReadResponseIsLaidOutAsTheJavaClientReadsIt) {
  Put(1, "hello");
  Put(2, std::string(5000, 'x'));
  ::grpc::Status status;
  EXPECT_THAT(ReadRaw(Request(1, 0, 5, 100), &status), testing::ElementsAre(std::string("\x0A\x07\x0A\x05hello")));
  EXPECT_TRUE(status.ok()) << status.error_message();
  // 5000 = 0x1388: two bytes of varint, and so in the outer length.
  EXPECT_THAT(ReadRaw(Request(2, 0, 5000, kMiB), &status),
              testing::ElementsAre("\x0A\x8B\x27\x0A\x88\x27" + std::string(5000, 'x')));
  EXPECT_TRUE(status.ok());
}

TEST_F(BlockWorkerServiceTest, ReadsComeInChunksAndEndByThemselves) {
  std::string content(5 * kMiB, '\0');
  for (size_t i = 0; i < content.size(); ++i) content[i] = static_cast<char>(i * 31 >> 8);
  Put(1, content);
  const struct {
    const char* name;
    int64_t offset, length, chunk;
    std::vector<int64_t> chunks;
  } kCases[] = {
      {"whole block", 0, 5 * kMiB, kMiB, {kMiB, kMiB, kMiB, kMiB, kMiB}},
      {"a part", 10, 25, 10, {10, 10, 5}},
      {"chunks are capped", 0, 5 * kMiB, 100 * kMiB, {2 * kMiB, 2 * kMiB, kMiB}},
      {"beyond the end", 5 * kMiB - 7, 100, 5, {5, 2, 0}},
      {"all beyond the end", 6 * kMiB, 100, 5, {0}},
      {"one byte", 3, 1, kMiB, {1}},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.name);
    ::grpc::ClientContext context;
    auto stream = stub_->ReadBlock(&context);
    ASSERT_TRUE(stream->Write(Request(1, c.offset, c.length, c.chunk)));
    std::string read;
    std::vector<int64_t> chunks;
    wire::ReadResponse response;
    while (stream->Read(&response)) {
      EXPECT_TRUE(response.has_chunk());
      read += response.chunk().data();
      chunks.push_back(static_cast<int64_t>(response.chunk().data().size()));
      wire::ReadRequest ack = Request(1, c.offset, c.length, c.chunk);
      ack.set_offset_received(c.offset + static_cast<int64_t>(read.size()));
      stream->Write(ack);
    }
    const ::grpc::Status status = stream->Finish();
    EXPECT_TRUE(status.ok()) << status.error_message();
    EXPECT_EQ(chunks, c.chunks);
    EXPECT_TRUE(read == content.substr(std::min<int64_t>(c.offset, content.size()), read.size()));
  }
  EXPECT_EQ(Count("Worker.BytesReadRemote"), 10 * kMiB + 25 + 7 + 1);
  EXPECT_EQ(Count("Worker.BytesReadCache"), 10 * kMiB + 25 + 7 + 1);
}

TEST_F(BlockWorkerServiceTest, AnEmptyBlockReadsAsAnEmptyChunk) {
  Put(1, "");
  ::grpc::Status status;
  EXPECT_THAT(ReadRaw(Request(1, 0, 5, 100), &status), testing::ElementsAre(std::string("\x0A\x02\x0A\x00", 4)));
  EXPECT_TRUE(status.ok());
}

TEST_F(BlockWorkerServiceTest, ReadErrorsHaveTheOriginalsCodes) {
  Put(1, "hello");
  const struct {
    const char* name;
    wire::ReadRequest request;
    StatusCode code;
    const char* text;
  } kCases[] = {
      {"missing block", Request(99, 0, 5, 100), StatusCode::NOT_FOUND, "BlockMeta not found for blockId 99"},
      {"no length", Request(1, 0, 0, 100), StatusCode::INVALID_ARGUMENT, "length 0"},
      {"negative offset", Request(1, -1, 5, 100), StatusCode::INVALID_ARGUMENT, "offset -1"},
      {"negative block", Request(-1, 0, 5, 100), StatusCode::INVALID_ARGUMENT, "block -1"},
      {"no chunk size", Request(1, 0, 5, 0), StatusCode::INVALID_ARGUMENT, "chunk_size"},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.name);
    ::grpc::Status status;
    EXPECT_THAT(ReadRaw(c.request, &status), testing::IsEmpty());
    EXPECT_EQ(status.error_code(), c.code);
    EXPECT_THAT(status.error_message(), HasSubstr(c.text));
  }
  ::grpc::ClientContext context;
  auto stream = stub_->ReadBlock(&context);
  stream->WritesDone();
  EXPECT_EQ(stream->Finish().error_code(), StatusCode::INVALID_ARGUMENT);
}

TEST_F(BlockWorkerServiceTest, AReaderThatLeavesEarlyLetsGoOfTheBlock) {
  Put(1, std::string(8 * kMiB, 'x'));
  for (const bool cancel : {false, true}) {
    ::grpc::ClientContext context;
    auto stream = stub_->ReadBlock(&context);
    ASSERT_TRUE(stream->Write(Request(1, 0, 8 * kMiB, 1024)));
    wire::ReadResponse response;
    ASSERT_TRUE(stream->Read(&response));
    if (cancel) {
      context.TryCancel();
    } else {
      stream->WritesDone();
    }
    while (stream->Read(&response)) {
    }
    const ::grpc::Status status = stream->Finish();
    EXPECT_EQ(status.error_code(), cancel ? StatusCode::CANCELLED : StatusCode::OK) << status.error_message();
  }
  while (store_->EvictAll() == 0) std::this_thread::yield();  // nobody holds it any more
}

TEST_F(BlockWorkerServiceTest, AColdBlockComesFromTheUnderStore) {
  fetcher_.content = "0123456789";
  wire::ReadRequest request = Request(1, 2, 6, 100);
  ::grpc::Status status;
  EXPECT_THAT(ReadRaw(request, &status), testing::IsEmpty());
  EXPECT_EQ(status.error_code(), StatusCode::NOT_FOUND);  // nobody said where it lies
  request.mutable_open_ufs_block_options()->set_ufs_path("mem://test/file");
  request.mutable_open_ufs_block_options()->set_block_size(10);
  request.mutable_open_ufs_block_options()->set_mountid(1);
  std::string read;
  for (const std::string& message : ReadRaw(request, &status)) read += message.substr(4);
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(read, "234567");
  request.set_length(100);  // up to the block's end, and an empty chunk
  EXPECT_THAT(ReadRaw(request, &status), testing::ElementsAre("\x0A\x05\x0A\x03" "234", "\x0A\x05\x0A\x03" "567",
                                                              "\x0A\x04\x0A\x02" "89", std::string("\x0A\x02\x0A\x00", 4)));
  EXPECT_TRUE(status.ok());
  EXPECT_EQ(fetcher_.opened, 2);
  // A file that is shorter than the block was: what there is, an empty chunk and OK, as the original's worker does.
  request.mutable_open_ufs_block_options()->set_block_size(20);
  EXPECT_THAT(ReadRaw(request, &status), testing::ElementsAre("\x0A\x05\x0A\x03" "234", "\x0A\x05\x0A\x03" "567",
                                                              "\x0A\x04\x0A\x02" "89", std::string("\x0A\x02\x0A\x00", 4)));
  EXPECT_TRUE(status.ok()) << status.error_message();
}

// A negative length made a length of nearly 2^63 bytes of a block that isn't there.
TEST_F(BlockWorkerServiceTest, AColdBlockOfNegativeLengthIsRefused) {
  for (const int64_t length : {int64_t{-1}, std::numeric_limits<int64_t>::min()}) {
    wire::ReadRequest request = Request(1, 1, 1, 1);
    request.mutable_open_ufs_block_options()->set_ufs_path("mem://test/file");
    request.mutable_open_ufs_block_options()->set_block_size(length);
    ::grpc::Status status;
    EXPECT_THAT(ReadRaw(request, &status), testing::IsEmpty());
    EXPECT_EQ(status.error_code(), StatusCode::INVALID_ARGUMENT) << status.error_message();
  }
}

TEST_F(BlockWorkerServiceTest, AnOpenedLocalBlockIsHeldAsLongAsTheStream) {
  Put(1, "local");
  wire::OpenLocalBlockRequest request;
  request.set_block_id(1);
  wire::OpenLocalBlockResponse response;
  {
    ::grpc::ClientContext context;
    auto stream = stub_->OpenLocalBlock(&context);
    ASSERT_TRUE(stream->Write(request));
    ASSERT_TRUE(stream->Read(&response));
    EXPECT_EQ(response.path(), folder_ + "/1");
    EXPECT_TRUE(fs::exists(response.path()));
    EXPECT_EQ(store_->EvictAll(), 0);
    EXPECT_EQ(Count("Worker.ActiveClients"), 1);
    stream->WritesDone();
    EXPECT_TRUE(stream->Finish().ok());
  }
  EXPECT_EQ(store_->EvictAll(), 1);
  Put(1, "again");
  {
    ::grpc::ClientContext context;
    auto stream = stub_->OpenLocalBlock(&context);
    stream->Write(request);
    ASSERT_TRUE(stream->Read(&response));
    stream->Write(request);
    EXPECT_EQ(stream->Finish().error_code(), StatusCode::INTERNAL);
  }
  {
    ::grpc::ClientContext context;
    auto stream = stub_->OpenLocalBlock(&context);
    request.set_block_id(99);
    stream->Write(request);
    EXPECT_EQ(stream->Finish().error_code(), StatusCode::NOT_FOUND);  // the one code for which clients take ReadBlock
  }
}

TEST_F(BlockWorkerServiceTest, AClientCreatesABlockByItsPath) {
  wire::CreateLocalBlockRequest request;
  request.set_block_id(1);
  request.set_space_to_reserve(10);
  wire::CreateLocalBlockResponse response;
  ::grpc::ClientContext context;
  auto stream = stub_->CreateLocalBlock(&context);
  ASSERT_TRUE(stream->Write(request));
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_THAT(response.path(), testing::StartsWith(folder_ + "/.tmp_blocks/"));
  std::ofstream file(response.path(), std::ios::app);
  file << "written by the client" << std::flush;  // which keeps it open, as the Java client does
  request.set_only_reserve_space(true);
  request.set_space_to_reserve(8 * kMiB);
  ASSERT_TRUE(stream->Write(request));
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_FALSE(response.has_path());
  EXPECT_EQ(store_->Usage()[0].used_bytes, 8 * kMiB + 10);
  stream->WritesDone();
  const ::grpc::Status status = stream->Finish();
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(reported_, 1);
  ::grpc::Status read;
  EXPECT_THAT(ReadRaw(Request(1, 0, 21, 100), &read),
              testing::ElementsAre("\x0A\x17\x0A\x15" "written by the client"));  // not sealed yet
}

TEST_F(BlockWorkerServiceTest, ACancelledLocalWriteLeavesNothing) {
  for (int i = 0; i < 100; ++i) {
    wire::CreateLocalBlockRequest request;
    request.set_block_id(1);
    wire::CreateLocalBlockResponse response;
    ::grpc::ClientContext context;
    auto stream = stub_->CreateLocalBlock(&context);
    ASSERT_TRUE(stream->Write(request));
    ASSERT_TRUE(stream->Read(&response)) << stream->Finish().error_message();
    std::ofstream(response.path()) << "x";
    context.TryCancel();
    EXPECT_EQ(stream->Finish().error_code(), StatusCode::CANCELLED);
    while (fs::exists(response.path())) std::this_thread::yield();
    // The id is free a moment after the file is gone.
    while (!store_->Create({.session_id = 1, .block_id = 1}).ok()) std::this_thread::yield();
  }
  EXPECT_EQ(store_->num_blocks(), 0);
  wire::CreateLocalBlockRequest request;
  request.set_block_id(1);
  request.set_space_to_reserve(100 * kMiB);
  ::grpc::ClientContext context;
  auto stream = stub_->CreateLocalBlock(&context);
  stream->Write(request);
  EXPECT_EQ(stream->Finish().error_code(), StatusCode::RESOURCE_EXHAUSTED);
}

TEST_F(BlockWorkerServiceTest, BlocksAreRemovedFreedAndMoved) {
  Put(1, "one");
  wire::RemoveBlockRequest remove;
  remove.set_block_id(1);
  wire::RemoveBlockResponse removed;
  for (int i = 0; i < 2; ++i) {  // also when it is gone already
    ::grpc::ClientContext context;
    EXPECT_TRUE(stub_->RemoveBlock(&context, remove, &removed).ok());
    EXPECT_FALSE(store_->Contains(1));
  }
  Put(2, "two");
  {
    ::grpc::ClientContext context;
    wire::MoveBlockRequest move;
    move.set_block_id(2);
    move.set_medium_type("SSD");
    wire::MoveBlockResponse moved;
    EXPECT_EQ(stub_->MoveBlock(&context, move, &moved).error_code(), StatusCode::INVALID_ARGUMENT);
  }
  store_->SetPinnedFiles({FileIdOf(2)});
  Put(int64_t{1} << 24, "of another file");
  wire::FreeWorkerResponse freed;
  ::grpc::ClientContext context;
  EXPECT_TRUE(stub_->FreeWorker(&context, {}, &freed).ok());
  EXPECT_TRUE(store_->Contains(2));
  EXPECT_EQ(store_->num_blocks(), 1);
}

TEST_F(BlockWorkerServiceTest, LoadAnswersForEachFailedBlock) {
  wire::LoadRequest request;
  request.mutable_options()->set_tag("t");
  request.mutable_options()->set_position_short(false);
  for (const char* path : {"mem://test/good", "mem://test/bad"}) {
    wire::Block* const block = request.add_blocks();
    block->set_block_id(request.blocks_size());
    block->set_length(10);
    block->set_ufs_path(path);
  }
  wire::LoadResponse response;
  ::grpc::ClientContext context;
  ASSERT_TRUE(stub_->Load(&context, request, &response).ok());
  EXPECT_EQ(response.status(), wire::PARTIAL_FAILURE);
  ASSERT_EQ(response.block_status_size(), 1);
  EXPECT_EQ(response.block_status(0).block().block_id(), 2);
  EXPECT_EQ(response.block_status(0).code(), 14);
  EXPECT_TRUE(response.block_status(0).retryable());
}

TEST_F(BlockWorkerServiceTest, LoadKeepsToItsBandwidth) {
  wire::LoadRequest request;
  request.mutable_options()->set_tag("t");
  request.mutable_options()->set_position_short(false);
  request.mutable_options()->set_bandwidth(10);
  for (int i = 0; i < 3; ++i) {
    wire::Block* const block = request.add_blocks();
    block->set_block_id(i);
    block->set_length(20);
    block->set_ufs_path("mem://test/good");
  }
  const absl::Time begin = clock_.Now();
  wire::LoadResponse response;
  ::grpc::ClientContext context;
  std::atomic<bool> answered = false;
  std::jthread caller([&] {
    EXPECT_TRUE(stub_->Load(&context, request, &response).ok());
    answered = true;
  });
  while (!answered) {
    clock_.Advance(absl::Milliseconds(100));
    pacer_.RunDue();
    absl::SleepFor(absl::Milliseconds(1));
  }
  caller.join();
  EXPECT_EQ(response.status(), wire::SUCCESS);
  EXPECT_GE(clock_.Now() - begin, absl::Seconds(4));  // the third one's turn
}

}  // namespace
}  // namespace alluxio::worker
