#include "alluxio/worker/worker_main.h"

#include <unistd.h>

#include <csignal>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "alluxio/base/log.h"
#include "alluxio/base/server_main.h"
#include "alluxio/conf/load.h"
#include "alluxio/worker/process/cluster_defaults.h"
#include "alluxio/worker/process/worker_process.h"

namespace alluxio::worker {
namespace {

using alluxio::conf::Configuration;

int Fail(const absl::Status& status, bool log_is_on_console = false) {
  return FailServer("worker", status, log_is_on_console);
}

int Serve(const alluxio::conf::Loaded& loaded, const ServerSignals& signals) {
  const absl::Time start = absl::Now();
  const bool console = absl::StrContains(loaded.configuration.GetString("alluxio.logger.type"), "Console");
  alluxio::StartLogging(
      {.file = loaded.configuration.GetString("alluxio.logs.dir") + "/worker.log", .to_stderr = console});
  for (const std::string& warning : loaded.warnings) ALLUXIO_LOG(kWarning, "worker", warning);

  const absl::Time give_up = start + loaded.configuration.GetDuration("alluxio.worker.master.connect.retry.timeout");
  bool told_to_stop = false;
  absl::StatusOr<Configuration> configuration = alluxio::worker::WithClusterDefaults(loaded.sources, [&] {
    told_to_stop = signals.WaitFor(absl::Milliseconds(200));
    return !told_to_stop && absl::Now() < give_up;
  });
  if (told_to_stop) return 0;
  if (!configuration.ok()) return Fail(configuration.status(), console);

  auto worker = alluxio::worker::WorkerProcess::Start(
      {.conf = *std::move(configuration), .web = true, .give_up = [] { ::kill(::getpid(), SIGTERM); }});
  if (!worker.ok()) return Fail(worker.status(), console);
  ALLUXIO_LOG(kInfo, "worker", "Alluxio worker started, serving on port ", (*worker)->port(), " after ",
              absl::ToInt64Milliseconds(absl::Now() - start), " ms");
  signals.Wait("worker");
  (*worker)->Stop();
  ALLUXIO_LOG(kInfo, "worker", "stopped");
  alluxio::FlushLog();
  return 0;
}

}  // namespace

int WorkerMain(int argc, char** argv) {
  const ServerSignals signals;
  const auto loaded = alluxio::conf::Load(alluxio::conf::Process::kWorker, argc, argv);
  if (!loaded.ok()) return Fail(loaded.status());
  if (!loaded->arguments.empty()) {
    return Fail(absl::InvalidArgumentError(
        absl::StrCat("unknown argument '", loaded->arguments[0], "': give -Dkey=value")));
  }
  return Serve(*loaded, signals);
}

}  // namespace alluxio::worker
