#ifndef ALLUXIO_CONF_BAD_VALUE_H_
#define ALLUXIO_CONF_BAD_VALUE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "alluxio/conf/configuration.h"

namespace alluxio::conf {

// Where the key's value came from, for messages: "/opt/conf/alluxio-site.properties",
// "-D on the command line or in the environment", "the built-in default", ...
std::string OriginOf(const Configuration& configuration, absl::string_view key);

// What to answer to a value that parses and still can't be used:
//   INVALID_ARGUMENT     `Invalid value for property key KEY: VALUE (from ORIGIN): ALLOWED`
//   FAILED_PRECONDITION  nobody set it: `Property key KEY is not set: ALLOWED`
absl::Status BadValue(const Configuration& configuration, absl::string_view key, absl::string_view allowed);

}  // namespace alluxio::conf

#endif  // ALLUXIO_CONF_BAD_VALUE_H_
