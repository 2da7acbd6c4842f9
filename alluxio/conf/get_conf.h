#ifndef ALLUXIO_CONF_GET_CONF_H_
#define ALLUXIO_CONF_GET_CONF_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "alluxio/conf/configuration.h"

namespace alluxio::conf {

// One property as it is shown and as masters hand it out (`ConfigProperty` on
// the wire): credentials are masked.
struct ShownProperty {
  std::string name;
  std::string value;
  bool is_set = false;  // false: no value on the wire, "" in listings
  std::string source;   // Entry::source_text
};

enum class ShownValue {
  kResolved,  // substituted: what a process shows of itself
  kRaw,       // as it was given: what a master answers to GetConfiguration
};

// Every declared property and every instance of a template, sorted by name. Keys
// that nobody declared are left out, as in the original.
std::vector<ShownProperty> ShownProperties(const Configuration& configuration, ShownValue which);

struct GetConfResult {
  int exit_code = 0;
  std::string out;
  std::string err;
};

// `alluxio getConf [--unit <arg>] [--source] [--master] [key]`, word for word.
// `ask_master` is called for --master only and returns what its GetConfiguration
// answered.
GetConfResult GetConf(const std::vector<std::string>& arguments, const Configuration& configuration,
                      const std::function<absl::StatusOr<std::vector<ShownProperty>>()>& ask_master);

}  // namespace alluxio::conf

#endif  // ALLUXIO_CONF_GET_CONF_H_
