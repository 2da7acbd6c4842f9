#ifndef ALLUXIO_MASTER_META_JOURNAL_MONITOR_H_
#define ALLUXIO_MASTER_META_JOURNAL_MONITOR_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "alluxio/base/clock.h"
#include "alluxio/base/mutex.h"
#include "alluxio/conf/configuration.h"
#include "alluxio/metrics/metrics.h"

namespace alluxio::master {

// The file system that a folder lies on, with the numbers of `df`.
struct JournalDisk {
  std::string disk_path;   // "/dev/vda1"
  std::string disk_type;   // "ext4"
  std::string mount_path;  // where it is mounted
  int64_t total_bytes = 0;
  int64_t used_bytes = 0;
  int64_t available_bytes = 0;  // less than what is free: some is root's

  double PercentAvailable() const;
  // "nfs://host:/path" of one behind the network.
  std::string PathWithScheme() const;
  // As the original's log and web UI have it.
  std::string ToString() const;

  // Looks at `folder`, with the mounts that `mounts` (mountinfo of /proc) names. Blocks.
  static absl::StatusOr<JournalDisk> Of(const std::string& folder, const std::string& mounts = "/proc/self/mountinfo");
};

// How the journal fares: the space it has left, and how long its last checkpoint
// is ago. For metrics and the web UI. Thread-safe; no lock is held over I/O.
class JournalMonitor {
 public:
  struct Options {
    std::function<absl::StatusOr<JournalDisk>()> disk;  // empty: the journal lies on none
    std::function<uint64_t()> last_sequence;
    // Where a restart would begin to read the journal.
    std::function<uint64_t()> checkpoint_sequence;
    Clock* clock = Clock::System();
    metrics::MetricsRegistry* metrics = nullptr;  // outlives this
    int64_t percent_free_threshold = 10;
    int64_t checkpoint_period_entries = 2'000'000;
    absl::Duration checkpoint_warning_time = absl::Hours(72);
  };
  // The thresholds of the configuration.
  static Options FromConfiguration(const conf::Configuration& conf);

  // Registers the gauges of the journal. After the replay.
  explicit JournalMonitor(Options options);

  // Heartbeat: looks at the disk, and logs what DiskWarnings says.
  void CheckSpace();
  // Heartbeat, behind the one that makes checkpoints: whether there is a new one.
  void NoteCheckpoint();

  // Looks now; nothing if that can't be had (a line in the log says why). Blocks.
  std::vector<JournalDisk> Disks();
  std::vector<std::string> DiskWarnings();

  int64_t EntriesSinceCheckpoint() const;
  // -1: none since the start.
  int64_t LastCheckpointMs() const { return checkpoint_ms_.load(std::memory_order_relaxed); }
  // "2026-01-02T03:04:05Z", or "N/A".
  std::string LastCheckpointText() const;
  // nullopt: all is well.
  std::optional<std::string> CheckpointWarning() const;

 private:
  const Options options_;
  // Of the last heartbeat: what reads them must not wait for the store.
  std::atomic<uint64_t> checkpoint_{0};
  std::atomic<int64_t> checkpoint_ms_{-1};
  Mutex mutex_;
  std::map<std::string, JournalDisk> seen_ ABSL_GUARDED_BY(mutex_);  // the last numbers, by path
  bool said_unknown_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<metrics::GaugeHandle> disk_gauges_ ABSL_GUARDED_BY(mutex_);
  std::vector<metrics::GaugeHandle> gauges_;  // last: they read the others
};

}  // namespace alluxio::master

#endif  // ALLUXIO_MASTER_META_JOURNAL_MONITOR_H_
