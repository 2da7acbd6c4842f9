#include <grpcpp/grpcpp.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "alluxio/worker/data/block_worker_fixture.h"
#include "gmock/gmock.h"

// WriteBlock as a client on the wire sees it.
namespace alluxio::worker {
namespace {

using test::IsOk;
using testing::HasSubstr;
namespace wire = grpc::block;
namespace fs = std::filesystem;
using ::grpc::StatusCode;

TEST_F(BlockWorkerServiceTest, AWrittenBlockIsReportedBeforeTheStreamEnds) {
  const std::string big(3 * kMiB, 'b');
  std::vector<wire::WriteResponse> responses;
  const ::grpc::Status status =
      Write({Command(wire::ALLUXIO_BLOCK, 1), Chunk("hello "), Chunk(big), Chunk("end")}, &responses);
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_THAT(responses, testing::IsEmpty());
  EXPECT_EQ(reported_, 1);
  EXPECT_TRUE(Get(1) == "hello " + big + "end");
  EXPECT_EQ(store_->TakeDelta().added.size(), 1u);
  EXPECT_EQ(Count("Worker.BytesWrittenRemote"), 3 * kMiB + 9);
}

TEST_F(BlockWorkerServiceTest, AFlushAnswersTheBytesWritten) {
  ::grpc::ClientContext context;
  auto stream = stub_->WriteBlock(&context);
  wire::WriteRequest command = Command(wire::ALLUXIO_BLOCK, 1);
  ASSERT_TRUE(stream->Write(command));
  ASSERT_TRUE(stream->Write(Chunk("12345")));
  command.mutable_command()->set_flush(true);
  command.mutable_command()->set_offset(5);
  ASSERT_TRUE(stream->Write(command));
  wire::WriteResponse response;
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.offset(), 5);
  EXPECT_EQ(reported_, 0);
  ASSERT_TRUE(stream->Write(Chunk("678")));
  stream->WritesDone();
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_TRUE(stream->Finish().ok());
  EXPECT_EQ(Get(1), "12345678");
}

TEST_F(BlockWorkerServiceTest, WritesThatCannotBeAreRefusedAndLeaveNothing) {
  Put(5, "committed");
  wire::WriteRequest unknown_tier = Command(wire::ALLUXIO_BLOCK, 1);
  unknown_tier.mutable_command()->set_tier(7);
  wire::WriteRequest mismatch = Command(wire::ALLUXIO_BLOCK, 1);
  mismatch.mutable_command()->set_flush(true);
  mismatch.mutable_command()->set_offset(3);
  wire::WriteRequest much = Command(wire::ALLUXIO_BLOCK, 1);
  much.mutable_command()->set_space_to_reserve(100 * kMiB);
  const struct {
    const char* name;
    std::vector<wire::WriteRequest> requests;
    StatusCode code;
    const char* text;
  } kCases[] = {
      {"chunk first", {Chunk("x")}, StatusCode::INVALID_ARGUMENT, "command"},
      {"nothing at all", {}, StatusCode::INVALID_ARGUMENT, "command"},
      {"empty request", {wire::WriteRequest()}, StatusCode::INVALID_ARGUMENT, "neither"},
      {"empty chunk", {Command(wire::ALLUXIO_BLOCK, 1), Chunk("")}, StatusCode::INVALID_ARGUMENT, "Invalid chunk"},
      {"chunk too large",
       {Command(wire::ALLUXIO_BLOCK, 1), Chunk(std::string(4 * kMiB + 1, 'x'))},
       StatusCode::INVALID_ARGUMENT,
       "Invalid chunk"},
      {"unknown tier", {unknown_tier}, StatusCode::INVALID_ARGUMENT, "tier 7"},
      {"offset mismatch",
       {Command(wire::ALLUXIO_BLOCK, 1), Chunk("xy"), mismatch},
       StatusCode::INVALID_ARGUMENT,
       "Offsets do not match [received: 3, expected: 2]."},
      {"no room", {much}, StatusCode::RESOURCE_EXHAUSTED, "capacity"},
      {"exists",
       {Command(wire::ALLUXIO_BLOCK, 5)},
       StatusCode::INTERNAL,
       "Temp blockId 5 is not available, because it is already committed"},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.name);
    const ::grpc::Status status = Write(c.requests);
    EXPECT_EQ(status.error_code(), c.code) << status.error_message();
    EXPECT_THAT(status.error_message(), HasSubstr(c.text));
    EXPECT_FALSE(store_->Contains(1));
  }
  EXPECT_EQ(store_->Usage()[0].used_bytes, 9);
}

