#include "alluxio/master/master_main.h"

#include <cstdio>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/time/clock.h"
#include "alluxio/base/log.h"
#include "alluxio/base/server_main.h"
#include "alluxio/conf/load.h"
#include "alluxio/local/file_contents.h"
#include "alluxio/master/process/master_process.h"
#include "alluxio/master/process/storage.h"

namespace alluxio::master {
namespace {

using alluxio::conf::Configuration;

int Fail(const absl::Status& status, bool log_is_on_console = false) {
  return FailServer("master", status, log_is_on_console);
}

int Format(const Configuration& configuration) {
  const auto options = alluxio::master::StorageOptionsOf(configuration);
  if (!options.ok()) return Fail(options.status());
  if (absl::Status status = alluxio::master::FormatStorage(*options); !status.ok()) return Fail(status);
  std::printf("Formatted journal %s and metastore %s\n", options->journal_folder.c_str(),
              options->metastore_folder.c_str());
  return 0;
}

int Serve(const Configuration& configuration, const std::vector<std::string>& warnings, const ServerSignals& signals) {
  const absl::Time start = absl::Now();
  const bool console = absl::StrContains(configuration.GetString("alluxio.logger.type"), "Console");
  alluxio::StartLogging(
      {.file = configuration.GetString("alluxio.logs.dir") + "/master.log", .to_stderr = console});
  for (const std::string& warning : warnings) ALLUXIO_LOG(kWarning, "master", warning);
  alluxio::master::MasterOptions options;
  options.conf = configuration;
  options.web = true;
  options.read_file = alluxio::local::FileContents([configuration] {
    if (configuration.IsSet("alluxio.master.hostname")) return configuration;
    return configuration.With({{"alluxio.master.hostname", "localhost"}}).value_or(configuration);
  });
  auto master = alluxio::master::MasterProcess::Start(std::move(options));
  if (!master.ok()) return Fail(master.status(), console);
  ALLUXIO_LOG(kInfo, "master", "Alluxio master started, serving at ", (*master)->address(), " after ",
              absl::ToInt64Milliseconds(absl::Now() - start), " ms");
  signals.Wait("master");
  (*master)->Stop();
  ALLUXIO_LOG(kInfo, "master", "stopped");
  alluxio::FlushLog();
  return 0;
}

}  // namespace

int MasterMain(int argc, char** argv) {
  const ServerSignals signals;
  const auto loaded = alluxio::conf::Load(alluxio::conf::Process::kMaster, argc, argv);
  if (!loaded.ok()) return Fail(loaded.status());
  if (loaded->arguments.size() == 1 && loaded->arguments[0] == "format") return Format(loaded->configuration);
  if (!loaded->arguments.empty()) {
    return Fail(absl::InvalidArgumentError("unknown argument '" + loaded->arguments[0] +
                                           "': give -Dkey=value, or 'format' to drop all metadata"));
  }
  return Serve(loaded->configuration, loaded->warnings, signals);
}

}  // namespace alluxio::master
