#ifndef ALLUXIO_METRICS_RATE_H_
#define ALLUXIO_METRICS_RATE_H_

#include <cstdint>

#include "absl/time/time.h"
#include "alluxio/base/clock.h"
#include "alluxio/base/mutex.h"

namespace alluxio::metrics {

// How much came a second, over about the last minute: an average in which what is
// old counts less and less, renewed every five seconds, as that of the original's
// meters. Thread-safe.
class OneMinuteRate {
 public:
  // Not owned.
  explicit OneMinuteRate(const Clock* clock);

  void Mark(int64_t n) ABSL_LOCKS_EXCLUDED(mutex_);
  double PerSecond() const ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  // Puts what came in the intervals that are over into the average.
  void RenewLocked() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Clock* const clock_;
  mutable Mutex mutex_;
  mutable absl::Time renewed_ ABSL_GUARDED_BY(mutex_);
  mutable int64_t fresh_ ABSL_GUARDED_BY(mutex_) = 0;
  mutable double rate_ ABSL_GUARDED_BY(mutex_) = 0;
  mutable bool first_ ABSL_GUARDED_BY(mutex_) = true;
};

}  // namespace alluxio::metrics

#endif  // ALLUXIO_METRICS_RATE_H_
