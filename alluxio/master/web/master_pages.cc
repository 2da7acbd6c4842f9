#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "alluxio/master/web/master_web.h"

namespace alluxio::master {
namespace {

using web::Json;
using web::Markup;
using web::Text;

std::string Str(const Json& value) { return value.is_string() ? value.get<std::string>() : ""; }
int64_t Int(const Json& value) { return value.is_number() ? value.get<int64_t>() : 0; }
Markup YesNo(const Json& value) { return Text(value == true ? "yes" : "no"); }

Markup FileLink(const Json& file) {
  const std::string name = file["isDirectory"] == true ? absl::StrCat(Str(file["name"]), "/") : Str(file["name"]);
  return web::Link(web::Url("/browse", {{"path", Str(file["absolutePath"])}}), name);
}

// The path with a link to each folder above.
Markup Crumbs(const std::string& path) {
  if (path == "/") return {};
  Markup out = web::Raw("<p class=\"crumbs\">") + web::Link(web::Url("/browse", {{"path", "/"}}), "root");
  size_t begin = 1;
  while (begin < path.size()) {
    size_t end = path.find('/', begin);
    if (end == std::string::npos) end = path.size();
    out += Text(" / ");
    const std::string name = path.substr(begin, end - begin);
    out += end == path.size() ? Text(name) : web::Link(web::Url("/browse", {{"path", path.substr(0, end)}}), name);
    begin = end + 1;
  }
  return out + web::Raw("</p>\n");
}

Markup FileTable(const Json& files, bool full_paths, bool permissions, std::string if_empty) {
  std::vector<std::string> columns = {"Name", "Size", "In Alluxio"};
  if (permissions) columns.insert(columns.end(), {"Mode", "Owner", "Group"});
  columns.insert(columns.end(), {"Persistence", "Pinned", "Last change"});
  std::vector<std::vector<Markup>> rows;
  for (const Json& file : files) {
    const bool folder = file["isDirectory"] == true;
    std::vector<Markup> row = {
        full_paths ? web::Link(web::Url("/browse", {{"path", Str(file["absolutePath"])}}), Str(file["absolutePath"]))
                   : FileLink(file),
        Text(Str(file["size"])), folder ? Text("") : Text(absl::StrCat(Int(file["inAlluxioPercentage"]), " %"))};
    if (permissions) {
      row.insert(row.end(), {web::Code(Str(file["mode"])), Text(Str(file["owner"])), Text(Str(file["group"]))});
    }
    row.insert(row.end(), {Text(Str(file["persistenceState"])), YesNo(file["pinned"]),
                           Text(Str(file["modificationTime"]))});
    rows.push_back(std::move(row));
  }
  std::vector<size_t> short_texts;
  for (size_t i = 3; i < columns.size(); ++i) short_texts.push_back(i);
  return web::Table(columns, rows,
                    {.if_empty = std::move(if_empty), .numbers = {1, 2}, .short_texts = std::move(short_texts)});
}

Markup NodeTable(const Json& nodes, std::string if_empty) {
  std::vector<std::vector<Markup>> rows;
  for (const Json& node : nodes) {
    const std::string host = Str(node["host"]);
    const int64_t port = Int(node["webPort"]);
    // Behind a blank there may be the host of the container.
    const std::string url = absl::StrCat("http://", host.substr(0, host.find(' ')), ":", port, "/overview");
    const bool live = Str(node["state"]) == "ACTIVE" || Str(node["state"]) == "In Service";
    rows.push_back({port > 0 ? web::ExternalLink(url, host) : Text(host), web::Badge(Str(node["state"]), live),
                    Text(absl::StrCat(Str(node["lastHeartbeat"]), " s ago")), Text(Str(node["capacity"])),
                    Text(Str(node["usedMemory"])), web::Meter(Int(node["usedSpacePercent"])),
                    Text(absl::StrCat(Int(node["blockCount"]))), Text(web::BriefClockTime(Str(node["uptimeClockTime"])))});
  }
  return web::Table({"Worker", "State", "Last heartbeat", "Capacity", "Used", "Share used", "Blocks", "Up for"}, rows,
                    {.if_empty = std::move(if_empty), .numbers = {3, 4, 6}});
}

Markup InconsistentTable(const Json& by_scope) {
  std::vector<std::vector<Markup>> rows;
  for (const auto& [scope, properties] : by_scope.items()) {
    for (const Json& property : properties) {
      Markup values;
      for (const auto& [value, places] : property["values"].items()) {
        std::string where;
        for (const Json& place : places) absl::StrAppend(&where, where.empty() ? "" : ", ", Str(place));
        values += web::Code(value) + Text(absl::StrCat(" on ", where)) + web::Raw("<br>");
      }
      rows.push_back({web::Code(Str(property["name"])), Text(scope), values});
    }
  }
  return web::Table({"Property", "Scope", "Values"}, rows);
}

}  // namespace

void MasterWeb::AddPages(http::Router* router) const {
  router->Get("/overview", [this](const Request&) { return OverviewPage(); });
  router->Get("/browse", [this](const Request& request) { return BrowsePage(request); });
  router->Get("/data", [this](const Request& request) { return DataPage(request); });
  router->Get("/workers", [this](const Request&) { return WorkersPage(); });
  router->Get("/mounttable", [this](const Request&) { return MountTablePage(); });
  router->Get("/metrics", [this](const Request&) { return MetricsPage(); });
}

http::Response MasterWeb::OverviewPage() const {
  const Json json = Overview();
  const auto text = [&](const char* key) { return Text(Str(json[key])); };
  const std::string check = Str(json["configCheckStatus"]);
  Markup body = web::Facts({{"Master address", text("masterNodeAddress")},
                            {"Version", text("version")},
                            {"Started", text("startTime")},
                            {"Up for", Text(web::BriefClockTime(Str(json["uptime"])))},
                            {"Cluster id", text("clusterId")},
                            {"Live workers", web::Link("/workers", Str(json["liveWorkerNodes"]))},
                            {"Lost workers", web::Link("/workers", Str(json["lostWorkerNodes"]))},
                            {"Configuration check", web::Badge(check, check == "PASSED")}});
  body += web::Heading("Space of the workers");
  const MasterView::Totals totals = options_.view->GetTotals();
  body += web::Facts(
      {{"Capacity", text("capacity")},
       {"Used", text("usedCapacity") + Text(" ") +
                    web::Meter(totals.capacity_bytes > 0 ? 100 * totals.used_bytes / totals.capacity_bytes : 0)},
       {"Free", text("freeCapacity")},
       {"Blocks", text("uniqueBlockCount")},
       {"Replicas of blocks", text("replicaBlockCount")}});
  std::vector<std::vector<Markup>> tiers;
  for (const Json& tier : json["storageTierInfos"]) {
    tiers.push_back({Text(Str(tier["storageTierAlias"])), Text(Str(tier["capacity"])), Text(Str(tier["usedCapacity"])),
                     Text(Str(tier["freeCapacity"])), web::Meter(Int(tier["usedSpacePercent"]))});
  }
  body += web::Table({"Tier", "Capacity", "Used", "Free", "Share used"}, tiers,
                     {.if_empty = "No worker has registered any storage.", .numbers = {1, 2, 3}});
  body += web::Heading("Root under store");
  body += web::Facts(
      {{"Capacity", text("diskCapacity")}, {"Used", text("diskUsedCapacity")}, {"Free", text("diskFreeCapacity")}});
  if (!json["configCheckErrors"].empty()) {
    body += web::Heading("Properties that must not differ, but do") + InconsistentTable(json["configCheckErrors"]);
  }
  if (!json["configCheckWarns"].empty()) {
    body += web::Heading("Properties that should not differ, but do") + InconsistentTable(json["configCheckWarns"]);
  }
  return common_.Page("/overview", "Overview", body);
}

http::Response MasterWeb::BrowsePage(const Request& request) const {
  if (!common_.FilesShown()) return common_.FilesHiddenPage("/browse", "Browse");
  constexpr int64_t kPageBytes = 32 << 10;
  const Json json = Browse(request, kPageBytes);
  const std::string path = Str(json["currentPath"]);
  Markup body = Crumbs(path);
  const std::string problem = absl::StrCat(Str(json["invalidPathError"]), Str(json["fatalError"]));
  body += web::Problem(problem);
  const Json& current = json["currentDirectory"];
  if (current.is_null()) return common_.Page("/browse", "Browse", body, 404);
  if (current["isDirectory"] == true) {
    if (json["fileInfos"].is_null()) return common_.Page("/browse", "Browse", body, 400);
    const web::Window window = web::WindowOf(request);
    body += FileTable(json["fileInfos"], false, json["showPermissions"] == true,
                      Int(json["ntotalFile"]) > 0 ? "Nothing at this place of the list." : "This folder is empty.");
    body += web::Pager("/browse", {{"path", path}}, window.offset, window.limit, Int(json["ntotalFile"]));
    return common_.Page("/browse", path == "/" ? "Browse" : path, body);
  }
  body += web::Facts({{"Size", Text(Str(current["size"]))},
                      {"Block size", Text(Str(current["blockSizeBytes"]))},
                      {"In Alluxio", Text(absl::StrCat(Int(current["inAlluxioPercentage"]), " %"))},
                      {"Persistence", Text(Str(current["persistenceState"]))},
                      {"Mode", web::Code(Str(current["mode"]))},
                      {"Owner and group", Text(absl::StrCat(Str(current["owner"]), " ", Str(current["group"])))},
                      {"Pinned", YesNo(current["pinned"])},
                      {"Created", Text(Str(current["creationTime"]))},
                      {"Last change", Text(Str(current["modificationTime"]))},
                      {"Id", Text(absl::StrCat(Int(current["id"])))}});
  std::vector<std::vector<Markup>> blocks;
  int64_t length = 0;
  for (const Json& block : json["fileBlocks"]) {
    std::string where;
    for (const Json& place : block["locations"]) absl::StrAppend(&where, where.empty() ? "" : ", ", Str(place));
    blocks.push_back({Text(absl::StrCat(Int(block["id"]))), Text(absl::StrCat(Int(block["blockLength"]))),
                      YesNo(block["isInHighestTier"]), Text(where)});
    length += Int(block["blockLength"]);
  }
  body += web::Heading("Blocks") +
          web::Table({"Block", "Bytes", absl::StrCat("In ", Str(json["highestTierAlias"])), "Where"}, blocks,
                     {.if_empty = "This file has no blocks.", .numbers = {1}});
  if (!json["fileData"].is_null()) {
    length = std::max(length, Int(json["viewingOffset"]) + static_cast<int64_t>(Str(json["fileData"]).size()));
    body += web::Heading("Content") + web::ContentView("/browse", path, Int(json["viewingOffset"]), kPageBytes, length,
                                                       Str(json["fileData"]));
  }
  return common_.Page("/browse", Str(current["name"]), body);
}

http::Response MasterWeb::DataPage(const Request& request) const {
  if (!common_.FilesShown()) return common_.FilesHiddenPage("/data", "In-Alluxio data");
  const Json json = Data(request);
  const std::string problem = absl::StrCat(Str(json["fatalError"]), Str(json["permissionError"]));
  if (json["fileInfos"].is_null()) return common_.Page("/data", "In-Alluxio data", web::Problem(problem), 400);
  const web::Window window = web::WindowOf(request);
  return common_.Page(
      "/data", "In-Alluxio data",
      web::Note("Files that are in workers' storage as a whole.") +
          FileTable(json["fileInfos"], true, json["showPermissions"] == true, "No file is in Alluxio as a whole.") +
          web::Pager("/data", {}, window.offset, window.limit, Int(json["inAlluxioFileNum"])));
}

http::Response MasterWeb::WorkersPage() const {
  const absl::StatusOr<Json> json = Workers();
  if (!json.ok()) return common_.Page("/workers", "Workers", web::Problem(json.status().message()), 503);
  return common_.Page("/workers", "Workers",
                      web::Heading("Live") + NodeTable((*json)["normalNodeInfos"], "No worker is connected.") +
                          web::Heading("Lost") + NodeTable((*json)["failedNodeInfos"], "No worker is lost."));
}

http::Response MasterWeb::MountTablePage() const {
  const absl::StatusOr<Json> json = MountTable();
  if (!json.ok()) return common_.Page("/mounttable", "Mount table", web::Problem(json.status().message()), 503);
  std::vector<std::vector<Markup>> rows;
  for (const Json& mount : (*json)["mountPointInfos"]) {
    rows.push_back({web::Link(web::Url("/browse", {{"path", Str(mount["mountPoint"])}}), Str(mount["mountPoint"])),
                    web::Code(Str(mount["ufsUri"])), Text(Str(mount["ufsType"])),
                    Text(Str(mount["ufsCapacityBytes"])), Text(Str(mount["ufsUsedBytes"])), YesNo(mount["readOnly"]),
                    YesNo(mount["shared"]), web::Code(Str(mount["properties"]))});
  }
  return common_.Page("/mounttable", "Mount table",
                      web::Table({"Mount point", "Under store", "Type", "Capacity", "Used", "Read-only", "Shared",
                                  "Properties"},
                                 rows, {.numbers = {3, 4}}));
}

http::Response MasterWeb::MetricsPage() const {
  const Json json = Metrics();
  const auto size = [&](const char* key) {
    return Text(absl::StrCat(Str(json[key]), ", ", Str(json[absl::StrCat(key, "Throughput")]), "/min"));
  };
  return common_.Page(
      "/metrics", "Metrics",
      web::Facts({{"Workers' space used", web::Meter(Int(json["masterCapacityUsedPercentage"]))},
                  {"Root under store used", web::Meter(Int(json["masterUnderfsCapacityUsedPercentage"]))},
                  {"Hits, local", Text(Str(json["cacheHitLocal"]) + " %")},
                  {"Hits, remote", Text(Str(json["cacheHitRemote"]) + " %")},
                  {"Misses", Text(Str(json["cacheMiss"]) + " %")},
                  {"Read, short circuit", size("totalBytesReadLocal")},
                  {"Read, domain socket", size("totalBytesReadDomainSocket")},
                  {"Read, remote", size("totalBytesReadRemote")},
                  {"Read from under stores", size("totalBytesReadUfs")},
                  {"Written, short circuit", size("totalBytesWrittenLocal")},
                  {"Written, domain socket", size("totalBytesWrittenDomainSocket")},
                  {"Written, remote", size("totalBytesWrittenRemote")},
                  {"Written to under stores", size("totalBytesWrittenUfs")}}) +
          web::Heading("All metrics") + common_.MetricsTable());
}

}  // namespace alluxio::master
