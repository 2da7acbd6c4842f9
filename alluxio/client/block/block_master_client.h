#ifndef ALLUXIO_CLIENT_BLOCK_BLOCK_MASTER_CLIENT_H_
#define ALLUXIO_CLIENT_BLOCK_BLOCK_MASTER_CLIENT_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "alluxio/client/context.h"
#include "alluxio/client/types.h"

namespace alluxio::client {

// Which workers there are and what they hold, as the master knows it. Also the
// few calls of a command to one worker. Thread-safe; errors as the master's.
class BlockMasterClient {
 public:
  static std::unique_ptr<BlockMasterClient> Create(std::shared_ptr<ClientContext> context);
  virtual ~BlockMasterClient() = default;

  virtual absl::StatusOr<std::vector<WorkerInfo>> GetWorkerInfoList() = 0;

  enum class WorkerRange { kAll = 1, kLive = 2, kLost = 3, kSpecified = 4, kDecommissioned = 5 };
  // All fields are asked for. `addresses`: hosts, for kSpecified.
  virtual absl::StatusOr<std::vector<WorkerInfo>> GetWorkerReport(WorkerRange range,
                                                                  const std::vector<std::string>& addresses = {}) = 0;
  struct LostStorage {
    WorkerNetAddress address;
    std::map<std::string, std::vector<std::string>> paths_by_tier;
  };
  virtual absl::StatusOr<std::vector<LostStorage>> GetWorkerLostStorage() = 0;

  virtual absl::StatusOr<BlockInfo> GetBlockInfo(int64_t block_id) = 0;
  // All fields.
  virtual absl::StatusOr<BlockMasterInfo> GetBlockMasterInfo() = 0;
  virtual absl::StatusOr<int64_t> GetCapacityBytes() = 0;
  virtual absl::StatusOr<int64_t> GetUsedBytes() = 0;

  virtual absl::Status DecommissionWorker(const std::string& host, int web_port, bool can_register_again) = 0;
  virtual absl::Status RemoveDisabledWorker(const std::string& host, int web_port) = 0;

  // To one worker: drops all its cached data, its metrics.
  virtual absl::Status FreeWorker(const WorkerNetAddress& worker) = 0;
  virtual absl::Status ClearWorkerMetrics(const WorkerNetAddress& worker) = 0;
};

}  // namespace alluxio::client

#endif  // ALLUXIO_CLIENT_BLOCK_BLOCK_MASTER_CLIENT_H_
