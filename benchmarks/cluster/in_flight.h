#ifndef ALLUXIO_BENCHMARKS_CLUSTER_IN_FLIGHT_H_
#define ALLUXIO_BENCHMARKS_CLUSTER_IN_FLIGHT_H_

#include <algorithm>
#include <cstdint>
#include <functional>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "alluxio/base/mutex.h"

namespace alluxio::benchmarks {

// What one run of a row measured.
struct Measured {
  int64_t operations = 0;
  double seconds = 0;
  double p50_us = 0;
  double p99_us = 0;
  absl::Status first_error;

  double PerSecond() const { return seconds > 0 ? static_cast<double>(operations) / seconds : 0; }
};

using OperationDone = std::function<void(const absl::Status&)>;
// Starts operation `index`, and calls `done` once, from any thread, at its end.
using StartOperation = std::function<void(int64_t index, OperationDone done)>;

// Runs operations 0 to `total` - 1, `in_flight` at a time: the end of one starts
// the next, in the thread that ended it. Stops early at the first error.
inline Measured RunInFlight(int in_flight, int64_t total, const StartOperation& start) {
  struct State {
    Mutex mutex;
    CondVar changed;
    int64_t next ABSL_GUARDED_BY(mutex) = 0;
    int64_t finished ABSL_GUARDED_BY(mutex) = 0;
    int running ABSL_GUARDED_BY(mutex) = 0;
    absl::Status error ABSL_GUARDED_BY(mutex);
    std::vector<float> micros ABSL_GUARDED_BY(mutex);
  } state;
  {
    MutexLock lock(&state.mutex);
    state.micros.reserve(static_cast<size_t>(total));
  }

  // A completion that comes within the start must not recurse without end:
  // gRPC completes in its own threads, so it does not.
  std::function<void()> launch = [&] {
    int64_t index;
    {
      MutexLock lock(&state.mutex);
      if (state.next >= total || !state.error.ok()) return;
      index = state.next++;
      ++state.running;
    }
    const absl::Time begin = absl::Now();
    start(index, [&, begin](const absl::Status& status) {
      const double took = absl::ToDoubleMicroseconds(absl::Now() - begin);
      {
        MutexLock lock(&state.mutex);
        state.micros.push_back(static_cast<float>(took));
        if (status.ok()) ++state.finished;
        if (!status.ok() && state.error.ok()) state.error = status;
      }
      launch();
      MutexLock lock(&state.mutex);
      if (--state.running == 0) state.changed.SignalAll();
    });
  };

  const absl::Time begin = absl::Now();
  for (int i = 0; i < in_flight; ++i) launch();
  MutexLock lock(&state.mutex);
  while (state.running > 0) state.changed.Wait(&state.mutex);
  Measured measured;
  measured.operations = state.finished;
  measured.seconds = absl::ToDoubleSeconds(absl::Now() - begin);
  measured.first_error = state.error;
  if (!state.micros.empty()) {
    const auto at = [&](double share) {
      auto nth = state.micros.begin() + static_cast<int64_t>(share * static_cast<double>(state.micros.size() - 1));
      std::nth_element(state.micros.begin(), nth, state.micros.end());
      return static_cast<double>(*nth);
    };
    measured.p50_us = at(0.5);
    measured.p99_us = at(0.99);
  }
  return measured;
}

}  // namespace alluxio::benchmarks

#endif  // ALLUXIO_BENCHMARKS_CLUSTER_IN_FLIGHT_H_
