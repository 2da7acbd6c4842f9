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
#include "alluxio/base/mutex.h"
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

namespace internal {

// One streamed answer. No message is copied: the producer waits until the one at
// hand is written. gRPC calls OnDone after every other reaction has returned.
template <typename Request, typename Response>
class StreamAnswer final : public ::grpc::ServerWriteReactor<Response> {
 public:
  StreamAnswer(const CallEnv& env, absl::string_view method)
      : observer_(env.observer), method_(method), start_(absl::Now()) {}

  Request request;
  Caller caller;

  // Blocks until the message has left, or can't any more; false: the peer is gone.
  bool Write(const Response& message) {
    {
      MutexLock lock(&mutex_);
      if (gone_) return false;
      writing_ = true;
    }
    this->StartWrite(&message);
    MutexLock lock(&mutex_);
    while (writing_) changed_.Wait(&mutex_);  // a cancelled write is done at once, too
    return !gone_;
  }

  // Once, by whoever produces; the object may be gone on return.
  void End(const absl::Status& status) {
    if (observer_) observer_->Finished(method_, caller, status, absl::Now() - start_);
    this->Finish(ToGrpc(status));
  }

  void OnWriteDone(bool ok) override {
    MutexLock lock(&mutex_);
    writing_ = false;
    if (!ok) gone_ = true;
    changed_.SignalAll();
  }
  void OnCancel() override {
    MutexLock lock(&mutex_);
    gone_ = true;
    changed_.SignalAll();
  }
  void OnDone() override { delete this; }

 private:
  CallObserver* const observer_;
  const absl::string_view method_;
  const absl::Time start_;
  Mutex mutex_;
  CondVar changed_;
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  bool gone_ ABSL_GUARDED_BY(mutex_) = false;
};

// Ends a streamed answer once; destroyed before, it answers INTERNAL.
template <typename Request, typename Response>
class StreamEnd {
 public:
  explicit StreamEnd(StreamAnswer<Request, Response>* stream) : stream_(stream) {}
  StreamEnd(StreamEnd&& other) noexcept : stream_(std::exchange(other.stream_, nullptr)) {}
  ~StreamEnd() {
    if (stream_) (*this)(absl::InternalError("the server dropped the call"));
  }
  void operator()(const absl::Status& status) {
    if (auto* stream = std::exchange(stream_, nullptr)) stream->End(status);
  }

 private:
  StreamAnswer<Request, Response>* stream_;
};

}  // namespace internal

// Serves one call with a streamed answer: runs `call(caller, request, sink,
// done)` in the calling gRPC thread, which must hand the work to an executor:
// `sink` and `done` block for flow control. `request` and `sink` live until
// `done` (an AnyInvocable<void(absl::Status)>) is called, once, after the last
// message.
template <typename Response, typename Request, typename F>
::grpc::ServerWriteReactor<Response>* ServeStream(const CallEnv& env, absl::string_view method,
                                                  ::grpc::CallbackServerContext* context, const Request* request,
                                                  F&& call) {
  auto* stream = new internal::StreamAnswer<Request, Response>(env, method);
  internal::StreamEnd<Request, Response> end(stream);
  absl::StatusOr<Caller> caller = CallerOf(env, method, *context);
  if (!caller.ok()) {
    end(caller.status());
    return stream;
  }
  stream->caller = *std::move(caller);
  stream->request = *request;
  Sink<Response> sink([stream](const Response& message) { return stream->Write(message); });
  std::forward<F>(call)(stream->caller, stream->request, std::move(sink),
                        absl::AnyInvocable<void(absl::Status)>(std::move(end)));
  return stream;
}

}  // namespace alluxio::rpc

#endif  // ALLUXIO_RPC_UNARY_H_
