#ifndef ALLUXIO_TESTING_FAKES_FAKE_CLOCK_H_
#define ALLUXIO_TESTING_FAKES_FAKE_CLOCK_H_

#include "alluxio/base/clock.h"
#include "alluxio/base/mutex.h"

namespace alluxio::test {

// A clock that stands still until a test moves it. `Sleep` moves it as well,
// so that code under test never really waits. Thread-safe.
class FakeClock final : public Clock {
 public:
  explicit FakeClock(absl::Time start = absl::FromUnixSeconds(1'700'000'000)) : now_(start) {}

  absl::Time Now() const override {
    MutexLock lock(&mutex_);
    return now_;
  }
  void Sleep(absl::Duration duration) override { Advance(duration); }
  void Advance(absl::Duration duration) {
    MutexLock lock(&mutex_);
    now_ += duration;
  }

 private:
  mutable Mutex mutex_;
  absl::Time now_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace alluxio::test

#endif  // ALLUXIO_TESTING_FAKES_FAKE_CLOCK_H_
