#include "alluxio/master/service/worker_persist_client.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/stub/worker_methods.h"

namespace alluxio::master {

using native::PersistFileRequest;
using native::PersistFileResponse;

std::shared_ptr<rpc::AuthenticatedChannel> WorkerPersistClient::ChannelTo(const grpc::WorkerNetAddress& worker) {
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

void WorkerPersistClient::Persist(const grpc::WorkerNetAddress& worker, const PersistFileRequest& request, Done done) {
  // Shared, as a task must be copyable.
  const auto shared = std::make_shared<Done>(std::move(done));
  const bool accepted = connectors_.Submit([this, channel = ChannelTo(worker), request, shared] {
    stub::CallOnceAsync(
        channel, stub::kPersistFile, request,
        [shared, target = channel->options().target](absl::StatusOr<PersistFileResponse> result) {
          if (!result.ok()) result = Annotate(result.status(), absl::StrCat("worker ", target));
          (*shared)(std::move(result));
        },
        {.deadline = absl::Now() + options_.timeout, .group = &calls_});
  });
  if (!accepted) (*shared)(absl::ResourceExhaustedError("too many files wait for being persisted"));
}

}  // namespace alluxio::master
