#ifndef ALLUXIO_MASTER_UPKEEP_PERSIST_CLIENT_H_
#define ALLUXIO_MASTER_UPKEEP_PERSIST_CLIENT_H_

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "alluxio_native/worker.pb.h"
#include "grpc/common.pb.h"

namespace alluxio::master {

// Orders a worker to write a file to its under store (NativeWorkerService).
// Thread-safe.
class PersistClient {
 public:
  virtual ~PersistClient() = default;

  using Done = absl::AnyInvocable<void(absl::StatusOr<native::PersistFileResponse>)>;
  // Does not block; `done` runs exactly once, in any thread, also when the worker
  // never answers (DEADLINE_EXCEEDED).
  virtual void Persist(const grpc::WorkerNetAddress& worker, const native::PersistFileRequest& request, Done done) = 0;
};

}  // namespace alluxio::master

#endif  // ALLUXIO_MASTER_UPKEEP_PERSIST_CLIENT_H_
