#ifndef ALLUXIO_MASTER_META_TIME_SERIES_H_
#define ALLUXIO_MASTER_META_TIME_SERIES_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "alluxio/base/clock.h"
#include "alluxio/base/mutex.h"
#include "alluxio/metrics/metrics.h"

namespace alluxio::master {

// What the web UI's metrics page draws: how much space is used, and the bytes read
// and written a minute, over the time. Keeps the latest points alone. Thread-safe.
class TimeSeries {
 public:
  // Two days of points every five minutes; 80 bytes each.
  static constexpr size_t kPoints = 576;

  // Both outlive this.
  TimeSeries(const metrics::MetricsRegistry* metrics, const Clock* clock, size_t points = kPoints)
      : metrics_(metrics), clock_(clock), max_points_(points) {}

  // Heartbeat: a point for each series, from the gauges.
  void Record() ABSL_LOCKS_EXCLUDED(mutex_);

  struct Series {
    std::string name;
    std::vector<std::pair<int64_t, double>> points;  // when (in ms), how much; the oldest first
  };
  // Empty before the first point.
  std::vector<Series> Get() const ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  static constexpr size_t kSeries = 10;
  struct Point {
    int64_t time_ms = 0;
    std::array<double, kSeries> values{};
  };

  const metrics::MetricsRegistry* const metrics_;
  const Clock* const clock_;
  const size_t max_points_;
  mutable Mutex mutex_;
  std::deque<Point> points_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace alluxio::master

#endif  // ALLUXIO_MASTER_META_TIME_SERIES_H_
