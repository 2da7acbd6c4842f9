#ifndef ALLUXIO_CONF_UPDATE_H_
#define ALLUXIO_CONF_UPDATE_H_

#include <string>

#include "absl/status/statusor.h"
#include "alluxio/conf/configuration.h"
#include "alluxio/conf/property_table.h"

namespace alluxio::conf {

// Whether a running master takes a new value of `property`: what it applies
// itself, and what it only hands out to clients ("alluxio.user.*").
//
// The original takes every property but two, whether anything looks at the new
// value or not; here "updated" means applied.
bool IsDynamic(const Property& property);

// `configuration` with one property changed while the master runs. Errors:
//   FAILED_PRECONDITION  `alluxio.conf.dynamic.update.enabled` is false, or the
//                        property isn't dynamic.
//   INVALID_ARGUMENT     no such property, or a value that it may not have: as at
//                        a start, and no empty number, no interval of 0 or less.
absl::StatusOr<Configuration> UpdateProperty(const Configuration& configuration, const std::string& key,
                                             const std::string& value);

}  // namespace alluxio::conf

#endif  // ALLUXIO_CONF_UPDATE_H_
