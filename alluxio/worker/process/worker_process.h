#ifndef ALLUXIO_WORKER_PROCESS_WORKER_PROCESS_H_
#define ALLUXIO_WORKER_PROCESS_WORKER_PROCESS_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "alluxio/base/cgroup.h"
#include "alluxio/base/clock.h"
#include "alluxio/base/random.h"
#include "alluxio/conf/configuration.h"

namespace alluxio::metrics {
class MetricsRegistry;
}  // namespace alluxio::metrics

namespace alluxio::ufs {
class UfsRegistry;
}  // namespace alluxio::ufs

namespace alluxio::worker {

class BlockStore;

struct WorkerOptions {
  // With the cluster's defaults in it (see cluster_defaults.h).
  conf::Configuration conf;
  Clock* clock = Clock::System();
  Random* random = Random::System();
  // Heartbeats run only when asked for (RunHeartbeat), but for one round of each
  // within Start.
  bool stepped_heartbeats = false;
  // Serves HTTP as well, at `alluxio.worker.web.port`: REST calls, metrics, pages.
  bool web = false;
  // Null: one with the local store. Else not owned, outlives the process.
  const ufs::UfsRegistry* ufs_registry = nullptr;
  // Whose limit and charges are gauges.
  Cgroup cgroup = Cgroup::OfThisProcess();
  // Called once, from a thread of the worker, if there was no master for
  // `alluxio.worker.block.heartbeat.timeout`: the original's worker exits then.
  std::function<void()> give_up;
};

// A whole worker in this process: blocks, reads and writes of the under store,
// heartbeats, and the gRPC server before them, on TCP and, where configured, on
// a Unix socket. What `main` and the test cluster start; nothing of it is global.
//
// It needs no master to start: it serves its blocks and registers as soon as
// there is one. Thread-safe.
class WorkerProcess {
 public:
  // Serves when it returns. Port 0 takes a free one. With the default port, 29998
  // (the one of 1.8) is served as well if it is free.
  //
  // Errors: those of LayoutFrom, LocalBlockStore::Start and rpc::RpcServer::Start;
  // each says in one line what to do.
  static absl::StatusOr<std::unique_ptr<WorkerProcess>> Start(WorkerOptions options);

  // Stop.
  ~WorkerProcess();

  int port() const;
  // 0 while HTTP is not served.
  int web_port() const;
  const std::string& domain_socket() const;  // "" if there is none
  bool registered() const;
  // Registers if the worker isn't; blocks. The master's error if that fails.
  absl::Status EnsureRegistered();

  // One round of a heartbeat, by the original's name: "Worker Block Sync",
  // "Worker Pin List Sync", "Worker Storage Health". NOT_FOUND: no such heartbeat.
  absl::Status RunHeartbeat(absl::string_view name);

  // Lets running calls end for `grace`, then stops everything. Committed blocks
  // stay on disk. Idempotent.
  void Stop(absl::Duration grace = absl::Seconds(1));

  BlockStore& store();
  metrics::MetricsRegistry& metrics();

 private:
  struct Parts;
  explicit WorkerProcess(std::unique_ptr<Parts> parts);
  const std::unique_ptr<Parts> parts_;
};

}  // namespace alluxio::worker

#endif  // ALLUXIO_WORKER_PROCESS_WORKER_PROCESS_H_
