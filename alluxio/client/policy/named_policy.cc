#include "alluxio/client/policy/named_policy.h"

#include "alluxio/conf/bad_value.h"

namespace alluxio::client {

absl::StatusOr<std::unique_ptr<WorkerChooser>> WorkerChooserOf(const conf::Configuration& configuration,
                                                              absl::string_view key, absl::string_view class_name,
                                                              const PolicySettings& settings) {
  auto chooser = MakeWorkerChooser(class_name, settings);
  if (!chooser.ok() && configuration.GetString(key) == class_name) {
    return conf::BadValue(configuration, key, chooser.status().message());
  }
  return chooser;
}

}  // namespace alluxio::client
