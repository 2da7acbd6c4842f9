#ifndef ALLUXIO_RPC_RETRY_H_
#define ALLUXIO_RPC_RETRY_H_

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "alluxio/base/clock.h"

namespace alluxio::rpc {

// UNAVAILABLE, CANCELLED, UNAUTHENTICATED and UNIMPLEMENTED: what the original's
// clients repeat, after having looked for the leader again. Every other code is
// final.
bool IsRetryable(const absl::Status& status);

struct RetryOptions {
  absl::Duration max_duration = absl::Minutes(2);  // alluxio.user.rpc.retry.max.duration
  absl::Duration base_sleep = absl::Milliseconds(50);
  absl::Duration max_sleep = absl::Seconds(3);
};

// Decides whether one operation is tried (again), with exponential sleeps
// between, bounded by time. For one operation in one thread:
//
//   RetryPolicy retry(options, clock);
//   while (retry.Attempt()) { ... if (done) return ...; }
class RetryPolicy {
 public:
  RetryPolicy(RetryOptions options, Clock* clock) : options_(options), clock_(clock) {}

  // True at once the first time; then after a sleep, or false when the time is
  // over. The last sleep is cut so that the last attempt falls on the limit.
  bool Attempt();

  int attempts() const { return attempts_; }

 private:
  const RetryOptions options_;
  Clock* const clock_;
  int attempts_ = 0;
  absl::Time end_;
  absl::Duration sleep_;
};

}  // namespace alluxio::rpc

#endif  // ALLUXIO_RPC_RETRY_H_
