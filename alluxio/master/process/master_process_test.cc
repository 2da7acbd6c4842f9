// Goal: a whole master in this process answers its clients, keeps what it said
// across a restart, and stops cleanly.
#include "alluxio/master/process/master_process.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/match.h"
#include "alluxio/master/block/block_master.h"
#include "alluxio/metrics/metrics.h"
#include "alluxio/rpc/authentication.h"
#include "alluxio/stub/file_system_methods.h"
#include "alluxio/stub/master_stub.h"
#include "alluxio/stub/meta_methods.h"
#include "testing/fakes/fake_clock.h"
#include "testing/matchers/status_matchers.h"

namespace alluxio::master {
namespace {

using namespace grpc::file;  // NOLINT
using ::testing::HasSubstr;
using test::IsOk;
using test::StatusIs;
using Properties = std::vector<std::pair<std::string, std::string>>;

class MasterProcessTest : public ::testing::Test {
 protected:
  MasterProcessTest() : folder_(std::string(getenv("TEST_TMPDIR")) + "/master") {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_ + "/ufs");
  }

  absl::StatusOr<std::unique_ptr<MasterProcess>> Start(const Properties& more = {}) {
    Properties properties = {{"alluxio.work.dir", folder_},
                             {"alluxio.master.hostname", "127.0.0.1"},
                             {"alluxio.master.bind.host", "127.0.0.1"},
                             {"alluxio.master.rpc.port", "0"},
                             {"alluxio.master.journal.folder", folder_ + "/journal"},
                             {"alluxio.master.metastore.dir", folder_ + "/metastore"},
                             {"alluxio.master.mount.table.root.ufs", folder_ + "/ufs"}};
    properties.insert(properties.end(), more.begin(), more.end());
    MasterOptions options;
    auto conf = conf::Configuration().With(properties);
    if (!conf.ok()) return conf.status();
    options.conf = *std::move(conf);
    options.clock = &clock_;
    options.stepped_heartbeats = true;
    return MasterProcess::Start(std::move(options));
  }
  stub::MasterStub Client(const MasterProcess& master,
                          rpc::AuthenticationType type = rpc::AuthenticationType::kSimple) {
    stub::MasterStubOptions options;
    options.addresses = {master.address()};
    options.channel.authentication = type;
    options.channel.user = rpc::LoginUser(conf::Configuration());
    options.retry.max_duration = absl::ZeroDuration();
    options.clock = &clock_;
    return stub::MasterStub(options);
  }
  static absl::Status Mkdir(stub::MasterStub& client, const std::string& path) {
    CreateDirectoryPRequest request;
    request.set_path(path);
    request.mutable_options()->mutable_mode()->set_ownerbits(grpc::ALL);
    request.mutable_options()->mutable_mode()->set_groupbits(grpc::ALL);
    request.mutable_options()->mutable_mode()->set_otherbits(grpc::ALL);
    request.mutable_options()->mutable_commonoptions()->set_ttl(-1);
    return client.Call(stub::kCreateDirectory, request).status();
  }
  static absl::StatusOr<FileInfo> Status(stub::MasterStub& client, const std::string& path) {
    GetStatusPRequest request;
    request.set_path(path);
    const auto response = client.Call(stub::kGetStatus, request);
    if (!response.ok()) return response.status();
    return response->fileinfo();
  }

  const std::string folder_;
  test::FakeClock clock_;
};

TEST_F(MasterProcessTest, KeepsTheNamespaceAcrossARestart) {
  for (const Properties& kind : {Properties{}, Properties{{"alluxio.master.metastore", "HEAP"}}}) {
    std::filesystem::remove_all(folder_ + "/journal");
    std::filesystem::remove_all(folder_ + "/metastore");
    int64_t id = 0;
    {
      ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto master, Start(kind));
      auto client = Client(*master);
      ALLUXIO_ASSERT_OK(Mkdir(client, "/d"));
      ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto info, Status(client, "/d"));
      id = info.fileid();
      master->Stop();
      master->Stop();  // idempotent
    }
    ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto master, Start(kind));
    auto client = Client(*master);
    ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto info, Status(client, "/d"));
    EXPECT_EQ(info.fileid(), id);
    EXPECT_THAT(Status(client, "/no"), StatusIs(absl::StatusCode::kNotFound));
  }
}

