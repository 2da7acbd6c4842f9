#ifndef ALLUXIO_WORKER_DATA_BLOCK_WORKER_FIXTURE_H_
#define ALLUXIO_WORKER_DATA_BLOCK_WORKER_FIXTURE_H_

#include <grpcpp/grpcpp.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "alluxio/base/mutex.h"
#include "alluxio/rpc/server.h"
#include "alluxio/rpc/unary.h"
#include "alluxio/worker/block/local_block_store.h"
#include "alluxio/worker/data/block_worker_service.h"
#include "grpc/block_worker.grpc.pb.h"
#include "gtest/gtest.h"
#include "testing/fakes/fake_clock.h"
#include "testing/fakes/memory_ufs.h"
#include "testing/matchers/status_matchers.h"

// The worker's service on a real port, with a store, for the tests of this folder.
namespace alluxio::worker {

inline constexpr int64_t kMiB = 1 << 20;

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

class BlockWorkerServiceTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const std::string folder = absl::StrCat(::testing::TempDir(), "/data-", getpid());
    std::filesystem::remove_all(folder);
    folder_ = folder + "/alluxioworker";
    auto store = LocalBlockStore::Start(
        {.layout = {.tiers = {{.alias = "MEM", .dirs = {{folder, 16 * kMiB, "MEM"}}}}}, .stepped = true});
    ASSERT_THAT(store, test::IsOk());
    store_ = *std::move(store);
    ufs_fs_ = std::make_shared<test::MemoryUfs>("mem://test");
    registry_.Register("mem", [this](absl::string_view, const auto&) -> absl::StatusOr<std::shared_ptr<ufs::UnderFileSystem>> {
      return ufs_fs_;
    });
    ufs_ = std::make_unique<UfsManager>(UfsManager::Options{
        .registry = &registry_, .look_up = [](int64_t mount) -> absl::StatusOr<UfsManager::Mount> {
          if (mount != 1) return absl::UnavailableError("no such mount");
          return UfsManager::Mount{.uri = "mem://test"};
        },
        .metrics = &metrics_});
    executor_ = std::make_unique<ThreadPool>(ThreadPool::Options{.name = "io", .threads = 4});
    commit_executor_ = std::make_unique<ThreadPool>(ThreadPool::Options{.name = "commit", .threads = 4});
    service_ = MakeBlockWorkerService({
        .store = store_.get(),
        .fetcher = &fetcher_,
        .ufs = ufs_.get(),
        .pacer = &pacer_,
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
    ASSERT_THAT(server, test::IsOk());
    server_ = *std::move(server);
    ::grpc::ChannelArguments arguments;
    arguments.SetMaxReceiveMessageSize(-1);
    channel_ = ::grpc::CreateCustomChannel(absl::StrCat("127.0.0.1:", server_->port()),
                                           ::grpc::InsecureChannelCredentials(), arguments);
    stub_ = grpc::block::BlockWorker::NewStub(channel_);
  }
  void TearDown() override {
    server_.reset();
    executor_.reset();
    commit_executor_.reset();
  }

  void Put(int64_t id, const std::string& content) {
    auto temp = store_->Create({.session_id = 7, .block_id = id});
    ASSERT_THAT(temp, test::IsOk());
    ASSERT_THAT((*temp)->Append(content), test::IsOk());
    ASSERT_THAT((*temp)->Commit(), test::IsOk());
    store_->Confirm(id);
  }
  std::string Get(int64_t id) {
    auto pin = store_->Open(id);
    if (!pin.ok()) return pin.status().ToString();
    std::string content((*pin)->length_bytes(), '?');
    EXPECT_THAT((*pin)->ReadAt(0, absl::MakeSpan(content)), test::IsOk());
    return content;
  }
  static grpc::block::ReadRequest Request(int64_t id, int64_t offset, int64_t length, int64_t chunk) {
    grpc::block::ReadRequest request;
    request.set_block_id(id);
    request.set_offset(offset);
    request.set_length(length);
    if (chunk != 0) request.set_chunk_size(chunk);
    return request;
  }
  // The messages of a whole read, as bytes.
  std::vector<std::string> ReadRaw(const grpc::block::ReadRequest& request, ::grpc::Status* status) {
    ::grpc::ClientContext context;
    const ::grpc::internal::RpcMethod method("/alluxio.grpc.block.BlockWorker/ReadBlock",
                                             ::grpc::internal::RpcMethod::BIDI_STREAMING);
    std::unique_ptr<::grpc::ClientReaderWriter<::grpc::ByteBuffer, ::grpc::ByteBuffer>> stream(
        ::grpc::internal::ClientReaderWriterFactory<::grpc::ByteBuffer, ::grpc::ByteBuffer>::Create(channel_.get(), method, &context));
    const ::grpc::Slice slice(request.SerializeAsString());
    stream->Write(::grpc::ByteBuffer(&slice, 1));
    std::vector<std::string> messages;
    ::grpc::ByteBuffer message;
    while (stream->Read(&message)) {
      ::grpc::Slice whole;
      EXPECT_TRUE(message.DumpToSingleSlice(&whole).ok());
      messages.emplace_back(reinterpret_cast<const char*>(whole.begin()), whole.size());
    }
    *status = stream->Finish();  // the client never half-closed: the worker ended by itself
    return messages;
  }
  static grpc::block::WriteRequest Command(grpc::block::RequestType type, int64_t id) {
    grpc::block::WriteRequest request;
    request.mutable_command()->set_type(type);
    request.mutable_command()->set_id(id);
    request.mutable_command()->set_tier(0);
    return request;
  }
  static grpc::block::WriteRequest Chunk(std::string data) {
    grpc::block::WriteRequest request;
    request.mutable_chunk()->set_data(std::move(data));
    return request;
  }
  // A whole write; `responses` gets what the worker answered.
  ::grpc::Status Write(const std::vector<grpc::block::WriteRequest>& requests,
                       std::vector<grpc::block::WriteResponse>* responses = nullptr) {
    ::grpc::ClientContext context;
    auto stream = stub_->WriteBlock(&context);
    for (const auto& request : requests) {
      if (!stream->Write(request)) break;
    }
    stream->WritesDone();
    grpc::block::WriteResponse response;
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
  test::FakeClock clock_;
  LoadPacer pacer_{/*stepped=*/true, &clock_};
  std::atomic<int> reported_{0};
  Mutex mutex_;
  absl::Status report_status_ ABSL_GUARDED_BY(mutex_);
  std::string reported_in_ufs_ ABSL_GUARDED_BY(mutex_);
  std::function<void()> on_report_;  // set before there are calls
  std::unique_ptr<ThreadPool> executor_, commit_executor_;
  std::unique_ptr<::grpc::Service> service_;
  std::unique_ptr<rpc::RpcServer> server_;
  std::shared_ptr<::grpc::Channel> channel_;
  std::unique_ptr<grpc::block::BlockWorker::Stub> stub_;
};

}  // namespace alluxio::worker

#endif  // ALLUXIO_WORKER_DATA_BLOCK_WORKER_FIXTURE_H_
