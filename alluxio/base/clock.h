#ifndef ALLUXIO_BASE_CLOCK_H_
#define ALLUXIO_BASE_CLOCK_H_

#include <cstdint>

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace alluxio {

// Where the time comes from. Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual absl::Time Now() const = 0;
  virtual void Sleep(absl::Duration duration) = 0;

  int64_t NowMillis() const { return absl::ToUnixMillis(Now()); }

  // The machine's clock; lives for ever.
  static Clock* System();
};

}  // namespace alluxio

#endif  // ALLUXIO_BASE_CLOCK_H_
