// Calls of a worker with any bytes for messages, over gRPC, to a store on disk and
// an under store in memory. Each is answered; afterwards the store holds whole
// blocks and nothing else, and finds the same ones again.
#include <fcntl.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/client_unary_call.h>
#include <grpcpp/support/sync_stream.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "alluxio/base/check.h"
#include "alluxio/base/log.h"
#include "alluxio/base/unique_fd.h"
#include "alluxio/rpc/server.h"
#include "alluxio/rpc/unary.h"
#include "alluxio/worker/block/local_block_store.h"
#include "alluxio/worker/data/block_worker_service.h"
#include "alluxio/worker/ufsread/block_fetcher.h"
#include "alluxio/worker/ufsread/cache_queue.h"
#include "alluxio/worker/ufsread/ufs_manager.h"
#include "grpc/block_worker.pb.h"
#include "testing/fakes/memory_ufs.h"
#include "testing/fuzz/frames.h"

namespace {

using namespace alluxio::worker;  // NOLINT
namespace fs = std::filesystem;
using alluxio::test::Frame;
using ::grpc::ByteBuffer;

constexpr char kService[] = "/alluxio.grpc.block.BlockWorker/";
constexpr size_t kMaxStreams = 8;

std::string Folder() {
  const char* const parent = std::getenv("TEST_TMPDIR");
  return absl::StrCat(parent != nullptr ? parent : "/tmp", "/block_worker_fuzz-", ::getpid());
}

ByteBuffer Message(absl::string_view bytes) {
  const ::grpc::Slice slice(bytes.data(), bytes.size());
  return ByteBuffer(&slice, 1);
}

// Another worker: it has every block, and odd ones break off.
class OtherWorker final : public RemoteBlockReader {
 public:
  absl::Status Read(const std::string& host, int, const ColdBlock& block,
                    absl::FunctionRef<absl::Status(absl::string_view)> sink) override {
    if (host == "away") return absl::UnavailableError("nobody is there");
    const std::string bytes(static_cast<size_t>(std::clamp<int64_t>(block.length_bytes, 0, 2000)), 'r');
    if (absl::Status taken = sink(absl::string_view(bytes).substr(0, bytes.size() / 2)); !taken.ok()) return taken;
    if (block.block_id % 2 != 0) return absl::UnavailableError("broke off");
    return sink(absl::string_view(bytes).substr(bytes.size() / 2));
  }
};

struct StreamKind {
  bool answers = false;  // each request, by one message
  bool writes = false;   // the client does, at the path that it is told
};

// One call that goes on.
struct Stream {
  ::grpc::ClientContext context;
  std::unique_ptr<::grpc::ClientReaderWriter<ByteBuffer, ByteBuffer>> calls;
  StreamKind kind;
  std::string path;

  void Send(absl::string_view message) {
    if (!calls->Write(Message(message)) || !kind.answers) return;
    ByteBuffer answer;
    ::grpc::Slice whole;
    if (!calls->Read(&answer) || !answer.DumpToSingleSlice(&whole).ok()) return;
    // Both streams' answers are laid out alike.
    alluxio::grpc::block::CreateLocalBlockResponse response;
    ALLUXIO_CHECK(response.ParseFromArray(whole.begin(), static_cast<int>(whole.size())));
    if (kind.writes && response.has_path()) path = response.path();
  }
  void End(bool cancel) {
    if (cancel) {
      context.TryCancel();
    } else {
      calls->WritesDone();
    }
    ByteBuffer answer;
    while (calls->Read(&answer)) answer.Clear();
    calls->Finish();  // whatever it says: it says something
  }
};

class Worker {
 public:
  Worker() : folder_(Folder()) {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    store_ = OpenStore();
    ufs_fs_->PutFile("file", std::string(3000, 'f'));
    registry_.Register("mem", [this](absl::string_view, const auto&)
                                  -> absl::StatusOr<std::shared_ptr<alluxio::ufs::UnderFileSystem>> { return ufs_fs_; });
    const auto report = [this](const BlockPin& pin) -> absl::Status {
      if (!master_takes_) return absl::InvalidArgumentError("the master does not want it");
      store_->Confirm(pin->block_id());
      return absl::OkStatus();
    };
    fetcher_ = BlockFetcher::Create({.store = store_.get(),
                                     .ufs = &ufs_,
                                     .executor = fetch_pool_.get(),
                                     .commit_executor = commit_pool_.get(),
                                     .report = report,
                                     .range_bytes = 512});
    queue_ = std::make_unique<CacheQueue>(CacheQueue::Options{
        .store = store_.get(),
        .fetcher = fetcher_.get(),
        .remote = &other_,
        .executor = cache_pool_.get(),
        .report = report,
        .is_self = [](absl::string_view host, int) { return host == "self"; },
        .metrics = &metrics_});
    service_ = MakeBlockWorkerService({
        .store = store_.get(),
        .fetcher = fetcher_.get(),
        .ufs = &ufs_,
        .cache = [this](const CacheQueue::Request& request,
                        CacheQueue::Done done) { queue_->Cache(request, std::move(done)); },
        .cache_async = [this](const CacheQueue::Request& request) { return queue_->CacheAsync(request); },
        .executor = data_pool_.get(),
        .commit_executor = commit_pool_.get(),
        .report = report,
        .report_in_ufs = [this](int64_t, int64_t) -> absl::Status {
          return master_takes_ ? absl::OkStatus() : absl::InvalidArgumentError("the master does not want it");
        },
        .env = &env_,
        .metrics = &metrics_,
        .max_chunk_bytes = 1000,
    });
    auto server = alluxio::rpc::RpcServer::Start({.host = "127.0.0.1",
                                                  .services = {service_.get()},
                                                  .authentication = alluxio::rpc::AuthenticationType::kNoSasl});
    ALLUXIO_CHECK(server.ok());
    server_ = *std::move(server);
    ::grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    channel_ = ::grpc::CreateCustomChannel(absl::StrCat("127.0.0.1:", server_->port()),
                                           ::grpc::InsecureChannelCredentials(), arguments);
  }

