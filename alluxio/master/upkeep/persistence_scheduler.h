#ifndef ALLUXIO_MASTER_UPKEEP_PERSISTENCE_SCHEDULER_H_
#define ALLUXIO_MASTER_UPKEEP_PERSISTENCE_SCHEDULER_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "alluxio/base/executor.h"
#include "alluxio/base/mutex.h"
#include "alluxio/conf/configuration.h"
#include "alluxio/master/file/core.h"
#include "alluxio/master/upkeep/persist_client.h"
#include "alluxio/metrics/metrics.h"

namespace alluxio::master {

// Persists what was written to Alluxio alone: decides when, orders the worker that
// holds most of the file (and says where it finds the rest), and has the
// namespace put the result into place.
//
// Intents lie in the journal; the queue here is made from them at the first run.
// A try that fails is repeated after alluxio.master.persistence.initial.interval,
// doubled each time up to alluxio.master.persistence.max.interval, by the next
// worker that holds a part of the file, until
// alluxio.master.persistence.max.total.wait.time is over: then the intent is
// given up, with an error in the log (the file stays, in Alluxio alone).
//
// Thread-safe. The destructor waits for what is under way: keep `client` and
// `executor` working until then.
class PersistenceScheduler {
 public:
  struct Options {
    FileSystemCore* core = nullptr;
    PersistClient* client = nullptr;
    // For what blocks: calls to under stores. Not the one whose threads `client`
    // answers in, if that is bounded.
    Executor* executor = nullptr;
    // Null: nobody wants them. Outlives this.
    metrics::MetricsRegistry* metrics = nullptr;
    // Files under way at the same time.
    size_t max_in_flight = 16;
    int64_t initial_interval_ms = 1000;
    int64_t max_interval_ms = 3'600'000;
    int64_t max_total_wait_ms = 86'400'000;
  };
  // The intervals of the configuration.
  static Options FromConfiguration(const conf::Configuration& conf);

  explicit PersistenceScheduler(Options options);
  ~PersistenceScheduler();

  // Heartbeat: starts what is due. Does not wait for it.
  void Run();

  // Takes over the intervals; for tries that end from now on.
  void Reconfigure(const Options& options);

  // Files that wait or are under way.
  size_t pending() const;

 private:
  struct Job {
    int64_t file_id = 0;
    int tries = 0;
    int64_t first_ms = 0;  // when it was due first
  };
  using Plan = FileSystemCore::PersistPlan;

  void Start(const Job& job);
  void Try(const Job& job);
  absl::Status Order(const Job& job, const Plan& plan);
  absl::Status WriteEmpty(const Plan& plan);
  // Puts what was written into place, in the steps of FinishPersist.
  void Complete(const Job& job, Plan plan);
  void Count(const char* metric, int64_t n) const;
  // The end of a try.
  void Done(const Job& job, const absl::Status& status);

  const Options options_;
  mutable Mutex mutex_;
  int64_t initial_interval_ms_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t max_interval_ms_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t max_total_wait_ms_ ABSL_GUARDED_BY(mutex_) = 0;
  CondVar idle_;
  std::multimap<int64_t, Job> queue_ ABSL_GUARDED_BY(mutex_);  // by due time
  absl::flat_hash_set<int64_t> known_ ABSL_GUARDED_BY(mutex_);  // queued or under way
  absl::flat_hash_set<int64_t> under_way_ ABSL_GUARDED_BY(mutex_);
  // Intents for files that were under way when they came, with their due times: that try
  // may have been begun for an earlier one.
  absl::flat_hash_map<int64_t, int64_t> renoted_ ABSL_GUARDED_BY(mutex_);
  bool untidy_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace alluxio::master

#endif  // ALLUXIO_MASTER_UPKEEP_PERSISTENCE_SCHEDULER_H_
