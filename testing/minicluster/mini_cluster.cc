#include "testing/minicluster/mini_cluster.h"

#include <stdlib.h>

#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "alluxio/base/errno_status.h"
#include "alluxio/base/status_macros.h"

namespace alluxio::test {
namespace {

namespace fs = std::filesystem;

absl::StatusOr<std::string> TemporaryFolder(const std::string& parent) {
  std::string name = parent + "/mini-XXXXXX";
  if (::mkdtemp(name.data()) == nullptr) return ErrnoStatus(errno, absl::StrCat("making a folder in ", parent));
  return name;
}

void Append(Properties& to, const Properties& from) { to.insert(to.end(), from.begin(), from.end()); }

}  // namespace

MiniCluster::MiniCluster(MiniClusterOptions options, std::string folder)
    : options_(std::move(options)), folder_(std::move(folder)) {}

MiniCluster::~MiniCluster() {
  client_.reset();
  cluster_.reset();
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
  if (!socket_folder_.empty()) fs::remove_all(socket_folder_, ignored);
  fs::remove_all(blocks_, ignored);
}

std::string MiniCluster::block_folder(int index) const { return absl::StrCat(blocks_, "/ram", index); }

absl::StatusOr<std::unique_ptr<MiniCluster>> MiniCluster::Start(MiniClusterOptions options) {
  const char* tmp = ::getenv("TEST_TMPDIR");
  ALLUXIO_ASSIGN_OR_RETURN(std::string folder, TemporaryFolder(tmp ? tmp : "/tmp"));
  if (options.clock) options.stepped_heartbeats = true;
  auto mini = std::unique_ptr<MiniCluster>(new MiniCluster(std::move(options), std::move(folder)));
  const MiniClusterOptions& o = mini->options_;
  std::error_code error;
  fs::create_directories(mini->ufs_folder(), error);
  mini->blocks_ = mini->folder_;
  if (!o.block_parent.empty()) {
    ALLUXIO_ASSIGN_OR_RETURN(mini->blocks_, TemporaryFolder(o.block_parent));
  }

  Properties common = {{"alluxio.master.hostname", "127.0.0.1"},
                       {"alluxio.home", mini->folder_},
                       {"alluxio.work.dir", mini->folder_},
                       {"alluxio.worker.data.server.domain.socket.as.uuid", o.socket_as_uuid ? "true" : "false"}};
  Properties master = common;
  Append(master, {{"alluxio.master.rpc.port", "0"},
                  {"alluxio.master.web.port", "0"},
                  {"alluxio.master.bind.host", "127.0.0.1"},
                  {"alluxio.master.web.bind.host", "127.0.0.1"},
                  {"alluxio.master.metastore", o.rocks ? "ROCKS" : "HEAP"},
                  {"alluxio.master.mount.table.root.ufs", mini->ufs_folder()},
                  {"alluxio.master.worker.register.lease.enabled", "false"}});
  Append(master, o.conf);

  local::LocalCluster::Options cluster;
  ALLUXIO_ASSIGN_OR_RETURN(cluster.master, conf::Configuration().With(master));
  if (o.domain_sockets) {
    // A socket's path is at most 107 bytes long: test folders are longer.
    ALLUXIO_ASSIGN_OR_RETURN(mini->socket_folder_, TemporaryFolder("/tmp"));
  }
  for (int i = 0; i < o.num_workers; ++i) {
    Properties worker = common;
    Append(worker, {{"alluxio.worker.rpc.port", "0"},
                    {"alluxio.worker.web.port", "0"},
                    {"alluxio.worker.bind.host", "127.0.0.1"},
                    {"alluxio.worker.web.bind.host", "127.0.0.1"},
                    {"alluxio.worker.hostname", "localhost"},
                    {"alluxio.worker.ramdisk.size", absl::StrCat(o.worker_bytes)},
                    {"alluxio.worker.tieredstore.level0.dirs.path", mini->block_folder(i)},
                    {"alluxio.worker.register.lease.enabled", "false"}});
    if (o.domain_sockets) {
      worker.emplace_back("alluxio.worker.data.server.domain.socket.address",
                          o.socket_as_uuid ? mini->socket_folder_ : absl::StrCat(mini->socket_folder_, "/w", i));
    }
    Append(worker, o.conf);
    if (static_cast<size_t>(i) < o.worker_conf.size()) Append(worker, o.worker_conf[static_cast<size_t>(i)]);
    fs::create_directories(mini->block_folder(i), error);
    ALLUXIO_ASSIGN_OR_RETURN(auto conf, conf::Configuration().With(worker));
    cluster.workers.push_back(std::move(conf));
  }
  if (o.clock) cluster.clock = o.clock;
  cluster.stepped_heartbeats = o.stepped_heartbeats;
  cluster.web = o.web;
  ALLUXIO_ASSIGN_OR_RETURN(mini->cluster_, local::LocalCluster::Start(std::move(cluster)));
  ALLUXIO_ASSIGN_OR_RETURN(mini->client_, mini->NewClient());
  return mini;
}

absl::StatusOr<conf::Configuration> MiniCluster::ClientConf(const Properties& properties) const {
  Properties values = {{"alluxio.master.hostname", "127.0.0.1"},
                       {"alluxio.master.rpc.port", absl::StrCat(cluster_->master_port())},
                       {"alluxio.home", folder_},
                       {"alluxio.user.hostname", "localhost"},
                       {"alluxio.user.rpc.retry.max.duration", "10sec"},
                       {"alluxio.user.block.read.retry.max.duration", "5sec"},
                       {"alluxio.user.block.read.retry.sleep.base", "5ms"}};
  Append(values, options_.conf);
  Append(values, properties);
  return conf::Configuration().With(values);
}

absl::StatusOr<std::unique_ptr<client::FileSystem>> MiniCluster::NewClient(const Properties& properties,
                                                                           const std::string& user) {
  ALLUXIO_ASSIGN_OR_RETURN(const conf::Configuration conf, ClientConf(properties));
  ALLUXIO_ASSIGN_OR_RETURN(auto context, client::ClientContext::Create(conf, {.user = user}));
  return client::FileSystem::Create(std::move(context));
}

absl::Status MiniCluster::RestartMaster() {
  cluster_->StopMaster();
  return cluster_->StartMaster();
}

absl::Status MiniCluster::RestartWorker(int index) {
  cluster_->StopWorker(static_cast<size_t>(index));
  return cluster_->StartWorker(static_cast<size_t>(index));
}

}  // namespace alluxio::test
