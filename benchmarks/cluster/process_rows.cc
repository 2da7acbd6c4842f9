#include "benchmarks/cluster/process_rows.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "alluxio/base/status_macros.h"
#include "benchmarks/cluster/limits.h"
#include "benchmarks/cluster/metadata_rows.h"

namespace alluxio::benchmarks {
namespace {

double MillisSince(absl::Time begin) { return absl::ToDoubleMilliseconds(absl::Now() - begin); }

// From the start of the process to the answer of a getStatus.
absl::StatusOr<double> StartMaster(Servers& servers) {
  const absl::Time begin = absl::Now();
  ALLUXIO_RETURN_IF_ERROR(servers.StartMaster());
  ALLUXIO_ASSIGN_OR_RETURN(const auto fs, servers.NewClient());
  ALLUXIO_RETURN_IF_ERROR(fs->GetStatus("/").status());
  return MillisSince(begin);
}

absl::StatusOr<double> ShellMillis(const Servers& servers) {
  const size_t colon = servers.master_address().find(':');
  const std::vector<std::string> environment = {
      absl::StrCat("ALLUXIO_JAVA_OPTS=-Dalluxio.master.hostname=127.0.0.1 -Dalluxio.security.login.username=root "
                   "-Dalluxio.master.rpc.port=",
                   servers.master_address().substr(colon + 1))};
  const absl::Time begin = absl::Now();
  ALLUXIO_ASSIGN_OR_RETURN(auto shell, Process::Start({servers.binary(), "fs", "ls", "/"}, environment,
                                                      servers.folder() + "/shell.out"));
  if (const int code = shell->Wait(); code != 0) {
    return absl::InternalError(absl::StrCat("fs ls / ended with ", code, ": see ", servers.folder(), "/shell.out"));
  }
  return MillisSince(begin);
}

}  // namespace

absl::Status RunIdleRows(const ProcessOptions& options, Servers& servers, Report& report) {
  absl::SleepFor(absl::Seconds(2));  // what starting needs is given back
  ALLUXIO_ASSIGN_OR_RETURN(const double master, servers.master().MemoryMb());
  ALLUXIO_ASSIGN_OR_RETURN(const double worker, servers.worker().MemoryMb());
  report.Add({.name = "idle master + worker, RssAnon + RssFile",
              .unit = "MB",
              .value = master + worker,
              .smaller_is_better = true,
              .goal_bound = 60,
              .original = 790,
              .note = absl::StrCat("master ", static_cast<int>(master), ", worker ", static_cast<int>(worker))});

  Row shell = {.name = "fs ls /",
               .unit = "ms",
               .value = 1e9,
               .smaller_is_better = true,
               .limit_name = "starting /bin/true",
               .goal_bound = 10,
               .original = 1500};
  for (int i = 0; i < 4 * options.starts; ++i) {
    ALLUXIO_ASSIGN_OR_RETURN(const double took, ShellMillis(servers));
    shell.value = std::min(shell.value, took);
  }
  ALLUXIO_ASSIGN_OR_RETURN(shell.limit, SpawnMillis());
  report.Add(std::move(shell));

  Row start = {.name = "start of a master to the first answer",
               .unit = "ms",
               .value = 1e9,
               .smaller_is_better = true,
               .goal_bound = 300,
               .original = 9700};
  for (int i = 0; i < options.starts; ++i) {
    servers.StopMaster();
    ALLUXIO_ASSIGN_OR_RETURN(const double took, StartMaster(servers));
    start.value = std::min(start.value, took);
  }
  report.Add(std::move(start));
  return absl::OkStatus();
}

absl::Status RunManyFilesRows(const ProcessOptions& options, Servers& servers, Report& report) {
  const MetadataOptions metadata = {.master = servers.master_address()};
  servers.StopWorker();
  servers.StopMaster();
  ALLUXIO_RETURN_IF_ERROR(servers.StartMaster());  // without what came before
  ALLUXIO_RETURN_IF_ERROR(MakeManyFiles(metadata, "/many/first", options.files_for_memory));
  ALLUXIO_ASSIGN_OR_RETURN(const double memory, servers.master().MemoryMb());
  report.Add({.name = absl::StrCat("master after ", options.files_for_memory, " files"),
              .unit = "MB",
              .value = memory,
              .smaller_is_better = true,
              .goal_bound = 150,
              .original = 5500});
  ALLUXIO_RETURN_IF_ERROR(
      MakeManyFiles(metadata, "/many/more", std::max<int64_t>(0, options.files_for_restart - options.files_for_memory)));
  Row restart = {.name = absl::StrCat("restart with ", options.files_for_restart, " files, to the first answer"),
                 .unit = "ms",
                 .value = 1e9,
                 .smaller_is_better = true,
                 .goal_bound = 2000};
  for (int i = 0; i < 3; ++i) {
    servers.StopMaster();
    ALLUXIO_ASSIGN_OR_RETURN(const double took, StartMaster(servers));
    restart.value = std::min(restart.value, took);
  }
  ALLUXIO_ASSIGN_OR_RETURN(const double after, servers.master().MemoryMb());
  restart.note = absl::StrCat("memory afterwards ", static_cast<int>(after), " MB");
  report.Add(std::move(restart));
  return absl::OkStatus();
}

}  // namespace alluxio::benchmarks
