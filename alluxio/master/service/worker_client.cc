#include "alluxio/master/service/worker_client.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/stub/worker_methods.h"

namespace alluxio::master {

using native::PersistFileRequest;

std::shared_ptr<rpc::AuthenticatedChannel> WorkerClient::ChannelTo(const grpc::WorkerNetAddress& worker) {
  const std::string& host = worker.containerhost().empty() ? worker.host() : worker.containerhost();
  std::string target = absl::StrCat(host, ":", worker.dataport());
  MutexLock lock(&mutex_);
  std::shared_ptr<rpc::AuthenticatedChannel>& channel = channels_[target];
  if (!channel) {
    rpc::ChannelOptions options = options_.channel;
    options.target = std::move(target);
    channel = rpc::AuthenticatedChannel::Create(std::move(options));
  }
  return channel;
}

template <typename Request, typename Response>
void WorkerClient::Order(const grpc::WorkerNetAddress& worker, const stub::Method<Request, Response>& method,
                         const Request& request, absl::AnyInvocable<void(absl::StatusOr<Response>)> done,
                         absl::Duration more_time) {
  // Shared, as a task must be copyable.
  const auto shared = std::make_shared<absl::AnyInvocable<void(absl::StatusOr<Response>)>>(std::move(done));
  const bool accepted = connectors_.Submit([this, channel = ChannelTo(worker), method, request, shared, more_time] {
    stub::CallOnceAsync(
        channel, method, request,
        [shared, target = channel->options().target](absl::StatusOr<Response> result) {
          if (!result.ok()) result = Annotate(result.status(), absl::StrCat("worker ", target));
          (*shared)(std::move(result));
        },
        {.deadline = absl::Now() + options_.timeout + more_time, .group = &calls_});
  });
  if (!accepted) (*shared)(absl::ResourceExhaustedError("too many orders wait for workers"));
}

void WorkerClient::Persist(const grpc::WorkerNetAddress& worker, const PersistFileRequest& request, Done done) {
  Order(worker, stub::kPersistFile, request, std::move(done));
}

void WorkerClient::Load(const grpc::WorkerNetAddress& worker, const grpc::block::LoadRequest& request, LoadDone done) {
  absl::Duration paced;  // what the job's bandwidth makes of it
  if (const int64_t bandwidth = request.options().bandwidth(); bandwidth > 0) {
    for (const grpc::block::Block& block : request.blocks()) {
      paced += absl::Seconds(static_cast<double>(block.length()) / static_cast<double>(bandwidth));
    }
  }
  Order(worker, stub::kLoad, request, std::move(done), paced);
}

}  // namespace alluxio::master
