#include "alluxio/rpc/retry.h"

#include <algorithm>

namespace alluxio::rpc {

bool IsRetryable(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kCancelled:
    case absl::StatusCode::kUnauthenticated:
    case absl::StatusCode::kUnimplemented:
      return true;
    default:
      return false;
  }
}

bool RetryPolicy::Attempt() {
  if (attempts_ == 0) {
    attempts_ = 1;
    end_ = clock_->Now() + options_.max_duration;
    sleep_ = options_.base_sleep;
    return true;
  }
  const absl::Duration left = end_ - clock_->Now();
  if (left <= absl::ZeroDuration()) return false;
  clock_->Sleep(std::min(sleep_, left));
  sleep_ = std::min(sleep_ * 2, options_.max_sleep);
  ++attempts_;
  return true;
}

}  // namespace alluxio::rpc
