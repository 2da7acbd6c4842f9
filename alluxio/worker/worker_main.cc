#include "alluxio/worker/worker_main.h"

#include <pthread.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "alluxio/base/log.h"
#include "alluxio/base/open_files.h"
#include "alluxio/conf/load.h"
#include "alluxio/worker/process/cluster_defaults.h"
#include "alluxio/worker/process/worker_process.h"

namespace alluxio::worker {
namespace {

using alluxio::conf::Configuration;

// One line, on the console even if the log goes elsewhere.
int Fail(const absl::Status& status, bool log_is_on_console = false) {
  const std::string text(status.message());
  if (!log_is_on_console) std::fprintf(stderr, "alluxio-worker: %s\n", text.c_str());
  if (alluxio::LogEnabled(alluxio::LogLevel::kInfo)) ALLUXIO_LOG(kError, "worker", text);
  alluxio::FlushLog();
  return 1;
}

int Serve(const alluxio::conf::Loaded& loaded, const sigset_t& signals) {
  const absl::Time start = absl::Now();
  const bool console = absl::StrContains(loaded.configuration.GetString("alluxio.logger.type"), "Console");
  alluxio::StartLogging(
      {.file = loaded.configuration.GetString("alluxio.logs.dir") + "/worker.log", .to_stderr = console});
  for (const std::string& warning : loaded.warnings) ALLUXIO_LOG(kWarning, "worker", warning);

  const absl::Time give_up = start + loaded.configuration.GetDuration("alluxio.worker.master.connect.retry.timeout");
  bool told_to_stop = false;
  absl::StatusOr<Configuration> configuration = alluxio::worker::WithClusterDefaults(loaded.sources, [&] {
    const timespec pause = {.tv_sec = 0, .tv_nsec = 200'000'000};
    told_to_stop = sigtimedwait(&signals, nullptr, &pause) > 0;
    return !told_to_stop && absl::Now() < give_up;
  });
  if (told_to_stop) return 0;
  if (!configuration.ok()) return Fail(configuration.status(), console);

  auto worker = alluxio::worker::WorkerProcess::Start(
      {.conf = *std::move(configuration), .web = true, .give_up = [] { ::kill(::getpid(), SIGTERM); }});
  if (!worker.ok()) return Fail(worker.status(), console);
  ALLUXIO_LOG(kInfo, "worker", "Alluxio worker started, serving on port ", (*worker)->port(), " after ",
              absl::ToInt64Milliseconds(absl::Now() - start), " ms");
  int signal = 0;
  sigwait(&signals, &signal);
  ALLUXIO_LOG(kInfo, "worker", "stopping on signal ", signal);
  (*worker)->Stop();
  ALLUXIO_LOG(kInfo, "worker", "stopped");
  alluxio::FlushLog();
  return 0;
}

}  // namespace

int WorkerMain(int argc, char** argv) {
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  RaiseOpenFileLimit();
  // Before there is any thread, so that all of them leave the signals to sigwait.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);

  const auto loaded = alluxio::conf::Load(alluxio::conf::Process::kWorker, argc, argv);
  if (!loaded.ok()) return Fail(loaded.status());
  if (!loaded->arguments.empty()) {
    return Fail(absl::InvalidArgumentError(
        absl::StrCat("unknown argument '", loaded->arguments[0], "': give -Dkey=value")));
  }
  return Serve(*loaded, signals);
}

}  // namespace alluxio::worker
