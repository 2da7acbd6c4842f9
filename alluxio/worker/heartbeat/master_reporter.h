#ifndef ALLUXIO_WORKER_HEARTBEAT_MASTER_REPORTER_H_
#define ALLUXIO_WORKER_HEARTBEAT_MASTER_REPORTER_H_

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "alluxio/base/clock.h"
#include "alluxio/base/executor.h"
#include "alluxio/base/mutex.h"
#include "alluxio/metrics/metrics.h"
#include "alluxio/worker/block/block_store.h"
#include "alluxio/worker/heartbeat/master_link.h"

namespace alluxio::worker {

// Keeps the master informed of this worker, and does what it orders: sections 7
// and 10 of the protocol's description.
//
// A worker registers as soon as there is a master, and again whenever the master
// doesn't know it: from the heartbeat, or from the first block that is committed
// meanwhile, whichever comes first. A master that can't be reached is waited
// for; blocks are served all the time.
//
// Thread-safe. No lock is held over a call.
class MasterReporter {
 public:
  struct Options {
    BlockStore* store = nullptr;
    MasterLink* link = nullptr;
    // What the registration says of the configuration and of the program.
    std::vector<grpc::ConfigProperty> configuration;
    std::string version, revision;
    metrics::MetricsRegistry* metrics = nullptr;  // may be null
    // Deletes blocks on the master's order.
    Executor* executor = nullptr;
    Clock* clock = Clock::System();
    bool ask_for_lease = true;                     // `alluxio.worker.register.lease.enabled`
    int64_t batch_size = 1'000'000;                // `alluxio.worker.register.stream.batch.size`
    int64_t access_batch = 2000;
    absl::Duration commit_patience = absl::Minutes(2);  // how long a commit waits for a master
    // Without a heartbeat for so long `give_up` is called, once.
    absl::Duration heartbeat_timeout = absl::Hours(1);
    std::function<void()> give_up;
  };
  explicit MasterReporter(Options options);

  // Where clients find the worker; it doesn't register before this is known.
  void SetAddress(grpc::WorkerNetAddress address);

  // One round of "Worker Block Sync": registers, or sends a heartbeat.
  void Round();
  // One round of "Worker Pin List Sync".
  void SyncPins();
  // Brings what the store gives out by path (SetReadableByAll) into step with the
  // namespace: asks whether anything changed there and, as long as something did,
  // for the files of `access_batch` blocks a round.
  void SyncReadAccess();

  // Tells the master of a committed block, then the store (Confirm); blocks.
  // Registers first if need be. UNAVAILABLE: no master for `commit_patience`.
  absl::Status Report(const BlockPin& pin);
  absl::Status ReportInUfs(int64_t block_id, int64_t length_bytes);

  // Registers if the worker isn't. The master's error if that fails.
  absl::Status EnsureRegistered();
  bool registered() const;
  int64_t worker_id() const;  // -1 before the first answer
  // Blocks that the master has ordered to be removed and that are still here.
  int64_t blocks_to_free() const;

  // Nothing waits for a master any more: for the end of the process.
  void Stop();

 private:
  absl::Status Register();
  void Forget(int64_t worker_id);
  void Obey(const grpc::Command& command, int64_t worker_id);
  void Free(std::vector<int64_t> block_ids);
  template <typename Request>
  void FillUsage(Request* request, google::protobuf::Map<std::string, int64_t>* capacity) const;
  std::vector<grpc::Metric> Metrics();
  // Repeats `call` while the master is away or doesn't know this worker.
  absl::Status Persist(absl::FunctionRef<absl::Status(int64_t worker_id)> call);
  void Log(absl::string_view what, const absl::Status& status);

  const Options options_;

  mutable Mutex mutex_;
  CondVar changed_;
  grpc::WorkerNetAddress address_ ABSL_GUARDED_BY(mutex_);
  bool registering_ ABSL_GUARDED_BY(mutex_) = false;
  bool registered_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  bool gave_up_ ABSL_GUARDED_BY(mutex_) = false;
  int64_t worker_id_ ABSL_GUARDED_BY(mutex_) = -1;
  absl::Time last_success_ ABSL_GUARDED_BY(mutex_);
  std::set<int64_t> freeing_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, std::string, std::less<>> last_errors_ ABSL_GUARDED_BY(mutex_);  // said once, not each second
  grpc::CommandType last_command_ ABSL_GUARDED_BY(mutex_) = grpc::Nothing;
  // The generations of the namespace that all blocks are in step with, and that
  // they are being brought into step with, up to `access_after_`.
  std::optional<int64_t> access_synced_ ABSL_GUARDED_BY(mutex_);
  std::optional<int64_t> access_syncing_ ABSL_GUARDED_BY(mutex_);
  int64_t access_after_ ABSL_GUARDED_BY(mutex_) = -1;
  bool access_stale_ ABSL_GUARDED_BY(mutex_) = false;  // another answer came beside
  // Counters as last reported; only Round uses it.
  std::map<std::string, double> reported_metrics_;
};

}  // namespace alluxio::worker

#endif  // ALLUXIO_WORKER_HEARTBEAT_MASTER_REPORTER_H_