TEST_F(MasterProcessTest, StartsFromABackupAndAgainAfterACrashMeanwhile) {
  const std::string journal = folder_ + "/journal";
  const auto clear = [&] {
    for (const std::string& name : {journal, folder_ + "/metastore"}) std::filesystem::remove_all(name);
  };
  clear();
  std::string uri;
  int64_t id = 0;
  {
    ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto master, Start({}));
    auto client = Client(*master);
    ALLUXIO_ASSERT_OK(Mkdir(client, "/d"));
    ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto info, Status(client, "/d"));
    id = info.fileid();
    grpc::meta::BackupPRequest request;
    request.set_targetdirectory(folder_ + "/backups");
    request.mutable_options()->set_localfilesystem(true);
    ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto backup, client.Call(stub::kBackup, request));
    EXPECT_EQ(backup.backupstate(), grpc::meta::Completed);
    metrics::Snapshot gauges = master->metrics().Collect();
    EXPECT_EQ(gauges["Master.LastBackupEntriesCount"].AsDouble(), backup.entrycount());
    EXPECT_GE(gauges["Master.LastBackupTimeMs"].AsDouble(), 0);
    EXPECT_EQ(gauges["Master.LastBackupRestoreCount"].AsDouble(), -1);
    uri = backup.backupuri();
    EXPECT_TRUE(absl::StartsWith(uri, "file://" + folder_ + "/backups/alluxio-backup-")) << uri;
    ALLUXIO_ASSERT_OK(Mkdir(client, "/later"));
  }
  clear();
  const Properties from_backup = {{"alluxio.master.journal.init.from.backup", uri}};
  const auto check = [&](const MasterProcess& master) {
    auto client = Client(master);
    ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto info, Status(client, "/d"));
    EXPECT_EQ(info.fileid(), id);
    EXPECT_THAT(Status(client, "/later"), StatusIs(absl::StatusCode::kNotFound));
  };
  {
    ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto master, Start(from_backup));
    check(*master);
    auto client = Client(*master);
    ALLUXIO_ASSERT_OK(Mkdir(client, "/new"));
  }
  EXPECT_FALSE(std::filesystem::exists(journal + "/restoring"));
  {
    // Not a second time.
    ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto master, Start(from_backup));
    auto client = Client(*master);
    EXPECT_THAT(Status(client, "/new"), IsOk());
  }
  // As after a crash before all was durable.
  std::ofstream(journal + "/restoring").flush();
  EXPECT_THAT(Start({}), StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("restored in part")));
  {
    ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto master, Start(from_backup));
    check(*master);
    auto client = Client(*master);
    EXPECT_THAT(Status(client, "/new"), StatusIs(absl::StatusCode::kNotFound));
  }
  EXPECT_THAT(Start({}), IsOk());
  clear();
  EXPECT_THAT(Start({{"alluxio.master.journal.init.from.backup", folder_ + "/backups/none.gz"}}),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("none.gz can't be restored")));
}

TEST_F(MasterProcessTest, TheRootMountFollowsTheConfiguration) {
  std::filesystem::remove_all(folder_ + "/journal");
  std::filesystem::remove_all(folder_ + "/metastore");
  EXPECT_THAT(Start({}), IsOk());
  const Properties read_only = {{"alluxio.master.mount.table.root.readonly", "true"},
                                {"alluxio.master.mount.table.root.option.alluxio.k", "v"}};
  for (const Properties& properties : {read_only, Properties()}) {  // unset: stays
    ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto master, Start(properties));
    auto client = Client(*master);
    ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto table, client.Call(stub::kGetMountTable, {}));
    EXPECT_TRUE(table.mountpoints().at("/").readonly());
    EXPECT_EQ(table.mountpoints().at("/").properties().at("alluxio.k"), "v");
    EXPECT_FALSE(table.mountpoints().at("/").shared());
  }
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto master, Start({{"alluxio.master.mount.table.root.readonly", "false"}}));
  auto client = Client(*master);
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto table, client.Call(stub::kGetMountTable, {}));
  EXPECT_FALSE(table.mountpoints().at("/").readonly());
}

