#include "alluxio/master/web/master_web.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "testing/fakes/fake_clock.h"
#include "testing/matchers/status_matchers.h"

namespace alluxio::master {
namespace {

using web::Json;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kEvil[] = "<script>alert(1)&\"x";

grpc::file::FileInfo File(const std::string& path, bool folder, int64_t length) {
  grpc::file::FileInfo info;
  info.set_fileid(33554431);
  info.set_path(path);
  info.set_name(path.substr(path.rfind('/') + 1));
  info.set_folder(folder);
  info.set_length(length);
  info.set_completed(true);
  info.set_blocksizebytes(64 << 20);
  info.set_mode(0755);
  info.set_owner("alice");
  info.set_group("staff");
  info.set_persistencestate("PERSISTED");
  info.set_inalluxiopercentage(100);
  info.set_creationtimems(1'700'000'000'000);
  info.set_lastmodificationtimems(1'700'000'000'000);
  if (!folder) {
    grpc::file::FileBlockInfo* block = info.add_fileblockinfos();
    block->mutable_blockinfo()->set_blockid(16777216);
    block->mutable_blockinfo()->set_length(length);
    grpc::BlockLocation* location = block->mutable_blockinfo()->add_locations();
    location->mutable_workeraddress()->set_host("worker1");
    location->mutable_workeraddress()->set_dataport(29999);
    location->set_tieralias("MEM");
  }
  return info;
}

// A small cluster in memory.
class FakeView final : public MasterView {
 public:
  absl::StatusOr<grpc::file::FileInfo> GetStatus(const std::string& path) override {
    if (path == "/private") return absl::PermissionDeniedError("Permission denied: user=web");
    const auto found = files.find(path);
    if (found == files.end()) return absl::NotFoundError("Path \"" + path + "\" does not exist.");
    return found->second;
  }
  absl::StatusOr<Listing> List(const std::string& path, int64_t offset, int64_t limit) override {
    last_limit = limit;
    Listing listing;
    const std::string prefix = path == "/" ? "/" : path + "/";
    for (const auto& [name, info] : files) {
      if (name.size() <= prefix.size() || name.compare(0, prefix.size(), prefix) != 0) continue;
      if (name.find('/', prefix.size()) != std::string::npos) continue;
      if (listing.total >= offset && listing.total < offset + limit) listing.files.push_back(info);
      ++listing.total;
    }
    return listing;
  }
  absl::StatusOr<Listing> FilesInAlluxio(int64_t offset, int64_t limit) override {
    return Listing{{files.at("/data/a.txt")}, 1};
  }
  absl::StatusOr<std::map<std::string, grpc::file::MountPointInfo>> MountTable() override {
    grpc::file::MountPointInfo root;
    root.set_ufsuri("/under");
    root.set_ufstype("local");
    root.set_ufscapacitybytes(1000);
    root.set_ufsusedbytes(400);
    (*root.mutable_properties())["k"] = kEvil;
    return std::map<std::string, grpc::file::MountPointInfo>{{"/", root}};
  }
  absl::StatusOr<std::vector<Worker>> LiveWorkers() override {
    if (safe_mode) return absl::UnavailableError("Alluxio master is in safe mode. Please try again later.");
    Worker worker;
    worker.info.set_id(7);
    worker.info.set_state("ACTIVE");
    worker.info.set_capacitybytes(1 << 30);
    worker.info.set_usedbytes(1 << 29);
    worker.info.mutable_address()->set_host("worker1");
    worker.info.mutable_address()->set_webport(30000);
    auto* tier = worker.info.mutable_address()->mutable_tieredidentity()->add_tiers();
    tier->set_tiername("node");
    tier->set_value("worker1");
    worker.blocks = 12;
    return std::vector<Worker>{worker};
  }
  absl::StatusOr<std::vector<Worker>> LostWorkers() override { return std::vector<Worker>(); }
  Totals GetTotals() override {
    return {.live_workers = 1,
            .capacity_bytes = 1 << 30,
            .used_bytes = 1 << 29,
            .capacity_on_tiers = {{"MEM", 1 << 30}},
            .used_on_tiers = {{"MEM", 1 << 29}},
            .unique_blocks = 12,
            .block_replicas = 12};
  }
  grpc::meta::ConfigCheckReport ConfigReport() override {
    grpc::meta::ConfigCheckReport report;
    report.set_status(grpc::meta::WARN);
    auto* property = (*report.mutable_warns())["ALL"].add_properties();
    property->set_name("alluxio.a");
    (*property->mutable_values())["1"].add_values("worker1:29999");
    return report;
  }
  std::string ClusterId() override { return "c1"; }

