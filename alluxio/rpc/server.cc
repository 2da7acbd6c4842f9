#include "alluxio/rpc/server.h"

#include <grpcpp/grpcpp.h>
#include <netdb.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "alluxio/base/errno_status.h"
#include "alluxio/base/log.h"
#include "alluxio/base/mutex.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/base/unique_fd.h"
#include "alluxio/rpc/sasl_service.h"
#include "alluxio/rpc/version_service.h"

namespace alluxio::rpc {
namespace {

std::string HostPort(absl::string_view host, int port) {
  if (absl::StrContains(host, ':') && !absl::StartsWith(host, "[")) return absl::StrCat("[", host, "]:", port);
  return absl::StrCat(host, ":", port);
}

// gRPC says only that it could not bind; this says why.
absl::Status CheckPortIsFree(const std::string& host, int port, const std::string& key) {
  addrinfo hints = {};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE;
  addrinfo* list = nullptr;
  if (const int error = getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &list); error != 0) {
    return absl::FailedPreconditionError(
        absl::StrCat("cannot listen on host '", host, "': ", gai_strerror(error), "; set the bind host beside ", key));
  }
  absl::Status result;
  for (addrinfo* a = list; a && result.ok(); a = a->ai_next) {
    const UniqueFd fd(socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC, a->ai_protocol));
    if (fd.get() < 0) continue;
    const int one = 1;
    setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
    if (bind(fd.get(), a->ai_addr, a->ai_addrlen) == 0) continue;
    const int error = errno;
    const std::string why = error == EADDRINUSE ? "is in use: stop what listens there, or"
                                                : absl::StrCat("cannot be bound (", strerror(error), "):");
    result = absl::FailedPreconditionError(absl::StrCat("port ", port, " on ", host, " ", why, " set ", key));
  }
  freeaddrinfo(list);
  return result;
}

// gRPC replaces a stale socket file; what still answers, or is no socket, is
// refused here. Creates the folder.
absl::Status PrepareSocketPath(const std::string& path) {
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  if (!absl::StartsWith(path, "/") || path.size() >= sizeof(address.sun_path)) {
    return absl::InvalidArgumentError(absl::StrCat("domain socket path '", path, "' must be absolute and shorter than ",
                                                   sizeof(address.sun_path), " bytes"));
  }
  std::error_code error;
  std::filesystem::create_directories(std::filesystem::path(path).parent_path(), error);
  if (error) {
    return absl::FailedPreconditionError(
        absl::StrCat("cannot create the folder of domain socket ", path, ": ", error.message()));
  }
  struct stat info;
  if (lstat(path.c_str(), &info) != 0) return absl::OkStatus();
  if (!S_ISSOCK(info.st_mode)) {
    return absl::FailedPreconditionError(
        absl::StrCat("domain socket path ", path, " exists and is not a socket: remove it or set another path"));
  }
  std::memcpy(address.sun_path, path.c_str(), path.size());
  const UniqueFd fd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (connect(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0) {
    return absl::FailedPreconditionError(
        absl::StrCat("domain socket ", path, " is in use: stop what listens there or set another path"));
  }
  return absl::OkStatus();
}

int Millis(absl::Duration duration) {
  return static_cast<int>(std::clamp<int64_t>(absl::ToInt64Milliseconds(duration), 1, INT32_MAX));
}

void SetChannelArguments(const ServerOptions& options, ::grpc::ServerBuilder* builder) {
  builder->AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder->AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, Millis(options.keepalive_time));
  builder->AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, Millis(options.keepalive_timeout));
  builder->AddChannelArgument(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  // Java clients ping every 30 s, also when only the authentication stream is
  // open; gRPC's default would cut them off after minutes.
  builder->AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder->AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 10'000);
  if (options.bulk_data) {
    // Measured: up to twice the rate of streams of 1 MiB messages.
    builder->AddChannelArgument("grpc.experimental.tcp_read_chunk_size", 1 << 20);
    builder->AddChannelArgument("grpc.experimental.tcp_min_read_chunk_size", 256 << 10);
    builder->AddChannelArgument("grpc.experimental.tcp_max_read_chunk_size", 4 << 20);
    builder->AddChannelArgument(GRPC_ARG_HTTP2_MAX_FRAME_SIZE, 4 << 20);
    builder->AddChannelArgument(GRPC_ARG_HTTP2_STREAM_LOOKAHEAD_BYTES, 16 << 20);
    builder->AddChannelArgument(GRPC_ARG_HTTP2_WRITE_BUFFER_SIZE, 4 << 20);
  }
  builder->SetMaxReceiveMessageSize(
      static_cast<int>(std::min<int64_t>(options.max_inbound_message_bytes, INT32_MAX)));
  builder->SetMaxSendMessageSize(-1);
}

