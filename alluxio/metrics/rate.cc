#include "alluxio/metrics/rate.h"

#include <cmath>

namespace alluxio::metrics {
namespace {

constexpr absl::Duration kInterval = absl::Seconds(5);

}  // namespace

OneMinuteRate::OneMinuteRate(const Clock* clock) : clock_(clock), renewed_(clock->Now()) {}

void OneMinuteRate::RenewLocked() const {
  const absl::Time now = clock_->Now();
  const int64_t intervals = (now - renewed_) / kInterval;
  if (intervals <= 0) return;
  renewed_ += intervals * kInterval;
  const double seconds = absl::ToDoubleSeconds(kInterval);
  const double keep = std::exp(-seconds / 60);
  const double came = static_cast<double>(fresh_) / seconds;
  fresh_ = 0;
  // The first interval has nothing before it to be averaged with.
  rate_ = first_ ? came : came + keep * (rate_ - came);
  first_ = false;
  // Nothing came in those between it and now.
  rate_ *= std::pow(keep, static_cast<double>(intervals - 1));
}

void OneMinuteRate::Mark(int64_t n) {
  MutexLock lock(&mutex_);
  RenewLocked();
  fresh_ += n;
}

double OneMinuteRate::PerSecond() const {
  MutexLock lock(&mutex_);
  RenewLocked();
  return rate_;
}

}  // namespace alluxio::metrics
