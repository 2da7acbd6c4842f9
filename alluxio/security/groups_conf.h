#ifndef ALLUXIO_SECURITY_GROUPS_CONF_H_
#define ALLUXIO_SECURITY_GROUPS_CONF_H_

#include <memory>

#include "absl/status/statusor.h"
#include "alluxio/base/clock.h"
#include "alluxio/conf/configuration.h"
#include "alluxio/security/groups.h"

namespace alluxio::security {

// The resolver that `alluxio.security.group.mapping.class` and
// `.cache.timeout` ask for. `clock` must outlive the result.
//
// Errors:
//   INVALID_ARGUMENT  another class: the key, the value, where it came from, the known ones.
absl::StatusOr<std::unique_ptr<GroupResolver>> GroupResolverOf(const conf::Configuration& configuration,
                                                               const Clock* clock);

}  // namespace alluxio::security

#endif  // ALLUXIO_SECURITY_GROUPS_CONF_H_