TEST_F(MasterProcessTest, TellsClientsItsConfigurationAndAddress) {
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto master, Start({{"alluxio.user.block.size.bytes.default", "7MB"}}));
  auto client = Client(*master);
  grpc::meta::GetConfigurationPOptions request;
  request.set_rawvalue(true);
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto configuration, client.Call(stub::kGetConfiguration, request));
  std::map<std::string, std::string> values;
  for (const auto& property : configuration.clusterconfigs()) values[property.name()] = property.value();
  // Java clients fail without these two.
  EXPECT_NE(values["alluxio.version"], "");
  EXPECT_NE(values["alluxio.underfs.version"], "");
  EXPECT_EQ(values["alluxio.user.block.size.bytes.default"], "7MB");
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto hash, client.Call(stub::kGetConfigHash, grpc::meta::GetConfigHashPOptions()));
  EXPECT_EQ(hash.clusterconfighash(), configuration.clusterconfighash());
  EXPECT_EQ(hash.pathconfighash(), configuration.pathconfighash());
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto info, client.Call(stub::kGetMasterInfo, grpc::meta::GetMasterInfoPOptions()));
  EXPECT_EQ(info.masterinfo().rpcport(), master->port());
}

TEST_F(MasterProcessTest, CountsItsCalls) {
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto master, Start());
  auto client = Client(*master);
  ALLUXIO_ASSERT_OK(Mkdir(client, "/d"));
  EXPECT_THAT(Status(client, "/no"), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_EQ(master->metrics().GetCounter("Master.CreateDirectoryOps").Value(), 1);
  EXPECT_EQ(master->metrics().GetCounter("Master.DirectoriesCreated").Value(), 1);
  EXPECT_EQ(master->metrics().GetCounter("Master.GetFileInfoOps").Value(), 1);
  EXPECT_EQ(master->metrics().GetCounter("Master.FileInfosGot").Value(), 0);
  const std::string user = rpc::LoginUser(conf::Configuration());
  EXPECT_EQ(master->metrics().GetTimer("Master.GetStatus.User:" + user).Count(), 1);
}

// Reads gauges, some of which another thread brings, until `want` is what they say.
metrics::Snapshot CollectUntil(MasterProcess& master, absl::FunctionRef<bool(metrics::Snapshot&)> want) {
  for (const absl::Time end = absl::Now() + absl::Seconds(30);;) {
    metrics::Snapshot snapshot = master.metrics().Collect();
    if (want(snapshot) || absl::Now() > end) return snapshot;
    std::this_thread::yield();
  }
}

