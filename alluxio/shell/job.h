#ifndef ALLUXIO_SHELL_JOB_H_
#define ALLUXIO_SHELL_JOB_H_

#include "alluxio/shell/command.h"

namespace alluxio::shell {

// `alluxio job`: understands the original's commands, and says that there is no
// job service to ask.
const Tool& JobTool();

}  // namespace alluxio::shell

#endif  // ALLUXIO_SHELL_JOB_H_
