#include "alluxio/stub/call.h"

#include <google/protobuf/message_lite.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/codegen/client_callback.h>
#include <grpcpp/impl/codegen/client_unary_call.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/impl/codegen/rpc_method.h>
#include <grpcpp/impl/codegen/sync_stream.h>

#include <optional>
#include <string>
#include <utility>

#include "alluxio/rpc/status_conversion.h"

// The calls that generated stubs make, on messages of any type.
namespace alluxio::stub {

void CallGroup::Add(::grpc::ClientContext* context) {
  MutexLock lock(&mutex_);
  contexts_.insert(context);
  // Before its call starts: the call then ends at once.
  if (cancelled_) context->TryCancel();
}

void CallGroup::Remove(::grpc::ClientContext* context) {
  MutexLock lock(&mutex_);
  contexts_.erase(context);
}

void CallGroup::Cancel() {
  MutexLock lock(&mutex_);
  cancelled_ = true;
  for (::grpc::ClientContext* context : contexts_) context->TryCancel();
}

namespace internal {
namespace {

using ::grpc::internal::RpcMethod;

// Authenticates and sets the deadline; the channel's id, or "".
absl::StatusOr<std::string> Prepare(rpc::AuthenticatedChannel& channel, bool authenticated, const CallOptions& options,
                                    ::grpc::ClientContext* context) {
  if (options.deadline != absl::InfiniteFuture()) context->set_deadline(absl::ToChronoTime(options.deadline));
  if (!authenticated) {
    channel.Reconnect(options.deadline);
    return std::string();
  }
  return channel.PrepareContext(context, options.deadline);
}

// Keeps a call in its group while it runs.
class Membership {
 public:
  Membership(CallGroup* group, ::grpc::ClientContext* context) : group_(group), context_(context) {
    if (group_) group_->Add(context_);
  }
  ~Membership() {
    if (group_) group_->Remove(context_);
  }
  Membership(const Membership&) = delete;
  Membership& operator=(const Membership&) = delete;

 private:
  CallGroup* const group_;
  ::grpc::ClientContext* const context_;
};

}  // namespace

absl::Status Call(rpc::AuthenticatedChannel& channel, const char* path, bool authenticated, const MessageLite& request,
                  MessageLite* response, const CallOptions& options) {
  ::grpc::ClientContext context;
  const Membership membership(options.group, &context);
  const auto id = Prepare(channel, authenticated, options, &context);
  if (!id.ok()) return id.status();
  const RpcMethod method(path, RpcMethod::NORMAL_RPC);
  const absl::Status status = rpc::FromGrpc(::grpc::internal::BlockingUnaryCall<MessageLite, MessageLite>(
      channel.channel().get(), method, &context, request, response));
  channel.Observe(*id, status);
  return status;
}

void CallAsync(const std::shared_ptr<rpc::AuthenticatedChannel>& channel, const char* path, bool authenticated,
               const MessageLite& request, MessageLite* response, const CallOptions& options,
               absl::AnyInvocable<void(absl::Status)> done) {
  struct State {
    explicit State(CallGroup* group) : membership(std::in_place, group, &context) {}
    // The call is over: out of its group first, which may end as soon as `done` is called.
    void Done(const absl::Status& status) {
      membership.reset();
      done(status);
    }
    ::grpc::ClientContext context;
    std::optional<Membership> membership;
    std::shared_ptr<rpc::AuthenticatedChannel> channel;
    std::string channel_id;
    absl::AnyInvocable<void(absl::Status)> done;
  };
  rpc::KeepCallbackThreads();
  auto state = std::make_shared<State>(options.group);
  state->channel = channel;
  state->done = std::move(done);
  auto id = Prepare(*channel, authenticated, options, &state->context);
  if (!id.ok()) return state->Done(id.status());
  state->channel_id = *std::move(id);
  const RpcMethod method(path, RpcMethod::NORMAL_RPC);
  ::grpc::ClientContext* const context = &state->context;
  ::grpc::internal::CallbackUnaryCall<MessageLite, MessageLite, MessageLite, MessageLite>(
      channel->channel().get(), method, context, &request, response,
      [state = std::move(state)](const ::grpc::Status& result) {
        const absl::Status status = rpc::FromGrpc(result);
        state->channel->Observe(state->channel_id, status);
        state->Done(status);
      });
}

absl::Status Stream(rpc::AuthenticatedChannel& channel, const char* path, const MessageLite& request,
                    MessageLite* response, const CallOptions& options, absl::FunctionRef<bool()> each) {
  ::grpc::ClientContext context;
  const Membership membership(options.group, &context);
  const auto id = Prepare(channel, true, options, &context);
  if (!id.ok()) return id.status();
  const RpcMethod method(path, RpcMethod::SERVER_STREAMING);
  const std::unique_ptr<::grpc::ClientReader<MessageLite>> reader(
      ::grpc::internal::ClientReaderFactory<MessageLite>::Create(channel.channel().get(), method, &context, request));
  while (reader->Read(response)) {
    if (each()) continue;
    context.TryCancel();
    reader->Finish();
    return absl::OkStatus();
  }
  const absl::Status status = rpc::FromGrpc(reader->Finish());
  channel.Observe(*id, status);
  return status;
}

}  // namespace internal
}  // namespace alluxio::stub
