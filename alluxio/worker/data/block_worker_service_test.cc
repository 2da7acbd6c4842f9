#include "alluxio/worker/data/block_worker_service.h"

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <set>
#include <string>
#include <thread>

#include "alluxio/base/mutex.h"
#include "alluxio/rpc/server.h"
#include "alluxio/rpc/unary.h"
#include "alluxio/worker/block/local_block_store.h"
#include "grpc/block_worker.grpc.pb.h"
#include "testing/fakes/memory_ufs.h"
#include "testing/matchers/status_matchers.h"

// The worker's streams as a client on the wire sees them: an ordinary stub for
// what they mean, raw messages where the bytes themselves are the contract.
namespace alluxio::worker {
namespace {

using test::IsOk;
using testing::HasSubstr;
namespace wire = grpc::block;
namespace fs = std::filesystem;
using ::grpc::ByteBuffer;
using ::grpc::StatusCode;

constexpr int64_t kMiB = 1 << 20;

// An under store's block: whatever range is asked for, in pieces of 3 bytes.
class FakeFetcher final : public BlockFetcher {
 public:
  std::string content;
  std::atomic<int> opened{0};

  absl::StatusOr<std::unique_ptr<ColdReader>> Open(const ColdBlock& block, int64_t offset, int64_t length) override {
    ++opened;
    return std::make_unique<Reader>(content, offset, length);
  }
  void Cache(const ColdBlock& block, absl::AnyInvocable<void(absl::Status)> done) override {
    done(block.ufs_uri == "mem://test/bad" ? absl::UnavailableError("it is gone") : absl::OkStatus());
  }
  Stats stats() const override { return {}; }

 private:
  class Reader final : public ColdReader {
   public:
    Reader(std::string content, int64_t offset, int64_t length)
        : content_(std::make_shared<std::string>(std::move(content))), end_(offset + length) {}
    ~Reader() override { Cancel(); }
    void Cancel() override {
      MutexLock lock(&mutex_);
      if (thread_.joinable()) thread_.join();
    }
    void Read(int64_t offset, size_t max_bytes, Done done) override {
      // Held until the thread is in its place: its callback leads to the next Read.
      MutexLock lock(&mutex_);
      if (thread_.joinable()) thread_.join();
      const size_t bytes = std::min<size_t>({max_bytes, 3, static_cast<size_t>(end_ - offset)});
      thread_ = std::thread([this, offset, bytes, done = std::move(done)]() mutable {
        done(ColdBytes{absl::string_view(*content_).substr(offset, bytes), content_});
      });
    }

   private:
    const std::shared_ptr<std::string> content_;
    const int64_t end_;
    Mutex mutex_;
    std::thread thread_ ABSL_GUARDED_BY(mutex_);
  };
};

class BlockWorkerServiceTest : public testing::Test {
 protected:
  void SetUp() override {
    const std::string folder = absl::StrCat(testing::TempDir(), "/data-", getpid());
    fs::remove_all(folder);
    folder_ = folder + "/alluxioworker";
    auto store = LocalBlockStore::Start(
        {.layout = {.tiers = {{.alias = "MEM", .dirs = {{folder, 16 * kMiB, "MEM"}}}}}, .stepped = true});
    ASSERT_THAT(store, IsOk());
    store_ = *std::move(store);
    ufs_fs_ = std::make_shared<test::MemoryUfs>("mem://test");
    registry_.Register("mem", [this](absl::string_view, const auto&) -> absl::StatusOr<std::shared_ptr<ufs::UnderFileSystem>> {
      return ufs_fs_;
    });
    ufs_ = std::make_unique<UfsManager>(UfsManager::Options{
        .registry = &registry_, .look_up = [](int64_t mount) -> absl::StatusOr<UfsManager::Mount> {
          if (mount != 1) return absl::UnavailableError("no such mount");
          return UfsManager::Mount{.uri = "mem://test"};
        }});
    executor_ = std::make_unique<ThreadPool>(ThreadPool::Options{.name = "io", .threads = 4});
    commit_executor_ = std::make_unique<ThreadPool>(ThreadPool::Options{.name = "commit", .threads = 4});
    service_ = MakeBlockWorkerService({
        .store = store_.get(),
        .fetcher = &fetcher_,
        .ufs = ufs_.get(),
        .executor = executor_.get(),
        .commit_executor = commit_executor_.get(),
        .report =
            [this](const BlockPin& pin) {
              ++reported_;
              if (on_report_) on_report_();
              {
                MutexLock lock(&mutex_);
                if (!report_status_.ok()) return report_status_;
              }
              store_->Confirm(pin->block_id());
              return absl::OkStatus();
            },
        .report_in_ufs =
            [this](int64_t block_id, int64_t length) {
              MutexLock lock(&mutex_);
              reported_in_ufs_ = absl::StrCat(block_id, ":", length);
              return absl::OkStatus();
            },
        .env = &env_,
        .metrics = &metrics_,
    });
    auto server = rpc::RpcServer::Start({.host = "127.0.0.1",
                                         .services = {service_.get()},
                                         .authentication = rpc::AuthenticationType::kNoSasl});
    ASSERT_THAT(server, IsOk());
    server_ = *std::move(server);
    ::grpc::ChannelArguments arguments;
    arguments.SetMaxReceiveMessageSize(-1);
    channel_ = ::grpc::CreateCustomChannel(absl::StrCat("127.0.0.1:", server_->port()),
                                           ::grpc::InsecureChannelCredentials(), arguments);
    stub_ = wire::BlockWorker::NewStub(channel_);
  }
  void TearDown() override {
    server_.reset();
    executor_.reset();
    commit_executor_.reset();
  }

