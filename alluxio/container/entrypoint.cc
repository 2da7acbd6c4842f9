#include "alluxio/container/entrypoint.h"

#include <algorithm>
#include <map>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/conf/configuration.h"
#include "alluxio/conf/load.h"
#include "alluxio/conf/property_table.h"

namespace alluxio::container {
namespace {

constexpr absl::string_view kBegin = "# --- from the container's environment, written at each start ---";
constexpr absl::string_view kEnd = "# --- end of the container's environment ---";

constexpr absl::string_view kEnvScriptVariables[] = {
    "ALLUXIO_CLASSPATH",         "ALLUXIO_FUSE_JAVA_OPTS",       "ALLUXIO_HOSTNAME",
    "ALLUXIO_JARS",              "ALLUXIO_JAVA_OPTS",            "ALLUXIO_JOB_MASTER_JAVA_OPTS",
    "ALLUXIO_JOB_WORKER_JAVA_OPTS", "ALLUXIO_MASTER_JAVA_OPTS",  "ALLUXIO_PROXY_JAVA_OPTS",
    "ALLUXIO_RAM_FOLDER",        "ALLUXIO_USER_JAVA_OPTS",       "ALLUXIO_WORKER_JAVA_OPTS",
};

// Keys whose spelling the upper-case rule can't give back.
const absl::flat_hash_map<std::string, std::string>& IrregularVariables() {
  static const auto* const table = new absl::flat_hash_map<std::string, std::string>({
      {"ALLUXIO_UNDERFS_S3A_INHERIT_ACL", "alluxio.underfs.s3a.inherit_acl"},
      {"ALLUXIO_MASTER_FORMAT_FILE_PREFIX", "alluxio.master.format.file_prefix"},
      {"AWS_ACCESSKEYID", "aws.accessKeyId"},
      {"AWS_SECRETKEY", "aws.secretKey"},
      {"FS_GCS_ACCESSKEYID", "fs.gcs.accessKeyId"},
      {"FS_GCS_SECRETACCESSKEY", "fs.gcs.secretAccessKey"},
      {"FS_OSS_ACCESSKEYID", "fs.oss.accessKeyId"},
      {"FS_OSS_ACCESSKEYSECRET", "fs.oss.accessKeySecret"},
  });
  return *table;
}

// "NAME" of every property and alias, in the form of a variable.
const absl::flat_hash_map<std::string, std::string>& RegularVariables() {
  static const auto* const table = [] {
    auto* made = new absl::flat_hash_map<std::string, std::string>;
    const auto add = [made](absl::string_view name, bool alias) {
      std::string variable = absl::StrReplaceAll(absl::AsciiStrToUpper(name), {{".", "_"}});
      if (alias) {
        made->try_emplace(std::move(variable), std::string(name));
      } else {
        (*made)[std::move(variable)] = std::string(name);
      }
    };
    for (const conf::Property& property : conf::AllProperties()) add(property.name, false);
    for (const conf::Property& property : conf::AllProperties()) {
      if (property.aliases == nullptr) continue;
      for (const absl::string_view alias : absl::StrSplit(property.aliases, ' ', absl::SkipEmpty())) add(alias, true);
    }
    return made;
  }();
  return *table;
}

// `text` without what an earlier start wrote into it.
std::string WithoutOurLines(absl::string_view text) {
  const size_t begin = text.find(kBegin);
  const size_t end = text.find(kEnd);
  if (begin == absl::string_view::npos || end == absl::string_view::npos || end < begin) return std::string(text);
  size_t after = end + kEnd.size();
  if (after < text.size() && text[after] == '\n') ++after;
  return absl::StrCat(text.substr(0, begin), text.substr(after));
}

std::string WithOurLines(absl::string_view text, const std::vector<std::string>& lines) {
  std::string out = WithoutOurLines(text);
  if (lines.empty()) return out;
  if (!out.empty() && out.back() != '\n') out += '\n';
  absl::StrAppend(&out, kBegin, "\n");
  for (const std::string& line : lines) absl::StrAppend(&out, line, "\n");
  absl::StrAppend(&out, kEnd, "\n");
  return out;
}

// As the site file's syntax wants it: a backslash and line ends are escaped.
std::string EscapePropertyValue(absl::string_view value) {
  return absl::StrReplaceAll(value, {{"\\", "\\\\"}, {"\n", "\\n"}, {"\r", "\\r"}});
}

// For a double-quoted word of the shell.
std::string EscapeShell(absl::string_view value) {
  return absl::StrReplaceAll(value, {{"\\", "\\\\"}, {"\"", "\\\""}, {"$", "\\$"}, {"`", "\\`"}});
}

struct Verb {
  absl::string_view name;
  absl::string_view service;  // "" where it does not exist here
  absl::string_view format;
  absl::string_view missing;
};

constexpr Verb kVerbs[] = {
    {"master", "master", "formatMaster", ""},
    {"master-only", "master", "formatMaster", ""},
    {"worker", "worker", "formatWorker", ""},
    {"worker-only", "worker", "formatWorker", ""},
    {"proxy", "", "", "the proxy (REST and S3)"},
    {"fuse", "", "", "the FUSE mount"},
    {"job-master", "", "", "the job service (the master gives its background work to the workers itself)"},
    {"job-worker", "", "", "the job service (the master gives its background work to the workers itself)"},
    {"logserver", "", "", "the log server"},
    {"csiserver", "", "", "the CSI server"},
};

absl::StatusOr<const Verb*> FindVerb(const Start& start) {
  if (start.arguments.empty()) {
    return absl::InvalidArgumentError(absl::StrCat("no service was named\n", Usage()));
  }
  const std::string wanted = absl::AsciiStrToLower(start.arguments[0]);
  const auto* verb = std::find_if(std::begin(kVerbs), std::end(kVerbs), [&](const Verb& v) { return v.name == wanted; });
  if (verb == std::end(kVerbs)) {
    return absl::InvalidArgumentError(absl::StrCat("unknown service '", start.arguments[0], "'\n", Usage()));
  }
  if (verb->service.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("'", verb->name, "' is not available: ", verb->missing, " is not part of this release"));
  }
  for (size_t i = 1; i < start.arguments.size(); ++i) {
    if (start.arguments[i] != "--no-format") {
      return absl::InvalidArgumentError(
          absl::StrCat("unknown argument '", start.arguments[i], "' after ", verb->name, "\n", Usage()));
    }
  }
  return verb;
}

}  // namespace

