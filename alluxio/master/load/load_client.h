#ifndef ALLUXIO_MASTER_LOAD_LOAD_CLIENT_H_
#define ALLUXIO_MASTER_LOAD_LOAD_CLIENT_H_

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "grpc/block_worker.pb.h"
#include "grpc/common.pb.h"

namespace alluxio::master {

// Orders a worker to load blocks from their under stores (BlockWorker.Load).
// Thread-safe.
class LoadClient {
 public:
  virtual ~LoadClient() = default;

  using LoadDone = absl::AnyInvocable<void(absl::StatusOr<grpc::block::LoadResponse>)>;
  // Does not block; `done` runs exactly once, in any thread, also when the worker
  // never answers (DEADLINE_EXCEEDED).
  virtual void Load(const grpc::WorkerNetAddress& worker, const grpc::block::LoadRequest& request, LoadDone done) = 0;
};

}  // namespace alluxio::master

#endif  // ALLUXIO_MASTER_LOAD_LOAD_CLIENT_H_
