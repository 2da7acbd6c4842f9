#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "alluxio/base/human.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/master/web/master_web.h"
#include "alluxio/metrics/metric_names.h"
#include "alluxio/uri/path.h"

namespace alluxio::master {
namespace {

using web::Json;

std::vector<std::string> GlobalTiers(const conf::Configuration& conf) {
  std::vector<std::string> tiers;
  const int64_t levels = std::min<int64_t>(3, conf.GetInt("alluxio.master.tieredstore.global.levels"));
  for (int64_t i = 0; i < levels; ++i) {
    tiers.push_back(conf.GetString(absl::StrCat("alluxio.master.tieredstore.global.level", i, ".alias")));
  }
  return tiers;
}

web::CommonOptions CommonOptionsOf(const MasterWebOptions& options) {
  return {.conf = options.conf,
          .current_conf = options.current_conf,
          .metrics = options.metrics,
          .metric_instance = "",
          .host = "",
          .rest_prefix = "/api/v1/master",
          .whitelist_key = "alluxio.master.whitelist",
          .site = {.name = "Alluxio master",
                   .pages = {{"/overview", "Overview"},
                             {"/browse", "Browse"},
                             {"/data", "In-Alluxio data"},
                             {"/workers", "Workers"},
                             {"/mounttable", "Mount table"},
                             {"/config", "Configuration"},
                             {"/logs", "Logs"},
                             {"/metrics", "Metrics"},
                             {"/stacks", "Stacks"}},
                   .refresh = options.conf.GetDuration("alluxio.web.refresh.interval")},
          .clock = options.clock,
          .start_time = options.start_time};
}

Json CapacityJson(int64_t total, int64_t used) { return {{"total", total}, {"used", used}}; }

int64_t Percent(int64_t part, int64_t whole) { return whole > 0 ? 100 * part / whole : 0; }

int64_t ValueOr0(const std::map<std::string, int64_t>& map, const std::string& key) {
  const auto found = map.find(key);
  return found == map.end() ? 0 : found->second;
}

template <typename Map>
Json MapJson(const Map& map) {
  Json json = Json::object();
  for (const auto& [key, value] : map) json[key] = value;
  return json;
}

Json AddressJson(const grpc::WorkerNetAddress& address) {
  Json tiers = Json::array();
  for (const grpc::LocalityTier& tier : address.tieredidentity().tiers()) {
    Json json = {{"tierName", tier.tiername()}, {"value", nullptr}};
    if (tier.has_value()) json["value"] = tier.value();
    tiers.push_back(std::move(json));
  }
  return {{"host", address.host()},
          {"containerHost", address.containerhost()},
          {"rpcPort", address.rpcport()},
          {"dataPort", address.dataport()},
          {"webPort", address.webport()},
          {"domainSocketPath", address.domainsocketpath()},
          {"tieredIdentity", {{"tiers", tiers}}}};
}

Json WorkersJson(const std::vector<MasterView::Worker>& workers) {
  Json json = Json::array();
  for (const auto& [info, blocks] : workers) {
    json.push_back({{"id", info.id()},
                    {"address", AddressJson(info.address())},
                    {"lastContactSec", info.lastcontactsec()},
                    {"state", info.state()},
                    {"capacityBytes", info.capacitybytes()},
                    {"usedBytes", info.usedbytes()},
                    {"startTimeMs", info.starttimems()},
                    {"capacityBytesOnTiers", MapJson(info.capacitybytesontiers())},
                    {"usedBytesOnTiers", MapJson(info.usedbytesontiers())},
                    {"blockCount", blocks}});
  }
  return json;
}

Json MountPointJson(const grpc::file::MountPointInfo& info) {
  return {{"ufsUri", info.ufsuri()},
          {"ufsType", info.ufstype()},
          {"ufsCapacityBytes", info.ufscapacitybytes()},
          {"ufsUsedBytes", info.ufsusedbytes()},
          {"readOnly", info.readonly()},
          {"shared", info.shared()},
          {"mountId", info.mountid()},
          {"properties", MapJson(info.properties())}};
}

Json TimeSeriesJson(const TimeSeries* all) {
  Json json = Json::array();
  if (all == nullptr) return json;
  for (const TimeSeries::Series& series : all->Get()) {
    Json points = Json::array();
    for (const auto& [time_ms, value] : series.points) points.push_back({{"timeStamp", time_ms}, {"value", value}});
    json.push_back({{"name", series.name}, {"dataPoints", std::move(points)}});
  }
  return json;
}

Json JournalDisksJson(JournalMonitor* journal) {
  Json json = Json::array();
  if (journal == nullptr) return json;
  for (const JournalDisk& disk : journal->Disks()) {
    json.push_back({{"diskPath", disk.disk_path},
                    {"diskPathWithSchema", disk.PathWithScheme()},
                    {"usedBytes", disk.used_bytes},
                    {"totalAllocatedBytes", disk.total_bytes},
                    {"availableBytes", disk.available_bytes},
                    {"mountPath", disk.mount_path},
                    {"percentAvailable", disk.PercentAvailable()}});
  }
  return json;
}

Json NodesJson(const std::vector<MasterView::Worker>& workers, absl::Time now) {
  Json json = Json::array();
  for (const auto& [info, blocks] : workers) {
    const grpc::WorkerNetAddress& address = info.address();
    const int64_t used = Percent(info.usedbytes(), info.capacitybytes());
    json.push_back(
        {{"workerId", info.id()},
         {"host", address.containerhost().empty() ? address.host()
                                                  : absl::StrCat(address.host(), " (", address.containerhost(), ")")},
         {"webPort", address.webport()},
         {"lastHeartbeat", absl::StrCat(info.lastcontactsec())},
         {"state", info.state()},
         {"capacity", SizeText(info.capacitybytes())},
         {"usedMemory", SizeText(info.usedbytes())},
         {"usedSpacePercent", used},
         {"freeSpacePercent", 100 - used},
         {"uptimeClockTime", ClockTimeText(now - absl::FromUnixMillis(info.starttimems()))},
         {"blockCount", blocks}});
  }
  return json;
}

// By scope: properties, their values, and where each is so.
Json InconsistentJson(const google::protobuf::Map<std::string, grpc::meta::InconsistentProperties>& by_scope,
                      int* count) {
  Json json = Json::object();
  for (const auto& [scope, properties] : by_scope) {
    json[scope] = Json::array();
    for (const grpc::meta::InconsistentProperty& property : properties.properties()) {
      Json values = Json::object();
      for (const auto& [value, places] : property.values()) {
        values[value] = std::vector<std::string>(places.values().begin(), places.values().end());
      }
      json[scope].push_back({{"name", property.name()}, {"values", values}});
      ++*count;
    }
  }
  return json;
}

// How the original wraps an error of a call about `path`.
std::string PathError(const absl::Status& status, const std::string& path) {
  switch (status.code()) {
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kInvalidArgument: return absl::StrCat("Error: Invalid Path ", status.message());
    case absl::StatusCode::kUnavailable:
      return absl::StrCat("The service is temporarily unavailable. ", status.message());
    case absl::StatusCode::kPermissionDenied:
      return absl::StrCat("Error: File ", path, " cannot be accessed ", status.message());
    default: return absl::StrCat("Error: File ", path, " is not available ", status.message());
  }
}

std::string SizeOrUnknown(int64_t bytes) { return bytes >= 0 ? SizeText(bytes) : "UNKNOWN"; }

int64_t Number(const metrics::Snapshot& snapshot, absl::string_view name) {
  const auto found = snapshot.find(std::string(name));
  return found == snapshot.end() ? 0 : static_cast<int64_t>(found->second.AsDouble());
}

std::string WithoutTrailingSlash(std::string uri) {
  while (uri.size() > 1 && uri.back() == '/') uri.pop_back();
  return uri;
}

}  // namespace

MasterWeb::MasterWeb(MasterWebOptions options)
    : options_(std::move(options)), tiers_(GlobalTiers(options_.conf)), common_(CommonOptionsOf(options_)) {}

http::Router MasterWeb::NewRouter() const {
  http::Router router;
  common_.AddTo(&router);
  if (common_.PagesServed()) AddPages(&router);
  const auto add = [&router](absl::string_view name, auto call) {
    router.Get(absl::StrCat("/api/v1/master/", name), [call](const Request& request) {
      const absl::StatusOr<Json> json = call(request);
      return json.ok() ? web::JsonResponse(*json) : web::ErrorResponse(json.status());
    });
  };
  add("info", [this](const Request& request) { return Info(request); });
  add("webui_init", [this](const Request&) { return Init(); });
  add("webui_overview", [this](const Request&) { return Overview(); });
  add("webui_browse", [this](const Request& request) { return Browse(request, web::kChunkBytes); });
  add("webui_data", [this](const Request& request) { return Data(request); });
  add("webui_workers", [this](const Request&) { return Workers(); });
  add("webui_mounttable", [this](const Request&) { return MountTable(); });
  add("webui_metrics", [this](const Request&) { return Metrics(); });
  return router;
}

absl::StatusOr<Json> MasterWeb::Info(const Request& request) const {
  const MasterView::Totals totals = options_.view->GetTotals();
  ALLUXIO_ASSIGN_OR_RETURN(const auto live, options_.view->LiveWorkers());
  ALLUXIO_ASSIGN_OR_RETURN(const auto lost, options_.view->LostWorkers());
  ALLUXIO_ASSIGN_OR_RETURN(const auto mounts, options_.view->MountTable());
  Json tier_capacity = Json::object(), mount_points = Json::object();
  for (const std::string& tier : tiers_) {
    tier_capacity[tier] = CapacityJson(ValueOr0(totals.capacity_on_tiers, tier), ValueOr0(totals.used_on_tiers, tier));
  }
  for (const auto& [path, info] : mounts) mount_points[path] = MountPointJson(info);
  const auto root = mounts.find("/");
  return Json{{"capacity", CapacityJson(totals.capacity_bytes, totals.used_bytes)},
              {"configuration", common_.ConfigurationMap(request.Query("raw_configuration") == "true")},
              {"lostWorkers", WorkersJson(lost)},
              {"metrics", common_.CounterMap()},
              {"mountPoints", mount_points},
              {"rpcAddress", options_.rpc_address},
              {"startTimeMs", absl::ToUnixMillis(options_.start_time)},
              {"tierCapacity", tier_capacity},
              {"ufsCapacity", root == mounts.end()
                                  ? CapacityJson(-1, -1)
                                  : CapacityJson(root->second.ufscapacitybytes(), root->second.ufsusedbytes())},
              {"uptimeMs", absl::ToInt64Milliseconds(common_.Uptime())},
              {"version", options_.conf.GetString("alluxio.version")},
              {"workers", WorkersJson(live)}};
}

Json MasterWeb::Init() const {
  const conf::Configuration& conf = options_.conf;
  std::string proxy = conf.GetString("alluxio.proxy.web.hostname");
  if (proxy.empty()) proxy = conf.GetString("alluxio.master.hostname");
  return {{"debug", conf.GetBool("alluxio.debug")},
          {"newerVersionAvailable", false},
          {"webFileInfoEnabled", common_.FilesShown()},
          {"securityAuthorizationPermissionEnabled", conf.GetBool("alluxio.security.authorization.permission.enabled")},
          {"workerPort", conf.GetInt("alluxio.worker.web.port")},
          {"refreshInterval", conf.GetMillis("alluxio.web.refresh.interval")},
          {"proxyDownloadFileApiUrl",
           {{"prefix", absl::StrCat("http://", proxy, ":", conf.GetInt("alluxio.proxy.web.port"), "/api/v1/paths/")},
            {"suffix", "/download-file/"}}}};
}

Json MasterWeb::Overview() const {
  const MasterView::Totals totals = options_.view->GetTotals();
  const grpc::meta::ConfigCheckReport report = options_.view->ConfigReport();
  int errors = 0, warnings = 0;
  const Json error_json = InconsistentJson(report.errors(), &errors);
  const Json warning_json = InconsistentJson(report.warns(), &warnings);
  Json tiers = Json::array();
  for (const std::string& tier : tiers_) {
    const int64_t capacity = ValueOr0(totals.capacity_on_tiers, tier), used = ValueOr0(totals.used_on_tiers, tier);
    if (capacity <= 0) continue;
    tiers.push_back({{"storageTierAlias", tier},
                     {"capacity", SizeText(capacity)},
                     {"usedCapacity", SizeText(used)},
                     {"freeCapacity", SizeText(capacity - used)},
                     {"usedSpacePercent", Percent(used, capacity)},
                     {"freeSpacePercent", 100 - Percent(used, capacity)}});
  }
  int64_t disk_total = -1, disk_used = -1;
  if (const auto mounts = options_.view->MountTable(); mounts.ok()) {
    if (const auto root = mounts->find("/"); root != mounts->end()) {
      disk_total = root->second.ufscapacitybytes();
      disk_used = root->second.ufsusedbytes();
    }
  }
  Json disk_warnings = Json::array(), checkpoint_warning = nullptr;
  if (options_.journal != nullptr) {
    disk_warnings = options_.journal->DiskWarnings();
    if (const auto warning = options_.journal->CheckpointWarning()) checkpoint_warning = *warning;
  }
  const int64_t disk_free = disk_used >= 0 && disk_total >= disk_used ? disk_total - disk_used : -1;
  return {{"debug", options_.conf.GetBool("alluxio.debug")},
          {"masterNodeAddress", options_.rpc_address},
          {"masterRole", "PRIMARY"},
          {"uptime", ClockTimeText(common_.Uptime())},
          {"startTime", common_.Date(absl::ToUnixMillis(options_.start_time))},
          {"version", options_.conf.GetString("alluxio.version")},
          {"clusterId", options_.view->ClusterId()},
          {"liveWorkerNodes", absl::StrCat(totals.live_workers)},
          {"lostWorkerNodes", absl::StrCat(totals.lost_workers)},
          {"capacity", SizeText(totals.capacity_bytes)},
          {"usedCapacity", SizeText(totals.used_bytes)},
          {"freeCapacity", SizeText(totals.capacity_bytes - totals.used_bytes)},
          {"uniqueBlockCount", absl::StrCat(totals.unique_blocks)},
          {"replicaBlockCount", absl::StrCat(totals.block_replicas)},
          {"configCheckStatus", grpc::meta::ConfigStatus_Name(report.status())},
          {"configCheckErrors", error_json},
          {"configCheckErrorNum", errors},
          {"configCheckWarns", warning_json},
          {"configCheckWarnNum", warnings},
          {"storageTierInfos", tiers},
          {"diskCapacity", SizeOrUnknown(disk_total)},
          {"diskUsedCapacity", SizeOrUnknown(disk_used)},
          {"diskFreeCapacity", SizeOrUnknown(disk_free)},
          {"journalDiskWarnings", disk_warnings},
          {"journalCheckpointTimeWarning", checkpoint_warning}};
}

Json MasterWeb::Browse(const Request& request, int64_t chunk_bytes) const {
  Json json = {{"accessControlException", nullptr},
               {"blockSizeBytes", nullptr},
               {"currentDirectory", nullptr},
               {"currentPath", nullptr},
               {"debug", false},
               {"fatalError", nullptr},
               {"fileBlocks", nullptr},
               {"fileData", nullptr},
               {"fileDoesNotExistException", nullptr},
               {"fileInfos", nullptr},
               {"highestTierAlias", nullptr},
               {"invalidPathError", nullptr},
               {"invalidPathException", nullptr},
               {"masterNodeAddress", nullptr},
               {"ntotalFile", 0},
               {"pathInfos", nullptr},
               {"showPermissions", false},
               {"viewingOffset", 0}};
  if (!common_.FilesShown()) return json;
  json["debug"] = options_.conf.GetBool("alluxio.debug");
  json["showPermissions"] = options_.conf.GetBool("alluxio.security.authorization.permission.enabled");
  json["masterNodeAddress"] = options_.rpc_address;
  json["invalidPathError"] = "";
  std::string path = request.Query("path").value_or("/");
  if (path.empty()) path = "/";
  json["currentPath"] = path;
  const absl::StatusOr<std::string> clean = uri::CleanPath(path);
  if (!clean.ok()) {
    json["invalidPathError"] = PathError(clean.status(), path);
    return json;
  }
  path = *clean;
  json["currentPath"] = path;
  const auto info = options_.view->GetStatus(path);
  if (!info.ok()) {
    json["invalidPathError"] = PathError(info.status(), path);
    return json;
  }
  json["currentDirectory"] = common_.FileJson(*info, tiers_);
  json["blockSizeBytes"] = json["currentDirectory"]["blockSizeBytes"];
  if (!info->folder()) {
    BrowseFile(request, chunk_bytes, *info, &json);
    return json;
  }

  // The folders above, from the root.
  std::vector<std::string> above;
  for (std::string at = path; at != "/";) {
    at = std::string(uri::ParentPath(at));
    above.push_back(at);
  }
  std::reverse(above.begin(), above.end());
  json["pathInfos"] = Json::array();
  for (const std::string& folder : above) {
    if (const auto parent = options_.view->GetStatus(folder); parent.ok()) {
      json["pathInfos"].push_back(common_.FileJson(*parent, tiers_));
    }
  }

  const web::Window window = web::WindowOf(request);
  const auto listing = options_.view->List(path, window.offset, window.limit);
  if (!listing.ok()) {
    json["invalidPathError"] = PathError(listing.status(), path);
    return json;
  }
  json["ntotalFile"] = listing->total;
  if (!window.error.empty()) {
    json["fatalError"] = window.error;
    return json;
  }
  json["fileInfos"] = Json::array();
  for (const grpc::file::FileInfo& file : listing->files) {
    Json entry = common_.FileJson(file, tiers_);
    if (file.fileblockinfos_size() > 0) {
      const grpc::file::FileBlockInfo& block = file.fileblockinfos(0);
      for (const grpc::BlockLocation& location : block.blockinfo().locations()) {
        entry["fileLocations"].push_back(
            absl::StrCat(location.workeraddress().host(), ":", location.workeraddress().dataport()));
      }
      for (const std::string& location : block.ufsstringlocations()) entry["fileLocations"].push_back(location);
    }
    json["fileInfos"].push_back(std::move(entry));
  }
  return json;
}

void MasterWeb::BrowseFile(const Request& request, int64_t chunk_bytes, const grpc::file::FileInfo& info,
                           Json* json) const {
  // From the beginning, or with "end" from the end, as the original's pages ask.
  const int64_t wanted = std::min(web::NumberOf(request, "offset", 0), info.length());
  const int64_t offset = request.Query("end").value_or("").empty() ? wanted : info.length() - wanted;
  (*json)["viewingOffset"] = offset;
  (*json)["highestTierAlias"] = tiers_.empty() ? "" : tiers_[0];
  (*json)["fileBlocks"] = Json::array();
  if (options_.on_file_blocks) options_.on_file_blocks();
  for (const grpc::file::FileBlockInfo& block : info.fileblockinfos()) {
    std::set<std::string> locations;
    bool highest = false;
    for (const grpc::BlockLocation& location : block.blockinfo().locations()) {
      locations.insert(location.workeraddress().host());
      highest = highest || (!tiers_.empty() && location.tieralias() == tiers_[0]);
    }
    for (const std::string& location : block.ufsstringlocations()) {
      locations.insert(location.substr(0, location.rfind(':')));
    }
    (*json)["fileBlocks"].push_back({{"id", block.blockinfo().blockid()},
                                     {"blockLength", block.blockinfo().length()},
                                     {"lastAccessTimeMs", -1},
                                     {"locations", locations},
                                     {"isInHighestTier", highest}});
  }
  if (!info.completed()) {
    (*json)["fileData"] = "The requested file is not complete yet.";
  } else if (!options_.read_file) {
    (*json)["fileData"] = "File contents are not available from this master.";
  } else if (info.length() == 0) {
    (*json)["fileData"] = "";
  } else {
    const auto data = options_.read_file(info.path(), offset, std::min(chunk_bytes, info.length() - offset));
    if (data.ok()) {
      (*json)["fileData"] = *data;
    } else {
      (*json)["invalidPathError"] =
          absl::StrCat("Error: File ", info.path(), " is not available ", data.status().message());
    }
  }
}

Json MasterWeb::Data(const Request& request) const {
  Json json = {{"fatalError", nullptr},        {"fileInfos", nullptr},       {"inAlluxioFileNum", 0},
               {"masterNodeAddress", nullptr}, {"permissionError", nullptr}, {"showPermissions", false}};
  if (!common_.FilesShown()) return json;
  json["masterNodeAddress"] = options_.rpc_address;
  json["fatalError"] = "";
  json["showPermissions"] = options_.conf.GetBool("alluxio.security.authorization.permission.enabled");
  const web::Window window = web::WindowOf(request);
  const auto listing = options_.view->FilesInAlluxio(window.offset, window.limit);
  if (!listing.ok()) {
    const bool denied = listing.status().code() == absl::StatusCode::kPermissionDenied;
    json[denied ? "permissionError" : "fatalError"] = PathError(listing.status(), "/");
    return json;
  }
  json["inAlluxioFileNum"] = listing->total;
  if (!window.error.empty()) {
    json["fatalError"] = window.error;
    return json;
  }
  json["fileInfos"] = Json::array();
  for (const grpc::file::FileInfo& file : listing->files) json["fileInfos"].push_back(common_.FileJson(file, tiers_));
  return json;
}

absl::StatusOr<Json> MasterWeb::Workers() const {
  ALLUXIO_ASSIGN_OR_RETURN(const auto live, options_.view->LiveWorkers());
  ALLUXIO_ASSIGN_OR_RETURN(const auto lost, options_.view->LostWorkers());
  const absl::Time now = options_.clock->Now();
  return Json{{"debug", options_.conf.GetBool("alluxio.debug")},
              {"normalNodeInfos", NodesJson(live, now)},
              {"failedNodeInfos", NodesJson(lost, now)}};
}

absl::StatusOr<Json> MasterWeb::MountTable() const {
  ALLUXIO_ASSIGN_OR_RETURN(const auto mounts, options_.view->MountTable());
  Json infos = Json::array();
  for (const auto& [path, info] : mounts) {
    // As Java prints a map; credentials come masked from the call.
    const std::map<std::string, std::string> properties(info.properties().begin(), info.properties().end());
    infos.push_back({{"mountPoint", path},
                     {"ufsUri", info.ufsuri()},
                     {"ufsType", info.ufstype()},
                     {"ufsCapacityBytes", SizeText(info.ufscapacitybytes())},
                     {"ufsUsedBytes", SizeText(info.ufsusedbytes())},
                     {"readOnly", info.readonly()},
                     {"shared", info.shared()},
                     {"properties", absl::StrCat("{", absl::StrJoin(properties, ", ", absl::PairFormatter("=")), "}")}});
  }
  return Json{{"debug", options_.conf.GetBool("alluxio.debug")}, {"mountPointInfos", infos}};
}

Json MasterWeb::Metrics() const {
  const metrics::Snapshot snapshot = options_.metrics->Collect();
  const MasterView::Totals totals = options_.view->GetTotals();
  const auto number = [&](absl::string_view name) { return Number(snapshot, name); };
  const int64_t used_percent = Percent(totals.used_bytes, totals.capacity_bytes);
  const int64_t ufs_percent =
      Percent(number(metrics::kClusterRootUfsCapacityUsed), number(metrics::kClusterRootUfsCapacityTotal));
  Json json = {{"masterCapacityUsedPercentage", used_percent},
               {"masterCapacityFreePercentage", 100 - used_percent},
               {"masterUnderfsCapacityUsedPercentage", ufs_percent},
               {"masterUnderfsCapacityFreePercentage", 100 - ufs_percent},
               {"rpcInvocationMetrics", common_.Operations(true)},
               {"operationMetrics", common_.Operations(false)},
               {"timeSeriesMetrics", TimeSeriesJson(options_.time_series)},
               {"journalDiskMetrics", JournalDisksJson(options_.journal)},
               {"journalLastCheckpointTime", nullptr},
               {"journalEntriesSinceCheckpoint", number(metrics::kMasterJournalEntriesSinceCheckpoint)},
               {"ufsOps", Json::object()},
               {"ufsOpsSaved", Json::object()},
               {"ufsReadSize", Json::object()},
               {"ufsWriteSize", Json::object()}};
  // The one gauge among the counters.
  json["operationMetrics"]["FilesPinned"] = {{"value", number(metrics::kMasterFilesPinned)}};
  if (options_.journal != nullptr) json["journalLastCheckpointTime"] = options_.journal->LastCheckpointText();
  const struct {
    const char* key;
    const char* bytes;
    const char* throughput;
  } kSizes[] = {
      {"totalBytesReadLocal", metrics::kClusterBytesReadLocal, metrics::kClusterBytesReadLocalThroughput},
      {"totalBytesReadRemote", metrics::kClusterBytesReadRemote, metrics::kClusterBytesReadRemoteThroughput},
      {"totalBytesReadDomainSocket", metrics::kClusterBytesReadDomain, metrics::kClusterBytesReadDomainThroughput},
      {"totalBytesReadUfs", metrics::kClusterBytesReadUfsAll, metrics::kClusterBytesReadUfsThroughput},
      {"totalBytesWrittenLocal", metrics::kClusterBytesWrittenLocal, metrics::kClusterBytesWrittenLocalThroughput},
      {"totalBytesWrittenRemote", metrics::kClusterBytesWrittenRemote, metrics::kClusterBytesWrittenRemoteThroughput},
      {"totalBytesWrittenDomainSocket", metrics::kClusterBytesWrittenDomain,
       metrics::kClusterBytesWrittenDomainThroughput},
      {"totalBytesWrittenUfs", metrics::kClusterBytesWrittenUfsAll, metrics::kClusterBytesWrittenUfsThroughput},
  };
  for (const auto& size : kSizes) {
    json[size.key] = SizeText(number(size.bytes));
    json[absl::StrCat(size.key, "Throughput")] = SizeText(number(size.throughput));
  }

  const int64_t local = number(metrics::kClusterBytesReadLocal) + number(metrics::kClusterBytesReadDomain);
  const int64_t remote = number(metrics::kClusterBytesReadRemote), ufs = number(metrics::kClusterBytesReadUfsAll);
  const auto share = [total = local + remote](int64_t part) {
    return absl::StrFormat("%.2f", total > 0 ? 100.0 * static_cast<double>(part) / static_cast<double>(total) : 0.0);
  };
  json["cacheHitLocal"] = share(local);
  json["cacheHitRemote"] = share(remote - ufs);
  json["cacheMiss"] = share(ufs);
  AddUfsMetrics(snapshot, &json);
  return json;
}

void MasterWeb::AddUfsMetrics(const metrics::Snapshot& snapshot, Json* json) const {
  // Numbers of under stores that are not mounted any more stay in the registry,
  // but are not shown.
  std::set<std::string> mounted;
  if (const auto mounts = options_.view->MountTable(); mounts.ok()) {
    for (const auto& [path, info] : *mounts) mounted.insert(WithoutTrailingSlash(info.ufsuri()));
  }
  constexpr absl::string_view kTag = ".UFS:", kOps = "UfsOp", kSaved = "UfsOpSaved";
  for (const auto& [name, value] : snapshot) {
    const size_t tag_at = name.find(std::string(kTag));
    if (tag_at == std::string::npos) continue;
    const std::string tag = name.substr(tag_at + kTag.size(), name.find('.', tag_at + kTag.size()) -
                                                                  (tag_at + kTag.size()));
    const std::string uri = WithoutTrailingSlash(metrics::UnescapeTag(tag));
    if (mounted.count(uri) == 0) continue;
    const std::string base = name.substr(0, tag_at), operation = base.substr(base.find('.') + 1);
    const int64_t count = static_cast<int64_t>(value.AsDouble());
    if (base == metrics::kClusterBytesReadUfs) {
      (*json)["ufsReadSize"][tag] = SizeText(count);
    } else if (base == metrics::kClusterBytesWrittenUfs) {
      (*json)["ufsWriteSize"][tag] = SizeText(count);
    } else if (absl::StartsWith(operation, kSaved)) {
      (*json)["ufsOpsSaved"][uri][operation.substr(kSaved.size())] = count;
    } else if (absl::StartsWith(operation, kOps)) {
      (*json)["ufsOps"][uri][operation.substr(kOps.size())] = count;
    }
  }
}

}  // namespace alluxio::master
