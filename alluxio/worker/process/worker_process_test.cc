#include "alluxio/worker/process/worker_process.h"

#include <grpcpp/grpcpp.h>
#include <sys/stat.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "alluxio/base/log.h"
#include "alluxio/metrics/metrics.h"
#include "alluxio/rpc/call_env.h"
#include "alluxio/rpc/channel.h"
#include "alluxio/rpc/server.h"
#include "alluxio/stub/call.h"
#include "alluxio/stub/worker_methods.h"
#include "alluxio/worker/block/block_store.h"
#include "alluxio/worker/process/cluster_defaults.h"
#include "alluxio/worker/process/worker_address.h"
#include "grpc/block_master.grpc.pb.h"
#include "grpc/block_worker.grpc.pb.h"
#include "grpc/file_system_master.grpc.pb.h"
#include "grpc/meta_master.grpc.pb.h"
#include "testing/matchers/status_matchers.h"

namespace alluxio::worker {
namespace {

using test::IsOk;
using test::StatusIs;

// Test folders lie on a disk, which each store says of its MEM tier.
[[maybe_unused]] const bool kQuiet = (SetLogLevel(LogLevel::kError), true);

namespace fs = std::filesystem;
using Properties = std::vector<std::pair<std::string, std::string>>;

// The few calls of a master that a worker needs, from the wire's own code.
class SmallBlockMaster final : public grpc::block::BlockMasterWorkerService::Service {
 public:
  std::atomic<int> registrations{0};
  std::atomic<int> commits{0};
  Mutex mutex;
  grpc::WorkerNetAddress address ABSL_GUARDED_BY(mutex);

  ::grpc::Status GetWorkerId(::grpc::ServerContext*, const grpc::block::GetWorkerIdPRequest* request,
                             grpc::block::GetWorkerIdPResponse* response) override {
    MutexLock lock(&mutex);
    address = request->workernetaddress();
    response->set_workerid(7);
    return ::grpc::Status::OK;
  }
  ::grpc::Status RequestRegisterLease(::grpc::ServerContext*, const grpc::block::GetRegisterLeasePRequest*,
                                      grpc::block::GetRegisterLeasePResponse* response) override {
    response->set_allowed(true);
    return ::grpc::Status::OK;
  }
  ::grpc::Status RegisterWorkerStream(
      ::grpc::ServerContext*,
      ::grpc::ServerReaderWriter<grpc::block::RegisterWorkerPResponse, grpc::block::RegisterWorkerPRequest>* stream)
      override {
    grpc::block::RegisterWorkerPRequest request;
    while (stream->Read(&request)) stream->Write({});
    ++registrations;
    return ::grpc::Status::OK;
  }
  ::grpc::Status BlockHeartbeat(::grpc::ServerContext*, const grpc::block::BlockHeartbeatPRequest*,
                                grpc::block::BlockHeartbeatPResponse* response) override {
    response->mutable_command()->set_commandtype(grpc::Nothing);
    return ::grpc::Status::OK;
  }
  ::grpc::Status CommitBlock(::grpc::ServerContext*, const grpc::block::CommitBlockPRequest*,
                             grpc::block::CommitBlockPResponse*) override {
    ++commits;
    return ::grpc::Status::OK;
  }
};

class SmallFileMaster final : public grpc::file::FileSystemMasterWorkerService::Service {
 public:
  std::string root;