  std::map<std::string, grpc::file::FileInfo> files = {
      {"/", File("/", true, 0)},
      {"/data", File("/data", true, 0)},
      {"/data/a.txt", File("/data/a.txt", false, 100'000)},
      {std::string("/data/") + kEvil, File(std::string("/data/") + kEvil, false, 5)},
  };
  bool safe_mode = false;
  int64_t last_limit = 0;
};

class MasterWebTest : public ::testing::Test {
 protected:
  void SetUp() override { Init({}); }

  void Init(std::vector<std::pair<std::string, std::string>> properties) {
    properties.emplace_back("alluxio.master.hostname", "master1");
    auto conf = conf::Configuration().With(properties, conf::Source::kSystemProperty);
    ASSERT_TRUE(conf.ok()) << conf.status();
    web_.emplace(MasterWebOptions{.conf = *conf,
                                  .metrics = &metrics_,
                                  .view = &view_,
                                  .rpc_address = "master1:19998",
                                  .clock = &clock_,
                                  .start_time = clock_.Now(),
                                  .journal = &journal_,
                                  .time_series = &series_,
                                  .read_file = [this](const std::string& path, int64_t offset, int64_t length) {
                                    ++reads_;
                                    std::string content = kEvil;
                                    content.resize(static_cast<size_t>(length), '\xff');
                                    return absl::StatusOr<std::string>(content);
                                  }});
    router_.emplace(web_->NewRouter());
  }

  http::Response Do(const std::string& path, std::map<std::string, std::string> query = {},
                    const std::string& method = "GET") {
    http::Request request;
    request.method = method;
    request.path = path;
    request.query = std::move(query);
    return router_->Handle(request);
  }
  Json Get(const std::string& name, std::map<std::string, std::string> query = {}) {
    const http::Response response = Do("/api/v1/master/" + name, std::move(query));
    EXPECT_EQ(response.status, 200) << response.body;
    return Json::parse(response.body);
  }

  test::FakeClock clock_;
  metrics::MetricsRegistry metrics_;
  FakeView view_;
  JournalDisk disk_ = {.disk_path = "/dev/vda",
                       .disk_type = "ext4",
                       .mount_path = "/",
                       .total_bytes = 1000,
                       .used_bytes = 600,
                       .available_bytes = 200};
  uint64_t last_sequence_ = 7;
  JournalMonitor journal_{{.disk = [this] { return absl::StatusOr<JournalDisk>(disk_); },
                           .last_sequence = [this] { return last_sequence_; },
                           .checkpoint_sequence = [] { return 3u; },
                           .clock = &clock_,
                           .metrics = &metrics_,
                           .checkpoint_period_entries = 10}};
  TimeSeries series_{&metrics_, &clock_};
  int reads_ = 0;
  std::optional<MasterWeb> web_;
  std::optional<http::Router> router_;
};

// Each key with one character for its type: s b n(umber) o(bject) a(rray) 0 (null).
void ExpectShape(const Json& json, const std::map<std::string, char>& shape) {
  for (const auto& [key, type] : shape) {
    ASSERT_TRUE(json.contains(key)) << key << " in " << json;
    const Json& value = json[key];
    const bool right = type == 's'   ? value.is_string()
                       : type == 'b' ? value.is_boolean()
                       : type == 'n' ? value.is_number()
                       : type == 'o' ? value.is_object()
                       : type == 'a' ? value.is_array()
                                     : value.is_null();
    EXPECT_TRUE(right) << key << " is " << value;
  }
}

const std::map<std::string, char> kUiFile = {
    {"id", 'n'}, {"name", 's'}, {"absolutePath", 's'}, {"blockSizeBytes", 's'}, {"size", 's'}, {"creationTime", 's'},
    {"modificationTime", 's'}, {"inAlluxio", 'b'}, {"inAlluxioPercentage", 'n'}, {"isDirectory", 'b'}, {"pinned", 'b'},
    {"owner", 's'}, {"group", 's'}, {"mode", 's'}, {"persistenceState", 's'}, {"fileLocations", 'a'},
    {"blocksOnTier", 'o'}, {"onTierPercentages", 'o'}, {"blockIds", 'a'}};

TEST_F(MasterWebTest, InfoHasTheOriginalsShape) {
  metrics_.GetCounter("Master.FilesCreated").Inc(3);
  clock_.Advance(absl::Seconds(5));
  const Json json = Get("info");
  ExpectShape(json, {{"capacity", 'o'}, {"configuration", 'o'}, {"lostWorkers", 'a'}, {"metrics", 'o'},
                     {"mountPoints", 'o'}, {"rpcAddress", 's'}, {"startTimeMs", 'n'}, {"tierCapacity", 'o'},
                     {"ufsCapacity", 'o'}, {"uptimeMs", 'n'}, {"version", 's'}, {"workers", 'a'}});
  EXPECT_EQ(json["capacity"], Json({{"total", 1 << 30}, {"used", 1 << 29}}));
  EXPECT_EQ(json["ufsCapacity"], Json({{"total", 1000}, {"used", 400}}));
  EXPECT_EQ(json["tierCapacity"]["MEM"]["total"], 1 << 30);
  EXPECT_EQ(json["tierCapacity"]["SSD"]["total"], 0);
  EXPECT_EQ(json["metrics"]["Master.FilesCreated"], 3);
  EXPECT_EQ(json["uptimeMs"], 5000);
  ExpectShape(json["workers"][0], {{"id", 'n'}, {"address", 'o'}, {"lastContactSec", 'n'}, {"state", 's'},
                                   {"capacityBytes", 'n'}, {"usedBytes", 'n'}, {"startTimeMs", 'n'},
                                   {"capacityBytesOnTiers", 'o'}, {"usedBytesOnTiers", 'o'}, {"blockCount", 'n'}});
  ExpectShape(json["workers"][0]["address"], {{"host", 's'}, {"containerHost", 's'}, {"rpcPort", 'n'},
                                              {"dataPort", 'n'}, {"webPort", 'n'}, {"domainSocketPath", 's'},
                                              {"tieredIdentity", 'o'}});
  EXPECT_EQ(json["workers"][0]["address"]["tieredIdentity"]["tiers"][0]["value"], "worker1");
  ExpectShape(json["mountPoints"]["/"], {{"ufsUri", 's'}, {"ufsType", 's'}, {"ufsCapacityBytes", 'n'},
                                         {"ufsUsedBytes", 'n'}, {"readOnly", 'b'}, {"shared", 'b'},
                                         {"properties", 'o'}});
  // Substituted by default, as given on demand.
  EXPECT_EQ(json["configuration"]["alluxio.logs.dir"].get<std::string>().find("${"), std::string::npos);
  EXPECT_EQ(Get("info", {{"raw_configuration", "true"}})["configuration"]["alluxio.logs.dir"],
            "${alluxio.work.dir}/logs");
  view_.safe_mode = true;
  const http::Response unavailable = Do("/api/v1/master/info");
  EXPECT_EQ(unavailable.status, 500);
  EXPECT_EQ(Json::parse(unavailable.body)["statusCode"], "UNAVAILABLE");
}

TEST_F(MasterWebTest, WebUiCallsHaveTheOriginalsShapes) {
  metrics_.GetCounter("Master.CreateFileOps").Inc(2);
  metrics_.GetCounter("Cluster.BytesReadLocal").Inc(750);
  metrics_.GetCounter("Cluster.BytesReadRemote").Inc(250);
  metrics_.GetCounter("Cluster.BytesReadPerUfs.UFS:%2Funder").Inc(10);
  metrics_.GetCounter("Cluster.BytesReadPerUfs.UFS:%2Fgone").Inc(10);
  metrics_.GetCounter("Master.UfsOpSavedGET_FILE_INFO.UFS:%2Funder").Inc(4);
  ExpectShape(Get("webui_init"),
              {{"debug", 'b'}, {"newerVersionAvailable", 'b'}, {"webFileInfoEnabled", 'b'},
               {"securityAuthorizationPermissionEnabled", 'b'}, {"workerPort", 'n'}, {"refreshInterval", 'n'},
               {"proxyDownloadFileApiUrl", 'o'}});
  const Json overview = Get("webui_overview");
  ExpectShape(overview, {{"debug", 'b'}, {"masterNodeAddress", 's'}, {"uptime", 's'}, {"startTime", 's'},
                         {"version", 's'}, {"clusterId", 's'}, {"liveWorkerNodes", 's'}, {"capacity", 's'},
                         {"usedCapacity", 's'}, {"freeCapacity", 's'}, {"configCheckStatus", 's'},
                         {"configCheckErrors", 'o'}, {"configCheckErrorNum", 'n'}, {"configCheckWarns", 'o'},
                         {"configCheckWarnNum", 'n'}, {"storageTierInfos", 'a'}, {"diskCapacity", 's'},
                         {"diskUsedCapacity", 's'}, {"diskFreeCapacity", 's'}, {"journalDiskWarnings", 'a'},
                         {"journalCheckpointTimeWarning", '0'}});
  EXPECT_EQ(overview["diskFreeCapacity"], "600B");
  EXPECT_EQ(overview["configCheckWarns"]["ALL"][0]["values"]["1"][0], "worker1:29999");
  ExpectShape(overview["storageTierInfos"][0], {{"storageTierAlias", 's'}, {"capacity", 's'}, {"usedCapacity", 's'},
                                                {"freeCapacity", 's'}, {"usedSpacePercent", 'n'},
                                                {"freeSpacePercent", 'n'}});
  const Json workers = Get("webui_workers");
  ExpectShape(workers, {{"debug", 'b'}, {"normalNodeInfos", 'a'}, {"failedNodeInfos", 'a'}});
  ExpectShape(workers["normalNodeInfos"][0],
              {{"host", 's'}, {"webPort", 'n'}, {"lastHeartbeat", 's'}, {"state", 's'}, {"capacity", 's'},
               {"usedMemory", 's'}, {"usedSpacePercent", 'n'}, {"freeSpacePercent", 'n'}, {"uptimeClockTime", 's'},
               {"workerId", 'n'}, {"blockCount", 'n'}});
  ExpectShape(Get("webui_mounttable")["mountPointInfos"][0],
              {{"mountPoint", 's'}, {"ufsUri", 's'}, {"ufsType", 's'}, {"ufsCapacityBytes", 's'},
               {"ufsUsedBytes", 's'}, {"readOnly", 'b'}, {"shared", 'b'}, {"properties", 's'}});
  const Json metrics = Get("webui_metrics");
  ExpectShape(metrics, {{"cacheHitLocal", 's'}, {"cacheHitRemote", 's'}, {"cacheMiss", 's'},
                        {"masterCapacityFreePercentage", 'n'}, {"masterCapacityUsedPercentage", 'n'},
                        {"masterUnderfsCapacityFreePercentage", 'n'}, {"masterUnderfsCapacityUsedPercentage", 'n'},
                        {"rpcInvocationMetrics", 'o'}, {"operationMetrics", 'o'}, {"timeSeriesMetrics", 'a'},
                        {"journalDiskMetrics", 'a'}, {"totalBytesReadLocal", 's'},
                        {"totalBytesReadLocalThroughput", 's'}, {"totalBytesReadDomainSocket", 's'},
                        {"totalBytesReadRemote", 's'}, {"totalBytesReadUfs", 's'}, {"totalBytesWrittenLocal", 's'},
                        {"totalBytesWrittenRemote", 's'}, {"totalBytesWrittenDomainSocket", 's'},
                        {"totalBytesWrittenUfs", 's'}, {"ufsOps", 'o'}, {"ufsOpsSaved", 'o'}, {"ufsReadSize", 'o'},
                        {"ufsWriteSize", 'o'}});
  EXPECT_EQ(metrics["cacheHitLocal"], "75.00");
  EXPECT_EQ(metrics["rpcInvocationMetrics"]["CreateFileOps"]["count"], 2);
  EXPECT_EQ(metrics["ufsReadSize"], Json({{"%2Funder", "10B"}}));
  EXPECT_EQ(metrics["ufsOpsSaved"]["/under"]["GET_FILE_INFO"], 4);
  EXPECT_EQ(metrics["journalDiskMetrics"], Json::parse(R"([{"diskPath": "/dev/vda", "diskPathWithSchema": "/dev/vda",
      "usedBytes": 600, "totalAllocatedBytes": 1000, "availableBytes": 200, "mountPath": "/",
      "percentAvailable": 25.0}])"));
  EXPECT_EQ(metrics["journalEntriesSinceCheckpoint"], 4);
  EXPECT_EQ(metrics["journalLastCheckpointTime"], "N/A");
  const Json data = Get("webui_data");
  ExpectShape(data, {{"fatalError", 's'}, {"fileInfos", 'a'}, {"inAlluxioFileNum", 'n'}, {"masterNodeAddress", 's'},
                     {"permissionError", '0'}, {"showPermissions", 'b'}});
  ExpectShape(data["fileInfos"][0], kUiFile);
}

TEST_F(MasterWebTest, TellsOfTheJournalsTroubleAndOfThePast) {
  EXPECT_EQ(Get("webui_metrics")["timeSeriesMetrics"], Json::array());
  series_.Record();
  const Json series = Get("webui_metrics")["timeSeriesMetrics"];
  ASSERT_EQ(series.size(), 10u);
  EXPECT_EQ(series[1], Json({{"name", "% UFS Space Used"},
                             {"dataPoints", Json::array({{{"timeStamp", clock_.NowMillis()}, {"value", 0.0}}})}}));
  EXPECT_EQ(Get("webui_overview")["journalDiskWarnings"], Json::array());
  disk_.used_bytes = 990;
  disk_.available_bytes = 10;
  last_sequence_ = 20;
  const Json overview = Get("webui_overview");
  ASSERT_EQ(overview["journalDiskWarnings"].size(), 1u);
  EXPECT_THAT(overview["journalDiskWarnings"][0], HasSubstr("/dev/vda backing the journal has only 1.00% space left"));
  EXPECT_THAT(overview["journalCheckpointTimeWarning"], HasSubstr("(17/10). Last checkpoint: N/A"));
}

TEST_F(MasterWebTest, BrowsesFoldersInBoundedWindows) {
  Json json = Get("webui_browse", {{"path", "/data/../data//"}});
  ExpectShape(json, {{"accessControlException", '0'}, {"blockSizeBytes", 's'}, {"currentDirectory", 'o'},
                     {"currentPath", 's'}, {"debug", 'b'}, {"fatalError", '0'}, {"fileBlocks", '0'}, {"fileData", '0'},
                     {"fileInfos", 'a'}, {"invalidPathError", 's'}, {"masterNodeAddress", 's'}, {"ntotalFile", 'n'},
                     {"pathInfos", 'a'}, {"showPermissions", 'b'}, {"viewingOffset", 'n'}});
  EXPECT_EQ(json["currentPath"], "/data");
  EXPECT_EQ(json["ntotalFile"], 2);
  ExpectShape(json["fileInfos"][0], kUiFile);
  EXPECT_EQ(json["fileInfos"][1]["fileLocations"][0], "worker1:29999");
  EXPECT_EQ(json["pathInfos"][0]["name"], "root");
  EXPECT_EQ(json["currentDirectory"]["mode"], "drwxr-xr-x");

  json = Get("webui_browse", {{"path", "/data"}, {"offset", "1"}, {"limit", "1"}});
  ASSERT_EQ(json["fileInfos"].size(), 1u);
  EXPECT_EQ(json["fileInfos"][0]["absolutePath"], "/data/a.txt");
  Get("webui_browse", {{"path", "/data"}, {"limit", "2000000000"}});
  EXPECT_EQ(view_.last_limit, web::kMaxLimit);
  json = Get("webui_browse", {{"path", "/data"}, {"offset", "99999999999"}});
  EXPECT_THAT(json["fatalError"].get<std::string>(), HasSubstr("parse error"));
  EXPECT_EQ(Get("webui_browse", {{"path", "/none"}})["invalidPathError"],
            "Error: Invalid Path Path \"/none\" does not exist.");
  EXPECT_EQ(Get("webui_browse", {{"path", "/private"}})["invalidPathError"],
            "Error: File /private cannot be accessed Permission denied: user=web");
  EXPECT_THAT(Get("webui_browse", {{"path", "data"}})["invalidPathError"].get<std::string>(), HasSubstr("invalid"));
}

TEST_F(MasterWebTest, ShowsPartsOfFiles) {
  Json json = Get("webui_browse", {{"path", "/data/a.txt"}, {"offset", "1000"}, {"end", "1"}});
  EXPECT_EQ(json["viewingOffset"], 99'000);
  ExpectShape(json["fileBlocks"][0], {{"id", 'n'}, {"blockLength", 'n'}, {"lastAccessTimeMs", 'n'}, {"locations", 'a'},
                                      {"isInHighestTier", 'b'}});
  EXPECT_EQ(json["fileBlocks"][0]["isInHighestTier"], true);
  EXPECT_EQ(json["highestTierAlias"], "MEM");
  EXPECT_THAT(json["fileData"].get<std::string>(), HasSubstr("\xEF\xBF\xBD"));  // what was no UTF-8
  json = Get("webui_browse", {{"path", "/data/a.txt"}, {"offset", "-5"}});
  EXPECT_EQ(json["viewingOffset"], 0);
  view_.files["/data/a.txt"].set_completed(false);
  EXPECT_EQ(Get("webui_browse", {{"path", "/data/a.txt"}})["fileData"], "The requested file is not complete yet.");
}

TEST_F(MasterWebTest, ShowsNoFilesWhereThatIsSwitchedOff) {
  Init({{"alluxio.web.file.info.enabled", "false"}});
  const Json json = Get("webui_browse", {{"path", "/data/a.txt"}});
  EXPECT_TRUE(json["fileData"].is_null() && json["currentDirectory"].is_null());
  EXPECT_TRUE(Get("webui_data")["fileInfos"].is_null());
  EXPECT_THAT(Do("/browse", {{"path", "/data"}}).body, Not(HasSubstr("a.txt")));
  EXPECT_EQ(reads_, 0);
}

TEST_F(MasterWebTest, PagesShowTheSameAndEscapeIt) {
  EXPECT_THAT(Do("/overview").body, HasSubstr("master1:19998"));
  EXPECT_THAT(Do("/overview").body, HasSubstr("alluxio.a"));
  EXPECT_THAT(Do("/workers").body, HasSubstr("<a href=\"http://worker1:30000/overview\""));
  EXPECT_THAT(Do("/mounttable").body, HasSubstr("/under"));
  EXPECT_THAT(Do("/data").body, HasSubstr("/data/a.txt"));
  EXPECT_THAT(Do("/metrics").body, HasSubstr("Hits, local"));
  const std::string folder = Do("/browse", {{"path", "/data"}}).body;
  EXPECT_THAT(folder, HasSubstr("href=\"/browse?path=/data/a.txt\">a.txt</a>"));
  EXPECT_THAT(folder, HasSubstr("&lt;script&gt;alert(1)&amp;&quot;x"));
  EXPECT_THAT(folder, HasSubstr("path=/data/%3Cscript%3Ealert%281%29%26%22x\""));
  const std::string file = Do("/browse", {{"path", std::string("/data/") + kEvil}}).body;
  EXPECT_THAT(file, HasSubstr("&lt;scri"));  // of its content
  for (const std::string& page : {folder, file, Do("/mounttable").body,
                                  Do("/browse", {{"path", std::string("/no/") + kEvil}}).body,
                                  Do("/logs", {{"path", kEvil}}).body}) {
    EXPECT_THAT(page, Not(HasSubstr("<script>alert")));
  }
  EXPECT_EQ(Do("/browse", {{"path", "/none"}}).status, 404);
  EXPECT_EQ(Do("/browse", {{"path", "/data"}, {"limit", "x"}}).status, 400);
  view_.safe_mode = true;
  EXPECT_THAT(Do("/workers").body, HasSubstr("safe mode"));
}

TEST_F(MasterWebTest, NothingButLogLevelsTakesPost) {
  for (const char* path : {"/overview", "/browse", "/data", "/workers", "/mounttable", "/config", "/logs", "/metrics",
                           "/stacks", "/metrics/json/", "/metrics/prometheus/", "/api/v1/master/info",
                           "/api/v1/master/webui_browse", "/api/v1/master/webui_config"}) {
    EXPECT_EQ(Do(path, {}, "GET").status, 200) << path;
    EXPECT_EQ(Do(path, {}, "POST").status, 405) << path;
  }
  EXPECT_EQ(Do("/api/v1/master/logLevel", {}, "POST").status, 200);
}

}  // namespace
}  // namespace alluxio::master
