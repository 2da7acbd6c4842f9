#include "alluxio/worker/web/worker_web.h"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "testing/fakes/fake_clock.h"

namespace alluxio::worker {
namespace {

using web::Json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr int64_t Block(int64_t container, int64_t sequence) { return container << 24 | sequence; }

// Only what status pages ask is answered.
class FakeStore final : public BlockStore {
 public:
  absl::StatusOr<std::unique_ptr<TempBlock>> Create(const CreateBlockOptions&) override { return Unused(); }
  absl::StatusOr<BlockPin> Open(int64_t) override { return Unused(); }
  bool Contains(int64_t block_id) const override { return blocks.count(block_id) > 0; }
  absl::Status Remove(int64_t) override { return Unused(); }
  absl::Status Move(int64_t, int, absl::string_view) override { return Unused(); }
  int64_t EvictAll() override { return 0; }
  void SetPinnedFiles(const std::vector<int64_t>&) override {}
  void Confirm(int64_t) override {}
  std::vector<PlacedBlocks> TakeAllForReport() override { return {}; }
  BlockDelta TakeDelta() override { return {}; }
  void ReturnDelta(BlockDelta) override {}
  std::vector<TierUsage> Usage() const override {
    return {{.alias = "MEM",
             .capacity_bytes = 1000,
             .used_bytes = 250,
             .dirs = {{.path = "/mnt/<ram>", .medium_type = "MEM", .capacity_bytes = 1000, .used_bytes = 250}}},
            {.alias = "SSD", .capacity_bytes = 3000}};
  }
  int64_t num_blocks() const override { return static_cast<int64_t>(blocks.size()); }
  std::vector<BlockSummary> List(int64_t after, int64_t limit) const override {
    std::vector<BlockSummary> list;
    for (auto it = blocks.upper_bound(after); it != blocks.end() && static_cast<int64_t>(list.size()) < limit; ++it) {
      list.push_back({.block_id = it->first, .length_bytes = 100, .place = {it->second, it->second}});
    }
    return list;
  }

  std::map<int64_t, std::string> blocks;  // id, tier

 private:
  static absl::Status Unused() { return absl::UnimplementedError("not for status pages"); }
};

class WorkerWebTest : public ::testing::Test {
 protected:
  void SetUp() override {
    store_.blocks = {{Block(1, 0), "MEM"}, {Block(1, 1), "SSD"}, {Block(2, 0), "MEM"}, {Block(5, 0), "MEM"}};
    Init({});
  }

  void Init(std::vector<std::pair<std::string, std::string>> properties) {
    properties.emplace_back("alluxio.master.hostname", "master1");
    auto conf = conf::Configuration().With(properties, conf::Source::kSystemProperty);
    ASSERT_TRUE(conf.ok()) << conf.status();
    web_.emplace(WorkerWebOptions{.conf = *conf,
                                  .metrics = &metrics_,
                                  .store = &store_,
                                  .host = "10.0.0.7",
                                  .rpc_address = "10.0.0.7:29999",
                                  .clock = &clock_,
                                  .start_time = clock_.Now(),
                                  .file_by_id = [this](int64_t id) -> absl::StatusOr<grpc::file::FileInfo> {
                                    ++master_calls_;
                                    if (!master_error_.ok()) return master_error_;
                                    return FileOf(id >> 24);
                                  },
                                  .file_by_path = [](const std::string& path) -> absl::StatusOr<grpc::file::FileInfo> {
                                    if (path != "/f1<b>") return absl::NotFoundError("no " + path);
                                    return FileOf(1);
                                  },
                                  .active_operations = [] { return 2; },
                                  .waiting_operations = [] { return 1; }});
    router_.emplace(web_->NewRouter());
  }

