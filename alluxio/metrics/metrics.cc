#include "alluxio/metrics/metrics.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "alluxio/base/check.h"

namespace alluxio::metrics {

struct GaugeHandle::Gauge {
  explicit Gauge(std::function<GaugeValue()> callback) : callback(std::move(callback)) {}

  // Held while the callback runs: whoever takes the gauge away waits for it.
  Mutex mutex;
  std::function<GaugeValue()> callback ABSL_GUARDED_BY(mutex);
};

absl::string_view MetricTypeName(MetricType type) {
  switch (type) {
    case MetricType::kGauge: return "GAUGE";
    case MetricType::kCounter: return "COUNTER";
    case MetricType::kMeter: return "METER";
    case MetricType::kTimer: return "TIMER";
    case MetricType::kHistogram: return "HISTOGRAM";
  }
  return "GAUGE";
}

void Timer::Record(absl::Duration duration) {
  const int64_t nanos = std::max<int64_t>(0, absl::ToInt64Nanoseconds(duration));
  count_.fetch_add(1, std::memory_order_relaxed);
  sum_nanos_.fetch_add(nanos, std::memory_order_relaxed);
  int64_t max = max_nanos_.load(std::memory_order_relaxed);
  while (nanos > max && !max_nanos_.compare_exchange_weak(max, nanos, std::memory_order_relaxed)) {
  }
}

void Timer::Reset() {
  count_.store(0, std::memory_order_relaxed);
  sum_nanos_.store(0, std::memory_order_relaxed);
  max_nanos_.store(0, std::memory_order_relaxed);
}

double MetricValue::AsDouble() const {
  if (const int64_t* number = std::get_if<int64_t>(&value)) return static_cast<double>(*number);
  if (const double* real = std::get_if<double>(&value)) return *real;
  return 0;
}

GaugeHandle::GaugeHandle(MetricsRegistry* registry, std::string name, std::shared_ptr<Gauge> gauge)
    : registry_(registry), name_(std::move(name)), gauge_(std::move(gauge)) {}

GaugeHandle& GaugeHandle::operator=(GaugeHandle&& other) noexcept {
  if (this == &other) return *this;
  Release();
  registry_ = std::exchange(other.registry_, nullptr);
  name_ = std::move(other.name_);
  gauge_ = std::move(other.gauge_);
  return *this;
}

void GaugeHandle::Release() {
  if (registry_ == nullptr) return;
  registry_->Remove(name_, gauge_.get());
  {
    MutexLock lock(&gauge_->mutex);
    gauge_->callback = nullptr;
  }
  registry_ = nullptr;
  gauge_.reset();
}

Counter& MetricsRegistry::GetCounter(absl::string_view name) {
  MutexLock lock(&mutex_);
  ALLUXIO_CHECK(!timers_.contains(name) && !gauges_.contains(name));
  std::unique_ptr<Counter>& counter = counters_[name];
  if (counter == nullptr) counter = std::make_unique<Counter>();
  return *counter;
}

Timer& MetricsRegistry::GetTimer(absl::string_view name) {
  MutexLock lock(&mutex_);
  ALLUXIO_CHECK(!counters_.contains(name) && !gauges_.contains(name));
  std::unique_ptr<Timer>& timer = timers_[name];
  if (timer == nullptr) timer = std::make_unique<Timer>();
  return *timer;
}

GaugeHandle MetricsRegistry::RegisterGauge(absl::string_view name, std::function<GaugeValue()> callback) {
  auto gauge = std::make_shared<GaugeHandle::Gauge>(std::move(callback));
  MutexLock lock(&mutex_);
  ALLUXIO_CHECK(!counters_.contains(name) && !timers_.contains(name));
  gauges_.insert_or_assign(std::string(name), gauge);
  return GaugeHandle(this, std::string(name), std::move(gauge));
}

void MetricsRegistry::Remove(const std::string& name, const GaugeHandle::Gauge* gauge) {
  MutexLock lock(&mutex_);
  const auto found = gauges_.find(name);
  // Another may have taken its place.
  if (found != gauges_.end() && found->second.get() == gauge) gauges_.erase(found);
}

Snapshot MetricsRegistry::Collect() const {
  Snapshot snapshot;
  std::vector<std::pair<std::string, std::shared_ptr<GaugeHandle::Gauge>>> gauges;
  {
    MutexLock lock(&mutex_);
    for (const auto& [name, counter] : counters_) {
      snapshot[name] = {.type = MetricType::kCounter, .value = counter->Value()};
    }
    for (const auto& [name, timer] : timers_) {
      snapshot[name] = {.type = MetricType::kTimer, .value = timer->Count(), .sum = timer->Sum(), .max = timer->Max()};
    }
    gauges.assign(gauges_.begin(), gauges_.end());
  }
  for (const auto& [name, gauge] : gauges) {
    MutexLock lock(&gauge->mutex);
    if (gauge->callback == nullptr) continue;  // just taken away
    snapshot[name] = {.type = MetricType::kGauge, .value = gauge->callback()};
  }
  return snapshot;
}

void MetricsRegistry::Reset() {
  MutexLock lock(&mutex_);
  for (const auto& [name, counter] : counters_) {
    // What is under way stays so; the names of such counts begin with Active.
    if (!absl::StrContains(name, ".Active")) counter->Take();
  }
  for (const auto& [name, timer] : timers_) timer->Reset();
}

std::string NameWithTags(absl::string_view name,
                         const std::vector<std::pair<absl::string_view, absl::string_view>>& tags) {
  std::string full(name);
  for (const auto& [tag, value] : tags) absl::StrAppend(&full, ".", tag, ":", value);
  return full;
}

std::string EscapeTag(absl::string_view value) {
  return absl::StrReplaceAll(value, {{"%", "%25"}, {"/", "%2F"}, {".", "%2E"}});
}

std::string UnescapeTag(absl::string_view value) {
  return absl::StrReplaceAll(value, {{"%25", "%"}, {"%2F", "/"}, {"%2E", "."}});
}

}  // namespace alluxio::metrics
