#include "alluxio/base/clock.h"

namespace alluxio {
namespace {

class SystemClock final : public Clock {
 public:
  absl::Time Now() const override { return absl::Now(); }
  void Sleep(absl::Duration duration) override { absl::SleepFor(duration); }
};

}  // namespace

Clock* Clock::System() {
  static auto* const clock = new SystemClock;
  return clock;
}

}  // namespace alluxio