TEST_F(BlockWorkerServiceTest, ABlockThatTheMasterDoesNotTakeIsTakenBack) {
  {
    MutexLock lock(&mutex_);
    report_status_ = absl::UnavailableError("no master");
  }
  const ::grpc::Status status = Write({Command(wire::ALLUXIO_BLOCK, 1), Chunk("x")});
  EXPECT_EQ(status.error_code(), StatusCode::UNAVAILABLE);
  EXPECT_FALSE(store_->Contains(1));
  EXPECT_EQ(store_->Usage()[0].used_bytes, 0);
}

// gRPC ends the request stream of a cancelled call just as that of a
// half-closed one: here each kind of cancelled write must leave nothing, ever.
TEST_F(BlockWorkerServiceTest, ACancelledWriteIsNeverCommitted) {
  for (int i = 0; i < 300; ++i) {
    ::grpc::ClientContext context;
    auto stream = stub_->WriteBlock(&context);
    // Each its own: the server may come to a cancelled one later than the client goes on.
    wire::WriteRequest command = Command(wire::ALLUXIO_BLOCK, i);
    ASSERT_TRUE(stream->Write(command));
    stream->Write(Chunk("half of it"));
    if (i % 2 == 0) {
      command.mutable_command()->set_flush(true);
      command.mutable_command()->clear_offset();
      stream->Write(command);
      wire::WriteResponse response;
      ASSERT_TRUE(stream->Read(&response)) << stream->Finish().error_message();
    }
    if (i % 5 == 0) stream->Write(Chunk("more"));
    context.TryCancel();
    EXPECT_EQ(stream->Finish().error_code(), StatusCode::CANCELLED);
    if (i % 3 == 2) WaitForNoTemps();
  }
  WaitForNoTemps();
  EXPECT_EQ(store_->num_blocks(), 0);
  EXPECT_EQ(reported_, 0);
}

// Nothing was sent to such a writer: that its stream can't be answered any more is
// the proof that it was not half-closed.
TEST_F(BlockWorkerServiceTest, ACancelledFileIsNeverCommitted) {
  wire::WriteRequest command = Command(wire::UFS_FILE, -1);
  auto* const file = command.mutable_command()->mutable_create_ufs_file_options();
  file->set_ufs_path("mem://test/cancelled");
  file->set_mount_id(1);
  for (int i = 0; i < 200; ++i) {
    ::grpc::ClientContext context;
    auto stream = stub_->WriteBlock(&context);
    stream->Write(command);
    for (int chunks = i % 4; chunks > 0; --chunks) stream->Write(Chunk("half of it"));
    if (i % 3 == 0) std::this_thread::yield();
    context.TryCancel();
    EXPECT_EQ(stream->Finish().error_code(), StatusCode::CANCELLED);
  }
  while (ufs_fs_->writers_open() > 0) std::this_thread::yield();
  EXPECT_THAT(ufs_fs_->Content("cancelled"), test::StatusIs(absl::StatusCode::kNotFound));
}

