#include "alluxio/security/groups_conf.h"

#include "alluxio/conf/bad_value.h"

namespace alluxio::security {

absl::StatusOr<std::unique_ptr<GroupResolver>> GroupResolverOf(const conf::Configuration& configuration,
                                                               const Clock* clock) {
  constexpr char kClass[] = "alluxio.security.group.mapping.class";
  auto resolver = NewGroupResolver(configuration.GetString(kClass), clock,
                                   configuration.GetDuration("alluxio.security.group.mapping.cache.timeout"));
  if (!resolver.ok()) return conf::BadValue(configuration, kClass, resolver.status().message());
  return resolver;
}

}  // namespace alluxio::security
