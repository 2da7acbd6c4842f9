#ifndef ALLUXIO_RPC_SERVER_H_
#define ALLUXIO_RPC_SERVER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "alluxio/rpc/authentication.h"
#include "alluxio/rpc/session_registry.h"
#include "grpc/version.pb.h"

namespace grpc {
class Service;
}  // namespace grpc

namespace alluxio::rpc {

struct ServerOptions {
  // Where to listen: 0 takes a free port.
  std::string host = "0.0.0.0";
  int port = 0;
  // Named by the error when the port is taken.
  std::string port_key = "alluxio.master.rpc.port";
  // The same services at these ports as well (a worker's 29998).
  std::vector<int> more_ports;
  // And at these Unix sockets: absolute paths; a stale socket is replaced, a
  // missing folder created, the socket's mode is 0777.
  std::vector<std::string> unix_paths;

  // Not owned; outlive the server. The authentication and version services are
  // the server's own and not among these.
  std::vector<::grpc::Service*> services;
  // What the version service answers for.
  std::vector<grpc::version::ServiceType> service_types;

  AuthenticationType authentication = AuthenticationType::kSimple;
  ImpersonationRules impersonation;
  // Where authenticated channels are kept; not owned, outlives the server. Needed
  // with SIMPLE; the services' CallEnv points to the same one (to none with NOSASL).
  SessionRegistry* sessions = nullptr;

  absl::Duration keepalive_time = absl::Hours(2);
  absl::Duration keepalive_timeout = absl::Seconds(30);
  int64_t max_inbound_message_bytes = int64_t{100} << 20;
  // Buffers for streams of 1 MiB messages (workers); costs memory per connection.
  bool bulk_data = false;
};

// One gRPC server with the original's channel policy: authentication stream,
// service versions, pings of idle clients allowed.
//
// Thread-safe. Services run in gRPC's threads.
class RpcServer {
 public:
  // Listens and serves when it returns.
  //
  // Errors:
  //   INVALID_ARGUMENT    contradicting options, a relative or overlong socket path.
  //   FAILED_PRECONDITION the port is in use (the text names the key to set), the
  //                       address is not of this machine, the socket can't be made.
  static absl::StatusOr<std::unique_ptr<RpcServer>> Start(ServerOptions options);

  // Stops with a second's grace.
  virtual ~RpcServer() = default;

  virtual int port() const = 0;
  // Of `more_ports`, in order.
  virtual std::vector<int> more_ports() const = 0;

  // Refuses new calls, ends the authentication streams, lets running calls end
  // until `grace` has passed and cancels the rest. Returns when no call is left
  // and removes the Unix sockets. Idempotent.
  virtual void Stop(absl::Duration grace) = 0;
};

}  // namespace alluxio::rpc

#endif  // ALLUXIO_RPC_SERVER_H_
