#include "alluxio/master/meta/time_series.h"

#include <cmath>

#include "alluxio/metrics/metric_names.h"

namespace alluxio::master {
namespace {

// A gauge, or how many per cent one is of another.
constexpr struct {
  const char* name;
  const char* gauge;
  const char* whole;
} kSeriesOf[] = {
    {"% Alluxio Space Used", metrics::kClusterCapacityUsed, metrics::kClusterCapacityTotal},
    {"% UFS Space Used", metrics::kClusterRootUfsCapacityUsed, metrics::kClusterRootUfsCapacityTotal},
    {metrics::kClusterBytesReadLocalThroughput, metrics::kClusterBytesReadLocalThroughput, nullptr},
    {metrics::kClusterBytesReadDomainThroughput, metrics::kClusterBytesReadDomainThroughput, nullptr},
    {metrics::kClusterBytesReadRemoteThroughput, metrics::kClusterBytesReadRemoteThroughput, nullptr},
    {metrics::kClusterBytesReadUfsThroughput, metrics::kClusterBytesReadUfsThroughput, nullptr},
    {metrics::kClusterBytesWrittenLocalThroughput, metrics::kClusterBytesWrittenLocalThroughput, nullptr},
    {metrics::kClusterBytesWrittenRemoteThroughput, metrics::kClusterBytesWrittenRemoteThroughput, nullptr},
    {metrics::kClusterBytesWrittenDomainThroughput, metrics::kClusterBytesWrittenDomainThroughput, nullptr},
    {metrics::kClusterBytesWrittenUfsThroughput, metrics::kClusterBytesWrittenUfsThroughput, nullptr},
};

}  // namespace

void TimeSeries::Record() {
  static_assert(std::size(kSeriesOf) == kSeries);
  const metrics::Snapshot snapshot = metrics_->Collect();
  const auto number = [&](const char* name) {
    const auto found = snapshot.find(name);
    return found == snapshot.end() ? 0.0 : found->second.AsDouble();
  };
  Point point;
  point.time_ms = clock_->NowMillis();
  for (size_t i = 0; i < kSeries; ++i) {
    point.values[i] = number(kSeriesOf[i].gauge);
    if (kSeriesOf[i].whole == nullptr) continue;
    const double whole = number(kSeriesOf[i].whole);
    point.values[i] = whole > 0 ? std::floor(100 * point.values[i] / whole) : 0;
  }
  MutexLock lock(&mutex_);
  points_.push_back(point);
  if (points_.size() > max_points_) points_.pop_front();
}

std::vector<TimeSeries::Series> TimeSeries::Get() const {
  std::vector<Series> all;
  MutexLock lock(&mutex_);
  if (points_.empty()) return all;
  for (size_t i = 0; i < kSeries; ++i) {
    Series& series = all.emplace_back(Series{.name = kSeriesOf[i].name, .points = {}});
    for (const Point& point : points_) series.points.emplace_back(point.time_ms, point.values[i]);
  }
  return all;
}

}  // namespace alluxio::master
