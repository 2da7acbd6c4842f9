#include "alluxio/shell/doc_gen.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "alluxio/conf/property_table.h"
#include "alluxio/metrics/metric_table.h"

namespace alluxio::shell {
namespace {

std::string Quoted(absl::string_view text) { return absl::StrReplaceAll(text, {{"'", "''"}}); }

std::string Html(absl::string_view text) {
  return absl::StrReplaceAll(text, {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}});
}

absl::string_view PropertyCategory(absl::string_view name) {
  if (absl::StartsWith(name, "alluxio.user.")) return "user";
  if (absl::StartsWith(name, "alluxio.master.")) return "master";
  if (absl::StartsWith(name, "alluxio.worker.")) return "worker";
  if (absl::StartsWith(name, "alluxio.security.")) return "security";
  if (absl::StartsWith(name, "alluxio.integration")) return "cluster-management";
  return "common";
}

absl::Status Write(const std::filesystem::path& folder, const std::map<std::string, std::string>& tables) {
  for (const auto& [name, text] : tables) {
    const std::filesystem::path path = folder / name;
    std::error_code error;
    std::filesystem::create_directories(path.parent_path(), error);
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    if (!(file << text << std::flush)) return absl::UnknownError(absl::StrCat("Cannot write ", path.string()));
  }
  return absl::OkStatus();
}

}  // namespace

std::map<std::string, std::string> PropertyTables() {
  std::map<std::string, std::string> tables;
  for (absl::string_view category : {"cluster-management", "common", "master", "security", "user", "worker"}) {
    tables[absl::StrCat(category, "-configuration.csv")] = "propertyName,defaultValue\n";
    tables[absl::StrCat("en/", category, "-configuration.yml")] = "";
  }
  for (const conf::Property& property : conf::AllProperties()) {
    if (property.Has(conf::kHidden)) continue;
    const std::string file = absl::StrCat(PropertyCategory(property.name), "-configuration.");
    const char* const value = property.default_value == nullptr ? "" : property.default_value;
    absl::StrAppend(&tables[file + "csv"], property.name, ",\"", value, "\"\n");
    std::string description = Quoted(property.description);
    if (property.Has(conf::kSiteIgnored)) {
      absl::StrAppend(&description,
                      " Note: overwriting this property will only work when it is passed as a JVM system property "
                      "(e.g., appending \"-D",
                      property.name,
                      "\"=<NEW_VALUE>\" to $ALLUXIO_JAVA_OPTS). Setting it in alluxio-site.properties will not work.");
    }
    absl::StrAppend(&tables[absl::StrCat("en/", file, "yml")], property.name, ":\n  '", Html(description), "'\n");
  }
  return tables;
}

std::map<std::string, std::string> MetricTables() {
  std::map<std::string, std::string> tables;
  for (absl::string_view category : {"cluster", "master", "worker", "client", "fuse"}) {
    tables[absl::StrCat(category, "-metrics.csv")] = "metricName,metricType\n";
    tables[absl::StrCat("en/", category, "-metrics.yml")] = "";
  }
  for (const metrics::MetricRow& row : metrics::AllMetricNames()) {
    const absl::string_view name = row.name;
    const std::string file = absl::StrCat(absl::AsciiStrToLower(name.substr(0, name.find('.'))), "-metrics.");
    const absl::string_view kind = absl::string_view(row.kind).substr(0, absl::string_view(row.kind).find(','));
    if (tables.count(file + "csv") == 0) continue;
    absl::StrAppend(&tables[file + "csv"], name, ",", absl::AsciiStrToUpper(kind), "\n");
    absl::StrAppend(&tables[absl::StrCat("en/", file, "yml")], name, ":\n  '", Html(Quoted(row.kind)), "'\n");
  }
  return tables;
}

int DocGen(std::span<const std::string> args, Environment& env) {
  const absl::StatusOr<Arguments> parsed = ParseCommandLine(kDocGenOptions, args);
  if (!parsed.ok()) {
    env.err() << "Unable to parse input args: " << parsed.status().message() << "\n";
    env.out() << "usage: USAGE: DocGenerator [--metric] [--conf]\n\nDocGenerator generates the docs for metric keys "
                 "and/or property keys.\nIt will generate all the docs by default unless --metric or --conf is\n"
                 "given.\n"
              << FormatOptions(kDocGenOptions, kHelpWidth) << "\n";
    return 1;
  }
  const bool all = !parsed->Has("metric") && !parsed->Has("conf");
  const std::filesystem::path folder =
      std::filesystem::path(env.conf().GetString("alluxio.home")) / "docs" / "_data" / "table";
  absl::Status status;
  if (all || parsed->Has("metric")) status = Write(folder, MetricTables());
  if (status.ok() && (all || parsed->Has("conf"))) status = Write(folder, PropertyTables());
  if (!status.ok()) {
    env.err() << status.message() << "\n";
    return 1;
  }
  env.out() << "The tables are in " << folder.string() << "\n";
  return 0;
}

}  // namespace alluxio::shell
