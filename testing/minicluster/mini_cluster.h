#ifndef ALLUXIO_TESTING_MINICLUSTER_MINI_CLUSTER_H_
#define ALLUXIO_TESTING_MINICLUSTER_MINI_CLUSTER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "alluxio/base/clock.h"
#include "alluxio/client/file/file_system.h"
#include "alluxio/local/local_cluster.h"

namespace alluxio::test {

using Properties = std::vector<std::pair<std::string, std::string>>;

struct MiniClusterOptions {
  int num_workers = 1;
  // The real processes' clock. Given: heartbeats are stepped as well.
  Clock* clock = nullptr;
  // Nothing periodic runs by itself: RunHeartbeat.
  bool stepped_heartbeats = false;
  // For master, workers and clients.
  Properties conf;
  // For worker i, over `conf`.
  std::vector<Properties> worker_conf;
  bool rocks = false;  // else the heap store; the journal is a log either way
  int64_t worker_bytes = int64_t{64} << 20;
  // Where the blocks' folders are made; empty: beside everything else. For
  // benchmarks, "/dev/shm".
  std::string block_parent;
  // Master and workers serve HTTP, at free ports of 127.0.0.1.
  bool web = false;
  bool domain_sockets = false;
  bool socket_as_uuid = false;
};

// A whole cluster in this process on free ports and temporary folders, from the
// same assembly as the binaries. It starts in a fraction of a second, so that
// each test has its own.
class MiniCluster {
 public:
  static absl::StatusOr<std::unique_ptr<MiniCluster>> Start(MiniClusterOptions options = {});
  ~MiniCluster();

  // A client of the cluster, the same for all callers.
  client::FileSystem& client() { return *client_; }
  // Another one, with these properties over the cluster's.
  absl::StatusOr<std::unique_ptr<client::FileSystem>> NewClient(const Properties& properties = {},
                                                                const std::string& user = "");
  // What NewClient makes it of: for commands that load their own.
  absl::StatusOr<conf::Configuration> ClientConf(const Properties& properties = {}) const;

  std::string ufs_folder() const { return folder_ + "/ufs"; }
  std::string folder() const { return folder_; }
  // The folder of worker `index`'s blocks.
  std::string block_folder(int index) const;

  local::LocalCluster& processes() { return *cluster_; }

  // One round, at the master and all workers that have such a heartbeat.
  absl::Status RunHeartbeat(absl::string_view name) { return cluster_->RunHeartbeat(name); }

  absl::Status RestartMaster();
  absl::Status RestartWorker(int index);
  void StopWorker(int index) { cluster_->StopWorker(static_cast<size_t>(index)); }
  absl::Status StartWorker(int index) { return cluster_->StartWorker(static_cast<size_t>(index)); }

 private:
  MiniCluster(MiniClusterOptions options, std::string folder);

  const MiniClusterOptions options_;
  const std::string folder_;
  std::string socket_folder_;
  std::string blocks_;
  std::unique_ptr<local::LocalCluster> cluster_;
  std::unique_ptr<client::FileSystem> client_;
};

}  // namespace alluxio::test

#endif  // ALLUXIO_TESTING_MINICLUSTER_MINI_CLUSTER_H_
