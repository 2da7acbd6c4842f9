#include "alluxio/local/local_main.h"

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "alluxio/base/log.h"
#include "alluxio/base/open_files.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/conf/load.h"
#include "alluxio/local/local_cluster.h"

namespace alluxio::local {
namespace {

constexpr char kUsage[] =
    "Usage: local [--folder FOLDER] [-Dkey=value ...]\n"
    "Runs an Alluxio master and worker in one process, with data in FOLDER\n"
    "(default: ~/.local/share/alluxio) and cached blocks in shared memory.\n";

std::string DefaultFolder() {
  const char* home = std::getenv("HOME");
  return absl::StrCat(home && *home ? home : "/tmp", "/.local/share/alluxio");
}

absl::Status Run(const std::vector<std::string>& arguments) {
  ALLUXIO_ASSIGN_OR_RETURN(const conf::Loaded master, conf::Load(conf::Process::kMaster, arguments, conf::ThisHost()));
  ALLUXIO_ASSIGN_OR_RETURN(const conf::Loaded worker, conf::Load(conf::Process::kWorker, arguments, conf::ThisHost()));
  std::string folder = DefaultFolder();
  for (size_t i = 0; i < master.arguments.size(); ++i) {
    const std::string& argument = master.arguments[i];
    if (argument == "--help" || argument == "-h") {
      std::cout << kUsage;
      return absl::OkStatus();
    }
    if (argument != "--folder" || i + 1 == master.arguments.size()) {
      return absl::InvalidArgumentError(absl::StrCat("unknown argument ", argument, "\n", kUsage));
    }
    folder = std::filesystem::absolute(master.arguments[++i]).string();
  }

  local::LocalCluster::Options options;
  ALLUXIO_ASSIGN_OR_RETURN(options.master, local::WithEmbeddedDefaults(master.configuration, folder));
  ALLUXIO_ASSIGN_OR_RETURN(auto worker_conf, local::WithEmbeddedDefaults(worker.configuration, folder));
  ALLUXIO_RETURN_IF_ERROR(local::MakeFolders(options.master, worker_conf));
  StartLogging({.file = absl::StrCat(options.master.GetString("alluxio.logs.dir"), "/local.log"), .to_stderr = false});
  for (const std::string& warning : master.warnings) ALLUXIO_LOG(kWarning, "local", warning);
  const std::string ufs = options.master.GetString("alluxio.master.mount.table.root.ufs");
  const std::string host = options.master.GetString("alluxio.master.hostname");
  options.workers = {worker_conf};
  options.web = true;

  // Before any thread is made, so that none of them takes the signal.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  ALLUXIO_ASSIGN_OR_RETURN(const auto cluster, local::LocalCluster::Start(std::move(options)));
  std::cout << "Alluxio serves at " << cluster->master()->address() << ", files of " << ufs << "\n"
            << "Pages are at http://" << host << ":" << cluster->master()->web_port() << "/\n"
            << "Stop it with Ctrl-C." << std::endl;
  int signal = 0;
  sigwait(&signals, &signal);
  ALLUXIO_LOG(kInfo, "local", "stopped by signal ", signal);
  return absl::OkStatus();
}

}  // namespace

int LocalMain(int argc, char** argv) {
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  RaiseOpenFileLimit();
  const absl::Status status = Run(std::vector<std::string>(argv + 1, argv + argc));
  FlushLog();
  if (status.ok()) return 0;
  std::cerr << status.message() << std::endl;
  return 1;
}

}  // namespace alluxio::local