  static absl::StatusOr<grpc::file::FileInfo> FileOf(int64_t container) {
    if (container == 5) return absl::NotFoundError("deleted");
    grpc::file::FileInfo info;
    info.set_fileid(FileIdOf(Block(container, 0)));
    info.set_path("/f" + std::to_string(container) + "<b>");
    info.set_name(info.path().substr(1));
    info.set_length(400);
    info.set_blocksizebytes(100);
    return info;
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
    const http::Response response = Do("/api/v1/worker/" + name, std::move(query));
    EXPECT_EQ(response.status, 200) << response.body;
    return Json::parse(response.body);
  }

  absl::Status master_error_;
  int master_calls_ = 0;
  test::FakeClock clock_;
  metrics::MetricsRegistry metrics_;
  FakeStore store_;
  std::optional<WorkerWeb> web_;
  std::optional<http::Router> router_;
};

TEST_F(WorkerWebTest, InfoHasTheOriginalsShape) {
  metrics_.GetCounter("Worker.BlocksAccessed").Inc(3);
  clock_.Advance(absl::Seconds(2));
  const Json json = Get("info");
  EXPECT_EQ(json["capacity"], Json({{"total", 4000}, {"used", 250}}));
  EXPECT_EQ(json["tierCapacity"]["SSD"], Json({{"total", 3000}, {"used", 0}}));
  EXPECT_THAT(json["tierPaths"]["MEM"], ElementsAre("/mnt/<ram>"));
  EXPECT_EQ(json["metrics"]["Worker.BlocksAccessed.10_0_0_7"], 3);
  EXPECT_EQ(json["metrics"]["Worker.BlocksCached.10_0_0_7"], 4);
  EXPECT_EQ(json["uptimeMs"], 2000);
  EXPECT_EQ(json["rpcAddress"], "10.0.0.7:29999");
  EXPECT_TRUE(json["configuration"].is_object() && json["startTimeMs"].is_number() && json["version"].is_string());
}

TEST_F(WorkerWebTest, WebUiCallsHaveTheOriginalsShapes) {
  metrics_.GetCounter("Worker.BlocksAccessed").Inc(3);
  const Json init = Get("webui_init");
  EXPECT_EQ(init["masterHostname"], "master1");
  EXPECT_EQ(init["masterPort"], 19999);
  EXPECT_TRUE(init["debug"].is_boolean() && init["webFileInfoEnabled"].is_boolean() &&
              init["securityAuthorizationPermissionEnabled"].is_boolean() && init["refreshInterval"].is_number());
  const Json overview = Get("webui_overview");
  EXPECT_EQ(overview["workerInfo"]["workerAddress"], "10.0.0.7:29999");
  EXPECT_TRUE(overview["workerInfo"]["startTime"].is_string());
  EXPECT_EQ(overview["capacityBytes"], "4000B");
  EXPECT_EQ(overview["usageOnTiers"][0], Json({{"tierAlias", "MEM"}, {"capacityBytes", 1000}, {"usedBytes", 250}}));
  EXPECT_EQ(overview["storageDirs"][0]["dirPath"], "/mnt/<ram>");
  EXPECT_EQ(overview["blockCount"], "4");
  const Json metrics = Get("webui_metrics");
  EXPECT_EQ(metrics["workerCapacityUsedPercentage"], 6);
  EXPECT_EQ(metrics["workerCapacityFreePercentage"], 94);
  EXPECT_EQ(metrics["operationMetrics"]["BlocksAccessed"]["count"], 3);
  EXPECT_EQ(Get("operations"), Json({{"operationCount", 2}, {"rpcQueueLength", 1}}));
}

TEST_F(WorkerWebTest, ListsFilesByTheirBlocks) {
  Json json = Get("webui_blockinfo");
  EXPECT_EQ(json["ntotalFile"], 3);
  ASSERT_EQ(json["fileInfos"].size(), 2u);  // the third has been deleted
  const Json& file = json["fileInfos"][0];
  EXPECT_EQ(file["absolutePath"], "/f1<b>");
  EXPECT_THAT(file["blockIds"], ElementsAre(Block(1, 0), Block(1, 1)));
  EXPECT_EQ(file["blocksOnTier"]["MEM"][0]["blockLength"], 100);
  EXPECT_EQ(file["blocksOnTier"]["MEM"][0]["isInHighestTier"], true);
  EXPECT_EQ(file["blocksOnTier"]["SSD"][0]["isInHighestTier"], false);
  EXPECT_EQ(file["onTierPercentages"], Json({{"MEM", 25}, {"SSD", 25}}));
  EXPECT_THAT(json["orderedTierAliases"], ElementsAre("MEM", "SSD"));

  json = Get("webui_blockinfo", {{"offset", "1"}, {"limit", "1"}});
  ASSERT_EQ(json["fileInfos"].size(), 1u);
  EXPECT_EQ(json["fileInfos"][0]["absolutePath"], "/f2<b>");
  EXPECT_THAT(Get("webui_blockinfo", {{"limit", "x"}})["fatalError"].get<std::string>(), HasSubstr("parse error"));
  json = Get("webui_blockinfo", {{"path", "/f1<b>"}});
  EXPECT_EQ(json["blockSizeBytes"], "100B");
  EXPECT_EQ(json["fileBlocksOnTier"].size(), 2u);
  EXPECT_EQ(json["fileBlocksOnTier"][1]["SSD"][0]["id"], Block(1, 1));
  EXPECT_EQ(Get("webui_blockinfo", {{"path", "/g"}})["fatalError"], "Error: Invalid Path no /g");
  Init({{"alluxio.web.file.info.enabled", "false"}});
  EXPECT_TRUE(Get("webui_blockinfo")["fileInfos"].is_null());
}

TEST_F(WorkerWebTest, AMasterThatIsAwayIsAskedOnce) {
  for (const absl::Status& error : {absl::UnavailableError("it is away"), absl::DeadlineExceededError("it is away")}) {
    master_error_ = error;
    master_calls_ = 0;
    const Json json = Get("webui_blockinfo");
    EXPECT_EQ(master_calls_, 1);
    EXPECT_EQ(json["ntotalFile"], 3);
    EXPECT_TRUE(json["fileInfos"].empty());
    EXPECT_THAT(Do("/blockInfo").body, HasSubstr("it is away"));
  }
}

TEST_F(WorkerWebTest, ManyBlocksAreWalkedInBatches) {
  store_.blocks.clear();
  for (int64_t i = 0; i < 3500; ++i) store_.blocks[Block(1 + i / 1500, i % 1500)] = "MEM";
  const Json json = Get("webui_blockinfo", {{"limit", "100000"}});
  EXPECT_EQ(json["ntotalFile"], 3);
  EXPECT_EQ(json["fileInfos"][1]["blockIds"].size(), 1500u);
}

TEST_F(WorkerWebTest, PagesEscapeAndChangeNothing) {
  EXPECT_THAT(Do("/overview").body, HasSubstr("/mnt/&lt;ram&gt;"));
  const std::string blocks = Do("/blockInfo").body;
  EXPECT_THAT(blocks, HasSubstr(">/f1&lt;b&gt;</a>"));
  EXPECT_THAT(blocks, Not(HasSubstr("/f1<b>")));
  EXPECT_THAT(Do("/blockInfo", {{"path", "/f1<b>"}}).body, HasSubstr(std::to_string(Block(1, 1))));
  EXPECT_EQ(Do("/blockInfo", {{"offset", "x"}}).status, 400);
  for (const char* path : {"/overview", "/blockInfo", "/metrics", "/config", "/logs", "/stacks",
                           "/api/v1/worker/info", "/api/v1/worker/webui_blockinfo"}) {
    EXPECT_EQ(Do(path).status, 200) << path;
    EXPECT_EQ(Do(path, {}, "POST").status, 405) << path;
  }
}

}  // namespace
}  // namespace alluxio::worker
