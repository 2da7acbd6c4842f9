#include "alluxio/master/process/master_metrics.h"

#include <algorithm>
#include <utility>

#include "alluxio/base/log.h"
#include "alluxio/metrics/metric_names.h"

namespace alluxio::master {
namespace {

// How old the space of the root's under store may be, when it is asked for.
constexpr absl::Duration kSpaceAge = absl::Seconds(5);

}  // namespace

MasterMetrics::MasterMetrics(Options options)
    : options_(std::move(options)),
      loaded_bytes_(options_.registry->GetCounter(metrics::kMasterJobLoadBlockSize)),
      load_rate_(options_.clock) {
  AddProcess();
  AddCaches();
  AddRootSpace();
  Add(metrics::kMasterJobLoadRate, [this] { return load_rate_.PerSecond(); });
  // It keeps the store from tidying up: it goes with the task.
  const std::shared_ptr<const KvReader> before_replay = std::exchange(options_.before_replay, nullptr);
  if (options_.before_replay_empty) {
    AddCounts(InodeCounts());
    return;
  }
  const bool counting = options_.executor->Submit([this, before_replay] {
    const absl::StatusOr<InodeCounts> before =
        InodeTree::Count(*before_replay, [this] { return stopped_.load(std::memory_order_relaxed); });
    if (before.ok()) return AddCounts(*before);
    if (absl::IsCancelled(before.status())) return;
    ALLUXIO_LOG(kWarning, "master", "inodes are not counted for metrics: ", before.status().ToString());
  });
  if (!counting) ALLUXIO_LOG(kWarning, "master", "inodes are not counted for metrics: too much waits");
}

void MasterMetrics::NoteLoaded() {
  const int64_t bytes = loaded_bytes_.Value();
  // Fewer than before: they were set to 0 meanwhile.
  load_rate_.Mark(bytes >= noted_bytes_ ? bytes - noted_bytes_ : bytes);
  noted_bytes_ = bytes;
}

void MasterMetrics::Stop() {
  stopped_.store(true, std::memory_order_relaxed);
  std::vector<metrics::GaugeHandle> gauges;
  {
    MutexLock lock(&mutex_);
    gauges.swap(gauges_);
  }
  // Without the lock: one that runs may want it.
  gauges.clear();
}

void MasterMetrics::Add(const std::string& name, Value value) {
  metrics::GaugeHandle gauge = options_.registry->RegisterGauge(name, std::move(value));
  MutexLock lock(&mutex_);
  if (!stopped_.load(std::memory_order_relaxed)) gauges_.push_back(std::move(gauge));
}

void MasterMetrics::AddProcess() {
  using namespace metrics;  // NOLINT
  Add(kMasterStartTime, [at = absl::ToUnixMillis(options_.start_time)] { return at; });
  // There is one master, which leads from its start to its end.
  Add(kMasterRoleId, [] { return int64_t{0}; });
  Add(kMasterLastGainPrimacyTime, [at = absl::ToUnixMillis(options_.primary_since)] { return at; });
  Add(kMasterLastLosePrimacyTime, [] { return int64_t{0}; });
  Add(kMasterRpcQueueLength, [this] { return static_cast<int64_t>(options_.executor->QueueLength()); });
  Add(kMasterRpcThreadCurrentCount, [n = int64_t{options_.executor_threads}] { return n; });
  Add(kMasterLastBackupEntriesCount, [this] { return options_.backups->GetLast().entries; });
  Add(kMasterLastBackupTimeMs, [this] { return options_.backups->GetLast().took_ms; });
  Add(kMasterLastBackupRestoreCount, [this] { return options_.restored_entries; });
  Add(kMasterLastBackupRestoreTimeMs, [this] { return options_.restore_took_ms; });
}

void MasterMetrics::AddCaches() {
  using namespace metrics;  // NOLINT
  const InodeTree* const tree = &options_.core->ns().tree;
  Add(kMasterInodeCacheHits, [tree] { return tree->CacheStats().hits; });
  Add(kMasterInodeCacheMisses, [tree] { return tree->CacheStats().misses; });
  Add(kMasterInodeCacheEvictions, [tree] { return tree->CacheStats().evictions; });
  Add(kMasterInodeCacheSize, [tree] { return tree->CacheStats().size; });
  Add(kMasterInodeCacheHitRatio, [tree] {
    const InodeCache::Stats stats = tree->CacheStats();
    // As of a cache that nobody has asked yet.
    if (stats.hits + stats.misses == 0) return 1.0;
    return static_cast<double>(stats.hits) / static_cast<double>(stats.hits + stats.misses);
  });
  Add(kMasterAbsentCacheHits, [this] { return options_.core->GetAbsentStats().hits; });
  Add(kMasterAbsentCacheMisses, [this] { return options_.core->GetAbsentStats().misses; });
  Add(kMasterAbsentCacheSize, [this] { return options_.core->GetAbsentStats().size; });
}

void MasterMetrics::AddCounts(const InodeCounts& before) {
  using namespace metrics;  // NOLINT
  const InodeTree* const tree = &options_.core->ns().tree;
  const auto add = [&](const char* name, int64_t InodeCounts::*which) {
    Add(name, [tree, which, base = before.*which] { return base + tree->Changes().*which; });
  };
  add(kMasterTotalPaths, &InodeCounts::paths);
  add(kMasterFilesPinned, &InodeCounts::pinned);
  add(kMasterFilesToPersist, &InodeCounts::to_persist);
  add(kMasterTtlInodes, &InodeCounts::ttl);
  add(kMasterReplicationLimitedFiles, &InodeCounts::replication);
}

void MasterMetrics::AddRootSpace() {
  using namespace metrics;  // NOLINT
  Add(kClusterRootUfsCapacityTotal, [this] { return RootSpace().total; });
  Add(kClusterRootUfsCapacityUsed, [this] { return RootSpace().used; });
  Add(kClusterRootUfsCapacityFree, [this] {
    const Space space = RootSpace();
    return space.total >= 0 && space.used >= 0 ? std::max<int64_t>(0, space.total - space.used) : -1;
  });
  RootSpace();  // so that the first who asks gets an answer
}

MasterMetrics::Space MasterMetrics::RootSpace() {
  Space space;
  {
    const absl::Time now = options_.clock->Now();
    MutexLock lock(&mutex_);
    space = space_;
    if (asking_ || now - asked_ < kSpaceAge) return space;
    asking_ = true;
    asked_ = now;
  }
  if (!options_.executor->Submit([this] { AskRootSpace(); })) {
    MutexLock lock(&mutex_);
    asking_ = false;
  }
  return space;
}

void MasterMetrics::AskRootSpace() {
  Space space;
  NamespaceState& ns = options_.core->ns();
  if (const MountPtr root = ns.mounts.At("/"); root != nullptr) {
    if (const auto ufs = ns.mounts.Ufs(*root); ufs.ok()) {
      if (const auto said = (*ufs)->GetSpace(); said.ok()) {
        space = {.total = said->total_bytes, .used = said->used_bytes};
      }
    }
  }
  MutexLock lock(&mutex_);
  space_ = space;
  asking_ = false;
}

}  // namespace alluxio::master
