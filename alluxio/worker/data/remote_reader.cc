#include "alluxio/worker/data/remote_reader.h"

#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/impl/codegen/rpc_method.h>
#include <grpcpp/impl/codegen/sync_stream.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/rpc/status_conversion.h"
#include "grpc/block_worker.pb.h"

namespace alluxio::worker {
namespace {

namespace wire = grpc::block;
constexpr int64_t kChunkBytes = int64_t{1} << 20;
constexpr size_t kMaxChannels = 256;

}  // namespace

std::shared_ptr<rpc::AuthenticatedChannel> RemoteReader::ChannelTo(const std::string& target) {
  MutexLock lock(&mutex_);
  std::shared_ptr<rpc::AuthenticatedChannel>& channel = channels_[target];
  if (channel == nullptr) {
    rpc::ChannelOptions options = channel_;
    options.target = target;
    options.group = rpc::ChannelGroup::kStreaming;
    channel = rpc::AuthenticatedChannel::Create(std::move(options));
    if (channels_.size() > kMaxChannels) {  // workers come and go: begin anew
      auto fresh = channel;
      channels_.clear();
      channels_[target] = fresh;
      return fresh;
    }
  }
  return channel;
}

absl::Status RemoteReader::Read(const std::string& host, int port, const ColdBlock& block,
                                absl::FunctionRef<absl::Status(absl::string_view)> sink) {
  ::grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + timeout_));
  {
    MutexLock lock(&mutex_);
    if (stopped_) return absl::UnavailableError("the worker is stopping");
    reads_.insert(&context);
  }
  const absl::Status status = ReadStream(absl::StrCat(host, ":", port), &context, block, sink);
  MutexLock lock(&mutex_);
  reads_.erase(&context);
  return status;
}

absl::Status RemoteReader::ReadStream(const std::string& target, ::grpc::ClientContext* context, const ColdBlock& block,
                                      absl::FunctionRef<absl::Status(absl::string_view)> sink) {
  const std::shared_ptr<rpc::AuthenticatedChannel> channel = ChannelTo(target);
  ALLUXIO_ASSIGN_OR_RETURN(const std::string id, channel->PrepareContext(context, absl::Now() + timeout_));
  const std::unique_ptr<::grpc::ClientReaderWriter<wire::ReadRequest, wire::ReadResponse>> stream(
      ::grpc::internal::ClientReaderWriterFactory<wire::ReadRequest, wire::ReadResponse>::Create(
          channel->channel().get(),
          ::grpc::internal::RpcMethod("/alluxio.grpc.block.BlockWorker/ReadBlock",
                                      ::grpc::internal::RpcMethod::BIDI_STREAMING),
          context));
  wire::ReadRequest request;
  request.set_block_id(block.block_id);
  request.set_offset(0);
  request.set_length(block.length_bytes);
  request.set_chunk_size(kChunkBytes);
  request.set_promote(false);
  if (!block.ufs_uri.empty() || block.in_ufs_tier) {
    auto* const ufs = request.mutable_open_ufs_block_options();
    ufs->set_ufs_path(block.ufs_uri);
    ufs->set_offset_in_file(block.offset_in_file);
    ufs->set_block_size(block.length_bytes);
    ufs->set_mountid(block.mount_id);
    ufs->set_block_in_ufs_tier(block.in_ufs_tier);
    ufs->set_no_cache(true);  // it is this worker that caches
  }
  int64_t received = 0;
  absl::Status sunk;
  if (stream->Write(request)) {
    wire::ReadResponse response;
    while (sunk.ok() && stream->Read(&response)) {
      received += static_cast<int64_t>(response.chunk().data().size());
      if (!response.chunk().data().empty()) sunk = sink(response.chunk().data());
    }
  }
  if (!sunk.ok()) context->TryCancel();
  const absl::Status status = rpc::FromGrpc(stream->Finish());
  channel->Observe(id, status);
  ALLUXIO_RETURN_IF_ERROR(sunk);
  ALLUXIO_RETURN_IF_ERROR(Annotate(status, absl::StrCat("reading block ", block.block_id, " from ", target)));
  if (received != block.length_bytes) {
    return absl::UnavailableError(absl::StrCat("worker ", target, " sent ", received, " bytes of block ", block.block_id,
                                               " instead of ", block.length_bytes));
  }
  return absl::OkStatus();
}

void RemoteReader::Stop() {
  MutexLock lock(&mutex_);
  stopped_ = true;
  for (::grpc::ClientContext* context : reads_) context->TryCancel();
}

}  // namespace alluxio::worker
