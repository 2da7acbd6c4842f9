#include "alluxio/local/local_main.h"

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "alluxio/base/log.h"
#include "alluxio/base/server_main.h"
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

absl::Status Run(const ServerSignals& signals, const std::vector<std::string>& arguments) {
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

  ALLUXIO_ASSIGN_OR_RETURN(const auto cluster, local::LocalCluster::Start(std::move(options)));
  std::cout << "Alluxio serves at " << cluster->master()->address() << ", files of " << ufs << "\n"
            << "Pages are at http://" << host << ":" << cluster->master()->web_port() << "/\n"
            << "Stop it with Ctrl-C." << std::endl;
  signals.Wait("local");
  return absl::OkStatus();
}

}  // namespace

int LocalMain(int argc, char** argv) {
  const ServerSignals signals;
  const absl::Status status = Run(signals, std::vector<std::string>(argv + 1, argv + argc));
  if (!status.ok()) return FailServer("local", status);
  FlushLog();
  return 0;
}

}  // namespace alluxio::local
