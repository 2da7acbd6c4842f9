#ifndef ALLUXIO_METRICS_METRICS_H_
#define ALLUXIO_METRICS_METRICS_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "alluxio/base/clock.h"
#include "alluxio/base/mutex.h"

namespace alluxio::metrics {

// The numbers of `alluxio.grpc.MetricType`.
enum class MetricType { kGauge = 0, kCounter = 1, kMeter = 2, kTimer = 3, kHistogram = 5 };
absl::string_view MetricTypeName(MetricType type);  // "COUNTER", ...

// Counts up (and, for things under way, down). Thread-safe and cheap: one
// relaxed atomic on a cache line of its own; orders nothing.
class alignas(64) Counter {
 public:
  void Inc(int64_t n = 1) { value_.fetch_add(n, std::memory_order_relaxed); }
  void Dec(int64_t n = 1) { value_.fetch_sub(n, std::memory_order_relaxed); }
  int64_t Value() const { return value_.load(std::memory_order_relaxed); }
  // Sets it to 0 and returns what it was.
  int64_t Take() { return value_.exchange(0, std::memory_order_relaxed); }

 private:
  std::atomic<int64_t> value_{0};
};

// How often something happened and how long it took. Thread-safe and cheap; a
// reader may see a count whose duration is not added yet.
class alignas(64) Timer {
 public:
  void Record(absl::Duration duration);
  int64_t Count() const { return count_.load(std::memory_order_relaxed); }
  absl::Duration Sum() const { return absl::Nanoseconds(sum_nanos_.load(std::memory_order_relaxed)); }
  absl::Duration Max() const { return absl::Nanoseconds(max_nanos_.load(std::memory_order_relaxed)); }
  void Reset();

 private:
  std::atomic<int64_t> count_{0};
  std::atomic<int64_t> sum_nanos_{0};
  std::atomic<int64_t> max_nanos_{0};
};

// Records the time from its construction to its end.
class ScopedTimer {
 public:
  ScopedTimer(Timer& timer, const Clock& clock) : timer_(timer), clock_(clock), start_(clock.Now()) {}
  ~ScopedTimer() { timer_.Record(clock_.Now() - start_); }
  ScopedTimer(const ScopedTimer&) = delete;
  ScopedTimer& operator=(const ScopedTimer&) = delete;

 private:
  Timer& timer_;
  const Clock& clock_;
  const absl::Time start_;
};

using GaugeValue = std::variant<int64_t, double, std::string>;

// What one metric said when it was asked.
struct MetricValue {
  MetricType type = MetricType::kGauge;
  // Counters: the count. Timers: how often. Gauges: what they say.
  GaugeValue value = int64_t{0};
  // Timers only.
  absl::Duration sum;
  absl::Duration max;

  // As a double, for the wire; 0 for text.
  double AsDouble() const;
};
using Snapshot = std::map<std::string, MetricValue>;

class MetricsRegistry;

// Takes its gauge out of the registry when it goes. Once its destructor (or
// Release()) has returned, the callback is not running and will not run again,
// so what the callback reads may go. Must not outlive the registry, and must not
// go from within its own callback.
class GaugeHandle {
 public:
  GaugeHandle() = default;
  GaugeHandle(GaugeHandle&& other) noexcept { *this = std::move(other); }
  GaugeHandle& operator=(GaugeHandle&& other) noexcept;
  ~GaugeHandle() { Release(); }
  void Release();

 private:
  friend class MetricsRegistry;
  struct Gauge;
  GaugeHandle(MetricsRegistry* registry, std::string name, std::shared_ptr<Gauge> gauge);
  MetricsRegistry* registry_ = nullptr;
  std::string name_;
  std::shared_ptr<Gauge> gauge_;
};

// The metrics of one process, by the original's names ("Master.FilesCreated",
// "Worker.BlocksCached", "Cluster.BytesReadLocal"; metric_names.h has them). An
// object like any other, so that several nodes can live in one process.
//
// Counters and timers are made when first asked for and live as long as the
// registry: look them up once and keep the reference. Thread-safe.
class MetricsRegistry {
 public:
  MetricsRegistry() = default;
  MetricsRegistry(const MetricsRegistry&) = delete;
  MetricsRegistry& operator=(const MetricsRegistry&) = delete;

  // To ask for one name both as a counter and as something else is a bug and
  // stops the process.
  Counter& GetCounter(absl::string_view name) ABSL_LOCKS_EXCLUDED(mutex_);
  Timer& GetTimer(absl::string_view name) ABSL_LOCKS_EXCLUDED(mutex_);

  // `callback` is called from Collect(), from any thread, but never twice at
  // once; it must be quick. A gauge that is registered again replaces the old.
  [[nodiscard]] GaugeHandle RegisterGauge(absl::string_view name, std::function<GaugeValue()> callback)
      ABSL_LOCKS_EXCLUDED(mutex_);

  // Everything there is, sorted by name. Calls the gauges.
  Snapshot Collect() const ABSL_LOCKS_EXCLUDED(mutex_);

  // Sets counters and timers to 0 (`fsadmin metrics clear`).
  void Reset() ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  friend class GaugeHandle;
  void Remove(const std::string& name, const GaugeHandle::Gauge* gauge) ABSL_LOCKS_EXCLUDED(mutex_);

  mutable Mutex mutex_;
  absl::flat_hash_map<std::string, std::unique_ptr<Counter>> counters_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<std::string, std::unique_ptr<Timer>> timers_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<std::string, std::shared_ptr<GaugeHandle::Gauge>> gauges_ ABSL_GUARDED_BY(mutex_);
};

// "Cluster.BytesReadPerUfs.UFS:%2Fdata" of "Cluster.BytesReadPerUfs" and
// {{"UFS", EscapeTag("/data")}}: names with tags, such as User and UFS.
std::string NameWithTags(absl::string_view name,
                         const std::vector<std::pair<absl::string_view, absl::string_view>>& tags);

// For URIs in tags: % / . become %25 %2F %2E; and back.
std::string EscapeTag(absl::string_view value);
std::string UnescapeTag(absl::string_view value);

}  // namespace alluxio::metrics

#endif  // ALLUXIO_METRICS_METRICS_H_
