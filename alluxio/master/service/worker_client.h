#ifndef ALLUXIO_MASTER_SERVICE_WORKER_CLIENT_H_
#define ALLUXIO_MASTER_SERVICE_WORKER_CLIENT_H_

#include <map>
#include <memory>
#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "alluxio/base/executor.h"
#include "alluxio/base/mutex.h"
#include "alluxio/master/load/load_client.h"
#include "alluxio/master/upkeep/persist_client.h"
#include "alluxio/rpc/channel.h"
#include "alluxio/stub/call.h"

namespace alluxio::master {

// The master's orders to the workers, over one channel for each worker:
// NativeWorkerService.PersistFile and BlockWorker.Load. Errors, besides the
// worker's own: UNAVAILABLE it can't be reached; UNIMPLEMENTED (PersistFile) it is
// a worker of the original; RESOURCE_EXHAUSTED too many orders wait.
class WorkerClient final : public PersistClient, public LoadClient {
 public:
  struct Options {
    // `target` is set for each worker.
    rpc::ChannelOptions channel;
    // Of one order: moving large files takes its time; a worker that has gone
    // is noticed by the connection's pings. A load with a bandwidth has the time of
    // its bytes besides.
    absl::Duration timeout = absl::Hours(1);
  };
  explicit WorkerClient(Options options) : options_(std::move(options)) {}

  void Persist(const grpc::WorkerNetAddress& worker, const native::PersistFileRequest& request, Done done) override;
  void Load(const grpc::WorkerNetAddress& worker, const grpc::block::LoadRequest& request, LoadDone done) override;

  // All orders end CANCELLED; before what waits for them is destroyed.
  void Cancel() { calls_.Cancel(); }

 private:
  std::shared_ptr<rpc::AuthenticatedChannel> ChannelTo(const grpc::WorkerNetAddress& worker);
  template <typename Request, typename Response>
  void Order(const grpc::WorkerNetAddress& worker, const stub::Method<Request, Response>& method,
             const Request& request, absl::AnyInvocable<void(absl::StatusOr<Response>)> done,
             absl::Duration more_time = absl::ZeroDuration());

  const Options options_;
  stub::CallGroup calls_;
  Mutex mutex_;
  std::map<std::string, std::shared_ptr<rpc::AuthenticatedChannel>> channels_ ABSL_GUARDED_BY(mutex_);
  // Connecting blocks. Last: its threads use the above.
  ThreadPool connectors_{{.name = "worker-connect", .threads = 2, .queue_limit = 1000}};
};

}  // namespace alluxio::master

#endif  // ALLUXIO_MASTER_SERVICE_WORKER_CLIENT_H_
