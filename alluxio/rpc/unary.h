#ifndef ALLUXIO_RPC_UNARY_H_
#define ALLUXIO_RPC_UNARY_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "alluxio/rpc/call.h"
#include "alluxio/rpc/call_env.h"
#include "alluxio/rpc/session_registry.h"
#include "alluxio/rpc/status_conversion.h"

// Between gRPC's callback API and the servers' calls (alluxio/rpc/call.h). A
// service is then one line per method:
//
//   ::grpc::ServerUnaryReactor* Exists(::grpc::CallbackServerContext* context, const ExistsPRequest* request,
//                                      ExistsPResponse* response) override {
//     return rpc::ServeUnary(env_, kService "Exists", context, request, response,
//                            std::bind_front(&FileSystemMaster::Exists, master_));
//   }
namespace alluxio::rpc {

// The peer as host:port, or "unix".
std::string PeerOf(const ::grpc::ServerContextBase& context);

// Who calls, by the call's `channel-id`. Errors: as SessionRegistry.
absl::StatusOr<Caller> CallerOf(const CallEnv& env, absl::string_view method,
                                const ::grpc::ServerContextBase& context);

namespace internal {

// One unary call until it is answered. Destroyed unanswered (the domain lost its
// Reply), it answers INTERNAL: a client must never wait for nothing.
template <typename Response>
class UnaryAnswer {
 public:
  UnaryAnswer(const CallEnv& env, absl::string_view method, ::grpc::ServerUnaryReactor* reactor, Response* response)
      : observer_(env.observer), method_(method), reactor_(reactor), response_(response) {
    if (observer_) start_ = absl::Now();
  }
  UnaryAnswer(UnaryAnswer&& other) noexcept { *this = std::move(other); }
  UnaryAnswer& operator=(UnaryAnswer&& other) noexcept {
    observer_ = other.observer_;
    method_ = other.method_;
    reactor_ = std::exchange(other.reactor_, nullptr);
    response_ = other.response_;
    caller_ = std::move(other.caller_);
    start_ = other.start_;
    return *this;
  }
  ~UnaryAnswer() {
    if (reactor_) (*this)(absl::InternalError("the server dropped the call"));
  }

  void set_caller(const Caller& caller) {
    if (observer_) caller_ = caller;
  }

  void operator()(absl::StatusOr<Response> result) {
    auto* reactor = std::exchange(reactor_, nullptr);
    if (!reactor) return;
    if (observer_) observer_->Finished(method_, caller_, result.status(), absl::Now() - start_);
    // After Finish the response and the context are gone.
    if (result.ok()) {
      *response_ = *std::move(result);
      reactor->Finish(::grpc::Status::OK);
    } else {
      reactor->Finish(ToGrpc(result.status()));
    }
  }

 private:
  CallObserver* observer_ = nullptr;
  absl::string_view method_;
  ::grpc::ServerUnaryReactor* reactor_ = nullptr;
  Response* response_ = nullptr;
  Caller caller_;
  absl::Time start_;
};

}  // namespace internal

// Serves one unary call: finds the caller (§4.4 of the protocol's description),
// runs `call(caller, request, reply)` in the calling gRPC thread, and answers
// when `reply` is called, from whatever thread. `request` lives until then.
// `method` must live for ever.
template <typename Request, typename Response, typename F>
::grpc::ServerUnaryReactor* ServeUnary(const CallEnv& env, absl::string_view method,
                                       ::grpc::CallbackServerContext* context, const Request* request,
                                       Response* response, F&& call) {
  auto* reactor = context->DefaultReactor();
  internal::UnaryAnswer<Response> answer(env, method, reactor, response);
  absl::StatusOr<Caller> caller = CallerOf(env, method, *context);
  if (!caller.ok()) {
    answer(caller.status());
    return reactor;
  }
  answer.set_caller(*caller);
  std::forward<F>(call)(*caller, *request, Reply<Response>(std::move(answer)));
  return reactor;
}

// The same for the services that need no authentication; the caller has no name.
template <typename Request, typename Response, typename F>
::grpc::ServerUnaryReactor* ServeUnauthenticated(const CallEnv& env, absl::string_view method,
                                                 ::grpc::CallbackServerContext* context, const Request* request,
                                                 Response* response, F&& call) {
  auto* reactor = context->DefaultReactor();
  internal::UnaryAnswer<Response> answer(env, method, reactor, response);
  std::forward<F>(call)(Caller{"", PeerOf(*context)}, *request, Reply<Response>(std::move(answer)));
  return reactor;
}

}  // namespace alluxio::rpc

#endif  // ALLUXIO_RPC_UNARY_H_
