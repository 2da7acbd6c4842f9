#include "alluxio/rpc/unary.h"

#include "absl/strings/match.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"

namespace alluxio::rpc {

std::string PeerOf(const ::grpc::ServerContextBase& context) {
  const std::string peer = context.peer();
  absl::string_view rest = peer;
  if (absl::ConsumePrefix(&rest, "ipv4:")) return std::string(rest);
  if (absl::ConsumePrefix(&rest, "ipv6:")) return absl::StrReplaceAll(rest, {{"%5B", "["}, {"%5D", "]"}});
  if (absl::StartsWith(rest, "unix:")) return "unix";
  return peer;
}

absl::StatusOr<Caller> CallerOf(const CallEnv& env, absl::string_view method,
                                const ::grpc::ServerContextBase& context) {
  Caller caller;
  if (env.sessions) {
    const auto& metadata = context.client_metadata();
    const auto found = metadata.find("channel-id");
    if (found == metadata.end()) return SessionRegistry::MissingChannelId(method);
    auto user = env.sessions->UserOf(absl::string_view(found->second.data(), found->second.size()), method);
    if (!user.ok()) return user.status();
    caller.user = *std::move(user);
  }
  caller.peer = PeerOf(context);
  return caller;
}

}  // namespace alluxio::rpc
