#include "alluxio/worker/web/worker_web.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "alluxio/base/human.h"
#include "alluxio/metrics/metric_names.h"

namespace alluxio::worker {
namespace {

using web::Json;
using web::Markup;
using web::Text;

// Blocks asked of the store at once.
constexpr int64_t kBatch = 1000;
// Files of one answer: each costs a call to the master.
constexpr int64_t kMaxFiles = 100;

web::CommonOptions CommonOptionsOf(const WorkerWebOptions& options) {
  return {.conf = options.conf,
          .current_conf = nullptr,
          .metrics = options.metrics,
          .metric_instance = "Worker",
          .host = options.host,
          .rest_prefix = "/api/v1/worker",
          .whitelist_key = "",
          .site = {.name = "Alluxio worker",
                   .pages = {{"/overview", "Overview"},
                             {"/blockInfo", "Blocks"},
                             {"/config", "Configuration"},
                             {"/logs", "Logs"},
                             {"/metrics", "Metrics"},
                             {"/stacks", "Stacks"}},
                   .refresh = options.conf.GetDuration("alluxio.web.refresh.interval")},
          .clock = options.clock,
          .start_time = options.start_time};
}

std::string Str(const Json& value) { return value.is_string() ? value.get<std::string>() : ""; }
int64_t Int(const Json& value) { return value.is_number() ? value.get<int64_t>() : 0; }
int64_t Percent(int64_t part, int64_t whole) { return whole > 0 ? 100 * part / whole : 0; }

// Of all tiers together.
TierUsage SumOf(const std::vector<TierUsage>& tiers) {
  TierUsage sum;
  for (const TierUsage& tier : tiers) {
    sum.capacity_bytes += tier.capacity_bytes;
    sum.used_bytes += tier.used_bytes;
  }
  return sum;
}

Json CapacityJson(int64_t total, int64_t used) { return {{"total", total}, {"used", used}}; }

Json BlockJson(const BlockSummary& block, const std::string& highest_tier) {
  return {{"id", block.block_id},
          {"blockLength", block.length_bytes},
          {"lastAccessTimeMs", -1},
          {"locations", Json::array()},
          {"isInHighestTier", block.place.tier_alias == highest_tier}};
}

// The blocks of one file that are here: ids of a file lie side by side.
std::vector<BlockSummary> BlocksOf(const BlockStore& store, int64_t file_id) {
  std::vector<BlockSummary> blocks;
  int64_t after = (file_id & ~int64_t{0xFFFFFF}) - 1;
  while (true) {
    const std::vector<BlockSummary> batch = store.List(after, kBatch);
    for (const BlockSummary& block : batch) {
      if (FileIdOf(block.block_id) != file_id) return blocks;
      blocks.push_back(block);
    }
    if (batch.empty()) return blocks;
    after = batch.back().block_id;
  }
}

struct Files {
  std::vector<int64_t> ids;  // [offset, offset + limit) of them
  int64_t total = 0;
};

Files FilesHere(const BlockStore& store, int64_t offset, int64_t limit) {
  Files files;
  int64_t last_file = -1, after = -1;
  while (true) {
    const std::vector<BlockSummary> batch = store.List(after, kBatch);
    if (batch.empty()) return files;
    for (const BlockSummary& block : batch) {
      if (FileIdOf(block.block_id) == last_file) continue;
      last_file = FileIdOf(block.block_id);
      if (files.total >= offset && files.total < offset + limit) files.ids.push_back(last_file);
      ++files.total;
    }
    after = batch.back().block_id;
  }
}

}  // namespace

WorkerWeb::WorkerWeb(WorkerWebOptions options) : options_(std::move(options)), common_(CommonOptionsOf(options_)) {}

http::Router WorkerWeb::NewRouter() const {
  http::Router router;
  common_.AddTo(&router);
  const auto add = [&router](absl::string_view name, auto call) {
    router.Get(absl::StrCat("/api/v1/worker/", name),
               [call](const Request& request) { return web::JsonResponse(call(request)); });
  };
  add("info", [this](const Request& request) { return Info(request); });
  add("webui_init", [this](const Request&) { return Init(); });
  add("webui_overview", [this](const Request&) { return Overview(); });
  add("webui_blockinfo", [this](const Request& request) { return BlockInfo(request); });
  add("webui_metrics", [this](const Request&) { return Metrics(); });
  // By it `fsadmin decommissionWorker` knows when the worker is idle.
  if (options_.active_operations && options_.waiting_operations) {
    add("operations", [this](const Request&) { return Operations(); });
  }
  if (!common_.PagesServed()) return router;
  router.Get("/overview", [this](const Request&) { return OverviewPage(); });
  router.Get("/blockInfo", [this](const Request& request) { return BlockInfoPage(request); });
  router.Get("/metrics", [this](const Request&) { return MetricsPage(); });
  return router;
}

std::vector<std::string> WorkerWeb::Tiers() const {
  std::vector<std::string> tiers;
  for (const TierUsage& tier : options_.store->Usage()) tiers.push_back(tier.alias);
  return tiers;
}

Json WorkerWeb::Info(const Request& request) const {
  const std::vector<TierUsage> usage = options_.store->Usage();
  const TierUsage sum = SumOf(usage);
  Json tier_capacity = Json::object(), tier_paths = Json::object();
  for (const TierUsage& tier : usage) {
    tier_capacity[tier.alias] = CapacityJson(tier.capacity_bytes, tier.used_bytes);
    tier_paths[tier.alias] = Json::array();
    for (const TierUsage::Dir& dir : tier.dirs) tier_paths[tier.alias].push_back(dir.path);
  }
  // Of the gauges only the number of blocks, as the rest is told elsewhere here.
  Json metrics = common_.CounterMap();
  metrics[absl::StrCat(metrics::kWorkerBlocksCached, ".", absl::StrReplaceAll(options_.host, {{".", "_"}}))] =
      options_.store->num_blocks();
  return {{"capacity", CapacityJson(sum.capacity_bytes, sum.used_bytes)},
          {"configuration", common_.ConfigurationMap(request.Query("raw_configuration") == "true")},
          {"metrics", metrics},
          {"rpcAddress", options_.rpc_address},
          {"startTimeMs", absl::ToUnixMillis(options_.start_time)},
          {"tierCapacity", tier_capacity},
          {"tierPaths", tier_paths},
          {"uptimeMs", absl::ToInt64Milliseconds(common_.Uptime())},
          {"version", options_.conf.GetString("alluxio.version")}};
}

Json WorkerWeb::Init() const {
  const conf::Configuration& conf = options_.conf;
  std::string master = conf.GetString("alluxio.master.web.hostname");
  if (master.empty()) master = conf.GetString("alluxio.master.hostname");
  return {{"debug", conf.GetBool("alluxio.debug")},
          {"webFileInfoEnabled", common_.FilesShown()},
          {"securityAuthorizationPermissionEnabled", conf.GetBool("alluxio.security.authorization.permission.enabled")},
          {"masterHostname", master},
          {"masterPort", conf.GetInt("alluxio.master.web.port")},
          {"refreshInterval", conf.GetMillis("alluxio.web.refresh.interval")}};
}

Json WorkerWeb::Overview() const {
  const std::vector<TierUsage> usage = options_.store->Usage();
  const TierUsage sum = SumOf(usage);
  Json tiers = Json::array(), dirs = Json::array();
  for (const TierUsage& tier : usage) {
    tiers.push_back(
        {{"tierAlias", tier.alias}, {"capacityBytes", tier.capacity_bytes}, {"usedBytes", tier.used_bytes}});
    for (const TierUsage::Dir& dir : tier.dirs) {
      dirs.push_back({{"tierAlias", tier.alias},
                      {"dirPath", dir.path},
                      {"capacityBytes", dir.capacity_bytes},
                      {"usedBytes", dir.used_bytes}});
    }
  }
  return {{"workerInfo",
           {{"workerAddress", options_.rpc_address},
            {"startTime", common_.Date(absl::ToUnixMillis(options_.start_time))}}},
          {"capacityBytes", SizeText(sum.capacity_bytes)},
          {"usedBytes", SizeText(sum.used_bytes)},
          {"usageOnTiers", tiers},
          {"storageDirs", dirs},
          {"blockCount", absl::StrCat(options_.store->num_blocks())},
          {"version", options_.conf.GetString("alluxio.version")}};
}

Json WorkerWeb::FileWithBlocks(const grpc::file::FileInfo& info) const {
  const std::vector<std::string> tiers = Tiers();
  const std::string highest = tiers.empty() ? "" : tiers[0];
  Json json = common_.FileJson(info, tiers);
  std::map<std::string, int64_t> bytes;
  for (const BlockSummary& block : BlocksOf(*options_.store, FileIdOf(info.fileid()))) {
    json["blocksOnTier"][block.place.tier_alias].push_back(BlockJson(block, highest));
    json["blockIds"].push_back(block.block_id);
    bytes[block.place.tier_alias] += block.length_bytes;
  }
  for (const auto& [tier, on_tier] : bytes) json["onTierPercentages"][tier] = Percent(on_tier, info.length());
  return json;
}

Json WorkerWeb::BlockInfo(const Request& request) const {
  Json json = {{"blockSizeBytes", nullptr}, {"fatalError", nullptr},      {"fileBlocksOnTier", nullptr},
               {"fileInfos", nullptr},      {"invalidPathError", nullptr}, {"ntotalFile", 0},
               {"orderedTierAliases", nullptr}, {"path", nullptr}};
  if (!common_.FilesShown()) return json;
  json["fatalError"] = "";
  json["invalidPathError"] = "";
  json["orderedTierAliases"] = Tiers();
  if (const std::string path = request.Query("path").value_or(""); !path.empty()) {
    const absl::StatusOr<grpc::file::FileInfo> info =
        options_.file_by_path ? options_.file_by_path(path)
                              : absl::UnavailableError("this worker has no way to ask the master for files");
    if (info.ok()) {
      const Json file = FileWithBlocks(*info);
      json["fileBlocksOnTier"] = Json::array();
      for (const auto& [tier, blocks] : file["blocksOnTier"].items()) {
        Json entry = Json::object();
        entry[tier] = blocks;
        json["fileBlocksOnTier"].push_back(std::move(entry));
      }
      json["blockSizeBytes"] = file["blockSizeBytes"];
      json["path"] = path;
    } else if (absl::IsNotFound(info.status()) || absl::IsInvalidArgument(info.status())) {
      json["fatalError"] = absl::StrCat("Error: Invalid Path ", info.status().message());
    } else {
      json["invalidPathError"] = absl::StrCat("Error: File ", path, " is not available ", info.status().message());
    }
  }
  web::Window window = web::WindowOf(request);
  window.limit = std::min(window.limit, kMaxFiles);
  const Files files = FilesHere(*options_.store, window.offset, window.limit);
  json["ntotalFile"] = files.total;
  if (!window.error.empty()) {
    json["fatalError"] = window.error;
    return json;
  }
  json["fileInfos"] = Json::array();
  for (const int64_t id : files.ids) {
    absl::StatusOr<grpc::file::FileInfo> info = grpc::file::FileInfo();
    if (options_.file_by_id) {
      info = options_.file_by_id(id);
      // Each further question would keep this thread waiting as long.
      if (absl::IsUnavailable(info.status()) || absl::IsDeadlineExceeded(info.status())) {
        json["invalidPathError"] = absl::StrCat("Error: The master can't be asked for files: ", info.status().message());
        break;
      }
      // It may have been deleted meanwhile: left out, as in the original.
      if (!info.ok()) continue;
    }
    info->set_fileid(id);
    json["fileInfos"].push_back(FileWithBlocks(*info));
  }
  return json;
}

Json WorkerWeb::Metrics() const {
  const TierUsage sum = SumOf(options_.store->Usage());
  const int64_t used_percent = Percent(sum.used_bytes, sum.capacity_bytes);
  Json operations = common_.Operations(false);
  operations.update(common_.Operations(true));
  return {{"workerCapacityUsedPercentage", used_percent},
          {"workerCapacityFreePercentage", 100 - used_percent},
          {"operationMetrics", operations}};
}

Json WorkerWeb::Operations() const {
  return {{"operationCount", options_.active_operations()}, {"rpcQueueLength", options_.waiting_operations()}};
}

http::Response WorkerWeb::OverviewPage() const {
  const Json json = Overview();
  Markup body = web::Facts({{"Worker address", Text(Str(json["workerInfo"]["workerAddress"]))},
                            {"Version", Text(Str(json["version"]))},
                            {"Started", Text(Str(json["workerInfo"]["startTime"]))},
                            {"Up for", Text(web::BriefClockTime(ClockTimeText(common_.Uptime())))},
                            {"Capacity", Text(Str(json["capacityBytes"]))},
                            {"Used", Text(Str(json["usedBytes"]))},
                            {"Blocks", web::Link("/blockInfo", Str(json["blockCount"]))}});
  std::vector<std::vector<Markup>> tiers, dirs;
  for (const Json& tier : json["usageOnTiers"]) {
    const int64_t capacity = Int(tier["capacityBytes"]), used = Int(tier["usedBytes"]);
    tiers.push_back({Text(Str(tier["tierAlias"])), Text(SizeText(capacity)), Text(SizeText(used)),
                     Text(SizeText(capacity - used)), web::Meter(Percent(used, capacity))});
  }
  for (const Json& dir : json["storageDirs"]) {
    const int64_t capacity = Int(dir["capacityBytes"]), used = Int(dir["usedBytes"]);
    dirs.push_back({web::Code(Str(dir["dirPath"])), Text(Str(dir["tierAlias"])), Text(SizeText(capacity)),
                    Text(SizeText(used)), web::Meter(Percent(used, capacity))});
  }
  body += web::Heading("Tiers") +
          web::Table({"Tier", "Capacity", "Used", "Free", "Share used"}, tiers, {.numbers = {1, 2, 3}}) +
          web::Heading("Folders") +
          web::Table({"Folder", "Tier", "Capacity", "Used", "Share used"}, dirs, {.numbers = {2, 3}});
  return common_.Page("/overview", "Overview", body);
}

http::Response WorkerWeb::BlockInfoPage(const Request& request) const {
  if (!common_.FilesShown()) return common_.FilesHiddenPage("/blockInfo", "Blocks");
  const Json json = BlockInfo(request);
  const std::string problem = absl::StrCat(Str(json["fatalError"]), Str(json["invalidPathError"]));
  Markup body = web::Problem(problem);
  if (json["fileInfos"].is_null()) return common_.Page("/blockInfo", "Blocks", body, 400);
  if (!json["path"].is_null()) {
    std::vector<std::vector<Markup>> rows;
    for (const Json& entry : json["fileBlocksOnTier"]) {
      for (const auto& [tier, blocks] : entry.items()) {
        for (const Json& block : blocks) {
          rows.push_back({Text(absl::StrCat(Int(block["id"]))), Text(tier), Text(SizeText(Int(block["blockLength"])))});
        }
      }
    }
    body += web::Facts({{"Block size", Text(Str(json["blockSizeBytes"]))}}) +
            web::Table({"Block", "Tier", "Size"}, rows,
                       {.if_empty = "None of this file's blocks is here.", .numbers = {2}});
    return common_.Page("/blockInfo", Str(json["path"]), body);
  }
  web::Window window = web::WindowOf(request);
  window.limit = std::min(window.limit, kMaxFiles);
  std::vector<std::vector<Markup>> rows;
  for (const Json& file : json["fileInfos"]) {
    const std::string path = Str(file["absolutePath"]);
    std::string tiers;
    for (const auto& [tier, percent] : file["onTierPercentages"].items()) {
      if (!file["blocksOnTier"].contains(tier)) continue;
      absl::StrAppend(&tiers, tiers.empty() ? "" : ", ", tier, " ", Int(percent), " %");
    }
    rows.push_back({path.empty() ? Text(absl::StrCat("file ", Int(file["id"])))
                                 : web::Link(web::Url("/blockInfo", {{"path", path}}), path),
                    Text(path.empty() ? "" : Str(file["size"])), Text(absl::StrCat(file["blockIds"].size())),
                    Text(tiers), Text(file["pinned"] == true ? "yes" : "no"),
                    Text(path.empty() ? "" : Str(file["modificationTime"]))});
  }
  body += web::Table({"File", "Size", "Blocks here", "On tiers", "Pinned", "Last change"}, rows,
                     {.if_empty = "This worker has no blocks.", .numbers = {1, 2}, .short_texts = {3, 4, 5}}) +
          web::Pager("/blockInfo", {}, window.offset, window.limit, Int(json["ntotalFile"]));
  return common_.Page("/blockInfo", "Blocks", body);
}

http::Response WorkerWeb::MetricsPage() const {
  return common_.Page(
      "/metrics", "Metrics",
      web::Facts({{"Space used", web::Meter(Int(Metrics()["workerCapacityUsedPercentage"]))}}) +
          web::Heading("All metrics") + common_.MetricsTable());
}

}  // namespace alluxio::worker
