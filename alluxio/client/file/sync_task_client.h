#ifndef ALLUXIO_CLIENT_FILE_SYNC_TASK_CLIENT_H_
#define ALLUXIO_CLIENT_FILE_SYNC_TASK_CLIENT_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "alluxio/client/context.h"

namespace alluxio::client {

// Metadata syncs of the master that can be watched (`alluxio fs loadMetadata -v2`).
// Thread-safe; errors as the master's.
class SyncTaskClient {
 public:
  explicit SyncTaskClient(std::shared_ptr<ClientContext> context) : context_(std::move(context)) {}

  enum class State { kUnknown = 0, kRunning = 1, kSucceeded = 2, kFailed = 3, kCanceled = 4 };
  struct Task {
    int64_t id = 0;
    State state = State::kUnknown;
    int64_t duration_ms = 0;
    int64_t operations = 0;
    struct Exception {
      std::string type, message, stack_trace;
    };
    std::optional<Exception> exception;
    std::string info;   // for people
    std::string stats;  // likewise
  };
  enum class Extent { kSelf = 0, kChildren = 1, kAll = 2 };
  enum class Order { kSingleListing = 0, kBreadthFirst = 1, kDepthFirst = 2 };

  // Returns when it is over; failures are in the tasks.
  absl::StatusOr<std::vector<Task>> Sync(const std::string& path, Extent extent, Order order);
  struct Group {
    int64_t id = 0;
    std::vector<int64_t> task_ids;
  };
  absl::StatusOr<Group> SyncAsync(const std::string& path, Extent extent, Order order);
  // NOT_FOUND: no such group.
  absl::StatusOr<std::vector<Task>> Progress(int64_t group_id);
  absl::Status Cancel(int64_t group_id);

 private:
  const std::shared_ptr<ClientContext> context_;
};

}  // namespace alluxio::client

#endif  // ALLUXIO_CLIENT_FILE_SYNC_TASK_CLIENT_H_
