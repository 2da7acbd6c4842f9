#ifndef ALLUXIO_STUB_MASTER_STUB_H_
#define ALLUXIO_STUB_MASTER_STUB_H_

#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "alluxio/base/clock.h"
#include "alluxio/conf/configuration.h"
#include "alluxio/rpc/channel.h"
#include "alluxio/rpc/retry.h"
#include "alluxio/stub/call.h"
#include "alluxio/stub/method.h"

namespace alluxio::stub {

struct MasterStubOptions {
  // host:port each (or unix:/path), at least one.
  std::vector<std::string> addresses;
  // `target` is set from `addresses`.
  rpc::ChannelOptions channel;
  rpc::RetryOptions retry;
  // How long one master is asked whether it leads, with several addresses.
  absl::Duration poll_timeout = absl::Seconds(30);
  Clock* clock = Clock::System();
};

// What a client (or worker) takes from its configuration: addresses from
// `alluxio.master.rpc.addresses` or `alluxio.master.hostname` and
// `alluxio.master.rpc.port`, authentication, sizes, retries. The user is
// rpc::LoginUser unless set afterwards.
//
// INVALID_ARGUMENT: an authentication type that is not supported.
absl::StatusOr<MasterStubOptions> MasterStubOptionsOf(const conf::Configuration& configuration);

// Calls of all services of the masters: of clients (file_system_methods.h,
// block_methods.h, meta_methods.h, metrics_methods.h) and of workers alike.
//
//   auto status = stub.Call(kGetStatus, request);
//
// A call that ends UNAVAILABLE, CANCELLED, UNAUTHENTICATED or UNIMPLEMENTED is
// repeated until the time of `retry` is over, after having looked for the leader
// again; every other code is final. So a call may run twice: give operation ids.
// Two errors are final here that the original repeats: UNIMPLEMENTED from the
// only master there is (it says what it lacks, there is no leader to find), and a
// refused authentication.
//
// One session serves all methods. Thread-safe. Nothing is connected before the
// first call.
class MasterStub {
 public:
  // Not an empty address list.
  explicit MasterStub(MasterStubOptions options);
  ~MasterStub();

  // Blocks until the answer, or the last error, is there. Errors besides the
  // method's: UNAVAILABLE when the time is over, "Failed to connect to master
  // ..." if no master was there at the last attempt, else "Failed after N
  // attempts ..." with what it answered; DEADLINE_EXCEEDED at `options.deadline`.
  template <typename Request, typename Response>
  absl::StatusOr<Response> Call(const Method<Request, Response>& method, const Request& request,
                                const CallOptions& options = {}) {
    Response response;
    absl::Status status = CallRaw(method.path, method.authenticated, request, &response, options);
    if (!status.ok()) return status;
    return response;
  }

  // One attempt, answered in a thread of gRPC. Blocks only to connect.
  template <typename Request, typename Response>
  void CallAsync(const Method<Request, Response>& method, const Request& request,
                 absl::AnyInvocable<void(absl::StatusOr<std::type_identity_t<Response>>)> done, const CallOptions& options = {}) {
    absl::StatusOr<std::shared_ptr<rpc::AuthenticatedChannel>> channel = LeaderChannel();
    if (!channel.ok()) return done(channel.status());
    CallOnceAsync<Request, Response>(*channel, method, request, std::move(done), options);
  }

  // Runs `each` on every message of the answer, in order, in this thread, until
  // it returns false (the call is cancelled then, and the result is OK). Repeated
  // as Call is, but only as long as no message has come.
  template <typename Request, typename Response>
  absl::Status Stream(const StreamMethod<Request, Response>& method, const Request& request,
                      absl::FunctionRef<bool(std::type_identity_t<Response>&)> each, const CallOptions& options = {}) {
    Response response;
    return StreamRaw(method.path, request, &response, options, [&] { return each(response); });
  }

  // The master that leads, or the only one. Several: asks them in order.
  // UNAVAILABLE: none does.
  absl::StatusOr<std::string> LeaderAddress();
  // The channel to it, for calls of other forms (streams of a worker).
  absl::StatusOr<std::shared_ptr<rpc::AuthenticatedChannel>> LeaderChannel();

  const MasterStubOptions& options() const;

 private:
  using MessageLite = google::protobuf::MessageLite;
  absl::Status CallRaw(const char* path, bool authenticated, const MessageLite& request, MessageLite* response,
                       const CallOptions& options);
  absl::Status StreamRaw(const char* path, const MessageLite& request, MessageLite* response,
                         const CallOptions& options, absl::FunctionRef<bool()> each);

  struct Impl;
  const std::unique_ptr<Impl> impl_;
};

}  // namespace alluxio::stub

#endif  // ALLUXIO_STUB_MASTER_STUB_H_
