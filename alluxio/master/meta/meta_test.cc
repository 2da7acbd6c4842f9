#include <memory>

#include "alluxio/base/executor.h"
#include "alluxio/journal/memory/memory_journal.h"
#include "alluxio/master/meta/config_checker.h"
#include "alluxio/master/meta/journal_master.h"
#include "alluxio/master/meta/meta_master.h"
#include "alluxio/master/meta/metrics_master.h"
#include "alluxio/master/metastore/heap_kv_store.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "testing/fakes/fake_clock.h"
#include "testing/matchers/status_matchers.h"

namespace alluxio::master {
namespace {

using test::IsOk;
using test::StatusIs;

constexpr char kWriteType[] = "alluxio.user.file.writetype.default";
constexpr char kEmptyHash[] = "d41d8cd98f00b204e9800998ecf8427e";
const Caller kCaller{.user = "root", .peer = "127.0.0.1:4711"};

class MetaMasterTest : public ::testing::Test {
 protected:
  MetaMasterTest() { Restart(); }

  void Restart() {
    if (master_ != nullptr) journal_ = journal_->AfterCrash();
    master_.reset();
    store_ = std::make_unique<HeapKvStore>();
    state_ = std::make_unique<StateMachine>(journal_.get(), store_.get());
    const auto conf = conf::Configuration::Create({.system_properties = properties_});
    EXPECT_THAT(conf, IsOk());
    options_.conf = *conf;
    options_.state = state_.get();
    options_.clock = &clock_;
    options_.random = random_.get();
    options_.executor = &executor_;
    options_.hostname = "localhost";
    options_.rpc_port = [] { return 19998; };
    options_.web_port = [] { return 19999; };
    master_ = std::make_unique<MetaMaster>(options_);
    state_->AddPart(master_.get());
    EXPECT_THAT(state_->Replay(), IsOk());
    master_->Start();
  }

  template <typename Response, typename Request>
  absl::StatusOr<Response> Call(void (MetaMaster::*method)(const Caller&, const Request&, Reply<Response>),
                                const Request& request) {
    absl::StatusOr<Response> result = absl::UnknownError("no answer");
    ((*master_).*method)(kCaller, request, [&](absl::StatusOr<Response> answer) { result = std::move(answer); });
    return result;
  }

  grpc::meta::GetConfigurationPResponse Configuration(bool raw = true) {
    grpc::meta::GetConfigurationPOptions request;
    request.set_rawvalue(raw);
    return *Call(&MetaMaster::GetConfiguration, request);
  }
  static const grpc::ConfigProperty* Find(const grpc::meta::GetConfigurationPResponse& response,
                                          const std::string& name) {
    for (const grpc::ConfigProperty& property : response.clusterconfigs()) {
      if (property.name() == name) return &property;
    }
    return nullptr;
  }
  absl::Status SetPath(const std::string& path, const std::string& key, const std::string& value) {
    grpc::meta::SetPathConfigurationPRequest request;
    request.set_path(path);
    (*request.mutable_properties())[key] = value;
    return Call(&MetaMaster::SetPathConfiguration, request).status();
  }
  absl::Status RemovePath(const std::string& path, const std::vector<std::string>& keys = {}) {
    grpc::meta::RemovePathConfigurationPRequest request;
    request.set_path(path);
    for (const std::string& key : keys) request.add_keys(key);
    return Call(&MetaMaster::RemovePathConfiguration, request).status();
  }

