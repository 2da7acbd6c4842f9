#include "alluxio/client/block/worker_pool.h"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "alluxio/base/errno_status.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/stub/call.h"
#include "alluxio/stub/worker_methods.h"

namespace alluxio::client {
namespace {

const char* PathOf(WorkerPool::Method method) {
  switch (method) {
    case WorkerPool::Method::kReadBlock:
      return "/alluxio.grpc.block.BlockWorker/ReadBlock";
    case WorkerPool::Method::kWriteBlock:
      return "/alluxio.grpc.block.BlockWorker/WriteBlock";
    case WorkerPool::Method::kOpenLocalBlock:
      return "/alluxio.grpc.block.BlockWorker/OpenLocalBlock";
    case WorkerPool::Method::kCreateLocalBlock:
      return "/alluxio.grpc.block.BlockWorker/CreateLocalBlock";
  }
  return "";
}

}  // namespace

WorkerPool::WorkerPool(Options options) : options_(std::move(options)) {}

std::shared_ptr<rpc::AuthenticatedChannel> WorkerPool::Channel(const std::string& target, rpc::ChannelGroup group) {
  MutexLock lock(&mutex_);
  // Index 0 is the unary calls'; 1 and on are the streams' connections.
  int index = 0;
  if (group == rpc::ChannelGroup::kStreaming) index = 1 + next_connection_++ % std::max(1, options_.streaming_connections);
  auto& channel = channels_[{target, index}];
  if (!channel) {
    rpc::ChannelOptions channel_options = options_.channel;
    channel_options.target = target;
    channel_options.group = group;
    channel_options.connection_index = index;
    channel = rpc::AuthenticatedChannel::Create(std::move(channel_options));
  }
  return channel;
}

absl::StatusOr<std::unique_ptr<ByteStream>> WorkerPool::OpenStream(const std::string& target, Method method) {
  return ByteStream::Open(Channel(target, rpc::ChannelGroup::kStreaming), {.method = PathOf(method)},
                          absl::Now() + options_.call_timeout);
}

template <typename Request, typename Response>
absl::Status WorkerPool::Call(const std::string& target, const stub::Method<Request, Response>& method,
                              const Request& request, absl::Duration timeout) {
  const auto channel = Channel(target, rpc::ChannelGroup::kRpc);
  return Annotate(stub::CallOnce(*channel, method, request, {.deadline = absl::Now() + timeout}).status(),
                  absl::StrCat("worker ", target));
}

absl::StatusOr<WorkerPool::NamedFile> WorkerPool::OpenNamedFile(const std::string& target, int64_t block_id,
                                                                   absl::Time deadline) {
  grpc::block::OpenLocalBlockRequest request;
  request.set_block_id(block_id);
  NamedFile named;
  int error = 0;
  const auto channel = Channel(target, rpc::ChannelGroup::kRpc);
  ALLUXIO_RETURN_IF_ERROR(stub::StreamOnce(
      *channel, stub::kOpenLocalBlockOnce, request,
      [&](grpc::block::OpenLocalBlockResponse& response) {
        named.path = response.path();
        named.fd = UniqueFd(::open(named.path.c_str(), O_RDONLY | O_CLOEXEC));
        error = named.fd.valid() ? 0 : errno;
        return true;
      },
      {.deadline = deadline}));
  if (named.path.empty()) return absl::UnavailableError("the worker ended OpenLocalBlock without an answer");
  if (!named.fd.valid()) return ErrnoStatus(error, absl::StrCat("the worker's file ", named.path, " from here"));
  return named;
}

absl::Status WorkerPool::Cache(const std::string& target, const grpc::block::CacheRequest& request) {
  // A hint; the reader who gives it is waiting.
  return Call(target, stub::kCache, request, std::min(options_.call_timeout, absl::Seconds(5)));
}

void WorkerPool::CacheInBackground(const std::string& target, const grpc::block::CacheRequest& request,
                                   absl::AnyInvocable<void(absl::Status)> done) {
  stub::CallOnceAsync(
      Channel(target, rpc::ChannelGroup::kRpc), stub::kCache, request,
      [done = std::move(done)](const absl::StatusOr<grpc::block::CacheResponse>& response) mutable {
        done(response.status());
      },
      {.deadline = absl::Now() + options_.call_timeout});
}

absl::Status WorkerPool::RemoveBlock(const std::string& target, int64_t block_id) {
  grpc::block::RemoveBlockRequest request;
  request.set_block_id(block_id);
  return Call(target, stub::kRemoveBlock, request, options_.call_timeout);
}

absl::Status WorkerPool::FreeWorker(const std::string& target) { return Call(target, stub::kFreeWorker, {}, options_.call_timeout); }

absl::Status WorkerPool::ClearMetrics(const std::string& target) {
  return Call(target, stub::kClearWorkerMetrics, {}, options_.call_timeout);
}

void WorkerPool::ReportUsedBlocks(absl::Time deadline) {
  for (const auto& [target, ids] : small_files_.TakeUsed()) {
    native::UseBlocksRequest request;
    request.mutable_block_ids()->Add(ids.begin(), ids.end());
    const absl::Status told = Call(target, stub::kUseBlocks, request, deadline - absl::Now());
    // Lost is a hint, not more; a worker that knows no such call must see each use.
    if (told.code() == absl::StatusCode::kUnimplemented) small_files_.GiveUp(target);
  }
}

}  // namespace alluxio::client
