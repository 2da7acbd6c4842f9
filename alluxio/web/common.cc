#include "alluxio/web/common.h"

#include <algorithm>
#include <cstdlib>
#include <limits>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "alluxio/base/human.h"
#include "alluxio/base/log_levels.h"
#include "alluxio/conf/get_conf.h"
#include "alluxio/security/mode.h"
#include "alluxio/web/metrics_output.h"

namespace alluxio::web {
namespace {

constexpr size_t kMaxLogName = 200;

// The original's name of everything that its log knows.
bool IsRootLog(absl::string_view name) {
  return absl::EqualsIgnoreCase(name, "root") || name == "alluxio";
}

// The area of our log that a log of the original's name stands for: "" is all of
// them, "alluxio.master.file.DefaultFileSystemMaster" is "master/file"; names of
// ours are themselves.
std::string AreaOf(const std::string& name) {
  if (IsRootLog(name)) return "";
  if (!absl::StartsWith(name, "alluxio.")) return name;
  std::vector<std::string> parts = absl::StrSplit(name, '.');
  parts.erase(parts.begin());
  if (parts.size() > 1 && absl::ascii_isupper(static_cast<unsigned char>(parts.back()[0]))) parts.pop_back();
  return absl::StrJoin(parts, "/");
}

std::string ModeText(int mode, bool folder, bool extended) {
  return absl::StrCat(folder ? "d" : "-", security::Mode(mode).ToString(), extended ? "+" : "");
}

std::string ValueText(const metrics::MetricValue& value) {
  if (const auto* text = std::get_if<std::string>(&value.value)) return *text;
  if (const auto* number = std::get_if<double>(&value.value)) return absl::StrCat(*number);
  return absl::StrCat(std::get<int64_t>(value.value));
}

}  // namespace

Window WindowOf(const http::Request& request) {
  Window window;
  const std::string offset = request.Query("offset").value_or("0"), limit = request.Query("limit").value_or("20");
  for (const auto& [text, value] : {std::pair(&offset, &window.offset), std::pair(&limit, &window.limit)}) {
    int32_t number;
    if (!absl::SimpleAtoi(*text, &number)) {
      window.error = absl::StrCat("Error: offset or limit parse error, For input string: \"", *text, "\"");
      return window;
    }
    *value = number;
  }
  if (window.offset < 0 || window.limit < 0) {
    window.error = "Error: offset or offset + limit is out of bound, negative numbers are not allowed";
    return window;
  }
  window.limit = std::min(window.limit, kMaxLimit);
  return window;
}

std::string BriefClockTime(absl::string_view text) {
  std::vector<absl::string_view> parts;
  for (absl::string_view part : absl::StrSplit(text, ", ")) {
    absl::ConsumePrefix(&part, "and ");
    if (!absl::StartsWith(part, "0 ")) parts.push_back(part);
  }
  return parts.empty() ? "less than a second" : absl::StrJoin(parts, ", ");
}

int64_t NumberOf(const http::Request& request, absl::string_view name, int64_t otherwise) {
  int64_t number;
  const auto text = request.Query(name);
  return text.has_value() && absl::SimpleAtoi(*text, &number) && number >= 0 ? number : otherwise;
}

Common::Common(CommonOptions options)
    : options_(std::move(options)), logs_(options_.conf.GetString("alluxio.logs.dir")) {}

conf::Configuration Common::Conf() const { return options_.current_conf ? options_.current_conf() : options_.conf; }

bool Common::FilesShown() const { return options_.conf.GetBool("alluxio.web.file.info.enabled"); }

bool Common::PagesServed() const { return options_.conf.GetBool("alluxio.web.ui.enabled"); }

metrics::Snapshot Common::Metrics() const {
  metrics::Snapshot snapshot = options_.metrics->Collect();
  if (options_.metric_instance.empty()) return snapshot;
  return WithSource(snapshot, options_.metric_instance, options_.host);
}

Json Common::ConfigurationMap(bool raw) const {
  Json json = Json::object();
  for (auto& property : conf::ShownProperties(Conf(), raw ? conf::ShownValue::kRaw : conf::ShownValue::kResolved)) {
    json[property.name] = property.is_set ? Json(property.value) : Json(nullptr);
  }
  return json;
}

Json Common::CounterMap() const {
  Json json = Json::object();
  for (const auto& [name, value] : Metrics()) {
    if (value.type == metrics::MetricType::kCounter) json[name] = std::get<int64_t>(value.value);
  }
  return json;
}

Json Common::Operations(bool ops) const {
  Json json = Json::object();
  for (const auto& [name, value] : options_.metrics->Collect()) {
    if (value.type != metrics::MetricType::kCounter || absl::EndsWith(name, "Ops") != ops) continue;
    json[NameWithoutInstance(name)] = {{"count", std::get<int64_t>(value.value)}};
  }
  return json;
}

std::string Common::Date(int64_t time_ms) const {
  return DateText(time_ms, options_.conf.GetString("alluxio.user.date.format.pattern"), absl::LocalTimeZone());
}

Json Common::FileJson(const grpc::file::FileInfo& info, const std::vector<std::string>& tiers) const {
  const bool folder = info.folder();
  const bool extended = std::any_of(info.acl().entries().begin(), info.acl().entries().end(),
                                    [](const grpc::file::PAclEntry& entry) { return !entry.subject().empty(); }) ||
                        info.defaultacl().entries_size() > 0;
  Json on_tiers = Json::object();
  for (const std::string& tier : tiers) on_tiers[tier] = 0;
  return {{"id", info.fileid()},
          {"name", info.path() == "/" ? "root" : info.name()},
          {"absolutePath", info.path()},
          {"blockSizeBytes", folder ? "" : SizeText(info.blocksizebytes())},
          {"size", folder ? "" : SizeText(info.length())},
          {"creationTime", info.creationtimems() == 0 ? "" : Date(info.creationtimems())},
          {"modificationTime", Date(info.lastmodificationtimems())},
          {"inAlluxio", info.inalluxiopercentage() == 100},
          {"inAlluxioPercentage", info.inalluxiopercentage()},
          {"isDirectory", folder},
          {"pinned", info.pinned()},
          {"owner", info.owner()},
          {"group", info.group()},
          {"mode", ModeText(info.mode(), folder, extended)},
          {"persistenceState", info.persistencestate()},
          {"fileLocations", Json::array()},
          {"blocksOnTier", Json::object()},
          {"onTierPercentages", on_tiers},
          {"blockIds", Json::array()}};
}

Json Common::Logs(const http::Request& request) const {
  Json json = {{"currentPath", nullptr},     {"debug", false},      {"fatalError", nullptr}, {"fileData", nullptr},
               {"fileInfos", nullptr},       {"ntotalFile", 0},     {"viewingOffset", 0},
               {"invalidPathError", nullptr}};
  if (!FilesShown()) return json;
  json["debug"] = options_.conf.GetBool("alluxio.debug");
  json["invalidPathError"] = "";
  json["currentPath"] = "";
  const std::string name = request.Query("path").value_or("");
  if (!name.empty()) {
    json["currentPath"] = name;
    const auto part = logs_.Read(name, NumberOf(request, "offset", 0), !request.Query("end").value_or("").empty(),
                                 kChunkBytes);
    if (!part.ok()) {
      json["invalidPathError"] =
          absl::StrCat("Error: File ", name, " is not available ", part.status().message());
      return json;
    }
    json["fileData"] = part->content;
    json["viewingOffset"] = part->offset;
    return json;
  }
  const std::vector<LogFiles::File> files = logs_.List();
  json["ntotalFile"] = files.size();
  const Window window = WindowOf(request);
  if (!window.error.empty()) {
    json["fatalError"] = window.error;
    return json;
  }
  json["fileInfos"] = Json::array();
  for (size_t i = static_cast<size_t>(window.offset);
       i < files.size() && i < static_cast<size_t>(window.offset + window.limit); ++i) {
    grpc::file::FileInfo info;
    info.set_fileid(-1);
    info.set_name(files[i].name);
    info.set_path(files[i].name);
    info.set_length(files[i].size_bytes);
    info.set_lastmodificationtimems(files[i].modified_ms);
    info.set_persistencestate("NOT_PERSISTED");
    json["fileInfos"].push_back(FileJson(info, {}));
  }
  return json;
}

Json Common::Config() const {
  Json json = {{"configuration", Json::array()}, {"whitelist", Json::array({"/"})}};
  if (!options_.whitelist_key.empty()) json["whitelist"] = options_.conf.GetList(options_.whitelist_key);
  for (auto& property : conf::ShownProperties(Conf(), conf::ShownValue::kRaw)) {
    if (property.name == options_.whitelist_key) continue;
    json["configuration"].push_back(
        {{"left", property.name}, {"middle", property.is_set ? property.value : ""}, {"right", property.source}});
  }
  return json;
}

http::Response Common::LogLevel(const http::Request& request) const {
  const std::string name(absl::StripAsciiWhitespace(request.Query("logName").value_or("")));
  const auto level = request.Query("level");
  Json json = {{"level", nullptr}, {"logName", nullptr}, {"message", nullptr}};
  if (name.empty() || name.size() > kMaxLogName) {
    json["message"] = "Please specify a correct logName.";
    return JsonResponse(json);
  }
  json["logName"] = name;
  const std::string area = AreaOf(name);
  if (level.has_value() && !level->empty()) {
    if (request.method != "POST") {
      http::Response response = http::Response::Text("Levels are set with POST.\n", 405);
      response.headers.emplace_back("Allow", "POST");
      return response;
    }
    const auto parsed = ParseLogLevel(*level);
    if (!parsed.has_value()) {
      json["message"] = absl::StrCat("Bad level : ", *level);
    } else if (!SetAreaLogLevel(area, *parsed)) {
      json["message"] = "Too many logs have a level of their own.";
    } else {
      json["message"] = absl::StrCat("Setting Level to ", LogLevelName(*parsed));
      ALLUXIO_LOG(kInfo, "web", "log level of ", name, " set to ", LogLevelName(*parsed));
    }
  }
  json["level"] = std::string(LogLevelName(AreaLogLevel(area)));
  return JsonResponse(json);
}

http::Response Common::FilesHiddenPage(absl::string_view path, absl::string_view title) const {
  return Page(path, title, Note("Files and logs are not shown here: alluxio.web.file.info.enabled is false."));
}

http::Response Common::LogsPage(const http::Request& request) const {
  if (!FilesShown()) return FilesHiddenPage("/logs", "Logs");
  const std::string name = request.Query("path").value_or("");
  if (!name.empty()) {
    constexpr int64_t kPageBytes = 32 << 10;
    const auto part = logs_.Read(name, NumberOf(request, "offset", 0), !request.Query("end").value_or("").empty(),
                                 kPageBytes);
    if (!part.ok()) return Page("/logs", "Logs", Problem(part.status().message()), 404);
    return Page("/logs", name,
                ContentView("/logs", name, part->offset, kPageBytes, part->size_bytes, part->content));
  }
  const Window window = WindowOf(request);
  if (!window.error.empty()) return Page("/logs", "Logs", Problem(window.error), 400);
  const std::vector<LogFiles::File> files = logs_.List();
  std::vector<std::vector<Markup>> rows;
  for (size_t i = static_cast<size_t>(window.offset);
       i < files.size() && i < static_cast<size_t>(window.offset + window.limit); ++i) {
    rows.push_back({Link(Url("/logs", {{"path", files[i].name}, {"end", "1"}, {"offset", absl::StrCat(32 << 10)}}),
                         files[i].name),
                    Text(SizeText(files[i].size_bytes)), Text(Date(files[i].modified_ms))});
  }
  return Page("/logs", "Logs",
              Table({"File", "Size", "Last change"}, rows,
                    {.if_empty = absl::StrCat("No log files in ", options_.conf.GetString("alluxio.logs.dir"), "."),
                     .numbers = {1}}) +
                  Pager("/logs", {}, window.offset, window.limit, static_cast<int64_t>(files.size())));
}

http::Response Common::ConfigPage() const {
  const Json config = Config();
  std::vector<std::vector<Markup>> rows;
  for (const Json& property : config["configuration"]) {
    rows.push_back({Code(property["left"].get_ref<const std::string&>()),
                    Text(property["middle"].get_ref<const std::string&>()),
                    Text(property["right"].get_ref<const std::string&>())});
  }
  return Page("/config", "Configuration", Table({"Property", "Value", "Source"}, rows, {.filter = true, .short_texts = {2}}));
}

Markup Common::MetricsTable() const {
  std::vector<std::vector<Markup>> rows;
  for (const auto& [name, value] : Metrics()) {
    std::string text = ValueText(value);
    if (value.type == metrics::MetricType::kTimer) {
      const int64_t count = std::get<int64_t>(value.value);
      const auto brief = [](absl::Duration d) { return absl::FormatDuration(absl::Trunc(d, absl::Microseconds(1))); };
      absl::StrAppend(&text, " calls, mean ", brief(count > 0 ? value.sum / count : absl::ZeroDuration()),
                      ", longest ", brief(value.max));
    }
    rows.push_back({Code(name), Text(absl::AsciiStrToLower(metrics::MetricTypeName(value.type))), Text(text)});
  }
  return Table({"Metric", "Kind", "Value"}, rows, {.filter = true, .if_empty = "No metrics yet.", .numbers = {2}});
}

void Common::AddTo(http::Router* router) const {
  const std::string& rest = options_.rest_prefix;
  router->Get(rest + "/webui_config", [this](const http::Request&) { return JsonResponse(Config()); });
  router->Get(rest + "/webui_logs", [this](const http::Request& request) { return JsonResponse(Logs(request)); });
  router->Get(rest + "/logLevel", [this](const http::Request& request) { return LogLevel(request); });
  router->Post(rest + "/logLevel", [this](const http::Request& request) { return LogLevel(request); });
  for (const char* path : {"/metrics/json", "/metrics/json/"}) {
    router->Get(path, [this](const http::Request&) { return JsonResponse(MetricsJson(Metrics(), Uptime())); });
  }
  for (const char* path : {"/metrics/prometheus", "/metrics/prometheus/"}) {
    router->Get(path, [this](const http::Request&) {
      http::Response response = http::Response::Text(PrometheusText(Metrics()));
      response.content_type = kPrometheusType;
      return response;
    });
  }
  if (!PagesServed()) return;
  AddStatic(router);
  router->Get("/", [](const http::Request&) {
    http::Response response = http::Response::Text("The pages begin at /overview\n", 302);
    response.headers.emplace_back("Location", "/overview");
    return response;
  });
  router->Get("/config", [this](const http::Request&) { return ConfigPage(); });
  router->Get("/logs", [this](const http::Request& request) { return LogsPage(request); });
  router->Get("/stacks", [this](const http::Request&) {
    return Page("/stacks", "Stacks",
                Note("There are no thread dumps here: this is a native process. "
                     "`gdb -p` or `eu-stack -p` with the process id shows its stacks."));
  });
}

}  // namespace alluxio::web