TEST_F(MasterProcessTest, GaugesSayWhatThereIs) {
  const auto check = [](metrics::Snapshot& gauges, int64_t paths) {
    const auto number = [&](const char* name) { return gauges.count(name) == 0 ? -2 : gauges[name].AsDouble(); };
    EXPECT_EQ(number("Master.TotalPaths"), static_cast<double>(paths));
    EXPECT_EQ(number("Master.FilesPinned"), 1);
    EXPECT_EQ(number("Master.TTLInodes"), 1);
    EXPECT_EQ(number("Master.FilesToBePersisted"), 0);
    EXPECT_EQ(number("Master.RoleId"), 0);
    EXPECT_GT(number("Master.JournalSequenceNumber.FileSystemMaster"), 3);
    EXPECT_GT(number("Cluster.RootUfsCapacityTotal"), 0);
    // Others write to the disk between one gauge and the next.
    const double total = number("Cluster.RootUfsCapacityTotal");
    EXPECT_NEAR(number("Cluster.RootUfsCapacityFree"), total - number("Cluster.RootUfsCapacityUsed"), total / 20);
    EXPECT_GE(number("Master.InodeCacheSize"), 1);
    EXPECT_LE(number("Master.InodeCacheHitRatio"), 1);
    EXPECT_GT(number("Master.JournalGainPrimacyTimer"), 0);
  };
  const auto known = [](metrics::Snapshot& gauges) {
    return gauges.count("Master.TotalPaths") > 0 && gauges["Cluster.RootUfsCapacityTotal"].AsDouble() > 0;
  };
  for (const Properties& kind : {Properties{}, Properties{{"alluxio.master.metastore", "HEAP"}}}) {
    std::filesystem::remove_all(folder_ + "/journal");
    std::filesystem::remove_all(folder_ + "/metastore");
    {
      ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto master, Start(kind));
      auto client = Client(*master);
      for (const char* path : {"/d", "/d/e", "/gone"}) ALLUXIO_ASSERT_OK(Mkdir(client, path));
      CreateFilePRequest create;
      create.set_path("/d/f");
      create.mutable_options()->set_blocksizebytes(1 << 20);
      create.mutable_options()->mutable_commonoptions()->set_ttl(3'600'000);
      ALLUXIO_ASSERT_OK(client.Call(stub::kCreateFile, create).status());
      SetAttributePRequest pin;
      pin.set_path("/d/f");
      pin.mutable_options()->set_pinned(true);
      ALLUXIO_ASSERT_OK(client.Call(stub::kSetAttribute, pin).status());
      DeletePRequest remove;
      remove.set_path("/gone");
      ALLUXIO_ASSERT_OK(client.Call(stub::kRemove, remove).status());
      // One that lies in the under store alone, and one that does not lie there.
      std::ofstream(folder_ + "/ufs/cold") << "x";
      const auto load = [&client](const std::string& path) {
        GetStatusPRequest request;
        request.set_path(path);
        request.mutable_options()->set_loadmetadatatype(ONCE);
        return client.Call(stub::kGetStatus, request).status();
      };
      clock_.Advance(absl::Minutes(1));  // safe mode is over
      ALLUXIO_ASSERT_OK(load("/cold"));
      for (int i = 0; i < 2; ++i) EXPECT_THAT(load("/absent"), StatusIs(absl::StatusCode::kNotFound));
      metrics::Snapshot gauges = CollectUntil(*master, known);
      check(gauges, 5);  // the root too
      EXPECT_EQ(gauges["Master.AbsentCacheSize"].AsDouble(), 1);
      EXPECT_GE(gauges["Master.AbsentCacheHits"].AsDouble(), 1);
      EXPECT_GE(gauges["Master.MetadataSyncSuccess"].AsDouble(), 2);
      EXPECT_EQ(gauges["Master.MetadataSyncFail"].AsDouble(), 0);
      EXPECT_EQ(gauges["Master.MetadataSyncOpsCount"].AsDouble(),
                gauges["Master.MetadataSyncSuccess"].AsDouble() + gauges["Master.MetadataSyncSkipped"].AsDouble());
      EXPECT_GT(gauges["Master.JournalFlushTimer"].AsDouble(), 0);
      EXPECT_GE(gauges["Master.TotalRpcs"].AsDouble(), 6);
      EXPECT_GT(gauges["Master.JournalEntriesSinceCheckPoint"].AsDouble(), 0);
      ALLUXIO_ASSERT_OK(master->RunHeartbeat("Master Metrics Time Series"));
      ALLUXIO_ASSERT_OK(master->RunHeartbeat("Master Journal Space Monitor"));
    }
    // Counted from the store, or from the journal alone.
    ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto master, Start(kind));
    auto client = Client(*master);
    ALLUXIO_ASSERT_OK(Mkdir(client, "/later"));
    metrics::Snapshot gauges = CollectUntil(*master, known);
    check(gauges, 6);
  }
}

TEST_F(MasterProcessTest, ServesWithoutAuthentication) {
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto master, Start({{"alluxio.security.authentication.type", "NOSASL"},
                                                         {"alluxio.security.authorization.permission.enabled", "false"}}));
  auto client = Client(*master, rpc::AuthenticationType::kNoSasl);
  ALLUXIO_ASSERT_OK(Mkdir(client, "/d"));
}

TEST_F(MasterProcessTest, HeartbeatsAreSteppedByName) {
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto master, Start());
  for (const char* name :
       {"Master Lost Worker Detection", "Master TTL Check", "Master Persistence Scheduler", "Master Checkpoint"}) {
    EXPECT_THAT(master->RunHeartbeat(name), IsOk()) << name;
  }
  EXPECT_THAT(master->RunHeartbeat("Master Coffee"), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(MasterProcessTest, WhatHasExpiredIsDeleted) {
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto master, Start());
  auto client = Client(*master);
  ALLUXIO_ASSERT_OK(Mkdir(client, "/d"));
  SetAttributePRequest request;
  request.set_path("/d");
  request.mutable_options()->mutable_commonoptions()->set_ttl(60'000);
  request.mutable_options()->mutable_commonoptions()->set_ttlaction(grpc::TtlAction::DELETE);
  ALLUXIO_ASSERT_OK(client.Call(stub::kSetAttribute, request).status());
  ALLUXIO_ASSERT_OK(master->RunHeartbeat("Master TTL Check"));
  EXPECT_THAT(Status(client, "/d"), IsOk());
  clock_.Advance(absl::Minutes(2));
  ALLUXIO_ASSERT_OK(master->RunHeartbeat("Master TTL Check"));
  EXPECT_THAT(Status(client, "/d"), StatusIs(absl::StatusCode::kNotFound));
}

// As a worker does it at its start.
void Register(BlockMaster& blocks, const std::string& host) {
  const Caller caller{.user = "root", .peer = "127.0.0.1:4711"};
  grpc::block::GetWorkerIdPRequest whoami;
  whoami.mutable_workernetaddress()->set_host(host);
  whoami.mutable_workernetaddress()->set_rpcport(29999);
  grpc::block::RegisterWorkerPRequest request;
  blocks.GetWorkerId(caller, whoami, [&](const absl::StatusOr<grpc::block::GetWorkerIdPResponse>& response) {
    ASSERT_THAT(response, IsOk());
    request.set_workerid(response->workerid());
  });
  request.add_storagetiers("MEM");
  (*request.mutable_totalbytesontiers())["MEM"] = 1000;
  (*request.mutable_usedbytesontiers())["MEM"] = 0;
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto registration, blocks.RegisterStart(caller, request));
  ASSERT_THAT(blocks.RegisterFinish(*registration), IsOk());
}