  ~Worker() {
    for (size_t i = 0; i < streams_.size(); ++i) streams_[i]->End(/*cancel=*/i % 2 != 0);
    streams_.clear();
    channel_.reset();
    server_->Stop(absl::Seconds(10));
    queue_.reset();
    fetcher_.reset();
    for (auto* pool : {&data_pool_, &fetch_pool_, &commit_pool_, &cache_pool_}) pool->reset();
    server_.reset();
    service_.reset();
    CheckStore();
  }

  void Do(const Frame& frame) {
    switch (frame.method % 18) {
      case 0: return Open("ReadBlock", frame.message, {});
      case 1: return Open("WriteBlock", frame.message, {});
      case 2: return Open("OpenLocalBlock", frame.message, {.answers = true});
      case 3: return Open("CreateLocalBlock", frame.message, {.answers = true, .writes = true});
      case 4: return Send(frame);
      case 5: return End(frame, false);
      case 6: return End(frame, true);
      case 7: return WriteFile(frame);
      case 8: return Call("RemoveBlock", frame.message);
      case 9: return Call("MoveBlock", frame.message);
      case 10: return Call("Cache", frame.message);
      case 11: return Call("AsyncCache", frame.message);
      case 12: return Call("Load", frame.message);
      case 13: return Call("FreeWorker", frame.message);
      case 14: return Call("ClearMetrics", frame.message);
      case 15: return ufs_fs_->PutFile(absl::StrCat("f", frame.user % 4), frame.message);
      case 16: {
        master_takes_ = frame.user % 2 == 0;
        return;
      }
      case 17: return store_->SetPinnedFiles({FileIdOf(frame.user)});
    }
  }

 private:
  std::unique_ptr<LocalBlockStore> OpenStore() {
    auto store = LocalBlockStore::Start(
        {.layout = {.tiers = {{.alias = "MEM", .dirs = {{folder_ + "/mem", 1 << 20, "MEM"}}},
                              {.alias = "SSD", .dirs = {{folder_ + "/a", 1 << 19, "SSD"}, {folder_ + "/b", 1 << 18, "SSD"}}}}},
         .stepped = true,
         .max_spare_bytes = 0});
    ALLUXIO_CHECK(store.ok());
    return *std::move(store);
  }

