#ifndef ALLUXIO_CLIENT_CORE_H_
#define ALLUXIO_CLIENT_CORE_H_

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "alluxio/base/heartbeat.h"
#include "alluxio/base/mutex.h"
#include "alluxio/client/block/locality.h"
#include "alluxio/client/block/worker_pool.h"
#include "alluxio/client/context.h"
#include "alluxio/client/policy/worker_policy.h"
#include "alluxio/stub/master_stub.h"

namespace alluxio::client {

// What one client did, for the metrics it reports and for tests.
struct ClientCounters {
  std::atomic<int64_t> reads_by_file{0};
  std::atomic<int64_t> reads_by_socket{0};
  std::atomic<int64_t> reads_by_tcp{0};
  std::atomic<int64_t> writes_by_file{0};
  std::atomic<int64_t> writes_by_socket{0};
  std::atomic<int64_t> writes_by_tcp{0};
  std::atomic<int64_t> bytes_read_local{0};
  std::atomic<int64_t> bytes_written_local{0};
  std::atomic<int64_t> bytes_written_ufs{0};
  std::atomic<int64_t> cache_requests{0};
};

// The context from within: what the clients' bodies use. Thread-safe.
class ClientCore final : public ClientContext {
 public:
  static absl::StatusOr<std::shared_ptr<ClientCore>> Make(const conf::Configuration& conf, Options options);
  // Every context is one.
  static ClientCore& Of(const std::shared_ptr<ClientContext>& context) { return static_cast<ClientCore&>(*context); }
  ~ClientCore() override;

  const conf::Configuration& conf() const override { return conf_; }
  absl::StatusOr<std::string> MasterAddress() override { return master_.LeaderAddress(); }
  void ReportMetrics() override;

  // The configuration with the path's defaults in it: of all entries for the path
  // and its ancestors, the nearest wins. Follows what the cluster says: asks for a
  // change where that was alluxio.user.conf.sync.interval ago (`conf()` does not).
  conf::Configuration ConfOf(absl::string_view path);

  stub::MasterStub& master() { return master_; }
  const std::shared_ptr<WorkerPool>& workers() { return workers_; }
  const LocalityRules& locality() const { return locality_; }
  const PolicySettings& policy() const { return policy_; }
  Clock* clock() const { return options_.clock; }
  Random* random() const { return options_.random; }
  ClientCounters& counters() { return counters_; }

  // The live workers, at most alluxio.user.worker.list.refresh.interval old; an
  // empty list isn't kept. `fresh`: asks the master in any case.
  absl::StatusOr<std::vector<BlockWorker>> Workers(bool fresh = false);
  // The worker of this host, if there is one.
  absl::StatusOr<std::optional<WorkerNetAddress>> NodeLocalWorker();

  // From the first stream on: reports what the counters gained to the master
  // every alluxio.user.metrics.heartbeat.interval, and tells workers which blocks
  // were read without asking them; both once more at the end.
  void StartReporting();

  // One line for alluxio.debug.
  bool debug() const { return debug_; }
  void Debug(absl::string_view text) const;

 private:
  ClientCore(conf::Configuration conf, Options options, stub::MasterStubOptions master);

  // Our own configuration over the cluster's, and that of paths.
  struct ClusterConf {
    conf::Configuration conf;
    // By path: its properties.
    std::map<std::string, std::vector<std::pair<std::string, std::string>>> paths;
    std::string cluster_hash, path_hash;
  };
  absl::StatusOr<std::shared_ptr<const ClusterConf>> LoadClusterConf(const stub::CallOptions& call);
  void SyncClusterConf();
  void Configure();
  void Report(absl::Time deadline);

  const Options options_;
  const conf::Configuration own_conf_;
  conf::Configuration conf_;  // as the cluster's was when this was made
  stub::MasterStub master_;
  std::shared_ptr<WorkerPool> workers_;
  LocalityRules locality_;
  PolicySettings policy_;
  bool debug_ = false;
  ClientCounters counters_;

  // What was reported last, in the order of the names.
  Mutex report_mutex_;
  std::string app_id_ ABSL_GUARDED_BY(report_mutex_);
  std::array<int64_t, 3> reported_ ABSL_GUARDED_BY(report_mutex_) = {};

  Mutex cluster_conf_mutex_;
  std::shared_ptr<const ClusterConf> cluster_conf_ ABSL_GUARDED_BY(cluster_conf_mutex_);
  // Infinite while one thread asks, and where the cluster's doesn't count.
  absl::Time next_conf_sync_ ABSL_GUARDED_BY(cluster_conf_mutex_) = absl::InfiniteFuture();

  Mutex mutex_;
  bool reporting_ ABSL_GUARDED_BY(mutex_) = false;
  bool reporting_metrics_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<BlockWorker> worker_list_ ABSL_GUARDED_BY(mutex_);
  absl::Time worker_list_time_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();

  HeartbeatSet heartbeats_{/*stepped=*/false};
};

}  // namespace alluxio::client

#endif  // ALLUXIO_CLIENT_CORE_H_
