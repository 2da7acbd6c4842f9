// What the stubs take from the configuration.
#include "absl/strings/str_cat.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/conf/bad_value.h"
#include "alluxio/stub/master_stub.h"

namespace alluxio::stub {

absl::StatusOr<MasterStubOptions> MasterStubOptionsOf(const conf::Configuration& configuration) {
  constexpr absl::string_view kZooKeeper = "alluxio.zookeeper.enabled";
  if (configuration.GetBool(kZooKeeper)) {
    return absl::InvalidArgumentError(absl::StrCat(kZooKeeper, "=true (from ", conf::OriginOf(configuration, kZooKeeper),
                                                   ") is not supported by this version: set it to false and name the "
                                                   "master by alluxio.master.hostname"));
  }
  MasterStubOptions options;
  options.addresses = configuration.GetList("alluxio.master.rpc.addresses");
  if (options.addresses.empty()) {
    std::string host = configuration.GetString("alluxio.master.hostname");
    if (host.empty()) host = "localhost";
    options.addresses.push_back(absl::StrCat(host, ":", configuration.GetInt("alluxio.master.rpc.port")));
  }
  ALLUXIO_ASSIGN_OR_RETURN(options.channel.authentication, rpc::AuthenticationTypeOf(configuration));
  options.channel.user = rpc::LoginUser(configuration);
  options.channel.authentication_timeout = configuration.GetDuration("alluxio.network.connection.auth.timeout");
  options.channel.max_inbound_message_bytes =
      configuration.GetBytes("alluxio.user.network.rpc.max.inbound.message.size");
  options.channel.keepalive_time = configuration.GetDuration("alluxio.user.network.rpc.keepalive.time");
  options.channel.keepalive_timeout = configuration.GetDuration("alluxio.user.network.rpc.keepalive.timeout");
  options.retry.max_duration = configuration.GetDuration("alluxio.user.rpc.retry.max.duration");
  options.retry.base_sleep = configuration.GetDuration("alluxio.user.rpc.retry.base.sleep");
  options.retry.max_sleep = configuration.GetDuration("alluxio.user.rpc.retry.max.sleep");
  return options;
}

}  // namespace alluxio::stub