// Goal: a cancellation that is noticed only after the commit takes the block back.
// Method: the writer cancels while the master is told. Nothing here says when the
// worker has noticed, so that it may take more tries than one.
TEST_F(BlockWorkerServiceTest, AWriteThatIsCancelledDuringItsCommitIsTakenBack) {
  std::atomic<::grpc::ClientContext*> writer{nullptr};
  on_report_ = [&] {
    writer.load()->TryCancel();
    for (int i = 0; i < 3; ++i) {  // behind it on the same connection
      ::grpc::ClientContext context;
      wire::RemoveBlockRequest remove;
      remove.set_block_id(999);
      wire::RemoveBlockResponse removed;
      EXPECT_TRUE(stub_->RemoveBlock(&context, remove, &removed).ok());
    }
  };
  bool taken_back = false;
  for (int64_t id = 1; id <= 100 && !taken_back; ++id) {
    ::grpc::ClientContext context;
    writer = &context;
    auto stream = stub_->WriteBlock(&context);
    ASSERT_TRUE(stream->Write(Command(wire::ALLUXIO_BLOCK, id)));
    ASSERT_TRUE(stream->Write(Chunk("x")));
    stream->WritesDone();
    EXPECT_EQ(stream->Finish().error_code(), StatusCode::CANCELLED);
    while (Count("Worker.ActiveRpcWriteCount") > 0) std::this_thread::yield();
    EXPECT_EQ(reported_, id);
    taken_back = !store_->Contains(id);
  }
  EXPECT_TRUE(taken_back);
}

// The master is away: whatever needs none goes on.
TEST_F(BlockWorkerServiceTest, CommitsThatWaitKeepNothingElseWaiting) {
  std::atomic<int> waiting{0};
  Notification master_is_back;
  on_report_ = [&] {
    ++waiting;
    master_is_back.Wait();
  };
  Put(99, "x");
  std::vector<std::thread> writers;
  for (int64_t id = 1; id <= 4; ++id) {
    writers.emplace_back([&, id] { EXPECT_TRUE(Write({Command(wire::ALLUXIO_BLOCK, id), Chunk("x")}).ok()); });
  }
  while (waiting < 4) std::this_thread::yield();
  wire::RemoveBlockRequest remove;
  remove.set_block_id(99);
  wire::RemoveBlockResponse removed;
  ::grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
  EXPECT_TRUE(stub_->RemoveBlock(&context, remove, &removed).ok());
  master_is_back.Notify();
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(store_->num_blocks(), 4);
}

TEST_F(BlockWorkerServiceTest, AFileOfTheUnderStoreIsWrittenWithItsHash) {
  wire::WriteRequest command = Command(wire::UFS_FILE, -1);
  auto* const file = command.mutable_command()->mutable_create_ufs_file_options();
  file->set_ufs_path("mem://test/d/f");
  file->set_mount_id(1);
  file->set_mode(0640);
  std::vector<wire::WriteResponse> responses;
  ::grpc::Status status = Write({command, Chunk("abc"), Chunk("def")}, &responses);
  EXPECT_TRUE(status.ok()) << status.error_message();
  ASSERT_EQ(responses.size(), 1u);
  EXPECT_EQ(responses[0].offset(), 6);
  EXPECT_NE(responses[0].contenthash(), "");
  EXPECT_THAT(ufs_fs_->Content("d/f"), test::IsOkAndHolds("abcdef"));
  EXPECT_EQ(Count("Worker.BytesWrittenPerUfs.UFS:mem:%2F%2Ftest"), 6);

  file->set_ufs_path("mem://test/empty");
  status = Write({command});
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_THAT(ufs_fs_->Content("empty"), test::IsOkAndHolds(""));

  ::grpc::ClientContext context;
  file->set_ufs_path("mem://test/cancelled");
  auto stream = stub_->WriteBlock(&context);
  stream->Write(command);
  stream->Write(Chunk("abc"));
  context.TryCancel();
  EXPECT_FALSE(stream->Finish().ok());
  while (ufs_fs_->writers_open() > 0) std::this_thread::yield();
  EXPECT_THAT(ufs_fs_->Content("cancelled"), test::StatusIs(absl::StatusCode::kNotFound));

  file->set_mount_id(2);
  EXPECT_EQ(Write({command, Chunk("abc")}).error_code(), StatusCode::UNAVAILABLE);
}