  void Open(const char* name, absl::string_view message, StreamKind kind) {
    if (streams_.size() == kMaxStreams) {
      streams_.front()->End(/*cancel=*/false);
      streams_.erase(streams_.begin());
    }
    auto stream = std::make_unique<Stream>();
    stream->kind = kind;
    const std::string path = absl::StrCat(kService, name);
    const ::grpc::internal::RpcMethod method(path.c_str(), ::grpc::internal::RpcMethod::BIDI_STREAMING);
    stream->calls.reset(::grpc::internal::ClientReaderWriterFactory<ByteBuffer, ByteBuffer>::Create(channel_.get(), method,
                                                                                                   &stream->context));
    stream->Send(message);
    streams_.push_back(std::move(stream));
  }
  void Send(const Frame& frame) {
    if (!streams_.empty()) streams_[frame.user % streams_.size()]->Send(frame.message);
  }
  void End(const Frame& frame, bool cancel) {
    if (streams_.empty()) return;
    const auto at = streams_.begin() + frame.user % streams_.size();
    (*at)->End(cancel);
    streams_.erase(at);
  }
  // As a client on the worker's machine.
  void WriteFile(const Frame& frame) {
    if (streams_.empty()) return;
    const std::string& path = streams_[frame.user % streams_.size()]->path;
    const alluxio::UniqueFd fd(::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC));
    if (fd.valid()) (void)!::write(fd.get(), frame.message.data(), frame.message.size());
  }
  void Call(const char* name, absl::string_view message) {
    const std::string path = absl::StrCat(kService, name);
    const ::grpc::internal::RpcMethod method(path.c_str(), ::grpc::internal::RpcMethod::NORMAL_RPC);
    ::grpc::ClientContext context;
    ByteBuffer answer;
    ::grpc::internal::BlockingUnaryCall<ByteBuffer, ByteBuffer>(channel_.get(), method, &context, Message(message), &answer);
  }

  std::vector<std::pair<int64_t, std::string>> Content() {
    std::vector<std::pair<int64_t, std::string>> content;
    for (const BlockSummary& block : store_->List(-1, 1000)) {
      const auto pin = store_->Open(block.block_id);
      ALLUXIO_CHECK(pin.ok());
      std::string bytes(static_cast<size_t>(block.length_bytes), '\0');
      const auto n = (*pin)->ReadAt(0, absl::MakeSpan(bytes));
      ALLUXIO_CHECK(n.ok() && *n == bytes.size());
      content.emplace_back(block.block_id, std::move(bytes));
    }
    return content;
  }

  void CheckStore() {
    ALLUXIO_CHECK(ufs_fs_->writers_open() == 0);
    // What nobody uses any more takes no room; gRPC may hold a chunk for a moment.
    const auto used = [this] {
      int64_t bytes = 0;
      for (const TierUsage& tier : store_->Usage()) bytes += tier.used_bytes;
      return bytes;
    };
    int64_t committed = 0;
    for (const BlockSummary& block : store_->List(-1, 1000)) committed += block.length_bytes;
    while (used() != committed) std::this_thread::yield();
    const auto content = Content();
    store_.reset();
    store_ = OpenStore();
    ALLUXIO_CHECK(store_->recovered().files_removed == 0);
    ALLUXIO_CHECK(Content() == content);
    store_.reset();
    fs::remove_all(folder_);
  }

  const std::string folder_;
  alluxio::metrics::MetricsRegistry metrics_;
  alluxio::rpc::CallEnv env_;
  std::atomic<bool> master_takes_{true};
  const std::shared_ptr<alluxio::test::MemoryUfs> ufs_fs_ = std::make_shared<alluxio::test::MemoryUfs>("mem://u");
  alluxio::ufs::UfsRegistry registry_;
  UfsManager ufs_{{.registry = &registry_, .look_up = [](int64_t mount) -> absl::StatusOr<UfsManager::Mount> {
                     if (mount > 2) return absl::UnavailableError("no such mount");
                     return UfsManager::Mount{.uri = "mem://u", .read_only = mount == 2};
                   },
                   .metrics = &metrics_}};
  OtherWorker other_;
  std::unique_ptr<alluxio::ThreadPool> data_pool_ = Pool("data"), fetch_pool_ = Pool("fetch"),
                                       commit_pool_ = Pool("commit"), cache_pool_ = Pool("cache");
  std::unique_ptr<LocalBlockStore> store_;
  std::unique_ptr<BlockFetcher> fetcher_;
  std::unique_ptr<CacheQueue> queue_;
  std::unique_ptr<::grpc::Service> service_;
  std::unique_ptr<alluxio::rpc::RpcServer> server_;
  std::shared_ptr<::grpc::Channel> channel_;
  std::vector<std::unique_ptr<Stream>> streams_;

  static std::unique_ptr<alluxio::ThreadPool> Pool(const char* name) {
    return std::make_unique<alluxio::ThreadPool>(alluxio::ThreadPool::Options{.name = name, .threads = 2});
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  alluxio::SetLogLevel(alluxio::LogLevel::kError);
  Worker worker;
  alluxio::test::Frames frames(absl::string_view(reinterpret_cast<const char*>(data), size));
  for (Frame frame; frames.Next(&frame);) worker.Do(frame);
  return 0;
}
