#ifndef ALLUXIO_STUB_CALL_H_
#define ALLUXIO_STUB_CALL_H_

#include <memory>
#include <type_traits>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/functional/any_invocable.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "alluxio/base/mutex.h"
#include "alluxio/rpc/channel.h"
#include "alluxio/stub/method.h"

namespace google::protobuf {
class MessageLite;
}  // namespace google::protobuf

namespace alluxio::stub {

// Calls that can be given up together, from any thread. Thread-safe; outlives
// the calls.
class CallGroup {
 public:
  // All calls under way and all later ones of this group end CANCELLED (soon; one
  // that is just connecting, when that is over).
  void Cancel();

  // For the calls themselves.
  void Add(::grpc::ClientContext* context);
  void Remove(::grpc::ClientContext* context);

 private:
  Mutex mutex_;
  bool cancelled_ ABSL_GUARDED_BY(mutex_) = false;
  absl::flat_hash_set<::grpc::ClientContext*> contexts_ ABSL_GUARDED_BY(mutex_);
};

struct CallOptions {
  absl::Time deadline = absl::InfiniteFuture();
  CallGroup* group = nullptr;  // may be null
};

namespace internal {

using google::protobuf::MessageLite;

absl::Status Call(rpc::AuthenticatedChannel& channel, const char* path, bool authenticated,
                  const MessageLite& request, MessageLite* response, const CallOptions& options);
void CallAsync(const std::shared_ptr<rpc::AuthenticatedChannel>& channel, const char* path, bool authenticated,
               const MessageLite& request, MessageLite* response, const CallOptions& options,
               absl::AnyInvocable<void(absl::Status)> done);
absl::Status Stream(rpc::AuthenticatedChannel& channel, const char* path, const MessageLite& request,
                    MessageLite* response, const CallOptions& options, absl::FunctionRef<bool()> each);

}  // namespace internal

// One attempt of one call over one channel, without retries: what a worker's
// unary methods need. Blocks. Errors: those of the channel (see
// AuthenticatedChannel::PrepareContext) and of the method.
template <typename Request, typename Response>
absl::StatusOr<Response> CallOnce(rpc::AuthenticatedChannel& channel, const Method<Request, Response>& method,
                                  const Request& request, const CallOptions& options = {}) {
  Response response;
  absl::Status status =
      internal::Call(channel, method.path, method.authenticated, request, &response, options);
  if (!status.ok()) return status;
  return response;
}

// The same without waiting for the answer: `done` runs in a thread of gRPC and
// must not block. The call itself blocks while the channel authenticates, which
// only a new or broken one does.
template <typename Request, typename Response>
void CallOnceAsync(const std::shared_ptr<rpc::AuthenticatedChannel>& channel, const Method<Request, Response>& method,
                   const Request& request,
                   absl::AnyInvocable<void(absl::StatusOr<std::type_identity_t<Response>>)> done,
                   const CallOptions& options = {}) {
  auto response = std::make_unique<Response>();
  Response* const into = response.get();
  internal::CallAsync(channel, method.path, method.authenticated, request, into, options,
                      [response = std::move(response), done = std::move(done)](absl::Status status) mutable {
                        if (!status.ok()) return done(std::move(status));
                        done(std::move(*response));
                      });
}

// One attempt of a call that answers with a stream, for which one request is all
// that is said: `each` takes an answer and says whether to go on. Blocks.
template <typename Request, typename Response>
absl::Status StreamOnce(rpc::AuthenticatedChannel& channel, const Method<Request, Response>& method,
                        const Request& request, absl::FunctionRef<bool(std::type_identity_t<Response>&)> each,
                        const CallOptions& options = {}) {
  Response response;
  return internal::Stream(channel, method.path, request, &response, options, [&] { return each(response); });
}

}  // namespace alluxio::stub

#endif  // ALLUXIO_STUB_CALL_H_
