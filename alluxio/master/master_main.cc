#include "alluxio/master/master_main.h"

#include <pthread.h>

#include <csignal>
#include <cstdio>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "alluxio/base/log.h"
#include "alluxio/base/open_files.h"
#include "alluxio/conf/load.h"
#include "alluxio/local/file_contents.h"
#include "alluxio/master/process/master_process.h"
#include "alluxio/master/process/storage.h"

namespace alluxio::master {
namespace {

using alluxio::conf::Configuration;

// One line, on the console even if the log goes elsewhere.
int Fail(const absl::Status& status, bool log_is_on_console = false) {
  const std::string text(status.message());
  if (!log_is_on_console) std::fprintf(stderr, "alluxio-master: %s\n", text.c_str());
  if (alluxio::LogEnabled(alluxio::LogLevel::kInfo)) ALLUXIO_LOG(kError, "master", text);
  alluxio::FlushLog();
  return 1;
}

int Format(const Configuration& configuration) {
  const auto options = alluxio::master::StorageOptionsOf(configuration);
  if (!options.ok()) return Fail(options.status());
  if (absl::Status status = alluxio::master::FormatStorage(*options); !status.ok()) return Fail(status);
  std::printf("Formatted journal %s and metastore %s\n", options->journal_folder.c_str(),
              options->metastore_folder.c_str());
  return 0;
}

int Serve(const Configuration& configuration, const std::vector<std::string>& warnings, const sigset_t& signals) {
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
  int signal = 0;
  sigwait(&signals, &signal);
  ALLUXIO_LOG(kInfo, "master", "stopping on signal ", signal);
  (*master)->Stop();
  ALLUXIO_LOG(kInfo, "master", "stopped");
  alluxio::FlushLog();
  return 0;
}

}  // namespace

int MasterMain(int argc, char** argv) {
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  RaiseOpenFileLimit();
  // Before there is any thread, so that all of them leave the signals to sigwait.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);

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
