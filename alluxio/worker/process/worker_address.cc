#include "alluxio/worker/process/worker_address.h"

#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace alluxio::worker {

std::string DomainSocketPath(const conf::Configuration& configuration, Random* random) {
  const std::string path = configuration.GetString("alluxio.worker.data.server.domain.socket.address");
  if (path.empty() || !configuration.GetBool("alluxio.worker.data.server.domain.socket.as.uuid")) return path;
  return absl::StrCat(absl::StripSuffix(path, "/"), "/", random->NextUuid());
}

bool ServesOldPort(const conf::Configuration& configuration) {
  return !configuration.IsSetByUser("alluxio.worker.rpc.port");
}

grpc::WorkerNetAddress WorkerAddress(const conf::Configuration& configuration, const std::string& local_host_name,
                                     int port, const std::string& domain_socket) {
  grpc::WorkerNetAddress address;
  const std::string host = configuration.GetString("alluxio.worker.hostname");
  address.set_host(host.empty() ? local_host_name : host);
  address.set_containerhost(configuration.GetString("alluxio.worker.container.hostname"));
  address.set_rpcport(port);
  address.set_dataport(port);
  address.set_webport(static_cast<int32_t>(configuration.GetInt("alluxio.worker.web.port")));
  address.set_domainsocketpath(domain_socket);
  std::vector<std::string> order = configuration.GetList("alluxio.locality.order");
  if (order.empty()) order = {"node"};
  for (const std::string& name : order) {
    grpc::LocalityTier* const tier = address.mutable_tieredidentity()->add_tiers();
    tier->set_tiername(name);
    const absl::StatusOr<conf::Configuration::Entry> value = configuration.Find(absl::StrCat("alluxio.locality.", name));
    if (value.ok() && value->is_set && !value->value.empty()) {
      tier->set_value(value->value);
    } else if (name == "node") {
      tier->set_value(address.host());
    }
  }
  return address;
}

}  // namespace alluxio::worker