class GrpcServer final : public RpcServer {
 public:
  explicit GrpcServer(ServerOptions options)
      : options_(std::move(options)),
        version_(std::set<grpc::version::ServiceType>(options_.service_types.begin(), options_.service_types.end())),
        sasl_(options_.sessions, &options_.impersonation) {}
  ~GrpcServer() override { Stop(absl::Seconds(1)); }

  absl::Status Listen() {
    std::vector<int> wanted = {options_.port};
    wanted.insert(wanted.end(), options_.more_ports.begin(), options_.more_ports.end());
    for (const int port : wanted) {
      if (port != 0) ALLUXIO_RETURN_IF_ERROR(CheckPortIsFree(options_.host, port, options_.port_key));
    }
    for (const std::string& path : options_.unix_paths) ALLUXIO_RETURN_IF_ERROR(PrepareSocketPath(path));

    ::grpc::ServerBuilder builder;
    SetChannelArguments(options_, &builder);
    ports_.resize(wanted.size());
    const auto credentials = ::grpc::InsecureServerCredentials();
    for (size_t i = 0; i < wanted.size(); ++i) {
      builder.AddListeningPort(HostPort(options_.host, wanted[i]), credentials, &ports_[i]);
    }
    for (const std::string& path : options_.unix_paths) builder.AddListeningPort("unix:" + path, credentials);
    for (::grpc::Service* service : options_.services) builder.RegisterService(service);
    builder.RegisterService(&version_);
    // NOSASL serves no authentication at all: clients tell by UNIMPLEMENTED.
    if (options_.authentication == AuthenticationType::kSimple) builder.RegisterService(&sasl_);
    server_ = builder.BuildAndStart();
    if (!server_) {
      return absl::FailedPreconditionError(absl::StrCat("cannot listen on ", HostPort(options_.host, options_.port),
                                                        " (", options_.port_key, ") or on a domain socket"));
    }
    for (const std::string& path : options_.unix_paths) {
      if (chmod(path.c_str(), 0777) != 0) {
        return absl::FailedPreconditionError(
            absl::StrCat("cannot set the mode of domain socket ", path, ": ", strerror(errno)));
      }
    }
    return absl::OkStatus();
  }

  int port() const override { return ports_.front(); }
  std::vector<int> more_ports() const override { return {ports_.begin() + 1, ports_.end()}; }

  void Stop(absl::Duration grace) override {
    MutexLock lock(&stop_mutex_);
    if (!server_ || stopped_) return;
    stopped_ = true;
    sasl_.Close();
    server_->Shutdown(absl::ToChronoTime(absl::Now() + grace));
    server_->Wait();
  }

 private:
  ServerOptions options_;
  VersionService version_;
  SaslService sasl_;
  std::vector<int> ports_;
  Mutex stop_mutex_;
  bool stopped_ ABSL_GUARDED_BY(stop_mutex_) = false;
  std::unique_ptr<::grpc::Server> server_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<RpcServer>> RpcServer::Start(ServerOptions options) {
  if (options.authentication == AuthenticationType::kSimple && !options.sessions) {
    return absl::InvalidArgumentError("SIMPLE authentication needs a session registry");
  }
  auto server = std::make_unique<GrpcServer>(std::move(options));
  ALLUXIO_RETURN_IF_ERROR(server->Listen());
  return server;
}

}  // namespace alluxio::rpc
