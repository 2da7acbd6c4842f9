#ifndef ALLUXIO_RPC_STREAM_H_
#define ALLUXIO_RPC_STREAM_H_

#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "alluxio/rpc/call_env.h"
#include "alluxio/rpc/outlet.h"
#include "alluxio/rpc/status_conversion.h"
#include "alluxio/rpc/unary.h"

// Streamed answers: what unary.h is for single ones. The messages come serialized, so
// the method is a raw one of the generated service:
//
//   class Service : public FileSystemMasterClientService::WithRawCallbackMethod_ListStatus<CallbackService> {
//     ::grpc::ServerWriteReactor<::grpc::ByteBuffer>* ListStatus(::grpc::CallbackServerContext* context,
//                                                                const ::grpc::ByteBuffer* request) override {
//       return rpc::ServeStream<ListStatusPRequest>(env_, kService "ListStatus", context, *request,
//                                                   std::bind_front(&FileSystemMaster::ListStatus, master_));
namespace alluxio::rpc {

using StreamReactor = ::grpc::ServerWriteReactor<::grpc::ByteBuffer>;

// A stream, and what writes to it: gRPC deletes the stream once it has ended.
std::pair<StreamReactor*, std::unique_ptr<Outlet>> NewStream(const CallEnv& env, absl::string_view method,
                                                             const Caller& caller);

// Serves one call: finds the caller, and runs `call(caller, request, outlet)` in the
// calling gRPC thread. `caller` and `request` live until it returns. `method` must live
// for ever.
template <typename Request, typename F>
StreamReactor* ServeStream(const CallEnv& env, absl::string_view method, ::grpc::CallbackServerContext* context,
                           ::grpc::ByteBuffer serialized, F&& call) {
  const absl::StatusOr<Caller> caller = CallerOf(env, method, *context);
  auto [stream, outlet] = NewStream(env, method, caller.ok() ? *caller : Caller());
  if (!caller.ok()) {
    outlet->End(caller.status());
    return stream;
  }
  Request request;
  const ::grpc::Status parsed = ::grpc::SerializationTraits<Request>::Deserialize(&serialized, &request);
  if (!parsed.ok()) {
    outlet->End(FromGrpc(parsed));
    return stream;
  }
  std::forward<F>(call)(*caller, request, std::move(outlet));
  return stream;
}

}  // namespace alluxio::rpc

#endif  // ALLUXIO_RPC_STREAM_H_
