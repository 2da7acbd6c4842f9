#ifndef ALLUXIO_WORKER_HEARTBEAT_MASTER_LINK_H_
#define ALLUXIO_WORKER_HEARTBEAT_MASTER_LINK_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "alluxio/worker/ufsread/ufs_manager.h"
#include "grpc/block_master.pb.h"

namespace alluxio::stub {
class MasterStub;
}  // namespace alluxio::stub

namespace alluxio::worker {

// A worker's calls to its master: BlockMasterWorkerService and
// FileSystemMasterWorkerService. The seam where tests put a master of their own.
//
// Thread-safe; calls block. Each is one attempt (whoever calls knows whether and
// when to repeat it), but for a patient GetUfsInfo, which is repeated as clients'
// calls are.
class MasterLink {
 public:
  virtual ~MasterLink() = default;

  virtual absl::StatusOr<int64_t> GetWorkerId(const grpc::WorkerNetAddress& address) = 0;
  // Whether the worker may register now.
  virtual absl::StatusOr<bool> RequestRegisterLease(int64_t worker_id, int64_t block_count) = 0;
  // The registration as a stream; `next` as in stub::RegisterWorkerStream.
  virtual absl::Status Register(absl::FunctionRef<bool(grpc::block::RegisterWorkerPRequest*)> next) = 0;
  virtual absl::StatusOr<grpc::Command> BlockHeartbeat(const grpc::block::BlockHeartbeatPRequest& request) = 0;

  // Which files every user may read, and in which state of the namespace that
  // was so: another generation means that it may be different by now.
  struct ReadAccess {
    int64_t generation = 0;
    std::vector<bool> readable_by_all;
  };
  // Answers for the block's file. A master of the original says nothing of it: yes.
  virtual absl::StatusOr<ReadAccess> CommitBlock(const grpc::block::CommitBlockPRequest& request) = 0;
  // One answer for each id (at most 10,000). UNIMPLEMENTED: a master of the original.
  virtual absl::StatusOr<ReadAccess> GetReadAccess(const std::vector<int64_t>& file_ids) = 0;

  virtual absl::Status CommitBlockInUfs(int64_t block_id, int64_t length_bytes) = 0;
  virtual absl::StatusOr<std::vector<int64_t>> GetPinnedFileIds() = 0;
  // `patient`: waits for a master, if there is none now.
  virtual absl::StatusOr<UfsManager::Mount> GetUfsInfo(int64_t mount_id, bool patient) = 0;
};

// Over the wire. `once` makes one attempt a call (retry.max_duration 0),
// `patient` repeats; both outlive the link.
std::unique_ptr<MasterLink> MakeMasterLink(stub::MasterStub* once, stub::MasterStub* patient);

}  // namespace alluxio::worker

#endif  // ALLUXIO_WORKER_HEARTBEAT_MASTER_LINK_H_
