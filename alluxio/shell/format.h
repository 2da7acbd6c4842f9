#ifndef ALLUXIO_SHELL_FORMAT_H_
#define ALLUXIO_SHELL_FORMAT_H_

#include <ostream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "alluxio/conf/configuration.h"

namespace alluxio::shell {

// Throws away what a master or worker of this machine keeps between runs:
// `formatMaster`, `formatWorker`. They must not be running. Symbolic links
// inside are removed, never followed.
//
// Errors:
//   FAILED_PRECONDITION  a running process holds the folder.
//   INVALID_ARGUMENT     a folder is not set, relative, or the root of the machine.
absl::Status FormatMaster(const conf::Configuration& conf, std::ostream& out);
absl::Status FormatWorker(const conf::Configuration& conf, std::ostream& out);

// Removes everything in `folder`, which is made if it is not there.
absl::Status ClearFolder(absl::string_view folder);

}  // namespace alluxio::shell

#endif  // ALLUXIO_SHELL_FORMAT_H_
