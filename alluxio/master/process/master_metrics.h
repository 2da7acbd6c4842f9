#ifndef ALLUXIO_MASTER_PROCESS_MASTER_METRICS_H_
#define ALLUXIO_MASTER_PROCESS_MASTER_METRICS_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "alluxio/base/clock.h"
#include "alluxio/base/executor.h"
#include "alluxio/base/mutex.h"
#include "alluxio/master/backup/backup_master.h"
#include "alluxio/master/file/core.h"
#include "alluxio/master/metastore/kv_store.h"
#include "alluxio/metrics/metrics.h"
#include "alluxio/metrics/rate.h"

namespace alluxio::master {

// The gauges that say what the parts of a master know of themselves. They read
// numbers that are at hand: no gauge waits for a disk or an under store.
//
// The executor runs dry before this goes; Stop() first, so that it does so soon.
class MasterMetrics {
 public:
  struct Options {
    metrics::MetricsRegistry* registry = nullptr;  // outlives this
    Clock* clock = Clock::System();
    FileSystemCore* core = nullptr;
    BackupMaster* backups = nullptr;
    ThreadPool* executor = nullptr;  // where calls wait; asks the root's under store too
    int executor_threads = 0;
    absl::Time start_time, primary_since;
    // The metastore as it was before the replay: its inodes are counted once, on the
    // executor, and known by what changes from then on.
    std::shared_ptr<const KvReader> before_replay;
    // Nothing is in there: known without counting.
    bool before_replay_empty = false;
    // Of the backup that this start began with; -1: none.
    int64_t restored_entries = -1, restore_took_ms = -1;
  };
  explicit MasterMetrics(Options options);

  // Heartbeat, every second or so: what the load jobs loaded since then.
  void NoteLoaded();

  // No gauge runs from then on, nor anything of theirs that is long.
  void Stop();

 private:
  using Value = std::function<metrics::GaugeValue()>;
  void Add(const std::string& name, Value value) ABSL_LOCKS_EXCLUDED(mutex_);
  void AddProcess();
  void AddCaches();
  void AddCounts(const InodeCounts& before) ABSL_LOCKS_EXCLUDED(mutex_);
  void AddRootSpace();

  // The root's under store: what it said last. Asks it again, without waiting, where
  // that is some seconds old.
  struct Space {
    int64_t total = -1, used = -1;  // -1: it does not say
  };
  Space RootSpace() ABSL_LOCKS_EXCLUDED(mutex_);
  void AskRootSpace() ABSL_LOCKS_EXCLUDED(mutex_);

  Options options_;  // fixed after construction
  std::atomic<bool> stopped_{false};  // orders nothing
  metrics::Counter& loaded_bytes_;
  int64_t noted_bytes_ = 0;  // the heartbeat's alone
  metrics::OneMinuteRate load_rate_;
  Mutex mutex_;
  Space space_ ABSL_GUARDED_BY(mutex_);
  absl::Time asked_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  bool asking_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<metrics::GaugeHandle> gauges_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace alluxio::master

#endif  // ALLUXIO_MASTER_PROCESS_MASTER_METRICS_H_
