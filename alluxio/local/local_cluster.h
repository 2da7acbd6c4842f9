#ifndef ALLUXIO_LOCAL_LOCAL_CLUSTER_H_
#define ALLUXIO_LOCAL_LOCAL_CLUSTER_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "alluxio/base/clock.h"
#include "alluxio/base/random.h"
#include "alluxio/conf/configuration.h"
#include "alluxio/master/process/master_process.h"
#include "alluxio/worker/process/worker_process.h"

namespace alluxio::ufs {
class UfsRegistry;
}  // namespace alluxio::ufs

namespace alluxio::local {

// A master and workers in one process: what `//alluxio:local` runs, and what
// the test cluster is made of. They talk over loopback as separate processes
// would.
//
// Not thread-safe; the processes themselves are. The destructor stops them.
class LocalCluster {
 public:
  struct Options {
    conf::Configuration master;
    // One for each worker. Where the master is they are told.
    std::vector<conf::Configuration> workers;
    Clock* clock = Clock::System();
    Random* random = Random::System();
    // Heartbeats run only by RunHeartbeat.
    bool stepped_heartbeats = false;
    // They serve HTTP as well.
    bool web = false;
    // Null: the processes' own. Else not owned, outlives the cluster.
    const ufs::UfsRegistry* ufs_registry = nullptr;
  };

  // Master first, then the workers; all have registered when it returns. Safe
  // mode ends with that. Errors: those of the processes, saying which.
  static absl::StatusOr<std::unique_ptr<LocalCluster>> Start(Options options);
  ~LocalCluster();

  // Null while stopped.
  master::MasterProcess* master() { return master_.get(); }
  worker::WorkerProcess* worker(size_t index) { return workers_[index].get(); }
  size_t num_workers() const { return workers_.size(); }
  int master_port() const { return master_port_; }

  void StopMaster();
  // At the ports it had, on the journal it had.
  absl::Status StartMaster();
  void StopWorker(size_t index);
  // At the ports it had, on the folders it had.
  absl::Status StartWorker(size_t index);

  // One round, wherever there is such a heartbeat. NOT_FOUND: nowhere.
  absl::Status RunHeartbeat(absl::string_view name);

 private:
  explicit LocalCluster(Options options);
  absl::Status WaitUntilRegistered(size_t index);

  Options options_;
  int master_port_ = 0, master_web_port_ = 0;
  std::vector<int> worker_ports_, worker_web_ports_;
  std::unique_ptr<master::MasterProcess> master_;
  std::vector<std::unique_ptr<worker::WorkerProcess>> workers_;
};

// What a cluster on one machine needs for a start without any configuration,
// under whatever `conf` was given: data under `folder` (journal, metastore, the
// root under store), blocks in shared memory.
absl::StatusOr<conf::Configuration> WithEmbeddedDefaults(const conf::Configuration& conf, const std::string& folder);

// Makes the folders that a start on an empty machine needs: the root under
// store, if it is a local one, and those of the blocks and the log.
absl::Status MakeFolders(const conf::Configuration& master, const conf::Configuration& worker);

}  // namespace alluxio::local

#endif  // ALLUXIO_LOCAL_LOCAL_CLUSTER_H_
