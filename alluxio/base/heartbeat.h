#ifndef ALLUXIO_BASE_HEARTBEAT_H_
#define ALLUXIO_BASE_HEARTBEAT_H_

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "alluxio/base/clock.h"
#include "alluxio/base/mutex.h"

namespace alluxio {

// The periodic work of one process, by name.
//
// In production each heartbeat has a thread that runs it every `interval`. With
// `stepped`, nothing runs by itself: a test calls `Run(name)`, which returns
// when that one round is over. Thread-safe.
class HeartbeatSet {
 public:
  // `clock` says how much of an interval is over; waiting itself is of the
  // machine's time. It must outlive this.
  explicit HeartbeatSet(bool stepped, Clock* clock = Clock::System()) : stepped_(stepped), clock_(clock) {}
  ~HeartbeatSet() { Stop(); }

  // `work` must not throw; it logs its own errors. An interval below a
  // millisecond counts as one. Not after Stop().
  void Add(std::string name, absl::Duration interval, std::function<void()> work);

  // From now on a round every `interval`: the wait under way, too, ends that long
  // after it began, at once if this is over. NOT_FOUND: no such heartbeat.
  absl::Status SetInterval(absl::string_view name, absl::Duration interval);

  // Runs one round in the calling thread, after one that is under way.
  // NOT_FOUND: no such heartbeat.
  absl::Status Run(absl::string_view name);

  // Runs a round soon, without waiting for the interval. No effect if unknown.
  void Wake(absl::string_view name);

  // Joins the threads; a round under way is finished first.
  void Stop();

 private:
  struct Beat;
  std::shared_ptr<Beat> Find(absl::string_view name);

  const bool stepped_;
  Clock* const clock_;
  Mutex mutex_;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::shared_ptr<Beat>> beats_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace alluxio

#endif  // ALLUXIO_BASE_HEARTBEAT_H_