  test::FakeClock clock_;
  InlineExecutor executor_;
  std::unique_ptr<Random> random_ = Random::Seeded(1);
  std::vector<std::pair<std::string, std::string>> properties_;
  MetaMaster::Options options_;
  std::unique_ptr<journal::MemoryJournal> journal_ =
      std::make_unique<journal::MemoryJournal>(journal::MemoryJournal::Options{});
  std::unique_ptr<HeapKvStore> store_;
  std::unique_ptr<StateMachine> state_;
  std::unique_ptr<MetaMaster> master_;
};

TEST_F(MetaMasterTest, TheClusterKeepsItsId) {
  const std::string id = master_->cluster_id();
  EXPECT_EQ(id.size(), 36u);
  Restart();
  EXPECT_EQ(master_->cluster_id(), id);
}

// What the Java client dies without, and what it takes its defaults from.
TEST_F(MetaMasterTest, ConfigurationHasAllPropertiesWithRawValues) {
  properties_ = {{kWriteType, "CACHE_THROUGH"}, {"alluxio.work.dir", "/w"}, {"aws.secretKey", "hush"}};
  Restart();
  const auto raw = Configuration();
  EXPECT_GT(raw.clusterconfigs_size(), 800);
  ASSERT_NE(Find(raw, "alluxio.version"), nullptr);
  EXPECT_EQ(Find(raw, "alluxio.version")->value(), "2.9.6");
  EXPECT_FALSE(Find(raw, "alluxio.underfs.version")->value().empty());
  EXPECT_EQ(Find(raw, kWriteType)->value(), "CACHE_THROUGH");
  EXPECT_EQ(Find(raw, kWriteType)->source(), "SYSTEM_PROPERTY");
  EXPECT_EQ(Find(raw, "alluxio.master.journal.folder")->value(), "${alluxio.work.dir}/journal");
  EXPECT_EQ(Find(Configuration(/*raw=*/false), "alluxio.master.journal.folder")->value(), "/w/journal");
  for (const grpc::ConfigProperty& property : raw.clusterconfigs()) EXPECT_NE(property.value(), "hush");
  EXPECT_EQ(raw.pathconfighash(), kEmptyHash);
}

TEST_F(MetaMasterTest, HashesChangeWithTheContentOnly) {
  const auto before = Configuration();
  const auto hash = *Call(&MetaMaster::GetConfigHash, grpc::meta::GetConfigHashPOptions());
  EXPECT_EQ(hash.clusterconfighash(), before.clusterconfighash());
  EXPECT_EQ(hash.pathconfighash(), before.pathconfighash());
  Restart();
  EXPECT_EQ(Configuration().clusterconfighash(), before.clusterconfighash());

  EXPECT_THAT(SetPath("/g", kWriteType, "THROUGH"), IsOk());
  const std::string with_path = Configuration().pathconfighash();
  EXPECT_NE(with_path, kEmptyHash);
  EXPECT_THAT(SetPath("/g", kWriteType, "THROUGH"), IsOk());
  EXPECT_EQ(Configuration().pathconfighash(), with_path);
  properties_ = {{kWriteType, "CACHE_THROUGH"}};
  Restart();
  EXPECT_NE(Configuration().clusterconfighash(), before.clusterconfighash());
  EXPECT_EQ(Configuration().pathconfighash(), with_path);
}

TEST_F(MetaMasterTest, OnlyWhatIsAskedForIsSent) {
  grpc::meta::GetConfigurationPOptions request;
  request.set_ignoreclusterconf(true);
  request.set_ignorepathconf(true);
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto response, Call(&MetaMaster::GetConfiguration, request));
  EXPECT_EQ(response.ByteSizeLong(), 0u);
}

TEST_F(MetaMasterTest, PathConfigurationIsMergedAndKept) {
  EXPECT_THAT(SetPath("/g", kWriteType, "THROUGH"), IsOk());
  EXPECT_THAT(SetPath("/g/", "alluxio.user.file.readtype.default", "NO_CACHE"), IsOk());
  EXPECT_THAT(SetPath("/h", kWriteType, "MUST_CACHE"), IsOk());
  Restart();
  auto paths = Configuration().pathconfigs();
  ASSERT_EQ(paths.size(), 2u);
  EXPECT_EQ(paths.at("/g").properties_size(), 2);
  EXPECT_EQ(paths.at("/h").properties(0).value(), "MUST_CACHE");

  EXPECT_THAT(RemovePath("/g", {kWriteType}), IsOk());
  EXPECT_THAT(RemovePath("/h"), IsOk());
  EXPECT_THAT(RemovePath("/nosuch"), IsOk());
  Restart();
  paths = Configuration().pathconfigs();
  ASSERT_EQ(paths.size(), 1u);
  EXPECT_EQ(paths.at("/g").properties_size(), 1);
  EXPECT_THAT(RemovePath("/g", {"alluxio.user.file.readtype.default"}), IsOk());
  EXPECT_EQ(Configuration().pathconfighash(), kEmptyHash);
}

TEST_F(MetaMasterTest, PathConfigurationIsChecked) {
  const auto unknown = SetPath("/g", "nosuch.key", "1");
  EXPECT_THAT(unknown, StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_EQ(unknown.message(), "Invalid property key nosuch.key");
  EXPECT_THAT(SetPath("/g", kWriteType, "NONSENSE"), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(SetPath("g", kWriteType, "THROUGH"), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_EQ(Configuration().pathconfighash(), kEmptyHash);
}

TEST_F(MetaMasterTest, PropertiesChangeAtRunTimeOnlyIfThatIsAllowed) {
  grpc::meta::UpdateConfigurationPRequest request;
  (*request.mutable_properties())["alluxio.master.worker.timeout"] = "4min";
  EXPECT_FALSE(Call(&MetaMaster::UpdateConfiguration, request)->status().at("alluxio.master.worker.timeout"));

  properties_ = {{"alluxio.conf.dynamic.update.enabled", "true"}};
  absl::Duration seen;
  options_.on_update = [&] { seen = master_->configuration().GetDuration("alluxio.master.worker.timeout"); };
  Restart();
  const std::string hash = Configuration().clusterconfighash();
  (*request.mutable_properties())["nosuch.key"] = "1";
  (*request.mutable_properties())["alluxio.master.rpc.port"] = "5";
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto response, Call(&MetaMaster::UpdateConfiguration, request));
  EXPECT_TRUE(response.status().at("alluxio.master.worker.timeout"));
  EXPECT_FALSE(response.status().at("nosuch.key"));
  EXPECT_FALSE(response.status().at("alluxio.master.rpc.port"));
  const grpc::meta::GetConfigurationPResponse now = Configuration();
  for (const auto& property : now.clusterconfigs()) {
    if (property.name() != "alluxio.master.worker.timeout") continue;
    EXPECT_EQ(property.source(), "RUNTIME");
  }
  EXPECT_EQ(seen, absl::Minutes(4));
  EXPECT_NE(now.clusterconfighash(), hash);
}

TEST_F(MetaMasterTest, MasterInfoHasWhatReportsShow) {
  options_.in_safe_mode = [] { return true; };
  options_.worker_addresses = [] {
    grpc::NetAddress worker;
    worker.set_host("w");
    return std::vector<grpc::NetAddress>{worker};
  };
  Restart();
  clock_.Advance(absl::Seconds(7));
  grpc::meta::GetMasterInfoPOptions all;
  const auto info = Call(&MetaMaster::GetMasterInfo, all)->masterinfo();
  EXPECT_EQ(info.leadermasteraddress(), "localhost/<unresolved>:19998");
  EXPECT_EQ(info.webport(), 19999);
  EXPECT_EQ(info.uptimems(), 7000);
  EXPECT_EQ(info.version(), "2.9.6");
  EXPECT_TRUE(info.safemode());
  EXPECT_TRUE(info.raftjournal());
  EXPECT_EQ(info.raftaddress(0), "localhost:19200");
  EXPECT_EQ(info.clusterid(), master_->cluster_id());
  EXPECT_EQ(info.workeraddresses(0).host(), "w");
  EXPECT_EQ(info.masterversions(0).state(), "PRIMARY");
  all.add_filter(grpc::meta::RPC_PORT);
  const auto port = Call(&MetaMaster::GetMasterInfo, all)->masterinfo();
  EXPECT_EQ(port.rpcport(), 19998);
  EXPECT_FALSE(port.has_version());
}

TEST_F(MetaMasterTest, ACheckpointNamesTheMaster) {
  EXPECT_EQ(Call(&MetaMaster::Checkpoint, grpc::meta::CheckpointPOptions())->masterhostname(), "localhost");
  EXPECT_EQ(Call(&MetaMaster::GetConfigReport, grpc::meta::GetConfigReportPOptions())->report().status(),
            grpc::meta::PASSED);
}

TEST_F(MetaMasterTest, ProxiesAreListedUntilTheyAreSilentForLong) {
  grpc::meta::ProxyHeartbeatPRequest beat;
  beat.mutable_options()->mutable_proxyaddress()->set_host("p");
  EXPECT_THAT(Call(&MetaMaster::ProxyHeartbeat, beat), IsOk());
  const grpc::meta::ListProxyStatusPRequest list;
  EXPECT_EQ(Call(&MetaMaster::ListProxyStatus, list)->proxystatuses(0).state(), "ACTIVE");
  clock_.Advance(absl::Minutes(6));
  EXPECT_EQ(Call(&MetaMaster::ListProxyStatus, list)->proxystatuses(0).state(), "LOST");
  clock_.Advance(absl::Minutes(31));
  EXPECT_EQ(Call(&MetaMaster::ListProxyStatus, list)->proxystatuses_size(), 0);
}

class MetricsMasterTest : public ::testing::Test {
 protected:
  MetricsMasterTest() {
    totals_.live_workers = 2;
    totals_.capacity_bytes = 1000;
    totals_.used_bytes = 100;
    totals_.capacity_on_tiers["MEM"] = 1000;
  }
  void AddClient(const std::string& name, double value, grpc::MetricType type = grpc::COUNTER) {
    grpc::metric::MetricsHeartbeatPRequest request;
    auto* const metric = request.mutable_options()->add_clientmetrics()->add_metrics();
    metric->set_name(name);
    metric->set_value(value);
    metric->set_metrictype(type);
    master_.MetricsHeartbeat(kCaller, request, [](auto answer) { EXPECT_THAT(answer, IsOk()); });
  }
  void AddWorker(const std::string& name, double value, const std::string& ufs = "") {
    google::protobuf::RepeatedPtrField<grpc::Metric> reported;
    grpc::Metric* const metric = reported.Add();
    metric->set_name(name);
    metric->set_value(value);
    metric->set_metrictype(grpc::COUNTER);
    if (!ufs.empty()) (*metric->mutable_tags())["UFS"] = ufs;
    master_.AddWorkerMetrics(reported);
  }
  grpc::metric::MetricValue Get(const std::string& name) {
    grpc::metric::MetricValue value;
    master_.GetMetrics(kCaller, {}, [&](absl::StatusOr<grpc::metric::GetMetricsPResponse> answer) {
      ASSERT_THAT(answer, IsOk());
      ASSERT_TRUE(answer->metrics().contains(name)) << name;
      value = answer->metrics().at(name);
    });
    return value;
  }

  test::FakeClock clock_;
  metrics::MetricsRegistry registry_;
  BlockMaster::Totals totals_;
  MetricsMaster master_{{.registry = &registry_,
                         .clock = &clock_,
                         .totals = [this] { return totals_; },
                         .leader_id = "localhost_19200"}};
};

TEST_F(MetricsMasterTest, ReportsAreAddedUpUnderTheClustersNames) {
  AddClient("BytesReadLocal", 100);
  AddClient("BytesReadLocal", 50);
  AddClient("BytesReadLocal", 7, grpc::GAUGE);
  AddClient("BytesReadRemote", 1000);  // a worker's to say
  AddClient("BytesWrittenLocal", 1e300);
  AddWorker("BytesReadRemote", 30);
  AddWorker("BytesReadPerUfs", 5, "%2Fufs");
  AddWorker("BytesReadPerUfs", 6, "%2Fother");
  AddWorker("NoSuchMetric", 1);
  EXPECT_EQ(Get("Cluster.BytesReadLocal").doublevalue(), 150);
  EXPECT_EQ(Get("Cluster.BytesReadLocal").metrictype(), grpc::COUNTER);
  EXPECT_EQ(Get("Cluster.BytesWrittenLocal").doublevalue(), 0);
  EXPECT_EQ(Get("Cluster.BytesReadRemote").doublevalue(), 30);
  EXPECT_EQ(Get("Cluster.BytesReadUfsAll").doublevalue(), 11);
  EXPECT_EQ(Get("Cluster.BytesReadPerUfs.UFS:%2Fufs").doublevalue(), 5);
}

TEST_F(MetricsMasterTest, GaugesShowTheCluster) {
  AddClient("BytesReadLocal", 9000);
  AddWorker("BytesReadPerUfs", 1000, "%2Fufs");
  EXPECT_EQ(Get("Cluster.Workers").doublevalue(), 2);
  EXPECT_EQ(Get("Cluster.CapacityFree").doublevalue(), 900);
  EXPECT_EQ(Get("Cluster.CapacityTotalTierMEM").doublevalue(), 1000);
  EXPECT_EQ(Get("Cluster.CapacityTotalTierSSD").doublevalue(), 0);
  EXPECT_EQ(Get("Cluster.LeaderId").stringvalue(), "localhost_19200");
  EXPECT_DOUBLE_EQ(Get("Cluster.CacheHitRate").doublevalue(), 0.9);
  EXPECT_EQ(Get("Cluster.BytesReadLocalThroughput").doublevalue(), 0);
  clock_.Advance(absl::Seconds(3 * 60 + 30));
  EXPECT_EQ(Get("Cluster.BytesReadLocalThroughput").doublevalue(), 3000);
}

TEST_F(MetricsMasterTest, ClearingStartsAnew) {
  AddClient("BytesReadLocal", 100);
  clock_.Advance(absl::Minutes(5));
  master_.ClearMetrics(kCaller, {}, [](auto answer) { EXPECT_THAT(answer, IsOk()); });
  EXPECT_EQ(Get("Cluster.BytesReadLocal").doublevalue(), 0);
  AddClient("BytesReadLocal", 60);
  clock_.Advance(absl::Minutes(1));
  EXPECT_EQ(Get("Cluster.BytesReadLocalThroughput").doublevalue(), 60);
}

// --- servers that disagree ---------------------------------------------------

using Registered = google::protobuf::RepeatedPtrField<grpc::ConfigProperty>;

Registered ConfigurationOf(const conf::Configuration& conf) {
  Registered properties;
  for (const auto& entry : conf.All()) {
    if (!entry.is_set) continue;
    grpc::ConfigProperty* const property = properties.Add();
    property->set_name(entry.key);
    property->set_value(entry.value);
  }
  return properties;
}

TEST(ConfigCheckerTest, ComparesWhatHasToBeEqualAmongThoseWhoReadIt) {
  const conf::Configuration master = *conf::Configuration().With({{"alluxio.master.hostname", "m"}});
  ConfigChecker checker(master);
  checker.SetWorker("a:1", ConfigurationOf(*master.With({{"alluxio.worker.hostname", "a"}})));
  checker.SetWorker("b:1", ConfigurationOf(*master.With({{"alluxio.worker.hostname", "b"}})));
  auto report = checker.Report("m:1", {"a:1", "b:1"});
  EXPECT_EQ(report.status(), grpc::meta::PASSED) << report.ShortDebugString();

  // For all servers, and strict; of workers alone, and not; of the master alone.
  checker.SetWorker("b:1", ConfigurationOf(*master.With({{"alluxio.security.authentication.type", "NOSASL"},
                                                         {"alluxio.worker.session.timeout", "2min"},
                                                         {"alluxio.master.metastore", "HEAP"}})));
  report = checker.Report("m:1", {"a:1", "b:1"});
  EXPECT_EQ(report.status(), grpc::meta::FAILED);
  ASSERT_EQ(report.errors().size(), 1u) << report.ShortDebugString();
  const auto& errors = report.errors().at("SERVER");
  ASSERT_EQ(errors.properties_size(), 1);
  EXPECT_EQ(errors.properties(0).name(), "alluxio.security.authentication.type");
  EXPECT_THAT(errors.properties(0).values().at("SIMPLE").values(), ::testing::UnorderedElementsAre("m:1", "a:1"));
  EXPECT_THAT(errors.properties(0).values().at("NOSASL").values(), ::testing::ElementsAre("b:1"));
  ASSERT_EQ(report.warns().size(), 1u) << report.ShortDebugString();
  EXPECT_EQ(report.warns().at("WORKER").properties(0).name(), "alluxio.worker.session.timeout");

  // A port that is whichever is free is nobody's other value.
  checker.SetWorker("b:1", ConfigurationOf(*master.With({{"alluxio.worker.rpc.port", "0"}})));
  EXPECT_EQ(checker.Report("m:1", {"a:1", "b:1"}).status(), grpc::meta::PASSED);
  checker.SetWorker("b:1", ConfigurationOf(*master.With({{"alluxio.worker.rpc.port", "1234"}})));
  EXPECT_EQ(checker.Report("m:1", {"a:1", "b:1"}).status(), grpc::meta::WARN);

  // Who is gone is not compared, and not remembered.
  EXPECT_EQ(checker.Report("m:1", {"a:1"}).status(), grpc::meta::PASSED);
  EXPECT_EQ(checker.Report("m:1", {"a:1", "b:1"}).status(), grpc::meta::PASSED);
}

TEST(JournalMasterTest, IsAQuorumOfOne) {
  JournalMaster master(conf::Configuration(), "localhost");
  const auto info = [&](JournalMaster& of) {
    absl::StatusOr<grpc::journal::GetQuorumInfoPResponse> answer;
    of.GetQuorumInfo(kCaller, {}, [&](auto result) { answer = std::move(result); });
    return answer;
  };
  ALLUXIO_ASSERT_OK_AND_ASSIGN(const auto quorum, info(master));
  EXPECT_EQ(quorum.domain(), grpc::journal::MASTER);
  ASSERT_EQ(quorum.serverinfo_size(), 1);
  EXPECT_EQ(quorum.serverinfo(0).serveraddress().host(), "localhost");
  EXPECT_EQ(quorum.serverinfo(0).serveraddress().rpcport(), 19200);
  EXPECT_EQ(quorum.serverinfo(0).serverstate(), grpc::journal::AVAILABLE);
  EXPECT_TRUE(quorum.serverinfo(0).isleader());
  absl::Status answer;
  master.TransferLeadership(kCaller, {}, [&](auto result) { answer = result.status(); });
  EXPECT_THAT(answer, StatusIs(absl::StatusCode::kFailedPrecondition));
  master.RemoveQuorumServer(kCaller, {}, [&](auto result) { answer = result.status(); });
  EXPECT_THAT(answer, StatusIs(absl::StatusCode::kFailedPrecondition));

  JournalMaster named(*conf::Configuration().With({{"alluxio.master.embedded.journal.addresses", "h:7"}}), "x");
  EXPECT_EQ(info(named)->serverinfo(0).serveraddress().host(), "h");
  EXPECT_EQ(info(named)->serverinfo(0).serveraddress().rpcport(), 7);
  JournalMaster ufs(*conf::Configuration().With({{"alluxio.master.journal.type", "UFS"}}), "x");
  EXPECT_THAT(info(ufs), StatusIs(absl::StatusCode::kFailedPrecondition, ::testing::HasSubstr("is UFS")));
}

}  // namespace
}  // namespace alluxio::master
