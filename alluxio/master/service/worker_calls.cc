#include "alluxio/master/service/worker_calls.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/stub/call.h"
#include "alluxio/stub/worker_methods.h"

namespace alluxio::master {

std::shared_ptr<rpc::AuthenticatedChannel> WorkerCalls::ChannelTo(const grpc::WorkerNetAddress& worker) {
  const std::string& host = worker.containerhost().empty() ? worker.host() : worker.containerhost();
  std::string target = absl::StrCat(host, ":", worker.dataport());
  MutexLock lock(&mutex_);
  std::shared_ptr<rpc::AuthenticatedChannel>& channel = channels_[target];
  if (!channel) {
    rpc::ChannelOptions options = options_;
    options.target = std::move(target);
    channel = rpc::AuthenticatedChannel::Create(std::move(options));
  }
  return channel;
}

absl::StatusOr<native::PersistFileResponse> WorkerCalls::PersistFile(const grpc::WorkerNetAddress& worker,
                                                                     const native::PersistFileRequest& request,
                                                                     absl::Time deadline) {
  const auto channel = ChannelTo(worker);
  auto response = stub::CallOnce(*channel, stub::kPersistFile, request, {.deadline = deadline});
  if (!response.ok()) return Annotate(response.status(), absl::StrCat("worker ", channel->options().target));
  return response;
}

}  // namespace alluxio::master
