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
                         const Request& request, absl::AnyInvocable<void(absl::StatusOr<Response>)> done) {
  // Shared, as a task must be copyable.
  const auto shared = std::make_shared<absl::AnyInvocable<void(absl::StatusOr<Response>)>>(std::move(done));
  const bool accepted = connectors_.Submit([this, channel = ChannelTo(worker), method, request, shared] {
    stub::CallOnceAsync(
        channel, method, request,
        [shared, target = channel->options().target](absl::StatusOr<Response> result) {
          if (!result.ok()) result = Annotate(result.status(), absl::StrCat("worker ", target));
          (*shared)(std::move(result));
        },
        {.deadline = absl::Now() + options_.timeout, .group = &calls_});
  });
  if (!accepted) (*shared)(absl::ResourceExhaustedError("too many orders wait for workers"));
}

void WorkerClient::Persist(const grpc::WorkerNetAddress& worker, const PersistFileRequest& request, Done done) {
  Order(worker, stub::kPersistFile, request, std::move(done));
}

void WorkerClient::Load(const grpc::WorkerNetAddress& worker, const grpc::block::LoadRequest& request, LoadDone done) {
  Order(worker, stub::kLoad, request, std::move(done));
}

}  // namespace alluxio::master
