#include "alluxio/worker/process/cluster_defaults.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "alluxio/base/clock.h"
#include "alluxio/base/log.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/conf/property_table.h"
#include "alluxio/security/groups_conf.h"
#include "alluxio/stub/master_stub.h"
#include "alluxio/stub/meta_methods.h"
#include "alluxio/worker/tier/tier_options.h"

namespace alluxio::worker {

absl::StatusOr<conf::Configuration> WithClusterDefaults(conf::Sources sources, std::function<bool()> keep_waiting) {
  sources.cluster_scope = conf::Scope::kWorker;
  ALLUXIO_ASSIGN_OR_RETURN(conf::Configuration own, conf::Configuration::Create(sources));
  // What stops the start does so now, not when a master is there. What is missing
  // may come from the master: its properties are weaker than these.
  if (const auto layout = LayoutFrom(own); absl::IsInvalidArgument(layout.status())) return layout.status();
  ALLUXIO_RETURN_IF_ERROR(security::GroupResolverOf(own, Clock::System()).status());
  if (!own.GetBool("alluxio.user.conf.cluster.default.enabled")) return own;
  ALLUXIO_ASSIGN_OR_RETURN(stub::MasterStubOptions options, stub::MasterStubOptionsOf(own));
  options.retry.max_duration = absl::ZeroDuration();
  const std::string addresses = absl::StrJoin(options.addresses, ", ");
  stub::MasterStub master(options);
  grpc::meta::GetConfigurationPOptions request;
  request.set_rawvalue(true);
  request.set_ignorepathconf(true);
  bool said = false;
  while (true) {
    const auto response =
        master.Call(stub::kGetConfiguration, request, {.deadline = absl::Now() + absl::Seconds(30)});
    if (response.ok()) {
      for (const grpc::ConfigProperty& property : response->clusterconfigs()) {
        // The master's built-in defaults are ours as well, or none of our business.
        if (!property.has_value() || property.source() == "DEFAULT") continue;
        sources.cluster_defaults.emplace_back(property.name(), property.value());
      }
      return conf::Configuration::Create(sources);
    }
    if (!said) {
      ALLUXIO_LOG(kWarning, "worker", "waiting for the master at ", addresses, ": ", response.status().ToString());
      said = true;
    }
    if (!keep_waiting()) return absl::UnavailableError(absl::StrCat("no master answered at ", addresses));
  }
}

}  // namespace alluxio::worker
