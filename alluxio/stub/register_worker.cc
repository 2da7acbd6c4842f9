#include "alluxio/stub/register_worker.h"

#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/impl/codegen/rpc_method.h>
#include <grpcpp/impl/codegen/sync_stream.h>

#include <memory>

#include "alluxio/base/status_macros.h"
#include "alluxio/rpc/channel.h"
#include "alluxio/rpc/status_conversion.h"

namespace alluxio::stub {

using grpc::block::RegisterWorkerPRequest;
using grpc::block::RegisterWorkerPResponse;

absl::Status RegisterWorkerStream(MasterStub& stub, absl::FunctionRef<bool(RegisterWorkerPRequest*)> next,
                                  absl::Time deadline) {
  constexpr int kMaxUnacknowledged = 2;
  ALLUXIO_ASSIGN_OR_RETURN(const auto channel, stub.LeaderChannel());
  ::grpc::ClientContext context;
  if (deadline != absl::InfiniteFuture()) context.set_deadline(absl::ToChronoTime(deadline));
  ALLUXIO_ASSIGN_OR_RETURN(const std::string id, channel->PrepareContext(&context, deadline));
  using Factory = ::grpc::internal::ClientReaderWriterFactory<RegisterWorkerPRequest, RegisterWorkerPResponse>;
  const std::unique_ptr<::grpc::ClientReaderWriter<RegisterWorkerPRequest, RegisterWorkerPResponse>> stream(
      Factory::Create(channel->channel().get(),
                      ::grpc::internal::RpcMethod("/alluxio.grpc.block.BlockMasterWorkerService/RegisterWorkerStream",
                                                  ::grpc::internal::RpcMethod::BIDI_STREAMING),
                      &context));
  int sent = 0;
  int acknowledged = 0;
  RegisterWorkerPRequest request;
  RegisterWorkerPResponse response;
  bool healthy = true;
  while (healthy && next(&request)) {
    healthy = stream->Write(request);
    ++sent;
    request.Clear();
    if (healthy && sent - acknowledged >= kMaxUnacknowledged) {
      healthy = stream->Read(&response);
      ++acknowledged;
    }
  }
  while (healthy && acknowledged < sent) {
    healthy = stream->Read(&response);
    ++acknowledged;
  }
  stream->WritesDone();
  const absl::Status status = rpc::FromGrpc(stream->Finish());
  channel->Observe(id, status);
  if (status.ok() && !healthy) {
    return absl::UnavailableError("the master ended the registration before it had acknowledged all of it");
  }
  return status;
}

}  // namespace alluxio::stub
