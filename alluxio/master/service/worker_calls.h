#ifndef ALLUXIO_MASTER_SERVICE_WORKER_CALLS_H_
#define ALLUXIO_MASTER_SERVICE_WORKER_CALLS_H_

#include <map>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "alluxio/base/mutex.h"
#include "alluxio/rpc/channel.h"
#include "alluxio_native/worker.pb.h"
#include "grpc/common.pb.h"

namespace alluxio::master {

// The master's own calls to workers. One channel is kept for each worker.
// Thread-safe; calls block.
class WorkerCalls {
 public:
  // `channel.target` is set for each worker.
  explicit WorkerCalls(rpc::ChannelOptions channel) : options_(std::move(channel)) {}

  // NativeWorkerService.PersistFile, once. Errors: the worker's; UNAVAILABLE it
  // can't be reached; UNIMPLEMENTED it is a worker of the original;
  // DEADLINE_EXCEEDED.
  absl::StatusOr<native::PersistFileResponse> PersistFile(const grpc::WorkerNetAddress& worker,
                                                          const native::PersistFileRequest& request,
                                                          absl::Time deadline);

 private:
  std::shared_ptr<rpc::AuthenticatedChannel> ChannelTo(const grpc::WorkerNetAddress& worker);

  const rpc::ChannelOptions options_;
  Mutex mutex_;
  std::map<std::string, std::shared_ptr<rpc::AuthenticatedChannel>> channels_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace alluxio::master

#endif  // ALLUXIO_MASTER_SERVICE_WORKER_CALLS_H_