  ::grpc::Status GetPinnedFileIds(::grpc::ServerContext*, const grpc::file::GetPinnedFileIdsPRequest*,
                                  grpc::file::GetPinnedFileIdsPResponse*) override {
    return ::grpc::Status::OK;
  }
  ::grpc::Status GetUfsInfo(::grpc::ServerContext*, const grpc::file::GetUfsInfoPRequest*,
                            grpc::file::GetUfsInfoPResponse* response) override {
    response->mutable_ufsinfo()->set_uri(root);
    return ::grpc::Status::OK;
  }
};

class SmallMetaMaster final : public grpc::meta::MetaMasterConfigurationService::Service {
 public:
  ::grpc::Status GetConfiguration(::grpc::ServerContext*, const grpc::meta::GetConfigurationPOptions*,
                                  grpc::meta::GetConfigurationPResponse* response) override {
    const auto add = [response](const char* name, const char* value, const char* source) {
      grpc::ConfigProperty* const property = response->add_clusterconfigs();
      property->set_name(name);
      property->set_value(value);
      property->set_source(source);
    };
    add("alluxio.worker.web.port", "31000", "SITE_PROPERTY (/conf/alluxio-site.properties)");
    add("alluxio.worker.ramdisk.size", "3MB", "SITE_PROPERTY (/conf/alluxio-site.properties)");
    add("alluxio.worker.data.folder.permissions", "rwxrwxrwx", "DEFAULT");
    add("alluxio.master.hostname", "elsewhere", "SITE_PROPERTY (/conf/alluxio-site.properties)");
    return ::grpc::Status::OK;
  }
};

class WorkerProcessTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = absl::StrCat(testing::TempDir(), "/wp", getpid());
    fs::remove_all(folder_);
    fs::create_directories(folder_ + "/ufs");
    files_.root = folder_ + "/ufs";
    auto server = rpc::RpcServer::Start({.host = "127.0.0.1",
                                         .services = {&blocks_, &files_, &meta_},
                                         .sessions = &sessions_});
    ASSERT_THAT(server, IsOk());
    master_ = *std::move(server);
  }
  conf::Sources Sources(const Properties& more = {}) {
    Properties properties = {
        {"alluxio.master.hostname", "127.0.0.1"},
        {"alluxio.master.rpc.port", absl::StrCat(master_->port())},
        {"alluxio.worker.hostname", "127.0.0.1"},
        {"alluxio.worker.bind.host", "127.0.0.1"},
        {"alluxio.worker.rpc.port", "0"},
        {"alluxio.worker.tieredstore.level0.dirs.path", folder_ + "/mem"},
        {"alluxio.worker.ramdisk.size", "8MB"},
        {"alluxio.security.login.username", "tester"},
    };
    properties.insert(properties.end(), more.begin(), more.end());
    return {.system_properties = std::move(properties)};
  }
  std::unique_ptr<WorkerProcess> Start(const Properties& more = {}) {
    auto conf = conf::Configuration::Create(Sources(more));
    EXPECT_THAT(conf, IsOk());
    auto worker = WorkerProcess::Start({.conf = *std::move(conf), .stepped_heartbeats = true});
    EXPECT_THAT(worker, IsOk());
    return worker.ok() ? *std::move(worker) : nullptr;
  }
  static std::shared_ptr<rpc::AuthenticatedChannel> Connect(const std::string& target) {
    return rpc::AuthenticatedChannel::Create({.target = target, .user = "tester"});
  }
  static std::string Target(const WorkerProcess& worker) { return absl::StrCat("127.0.0.1:", worker.port()); }

  static ::grpc::Status Write(rpc::AuthenticatedChannel& channel, int64_t id, const std::string& content) {
    auto stub = grpc::block::BlockWorker::NewStub(channel.channel());
    ::grpc::ClientContext context;
    EXPECT_THAT(channel.PrepareContext(&context), IsOk());
    auto stream = stub->WriteBlock(&context);
    grpc::block::WriteRequest request;
    request.mutable_command()->set_id(id);
    stream->Write(request);
    request.mutable_chunk()->set_data(content);
    stream->Write(request);
    stream->WritesDone();
    return stream->Finish();
  }
  // "" and the error, or the content.
  static std::string Read(rpc::AuthenticatedChannel& channel, grpc::block::ReadRequest request, ::grpc::Status* status) {
    auto stub = grpc::block::BlockWorker::NewStub(channel.channel());
    ::grpc::ClientContext context;
    EXPECT_THAT(channel.PrepareContext(&context), IsOk());
    auto stream = stub->ReadBlock(&context);
    request.set_chunk_size(1 << 20);
    stream->Write(request);
    std::string content;
    grpc::block::ReadResponse response;
    while (stream->Read(&response)) content += response.chunk().data();
    *status = stream->Finish();
    return content;
  }

  std::string folder_;
  rpc::SessionRegistry sessions_;
  SmallBlockMaster blocks_;
  SmallFileMaster files_;
  SmallMetaMaster meta_;
  std::unique_ptr<rpc::RpcServer> master_;
};

