#ifndef ALLUXIO_SHELL_FSADMIN_H_
#define ALLUXIO_SHELL_FSADMIN_H_

#include "absl/status/statusor.h"
#include "alluxio/shell/command.h"

namespace alluxio::shell {

// `alluxio fsadmin`.
const Tool& FsAdminTool();

// `fsadmin report CATEGORY`, in fsadmin_report.cc.
absl::StatusOr<int> Report(Environment& env, const Arguments& args);

// fsadmin_workers.cc.
absl::StatusOr<int> DecommissionWorker(Environment& env, const Arguments& args);
absl::StatusOr<int> EnableWorker(Environment& env, const Arguments& args);

}  // namespace alluxio::shell

#endif  // ALLUXIO_SHELL_FSADMIN_H_