TEST_F(BlockWorkerServiceTest, AFallbackBlockGoesOnInTheUnderStoreWhenThereIsNoRoom) {
  wire::WriteRequest command = Command(wire::UFS_FALLBACK_BLOCK, 1);
  command.mutable_command()->mutable_create_ufs_block_options()->set_mount_id(1);
  EXPECT_TRUE(Write({command, Chunk("fits")}).ok());
  EXPECT_EQ(Get(1), "fits");
  command.mutable_command()->set_id(2);
  std::vector<wire::WriteRequest> requests = {command};
  std::string content;
  for (int i = 0; i < 18; ++i) {
    requests.push_back(Chunk(std::string(kMiB, static_cast<char>('a' + i))));
    content += requests.back().chunk().data();
  }
  const ::grpc::Status status = Write(requests);
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_FALSE(store_->Contains(2));
  {
    MutexLock lock(&mutex_);
    EXPECT_EQ(reported_in_ufs_, absl::StrCat("2:", 18 * kMiB));
  }
  const auto stored = ufs_fs_->Content(".alluxio_ufs_blocks.alluxio.0x1D91AC0E01AB0165.tmp/2");
  ASSERT_THAT(stored, IsOk());
  EXPECT_TRUE(*stored == content);
  EXPECT_EQ(Count("Worker.BytesWrittenPerUfs.UFS:mem:%2F%2Ftest"), 18 * kMiB);  // and none of the block that fitted
}

TEST_F(BlockWorkerServiceTest, ALocalWriterGoesOnInTheUnderStoreWhenItsFileFindsNoRoom) {
  wire::CreateLocalBlockRequest create;
  create.set_block_id(1);
  create.set_space_to_reserve(10);
  ::grpc::ClientContext context;
  auto local = stub_->CreateLocalBlock(&context);
  local->Write(create);
  wire::CreateLocalBlockResponse created;
  ASSERT_TRUE(local->Read(&created));
  std::ofstream(created.path()) << "by its path, ";

  wire::WriteRequest first = Command(wire::UFS_FALLBACK_BLOCK, 1);
  first.mutable_command()->mutable_create_ufs_block_options()->set_mount_id(1);
  first.mutable_command()->mutable_create_ufs_block_options()->set_fallback(true);
  wire::WriteRequest begin = first;
  begin.mutable_command()->set_offset(0);
  begin.mutable_command()->mutable_create_ufs_block_options()->set_bytes_in_block_store(13);
  wire::WriteRequest flush = first;
  flush.mutable_command()->set_flush(true);
  flush.mutable_command()->set_offset(13 + 10);
  std::vector<wire::WriteResponse> responses;
  const ::grpc::Status status = Write({first, begin, Chunk("by streams"), flush}, &responses);
  EXPECT_TRUE(status.ok()) << status.error_message();
  ASSERT_EQ(responses.size(), 1u);
  EXPECT_EQ(responses[0].offset(), 23);
  EXPECT_THAT(ufs_fs_->Content(".alluxio_ufs_blocks.alluxio.0x1D91AC0E01AB0165.tmp/1"),
              test::IsOkAndHolds("by its path, by streams"));
  EXPECT_EQ(Count("Worker.BytesWrittenPerUfs.UFS:mem:%2F%2Ftest"), 23);
  {
    MutexLock lock(&mutex_);
    EXPECT_EQ(reported_in_ufs_, "1:23");
  }
  // More than there is, behind something, of nobody's, in a block of the store.
  begin.mutable_command()->mutable_create_ufs_block_options()->set_bytes_in_block_store(14);
  EXPECT_EQ(Write({first, begin}).error_code(), StatusCode::INVALID_ARGUMENT);
  begin.mutable_command()->mutable_create_ufs_block_options()->set_bytes_in_block_store(3);
  begin.mutable_command()->set_offset(3);
  EXPECT_EQ(Write({first, Chunk("abc"), begin}).error_code(), StatusCode::INVALID_ARGUMENT);
  begin.mutable_command()->set_offset(0);
  EXPECT_EQ(Write({Command(wire::ALLUXIO_BLOCK, 5), begin}).error_code(), StatusCode::INVALID_ARGUMENT);
  context.TryCancel();
  EXPECT_FALSE(local->Finish().ok());
  WaitForNoTemps();
  EXPECT_EQ(Write({first, begin}).error_code(), StatusCode::NOT_FOUND);
}

}  // namespace
}  // namespace alluxio::worker