TEST_F(WorkerProcessTest, AWorkerRegistersWritesReadsAndKeepsItsBlocks) {
  auto worker = Start();
  ASSERT_NE(worker, nullptr);
  EXPECT_TRUE(worker->registered());
  {
    MutexLock lock(&blocks_.mutex);
    EXPECT_EQ(blocks_.address.host(), "127.0.0.1");
    EXPECT_EQ(blocks_.address.dataport(), worker->port());
    EXPECT_EQ(blocks_.address.rpcport(), worker->port());
  }
  ::grpc::Status status = Write(*Connect(Target(*worker)), 16777216, "of the client");
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(blocks_.commits, 1);
  ALLUXIO_EXPECT_OK(worker->RunHeartbeat("Worker Block Sync"));
  ALLUXIO_EXPECT_OK(worker->RunHeartbeat("Worker Pin List Sync"));
  worker.reset();
  worker = Start();
  ASSERT_NE(worker, nullptr);
  grpc::block::ReadRequest request;
  request.set_block_id(16777216);
  request.set_length(13);
  EXPECT_EQ(Read(*Connect(Target(*worker)), request, &status), "of the client");
  EXPECT_TRUE(status.ok()) << status.error_message();
}

TEST_F(WorkerProcessTest, WhatItsControlGroupIsChargedIsAMetric) {
  const auto put = [this](const std::string& path, const std::string& text) {
    fs::create_directories(fs::path(folder_ + "/root" + path).parent_path());
    std::ofstream(folder_ + "/root" + path) << text;
  };
  put("/proc/self/mountinfo", "700 690 0:27 / /sys/fs/cgroup ro - cgroup2 cgroup rw\n");
  put("/proc/self/cgroup", "0::/\n");
  put("/sys/fs/cgroup/memory.max", "1073741824\n");
  put("/sys/fs/cgroup/memory.stat", "anon 1\nfile 8192\nshmem 4096\n");
  auto conf = conf::Configuration::Create(Sources());
  ASSERT_THAT(conf, IsOk());
  auto worker = WorkerProcess::Start(
      {.conf = *conf, .stepped_heartbeats = true, .cgroup = Cgroup::OfThisProcess(folder_ + "/root")});
  ASSERT_THAT(worker, IsOk());
  const auto value = [&](const char* name) { return (*worker)->metrics().Collect().at(name).value; };
  EXPECT_EQ(value("Worker.CgroupMemoryLimit"), metrics::GaugeValue(int64_t{1073741824}));
  EXPECT_EQ(value("Worker.CgroupMemoryPageCache"), metrics::GaugeValue(int64_t{8192}));
  EXPECT_EQ(value("Worker.CgroupMemoryShmem"), metrics::GaugeValue(int64_t{4096}));
  put("/sys/fs/cgroup/memory.stat", "anon 1\nfile 16384\nshmem 12288\n");
  EXPECT_EQ(value("Worker.CgroupMemoryShmem"), metrics::GaugeValue(int64_t{12288}));
}

TEST_F(WorkerProcessTest, AColdBlockIsReadFromTheUnderStoreAndKept) {
  auto worker = Start();
  ASSERT_NE(worker, nullptr);
  std::ofstream(folder_ + "/ufs/file") << "first blocksecond";
  grpc::block::ReadRequest request;
  request.set_block_id(1);
  request.set_length(6);
  auto* const ufs = request.mutable_open_ufs_block_options();
  ufs->set_ufs_path(folder_ + "/ufs/file");
  ufs->set_offset_in_file(11);
  ufs->set_block_size(6);
  ufs->set_mountid(1);
  ::grpc::Status status;
  EXPECT_EQ(Read(*Connect(Target(*worker)), request, &status), "second");
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_TRUE(worker->store().Contains(1));
  EXPECT_EQ(blocks_.commits, 1);
  const metrics::Snapshot snapshot = worker->metrics().Collect();
  const std::string ufs_uri = metrics::EscapeTag(folder_ + "/ufs");
  for (const auto& [name, value] : std::map<std::string, int64_t>{{"Worker.BytesReadPerUfs.UFS:" + ufs_uri, 6},
                                                                  {"Worker.BytesWrittenPerUfs.UFS:" + ufs_uri, 0},
                                                                  {"Worker.BlocksReadUfs", 1},
                                                                  {"Worker.BlocksLost", 0},
                                                                  {"Worker.BlocksPromoted", 0},
                                                                  {"Worker.BytesReadDirect", 0},
                                                                  {"Worker.CacheFailedBlocks", 0},
                                                                  {"Worker.CapacityTotalTierMEM", 8 << 20},
                                                                  {"Worker.RpcQueueLength", 0}}) {
    ASSERT_TRUE(snapshot.contains(name)) << name;
    EXPECT_EQ(snapshot.at(name).value, metrics::GaugeValue(value)) << name;
  }
  ufs->set_ufs_path(folder_ + "/ufs/missing");
  request.set_block_id(2);
  Read(*Connect(Target(*worker)), request, &status);
  EXPECT_EQ(status.error_code(), ::grpc::StatusCode::NOT_FOUND);
}