std::string Usage() {
  return "Usage: COMMAND [COMMAND_OPTIONS]\n"
         "\n"
         "COMMAND is one of:\n"
         " master [--no-format]       Start Alluxio master. If --no-format is specified, do not format\n"
         " master-only [--no-format]  The same\n"
         " worker [--no-format]       Start Alluxio worker. If --no-format is specified, do not format\n"
         " worker-only [--no-format]  The same";
}

std::optional<std::string> PropertyOfVariable(absl::string_view variable) {
  if (const auto it = IrregularVariables().find(variable); it != IrregularVariables().end()) return it->second;
  if (const auto it = RegularVariables().find(variable); it != RegularVariables().end()) return it->second;
  std::string dotted = absl::StrReplaceAll(absl::AsciiStrToLower(variable), {{"_", "."}});
  if (conf::FindTemplate(dotted) != nullptr) return dotted;
  return std::nullopt;
}

absl::StatusOr<Plan> PlanStart(const Start& start) {
  ALLUXIO_ASSIGN_OR_RETURN(const Verb* verb, FindVerb(start));
  Plan plan;
  plan.service = std::string(verb->service);
  if (start.arguments.size() == 1) plan.format = std::string(verb->format);

  std::map<std::string, std::string> properties;  // sorted, so that restarts write the same
  std::map<std::string, std::string> exports;
  bool level0_given = false;
  std::optional<std::string> whole_site;
  for (const auto& [name, value] : start.environment) {
    if (name == "ALLUXIO_SITE_PROPERTIES") {
      whole_site = value;
    } else if (name == "ALLUXIO_LOG4J_PROPERTIES") {
      plan.log4j_properties = value;
    } else if (std::find(std::begin(kEnvScriptVariables), std::end(kEnvScriptVariables), name) !=
               std::end(kEnvScriptVariables)) {
      exports[name] = value;
    } else if (name == "ALLUXIO_MASTER_ADDRESS") {
      plan.notes.push_back("ALLUXIO_MASTER_ADDRESS is the old name of ALLUXIO_MASTER_HOSTNAME: use that");
      properties.try_emplace("alluxio.master.hostname", value);
    } else if (name == "ALLUXIO_HOME" || name == "ALLUXIO_CONF_DIR" || name == "ALLUXIO_LOGS_DIR") {
      // The start scripts' own; a site file has no say in them.
    } else if (const auto property = PropertyOfVariable(name)) {
      properties[*property] = value;
      level0_given |= *property == "alluxio.worker.tieredstore.level0.dirs.path";
    }
  }

  plan.site_properties = whole_site.value_or(start.site_properties);
  level0_given |= absl::StrContains(WithoutOurLines(plan.site_properties), "alluxio.worker.tieredstore.level0.dirs.path");
  if (!level0_given) {
    const auto given = exports.find("ALLUXIO_RAM_FOLDER");
    const std::string folder = given == exports.end() || given->second.empty() ? "/dev/shm" : given->second;
    exports["ALLUXIO_RAM_FOLDER"] = folder;
    properties["alluxio.worker.tieredstore.level0.dirs.path"] = folder;
    properties.try_emplace("alluxio.worker.tieredstore.level0.alias", "MEM");
  }

  std::vector<std::string> site_lines, export_lines;
  for (const auto& [key, value] : properties) {
    site_lines.push_back(absl::StrCat(key, "=", EscapePropertyValue(value)));
    plan.properties.push_back(absl::StrCat("-D", key, "=", value));
  }
  for (const auto& [name, value] : exports) {
    export_lines.push_back(absl::StrCat("export ", name, "=\"", EscapeShell(value), "\""));
  }
  plan.site_properties = WithOurLines(plan.site_properties, site_lines);
  plan.env_script = WithOurLines(start.env_script, export_lines);

  // A bad value stops the container here, before anything is formatted.
  conf::Sources sources{.system_properties = {}, .site_properties = plan.site_properties,
                        .site_file = "conf/alluxio-site.properties", .cluster_defaults = {}};
  for (const auto& [name, value] : exports) {
    if (!absl::EndsWith(name, "_JAVA_OPTS")) continue;
    for (auto& property : conf::SystemPropertiesOf(value)) sources.system_properties.push_back(std::move(property));
  }
  if (const auto checked = conf::Configuration::Create(sources, &plan.notes); !checked.ok()) return checked.status();
  return plan;
}

}  // namespace alluxio::container