TEST_F(MasterProcessTest, SafeModeEndsWhenTheWorkersOfTheLastRunAreBack) {
  const std::string file = folder_ + "/metastore/known_workers";
  {
    ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto master, Start());
    Register(master->blocks(), "a");
    Register(master->blocks(), "b");
    EXPECT_TRUE(master->blocks().InSafeMode()) << "there may be more";
    clock_.Advance(absl::Seconds(5));
    EXPECT_FALSE(master->blocks().InSafeMode());
    ALLUXIO_ASSERT_OK(master->RunHeartbeat("Master Checkpoint"));
  }
  for (int run = 0; run < 2; ++run) {
    ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto master, Start());
    Register(master->blocks(), "a");
    EXPECT_TRUE(master->blocks().InSafeMode());
    // Whoever isn't back yet is not forgotten by this.
    ALLUXIO_ASSERT_OK(master->RunHeartbeat("Master Lost Worker Detection"));
    ALLUXIO_ASSERT_OK(master->RunHeartbeat("Master Checkpoint"));
    if (run == 0) continue;
    Register(master->blocks(), "b");
    EXPECT_FALSE(master->blocks().InSafeMode());
    // One is lost: the next start waits for the other alone.
    clock_.Advance(absl::Minutes(4));
    Register(master->blocks(), "b");
    clock_.Advance(absl::Minutes(2));
    ALLUXIO_ASSERT_OK(master->RunHeartbeat("Master Lost Worker Detection"));
  }
  {
    ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto master, Start());
    Register(master->blocks(), "b");
    EXPECT_FALSE(master->blocks().InSafeMode());
  }
  for (const char* damaged : {"", "1", "2 00000000\n", "-1 00000000\n"}) {
    std::ofstream(file, std::ios::trunc) << damaged;
    ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto master, Start());
    for (const char* host : {"a", "b", "c"}) Register(master->blocks(), host);
    EXPECT_TRUE(master->blocks().InSafeMode());
  }
}

TEST_F(MasterProcessTest, AnUpdatedTimeoutCountsAtOnce) {
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto master, Start({{"alluxio.conf.dynamic.update.enabled", "true"}}));
  Register(master->blocks(), "a");
  clock_.Advance(absl::Seconds(20));
  ALLUXIO_ASSERT_OK(master->RunHeartbeat("Master Lost Worker Detection"));
  EXPECT_EQ(master->blocks().LiveWorkers().size(), 1u);
  auto client = Client(*master);
  grpc::meta::UpdateConfigurationPRequest request;
  (*request.mutable_properties())["alluxio.master.worker.timeout"] = "10s";
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto response, client.Call(stub::kUpdateConfiguration, request));
  EXPECT_TRUE(response.status().at("alluxio.master.worker.timeout"));
  ALLUXIO_ASSERT_OK(master->RunHeartbeat("Master Lost Worker Detection"));
  EXPECT_TRUE(master->blocks().LiveWorkers().empty());
}

TEST_F(MasterProcessTest, AnUnusableRootStopsTheStart) {
  std::filesystem::remove_all(folder_ + "/ufs");
  EXPECT_THAT(Start().status(), StatusIs(absl::StatusCode::kUnavailable, HasSubstr(folder_ + "/ufs")));
}

}  // namespace
}  // namespace alluxio::master
