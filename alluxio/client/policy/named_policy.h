#ifndef ALLUXIO_CLIENT_POLICY_NAMED_POLICY_H_
#define ALLUXIO_CLIENT_POLICY_NAMED_POLICY_H_

#include <memory>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "alluxio/client/policy/worker_policy.h"
#include "alluxio/conf/configuration.h"

namespace alluxio::client {

// MakeWorkerChooser, where `key` is the property that says `class_name` unless a
// caller chose another: then the error names the property and where its value came from.
absl::StatusOr<std::unique_ptr<WorkerChooser>> WorkerChooserOf(const conf::Configuration& configuration,
                                                              absl::string_view key, absl::string_view class_name,
                                                              const PolicySettings& settings);

}  // namespace alluxio::client

#endif  // ALLUXIO_CLIENT_POLICY_NAMED_POLICY_H_
