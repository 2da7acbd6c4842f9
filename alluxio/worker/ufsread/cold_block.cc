#include "alluxio/worker/ufsread/cold_block.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "alluxio/base/mutex.h"

namespace alluxio::worker {

absl::StatusOr<ColdBytes> ColdReader::ReadBlocking(int64_t offset, size_t max_bytes, absl::Time deadline) {
  std::optional<absl::StatusOr<ColdBytes>> result;
  Notification answered;
  Read(offset, max_bytes, [&](absl::StatusOr<ColdBytes> bytes) {
    result = std::move(bytes);
    answered.Notify();
  });
  if (deadline == absl::InfiniteFuture()) {
    answered.Wait();
  } else if (!answered.WaitFor(deadline - absl::Now())) {
    Cancel();
    if (!result.has_value()) {
      return absl::DeadlineExceededError(absl::StrCat("The under store has not answered for offset ", offset, " yet."));
    }
  }
  return *std::move(result);
}

}  // namespace alluxio::worker