TEST_F(WorkerProcessTest, ABlockIsCopiedFromAnotherWorkerOrPersistedWhereItLies) {
  auto source = Start();
  auto worker = Start({{"alluxio.worker.tieredstore.level0.dirs.path", folder_ + "/mem2"}});
  ASSERT_TRUE(source != nullptr && worker != nullptr);
  EXPECT_TRUE(Write(*Connect(Target(*source)), 16777216, "passive").ok());
  grpc::block::CacheRequest cache;
  cache.set_block_id(16777216);
  cache.set_length(7);
  cache.set_source_host("127.0.0.1");
  cache.set_source_port(source->port());
  const auto channel = Connect(Target(*worker));
  EXPECT_THAT(stub::CallOnce(*channel, stub::kCache, cache), IsOk());
  EXPECT_TRUE(worker->store().Contains(16777216));

  native::PersistFileRequest persist;
  persist.set_file_id(FileIdOf(16777216));
  persist.set_ufs_path(folder_ + "/ufs/persisted");
  persist.set_temporary_ufs_path(folder_ + "/ufs/persisted.tmp");
  persist.set_mount_id(1);
  persist.set_length(7);
  persist.add_block_ids(16777216);
  persist.set_mode(0644);
  EXPECT_THAT(stub::CallOnce(*channel, stub::kPersistFile, persist), IsOk());
  EXPECT_EQ(fs::file_size(folder_ + "/ufs/persisted.tmp"), 7u);
}

TEST_F(WorkerProcessTest, TheDomainSocketIsServedUnderAFreshNameEachTime) {
  const std::string sockets = absl::StrCat("/tmp/alluxio-ds-", getpid());
  const Properties properties = {{"alluxio.worker.data.server.domain.socket.address", sockets},
                                 {"alluxio.worker.data.server.domain.socket.as.uuid", "true"}};
  auto worker = Start(properties);
  ASSERT_NE(worker, nullptr);
  EXPECT_EQ(fs::path(worker->domain_socket()).parent_path(), sockets);
  EXPECT_EQ(fs::path(worker->domain_socket()).filename().string().size(), 36u);
  {
    MutexLock lock(&blocks_.mutex);
    EXPECT_EQ(blocks_.address.domainsocketpath(), worker->domain_socket());
  }
  struct stat st;
  ASSERT_EQ(::stat(worker->domain_socket().c_str(), &st), 0);
  EXPECT_EQ(st.st_mode & 0777, 0777u);
  const auto channel = Connect("unix:" + worker->domain_socket());
  EXPECT_TRUE(Write(*channel, 1, "by socket").ok());
  EXPECT_EQ(worker->metrics().GetCounter("Worker.BytesWrittenDomain").Value(), 9);
  worker.reset();
  EXPECT_TRUE(fs::is_empty(sockets));
  fs::remove_all(sockets);
}

TEST_F(WorkerProcessTest, CallsWithoutAuthenticationAreRefused) {
  auto worker = Start();
  ASSERT_NE(worker, nullptr);
  auto channel = ::grpc::CreateChannel(Target(*worker), ::grpc::InsecureChannelCredentials());
  auto stub = grpc::block::BlockWorker::NewStub(channel);
  ::grpc::ClientContext context;
  auto stream = stub->ReadBlock(&context);
  EXPECT_EQ(stream->Finish().error_code(), ::grpc::StatusCode::UNAUTHENTICATED);
}

TEST_F(WorkerProcessTest, AWorkerStartsWithoutAMasterAndTakesItWhenItComes) {
  const int port = master_->port();
  master_.reset();
  auto conf = conf::Configuration::Create({.system_properties = {
                                               {"alluxio.master.hostname", "127.0.0.1"},
                                               {"alluxio.master.rpc.port", absl::StrCat(port)},
                                               {"alluxio.worker.hostname", "127.0.0.1"},
                                               {"alluxio.worker.rpc.port", "0"},
                                               {"alluxio.worker.tieredstore.level0.dirs.path", folder_ + "/mem"},
                                               {"alluxio.worker.ramdisk.size", "8MB"},
                                           }});
  ASSERT_THAT(conf, IsOk());
  auto worker = WorkerProcess::Start({.conf = *conf, .stepped_heartbeats = true});
  ASSERT_THAT(worker, IsOk());
  EXPECT_FALSE((*worker)->registered());
  auto again = rpc::RpcServer::Start(
      {.host = "127.0.0.1", .port = port, .services = {&blocks_, &files_}, .sessions = &sessions_});
  if (!again.ok()) GTEST_SKIP() << "somebody took the port meanwhile";
  // The connection is tried again a few times a second, however often we ask.
  while (!(*worker)->registered()) ALLUXIO_ASSERT_OK((*worker)->RunHeartbeat("Worker Block Sync"));
  worker->reset();
}

