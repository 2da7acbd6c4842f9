// `alluxio fs load PATH --submit | --stop | --progress`: jobs that the master runs.
#include <optional>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/client/file/file_system.h"
#include "alluxio/client/file/load_job_client.h"
#include "alluxio/shell/fs_commands.h"
#include "alluxio/shell/paths.h"
#include "alluxio/shell/text.h"

namespace alluxio::shell {
namespace {

using client::LoadJobClient;

// As gRPC's exceptions put it in Java.
std::string ExceptionText(const absl::Status& status) {
  return absl::StrCat(absl::StatusCodeToString(status.code()), ": ", status.message());
}

absl::StatusOr<int> Submit(Environment& env, LoadJobClient& jobs, const std::string& path, const Arguments& args) {
  LoadJobClient::Options options = {.verify = args.Has("verify"), .partial_listing = args.Has("partial-listing")};
  if (args.Has("bandwidth")) {
    ALLUXIO_ASSIGN_OR_RETURN(options.bandwidth, ParseSize(args.Value("bandwidth")));
  }
  const absl::StatusOr<std::string> id = jobs.Submit(path, options);
  if (!id.ok()) {
    env.out() << "Failed to submit load job " << path << ": " << ExceptionText(id.status()) << "\n";
    return -1;
  }
  if (!id->empty()) {
    env.out() << "Load '" << path << "' is successfully submitted. JobId: " << *id << "\n";
    return 0;
  }
  env.out() << "Load already running for path '" << path << "', updated the job with new bandwidth: "
            << (options.bandwidth.has_value() ? absl::StrCat(*options.bandwidth) : "unlimited")
            << ", verify: " << (options.verify ? "true" : "false") << "\n";
  return 0;
}

int Stop(Environment& env, LoadJobClient& jobs, const std::string& path) {
  const absl::StatusOr<bool> stopped = jobs.Stop(path);
  if (!stopped.ok()) {
    env.out() << "Failed to stop load job " << path << ": " << ExceptionText(stopped.status()) << "\n";
    return -1;
  }
  if (*stopped) {
    env.out() << "Load '" << path << "' is successfully stopped.\n";
  } else {
    env.out() << "Cannot find load job for path " << path << ", it might have already been stopped or finished\n";
  }
  return 0;
}

int Progress(Environment& env, LoadJobClient& jobs, const std::string& path, LoadJobClient::Format format,
             bool verbose) {
  env.out() << "Progress for loading path '" << path << "':\n";
  const absl::StatusOr<std::string> report = jobs.Progress(path, format, verbose);
  if (absl::IsNotFound(report.status())) {
    env.out() << "Load for path '" << path << "' cannot be found.\n";
    return -2;
  }
  if (!report.ok()) {
    env.out() << "Failed to get progress for load job " << path << ": " << ExceptionText(report.status()) << "\n";
    return -1;
  }
  env.out() << *report << "\n";
  return 0;
}

}  // namespace

absl::StatusOr<int> LoadJob(Environment& env, const Arguments& args) {
  const int actions = (args.Has("submit") ? 1 : 0) + (args.Has("stop") ? 1 : 0) + (args.Has("progress") ? 1 : 0);
  if (actions != 1) return UsageError("Must have one of submit / stop / progress");
  ALLUXIO_ASSIGN_OR_RETURN(const uri::AlluxioUri uri, AlluxioPath(args[0]));
  if (uri.HasWildcard()) return absl::UnimplementedError("Load does not support wildcard path");
  LoadJobClient::Format format = LoadJobClient::Format::kText;
  if (const std::string name = args.Value("format", "TEXT"); name == "JSON") {
    format = LoadJobClient::Format::kJson;
  } else if (name != "TEXT") {
    return absl::InvalidArgumentError(
        absl::StrCat("No enum constant alluxio.grpc.JobProgressReportFormat.", name));
  }
  ALLUXIO_ASSIGN_OR_RETURN(client::FileSystem * fs, env.fs());
  LoadJobClient jobs(fs->context());
  const std::string path = FsPath(uri);
  if (args.Has("submit")) return Submit(env, jobs, path, args);
  if (args.Has("stop")) return Stop(env, jobs, path);
  return Progress(env, jobs, path, format, args.Has("verbose"));
}

}  // namespace alluxio::shell
