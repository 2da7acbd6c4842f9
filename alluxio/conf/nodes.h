#ifndef ALLUXIO_CONF_NODES_H_
#define ALLUXIO_CONF_NODES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "alluxio/conf/load.h"

namespace alluxio::conf {

// The host names of a `conf/masters` or `conf/workers` text: one a line, without
// what follows a #, blanks trimmed, empty lines dropped.
std::vector<std::string> ParseNodes(absl::string_view text);

// Reads `conf_dir`/masters and `conf_dir`/workers. NOT_FOUND: no such file.
absl::StatusOr<std::vector<std::string>> ReadMasters(const std::string& conf_dir, const Host& host);
absl::StatusOr<std::vector<std::string>> ReadWorkers(const std::string& conf_dir, const Host& host);

}  // namespace alluxio::conf

#endif  // ALLUXIO_CONF_NODES_H_