TEST_F(WorkerProcessTest, WhatIsWrongAtTheStartIsSaidInOneLine) {
  std::ofstream(folder_ + "/file") << "x";
  const struct {
    const char* name;
    Properties properties;
    const char* text;
  } kCases[] = {
      {"folder", {{"alluxio.worker.tieredstore.level0.dirs.path", folder_ + "/file"}}, "can't be used"},
      {"port", {{"alluxio.worker.rpc.port", absl::StrCat(master_->port())}}, "alluxio.worker.rpc.port"},
      {"tiers", {{"alluxio.worker.tieredstore.levels", "9"}}, "tieredstore.levels"},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.name);
    auto conf = conf::Configuration::Create(Sources(c.properties));
    ASSERT_THAT(conf, IsOk());
    const auto worker = WorkerProcess::Start({.conf = *conf, .stepped_heartbeats = true});
    ASSERT_FALSE(worker.ok());
    EXPECT_THAT(std::string(worker.status().message()), testing::HasSubstr(c.text));
  }
}

TEST_F(WorkerProcessTest, TheClustersPropertiesComeFromTheMaster) {
  conf::Sources sources = Sources();
  auto conf = WithClusterDefaults(sources, [] { return false; });
  ASSERT_THAT(conf, IsOk());
  EXPECT_EQ(conf->GetInt("alluxio.worker.web.port"), 31000);
  EXPECT_EQ(conf->GetBytes("alluxio.worker.ramdisk.size"), 8 << 20);  // our own is stronger
  EXPECT_EQ(conf->GetString("alluxio.master.hostname"), "127.0.0.1");
  EXPECT_FALSE(conf->IsSetByUser("alluxio.worker.data.folder.permissions"));
  master_.reset();
  int asked = 0;
  EXPECT_THAT(WithClusterDefaults(sources, [&asked] { return ++asked < 3; }),
              StatusIs(absl::StatusCode::kUnavailable, testing::HasSubstr("127.0.0.1")));
  EXPECT_EQ(asked, 3);
  // What no master can mend is said without one.
  for (const auto& [key, value] : Properties{{"alluxio.worker.tieredstore.level0.dirs.quota", "5Q"},
                                             {"alluxio.worker.block.annotator.class", "com.example.Mine"},
                                             {"alluxio.security.group.mapping.class", "com.example.Mine"},
                                             {"alluxio.network.tls.enabled", "true"}}) {
    conf::Sources bad = sources;
    bad.system_properties.emplace_back(key, value);
    EXPECT_THAT(WithClusterDefaults(bad, [&asked] { return ++asked < 3; }),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         testing::AllOf(testing::HasSubstr(key), testing::HasSubstr(value),
                                        testing::HasSubstr("(from -D on the command line"))));
  }
  EXPECT_EQ(asked, 3);
}

TEST(WorkerAddressTest, TheTieredIdentityNamesTheNode) {
  auto conf = conf::Configuration::Create({.system_properties = {{"alluxio.locality.rack", "r1"},
                                                                 {"alluxio.worker.container.hostname", "c1"}}});
  ASSERT_THAT(conf, IsOk());
  const grpc::WorkerNetAddress address = WorkerAddress(*conf, "machine", 29999, "/s");
  EXPECT_EQ(address.host(), "machine");
  EXPECT_EQ(address.containerhost(), "c1");
  EXPECT_EQ(address.webport(), 30000);
  ASSERT_EQ(address.tieredidentity().tiers_size(), 2);
  EXPECT_EQ(address.tieredidentity().tiers(0).tiername(), "node");
  EXPECT_EQ(address.tieredidentity().tiers(0).value(), "machine");
  EXPECT_EQ(address.tieredidentity().tiers(1).value(), "r1");
  EXPECT_FALSE(WorkerAddress(conf::Configuration(), "m", 1, "").tieredidentity().tiers(1).has_value());
  EXPECT_TRUE(ServesOldPort(conf::Configuration()));
}

}  // namespace
}  // namespace alluxio::worker
