#include "alluxio/local/local_cluster.h"

#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "alluxio/base/errno_status.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/local/file_contents.h"

namespace alluxio::local {
namespace {

constexpr absl::Duration kRegistrationTimeout = absl::Seconds(30);
constexpr int64_t kLeastMemory = int64_t{64} << 20;

// A quarter of what shared memory has room for.
int64_t MemoryForBlocks(const char* folder) {
  struct statvfs info {};
  if (::statvfs(folder, &info) != 0) return int64_t{1} << 30;
  const auto room = static_cast<int64_t>(info.f_bavail) * static_cast<int64_t>(info.f_frsize);
  const auto size = static_cast<int64_t>(info.f_blocks) * static_cast<int64_t>(info.f_frsize);
  return std::min(std::max(kLeastMemory, room / 4 / kLeastMemory * kLeastMemory), size);
}

}  // namespace

LocalCluster::LocalCluster(Options options)
    : options_(std::move(options)),
      worker_ports_(options_.workers.size(), 0),
      worker_web_ports_(options_.workers.size(), 0),
      workers_(options_.workers.size()) {}

LocalCluster::~LocalCluster() {
  for (size_t i = 0; i < workers_.size(); ++i) StopWorker(i);
  StopMaster();
}

absl::StatusOr<std::unique_ptr<LocalCluster>> LocalCluster::Start(Options options) {
  auto cluster = std::unique_ptr<LocalCluster>(new LocalCluster(std::move(options)));
  ALLUXIO_RETURN_IF_ERROR(cluster->StartMaster());
  for (size_t i = 0; i < cluster->workers_.size(); ++i) ALLUXIO_RETURN_IF_ERROR(cluster->StartWorker(i));
  return cluster;
}

absl::Status LocalCluster::StartMaster() {
  if (master_) return absl::FailedPreconditionError("the master runs already");
  master::MasterOptions options;
  options.conf = options_.master;
  if (master_port_ != 0) {
    ALLUXIO_ASSIGN_OR_RETURN(options.conf, options.conf.With({{"alluxio.master.rpc.port", absl::StrCat(master_port_)}}));
  }
  if (master_web_port_ != 0) {
    ALLUXIO_ASSIGN_OR_RETURN(options.conf,
                             options.conf.With({{"alluxio.master.web.port", absl::StrCat(master_web_port_)}}));
  }
  options.web = options_.web;
  if (options_.web) {
    options.read_file = FileContents([this] {
      auto conf = options_.master.With({{"alluxio.master.rpc.port", absl::StrCat(master_port_)}});
      return conf.ok() ? *conf : options_.master;
    });
  }
  options.clock = options_.clock;
  options.random = options_.random;
  options.stepped_heartbeats = options_.stepped_heartbeats;
  options.expected_workers = static_cast<int>(workers_.size());
  options.ufs_registry = options_.ufs_registry;
  auto master = master::MasterProcess::Start(std::move(options));
  if (!master.ok()) return Annotate(master.status(), "starting the master");
  master_ = *std::move(master);
  master_port_ = master_->port();
  master_web_port_ = master_->web_port();
  // Workers of a master that was restarted learn of it in their next round.
  for (size_t i = 0; i < workers_.size(); ++i) {
    if (workers_[i]) ALLUXIO_RETURN_IF_ERROR(workers_[i]->RunHeartbeat("Worker Block Sync"));
  }
  return absl::OkStatus();
}

void LocalCluster::StopMaster() { master_.reset(); }

absl::Status LocalCluster::StartWorker(size_t index) {
  if (workers_[index]) return absl::FailedPreconditionError(absl::StrCat("worker ", index, " runs already"));
  worker::WorkerOptions options;
  std::vector<std::pair<std::string, std::string>> values = {{"alluxio.master.rpc.port", absl::StrCat(master_port_)}};
  if (worker_ports_[index] != 0) values.emplace_back("alluxio.worker.rpc.port", absl::StrCat(worker_ports_[index]));
  if (worker_web_ports_[index] != 0) {
    values.emplace_back("alluxio.worker.web.port", absl::StrCat(worker_web_ports_[index]));
  }
  ALLUXIO_ASSIGN_OR_RETURN(options.conf, options_.workers[index].With(values));
  options.web = options_.web;
  options.clock = options_.clock;
  options.random = options_.random;
  options.stepped_heartbeats = options_.stepped_heartbeats;
  options.ufs_registry = options_.ufs_registry;
  auto worker = worker::WorkerProcess::Start(std::move(options));
  if (!worker.ok()) return Annotate(worker.status(), absl::StrCat("starting worker ", index));
  workers_[index] = *std::move(worker);
  worker_ports_[index] = workers_[index]->port();
  worker_web_ports_[index] = workers_[index]->web_port();
  return WaitUntilRegistered(index);
}

// A worker registers in its heartbeat, which it may have begun before the master
// answered: rounds of our own bring it about without waiting for the next.
absl::Status LocalCluster::WaitUntilRegistered(size_t index) {
  const absl::Time deadline = absl::Now() + kRegistrationTimeout;
  while (!workers_[index]->registered()) {
    ALLUXIO_RETURN_IF_ERROR(workers_[index]->RunHeartbeat("Worker Block Sync"));
    if (absl::Now() > deadline) {
      return Annotate(workers_[index]->EnsureRegistered(),
                      absl::StrCat("worker ", index, " can't register with the master at ", master_->address()));
    }
  }
  return absl::OkStatus();
}

void LocalCluster::StopWorker(size_t index) { workers_[index].reset(); }

absl::Status LocalCluster::RunHeartbeat(absl::string_view name) {
  bool found = false;
  const auto run = [&](auto& process) -> absl::Status {
    if (!process) return absl::OkStatus();
    const absl::Status status = process->RunHeartbeat(name);
    if (absl::IsNotFound(status)) return absl::OkStatus();
    found = true;
    return status;
  };
  // Workers first: what they report is what the master then works with.
  for (auto& worker : workers_) ALLUXIO_RETURN_IF_ERROR(run(worker));
  ALLUXIO_RETURN_IF_ERROR(run(master_));
  return found ? absl::OkStatus() : absl::NotFoundError(absl::StrCat("no heartbeat \"", name, "\""));
}

absl::StatusOr<conf::Configuration> WithEmbeddedDefaults(const conf::Configuration& conf, const std::string& folder) {
  constexpr char kSharedMemory[] = "/dev/shm";
  std::vector<std::pair<std::string, std::string>> values = {
      {"alluxio.master.hostname", "localhost"},
      {"alluxio.work.dir", folder},
      {"alluxio.logs.dir", absl::StrCat(folder, "/logs")},
      {"alluxio.worker.ramdisk.size", absl::StrCat(MemoryForBlocks(kSharedMemory))},
      {"alluxio.worker.tieredstore.level0.dirs.path", absl::StrCat(kSharedMemory, "/alluxio-", ::getuid())},
      // Nothing to wait for: the only worker starts with the master.
      {"alluxio.master.worker.register.lease.enabled", "false"},
  };
  std::erase_if(values, [&](const auto& value) { return conf.IsSetByUser(value.first); });
  return conf.With(values, conf::Source::kClusterDefault);
}

absl::Status MakeFolders(const conf::Configuration& master, const conf::Configuration& worker) {
  std::vector<std::string> folders = worker.GetList("alluxio.worker.tieredstore.level0.dirs.path");
  folders.push_back(master.GetString("alluxio.logs.dir"));
  std::string ufs = master.GetString("alluxio.master.mount.table.root.ufs");
  if (absl::StartsWith(ufs, "file://")) ufs = ufs.substr(7);
  if (absl::StartsWith(ufs, "/")) folders.push_back(ufs);
  for (const std::string& folder : folders) {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) return ErrnoStatus(error.value(), absl::StrCat("making the folder ", folder));
  }
  return absl::OkStatus();
}

}  // namespace alluxio::local
