#ifndef ALLUXIO_MASTER_META_METRICS_MASTER_H_
#define ALLUXIO_MASTER_META_METRICS_MASTER_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/time/time.h"
#include "alluxio/base/clock.h"
#include "alluxio/base/mutex.h"
#include "alluxio/master/block/block_master.h"
#include "alluxio/master/call.h"
#include "alluxio/metrics/metrics.h"
#include "grpc/metric_master.pb.h"

namespace alluxio::master {

// Adds what clients and workers report to the Cluster.* counters, and answers
// MetricsMasterClientService from the master's registry.
//
// Registers the gauges of the cluster (capacity, workers, throughput, hit rate).
// Thread-safe.
class MetricsMaster {
 public:
  struct Options {
    metrics::MetricsRegistry* registry = nullptr;  // outlives this
    Clock* clock = Clock::System();
    // Empty: no gauges of workers and blocks.
    std::function<BlockMaster::Totals()> totals;
    // "host_port" of the embedded journal's leader.
    std::string leader_id;
  };
  explicit MetricsMaster(Options options);

  void MetricsHeartbeat(const Caller& caller, const grpc::metric::MetricsHeartbeatPRequest& request,
                        Reply<grpc::metric::MetricsHeartbeatPResponse> reply);
  void GetMetrics(const Caller& caller, const grpc::metric::GetMetricsPOptions& request,
                  Reply<grpc::metric::GetMetricsPResponse> reply);
  void ClearMetrics(const Caller& caller, const grpc::metric::ClearMetricsPRequest& request,
                    Reply<grpc::metric::ClearMetricsPResponse> reply);

  // What a worker's heartbeat carries (BlockMaster::Options::on_metrics).
  void AddWorkerMetrics(const google::protobuf::RepeatedPtrField<grpc::Metric>& metrics);

 private:
  using Counters = absl::flat_hash_map<std::string, metrics::Counter*>;

  void AddGauges();
  void AddThroughput(const char* counter, const char* throughput);
  void AddPerUfs(const grpc::Metric& metric, const char* per_ufs, const char* all);

  const Options options_;
  metrics::MetricsRegistry& registry_;
  // From the reported name to the cluster's counter; fixed after construction.
  Counters of_clients_, of_workers_;
  mutable Mutex mutex_;
  absl::Time cleared_ ABSL_GUARDED_BY(mutex_);
  // Names come from workers, so they are counted.
  absl::flat_hash_set<std::string> per_ufs_names_ ABSL_GUARDED_BY(mutex_);
  std::vector<metrics::GaugeHandle> gauges_;  // last: they read the others
};

}  // namespace alluxio::master

#endif  // ALLUXIO_MASTER_META_METRICS_MASTER_H_