  void Put(int64_t id, const std::string& content) {
    auto temp = store_->Create({.session_id = 7, .block_id = id});
    ASSERT_THAT(temp, IsOk());
    ASSERT_THAT((*temp)->Append(content), IsOk());
    ASSERT_THAT((*temp)->Commit(), IsOk());
    store_->Confirm(id);
  }
  std::string Get(int64_t id) {
    auto pin = store_->Open(id);
    if (!pin.ok()) return pin.status().ToString();
    std::string content((*pin)->length_bytes(), '?');
    EXPECT_THAT((*pin)->ReadAt(0, absl::MakeSpan(content)), IsOk());
    return content;
  }
  static wire::ReadRequest Request(int64_t id, int64_t offset, int64_t length, int64_t chunk) {
    wire::ReadRequest request;
    request.set_block_id(id);
    request.set_offset(offset);
    request.set_length(length);
    if (chunk != 0) request.set_chunk_size(chunk);
    return request;
  }
  // The messages of a whole read, as bytes.
  std::vector<std::string> ReadRaw(const wire::ReadRequest& request, ::grpc::Status* status) {
    ::grpc::ClientContext context;
    const ::grpc::internal::RpcMethod method("/alluxio.grpc.block.BlockWorker/ReadBlock",
                                             ::grpc::internal::RpcMethod::BIDI_STREAMING);
    std::unique_ptr<::grpc::ClientReaderWriter<ByteBuffer, ByteBuffer>> stream(
        ::grpc::internal::ClientReaderWriterFactory<ByteBuffer, ByteBuffer>::Create(channel_.get(), method, &context));
    const ::grpc::Slice slice(request.SerializeAsString());
    stream->Write(ByteBuffer(&slice, 1));
    std::vector<std::string> messages;
    ByteBuffer message;
    while (stream->Read(&message)) {
      ::grpc::Slice whole;
      EXPECT_TRUE(message.DumpToSingleSlice(&whole).ok());
      messages.emplace_back(reinterpret_cast<const char*>(whole.begin()), whole.size());
    }
    *status = stream->Finish();  // the client never half-closed: the worker ended by itself
    return messages;
  }
  static wire::WriteRequest Command(wire::RequestType type, int64_t id) {
    wire::WriteRequest request;
    request.mutable_command()->set_type(type);
    request.mutable_command()->set_id(id);
    request.mutable_command()->set_tier(0);
    return request;
  }
  static wire::WriteRequest Chunk(std::string data) {
    wire::WriteRequest request;
    request.mutable_chunk()->set_data(std::move(data));
    return request;
  }
  // A whole write; `responses` gets what the worker answered.
  ::grpc::Status Write(const std::vector<wire::WriteRequest>& requests,
                       std::vector<wire::WriteResponse>* responses = nullptr) {
    ::grpc::ClientContext context;
    auto stream = stub_->WriteBlock(&context);
    for (const auto& request : requests) {
      if (!stream->Write(request)) break;
    }
    stream->WritesDone();
    wire::WriteResponse response;
    while (stream->Read(&response)) {
      if (responses != nullptr) responses->push_back(response);
    }
    return stream->Finish();
  }
  // Waits until what a stream held is free, which a cancelled client isn't told of.
  void WaitForNoTemps() {
    while (store_->Usage()[0].used_bytes != committed_bytes()) std::this_thread::yield();
  }
  int64_t committed_bytes() {
    int64_t sum = 0;
    for (const BlockSummary& block : store_->List(-1, 1000)) sum += block.length_bytes;
    return sum;
  }
  int64_t Count(absl::string_view name) { return metrics_.GetCounter(name).Value(); }

  std::string folder_;
  metrics::MetricsRegistry metrics_;
  rpc::CallEnv env_;
  std::unique_ptr<LocalBlockStore> store_;
  ufs::UfsRegistry registry_;
  std::shared_ptr<test::MemoryUfs> ufs_fs_;
  std::unique_ptr<UfsManager> ufs_;
  FakeFetcher fetcher_;
  std::atomic<int> reported_{0};
  Mutex mutex_;
  absl::Status report_status_ ABSL_GUARDED_BY(mutex_);
  std::string reported_in_ufs_ ABSL_GUARDED_BY(mutex_);
  std::function<void()> on_report_;  // set before there are calls
  std::unique_ptr<ThreadPool> executor_, commit_executor_;
  std::unique_ptr<::grpc::Service> service_;
  std::unique_ptr<rpc::RpcServer> server_;
  std::shared_ptr<::grpc::Channel> channel_;
  std::unique_ptr<wire::BlockWorker::Stub> stub_;
};

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
}

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
    wire::WriteRequest command = Command(wire::ALLUXIO_BLOCK, i % 3);
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

}  // namespace
}  // namespace alluxio::worker
