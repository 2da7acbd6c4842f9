#ifndef ALLUXIO_RPC_CHANNEL_H_
#define ALLUXIO_RPC_CHANNEL_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "alluxio/rpc/authentication.h"

namespace grpc {
class Channel;
class ClientContext;
}  // namespace grpc

namespace alluxio::rpc {

// The original's two groups of connections (network groups).
enum class ChannelGroup {
  kRpc,        // unary calls; one TCP connection per server, pinged every 30 s
  kStreaming,  // block data: large buffers, no pings, connections of their own
};

struct ChannelOptions {
  // "host:port", or "unix:/path".
  std::string target;
  ChannelGroup group = ChannelGroup::kRpc;
  // Channels to one target with the same group and index share one connection.
  int connection_index = 0;

  AuthenticationType authentication = AuthenticationType::kSimple;
  std::string user;
  // Empty: nobody is impersonated.
  std::string impersonated_user;
  // How long to wait for the answer to the authentication.
  absl::Duration authentication_timeout = absl::Seconds(30);

  int64_t max_inbound_message_bytes = int64_t{100} << 20;
  absl::Duration keepalive_time = absl::Seconds(30);
  absl::Duration keepalive_timeout = absl::Seconds(30);
};

// A logical channel: a UUID, the authentication stream that gives it its user,
// and the connection (shared with other channels to the same target).
//
// Nothing happens until the first PrepareContext, which connects and
// authenticates. When the stream ends, or a call was refused as UNAUTHENTICATED,
// the next PrepareContext authenticates anew with a fresh UUID.
//
// Thread-safe. PrepareContext blocks, so it must not be called in a gRPC
// callback. The destructor ends the session and does not wait for the server.
class AuthenticatedChannel {
 public:
  static std::shared_ptr<AuthenticatedChannel> Create(ChannelOptions options);
  virtual ~AuthenticatedChannel() = default;

  // For stubs. The same object for the life of this one.
  virtual const std::shared_ptr<::grpc::Channel>& channel() const = 0;

  // Makes a call's context ready: authenticates if need be and adds
  // `channel-id`, which is also returned ("" with NOSASL).
  //
  // Errors:
  //   UNAVAILABLE        nobody answers at the target.
  //   UNAUTHENTICATED    refused; or the server runs NOSASL ("Authentication is
  //                      disabled on target server: ...").
  //   DEADLINE_EXCEEDED  no answer in time.
  virtual absl::StatusOr<std::string> PrepareContext(::grpc::ClientContext* context,
                                                     absl::Time deadline = absl::InfiniteFuture()) = 0;

  // Where the last attempt to connect failed: makes another one at once, and waits
  // for it, 100 ms at most. A part of PrepareContext, for calls that do without.
  virtual void Reconnect(absl::Time deadline) = 0;

  // Call it with what a call ended with: UNAUTHENTICATED voids the session that
  // the call used (if it is still the current one).
  virtual void Observe(absl::string_view channel_id, const absl::Status& status) = 0;

  virtual const ChannelOptions& options() const = 0;
};

// A channel that needs no authentication (configuration, versions): the same
// connection as the authenticated ones with these options.
std::shared_ptr<::grpc::Channel> PlainChannel(const ChannelOptions& options);

// To be called before a call with callbacks on a channel of group kRpc (those of
// kStreaming have it done): gRPC joins its callback threads when the last channel
// or server that uses them goes; if that happens in one of these threads (a
// call's end drops the last reference to its channel) the process aborts. One
// channel that never goes keeps the threads. They make blocking calls slower, so a
// process that makes no others goes without them.
void KeepCallbackThreads();

}  // namespace alluxio::rpc

#endif  // ALLUXIO_RPC_CHANNEL_H_
