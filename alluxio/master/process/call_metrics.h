#ifndef ALLUXIO_MASTER_PROCESS_CALL_METRICS_H_
#define ALLUXIO_MASTER_PROCESS_CALL_METRICS_H_

#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "alluxio/base/mutex.h"
#include "alluxio/metrics/metrics.h"
#include "alluxio/rpc/call_env.h"

namespace alluxio::master {

// What `fsadmin report metrics` says of the master's calls: a timer for each
// method and user ("Master.GetStatus.User:root"), how often file system
// operations were asked for ("Master.CreateFileOps") and how often they succeeded
// ("Master.FilesCreated"). Thread-safe.
class CallMetrics final : public rpc::CallObserver {
 public:
  // `registry` outlives this.
  explicit CallMetrics(metrics::MetricsRegistry* registry);

  void Finished(absl::string_view method, const rpc::Caller& caller, const absl::Status& status,
                absl::Duration duration) override;

 private:
  struct Operation {
    metrics::Counter* asked = nullptr;
    metrics::Counter* done = nullptr;  // may be null
  };
  metrics::Timer& TimerOf(absl::string_view method, const std::string& user);

  metrics::MetricsRegistry* const registry_;
  metrics::Timer& all_;
  absl::flat_hash_map<std::string, Operation> operations_;  // fixed after construction
  Mutex mutex_;
  absl::flat_hash_map<std::pair<std::string, std::string>, metrics::Timer*> timers_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace alluxio::master

#endif  // ALLUXIO_MASTER_PROCESS_CALL_METRICS_H_
