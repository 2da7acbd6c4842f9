#include "alluxio/shell/log_level.h"

#include <algorithm>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/shell/http_fetch.h"
#include "nlohmann/json.hpp"

namespace alluxio::shell {
namespace {

constexpr absl::string_view kNoJobService = "There is no job service in this version, so it has no log levels.";

struct Target {
  std::string host;
  int port = 0;
  std::string role;
  std::string ToString() const { return absl::StrCat(host, ":", port, "[", role, "]"); }
};

absl::StatusOr<std::string> RoleOf(int port, const conf::Configuration& conf) {
  if (port == conf.GetInt("alluxio.master.web.port")) return std::string("master");
  if (port == conf.GetInt("alluxio.worker.web.port")) return std::string("worker");
  return absl::InvalidArgumentError(
      absl::StrCat("Unrecognized port in ", port,
                   ". Please make sure the port is in [alluxio.master.web.port, alluxio.worker.web.port, "
                   "alluxio.job.master.web.port, alluxio.job.worker.web.port]"));
}

// host:port or host:port:role.
absl::StatusOr<Target> ParseAddress(const std::string& text, const conf::Configuration& conf) {
  const std::vector<std::string> parts = absl::StrSplit(text, ':');
  Target target = {.host = parts[0]};
  if (parts.size() < 2 || parts.size() > 3 || !absl::SimpleAtoi(parts[1], &target.port)) {
    return absl::InvalidArgumentError(
        absl::StrCat("Unrecognized target argument: ", text,
                     ". Please pass the targets in the form of <host>:<port>, with comma as the separator."));
  }
  if (parts.size() == 3) {
    target.role = parts[2];
  } else {
    ALLUXIO_ASSIGN_OR_RETURN(target.role, RoleOf(target.port, conf));
  }
  return target;
}

absl::StatusOr<std::vector<Target>> Targets(const std::string& wanted, Environment& env) {
  const conf::Configuration& conf = env.conf();
  std::vector<std::string> words;
  for (absl::string_view word : absl::StrSplit(wanted, ',')) {
    std::string name(absl::StripAsciiWhitespace(word));
    for (absl::string_view plural : {"masters", "job_masters"}) {
      if (name != plural) continue;
      name.pop_back();
      env.out() << "The logLevel command will only take effect on the primary "
                << (name == "master" ? "master" : "job master") << ", instead of on all the masters. \nTarget `"
                << plural << "` is replaced with `" << name << "`.\n";
    }
    if (!name.empty() && std::find(words.begin(), words.end(), name) == words.end()) words.push_back(name);
  }
  std::vector<Target> targets;
  for (const std::string& word : words) {
    if (word == "master") {
      ALLUXIO_ASSIGN_OR_RETURN(client::FileSystem * fs, env.fs());
      ALLUXIO_ASSIGN_OR_RETURN(const std::string address, fs->context()->MasterAddress());
      targets.push_back({.host = address.substr(0, address.rfind(':')),
                         .port = static_cast<int>(conf.GetInt("alluxio.master.web.port")),
                         .role = "master"});
    } else if (word == "workers") {
      ALLUXIO_ASSIGN_OR_RETURN(client::BlockMasterClient * blocks, env.blocks());
      ALLUXIO_ASSIGN_OR_RETURN(const std::vector<client::WorkerInfo> workers, blocks->GetWorkerInfoList());
      if (workers.empty()) return absl::NotFoundError("No workers found");
      for (const client::WorkerInfo& worker : workers) {
        targets.push_back({.host = worker.address.host, .port = worker.address.web_port, .role = "worker"});
      }
    } else if (word == "job_master" || word == "job_workers") {
      return absl::UnimplementedError(kNoJobService);
    } else {
      ALLUXIO_ASSIGN_OR_RETURN(const Target target, ParseAddress(word, conf));
      env.out() << "Role inferred from port: " << target.ToString() << "\n";
      targets.push_back(target);
    }
  }
  return targets;
}

std::string TextOf(const nlohmann::json& json, const char* key) {
  const auto it = json.find(key);
  return it != json.end() && it->is_string() ? it->get<std::string>() : "";
}

absl::Status AskOne(const Target& target, const std::string& log_name, const std::string& level, Environment& env) {
  HttpRequest request = {.method = "POST", .host = target.host, .port = target.port};
  request.target = absl::StrCat("/api/v1/", target.role, "/logLevel?logName=", EncodeQuery(log_name));
  if (!level.empty()) absl::StrAppend(&request.target, "&level=", EncodeQuery(level));
  ALLUXIO_ASSIGN_OR_RETURN(const std::string body, HttpFetch(request));
  const nlohmann::json answer = nlohmann::json::parse(body, nullptr, /*allow_exceptions=*/false);
  if (!answer.is_object()) return absl::UnavailableError(absl::StrCat(target.ToString(), " answers something else"));
  env.out() << target.ToString() << "LogInfo{" << TextOf(answer, "level") << ", " << TextOf(answer, "logName") << ", "
            << TextOf(answer, "message") << "}\n";
  return absl::OkStatus();
}

}  // namespace

int LogLevelCommand(std::span<const std::string> args, Environment& env) {
  const absl::StatusOr<Arguments> parsed = ParseCommandLine(kLogLevelOptions, args);
  if (!parsed.ok()) {
    env.err() << "Unable to parse input args: " << parsed.status().message() << "\n";
    env.out() << FormatUsage("logLevel", kLogLevelOptions) << "\n" << FormatOptions(kLogLevelOptions, kHelpWidth) << "\n";
    return 1;
  }
  const auto run = [&]() -> absl::Status {
    // Without a job service the default is the rest of the original's.
    ALLUXIO_ASSIGN_OR_RETURN(const std::vector<Target> targets, Targets(parsed->Value("target", "master,workers"), env));
    for (const Target& target : targets) {
      ALLUXIO_RETURN_IF_ERROR(AskOne(target, parsed->Value("logName"), parsed->Value("level"), env));
    }
    return absl::OkStatus();
  };
  if (const absl::Status status = run(); !status.ok()) {
    env.err() << "Failed to set log level:\n" << status.message() << "\n";
    return 1;
  }
  return 0;
}

}  // namespace alluxio::shell
