#ifndef ALLUXIO_CONTAINER_ENV_SCRIPT_H_
#define ALLUXIO_CONTAINER_ENV_SCRIPT_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace alluxio::container {

// What conf/alluxio-env.sh sets, where it needs no shell to know: comments, blank
// lines, and lines NAME=value or export NAME=value with a plain word or one pair
// of quotes. nullopt where anything else is in it (an expansion, a condition).
std::optional<std::vector<std::pair<std::string, std::string>>> ReadPlainEnvScript(absl::string_view text);

}  // namespace alluxio::container

#endif  // ALLUXIO_CONTAINER_ENV_SCRIPT_H_
