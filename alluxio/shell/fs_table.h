#ifndef ALLUXIO_SHELL_FS_TABLE_H_
#define ALLUXIO_SHELL_FS_TABLE_H_

#include "alluxio/shell/command.h"

namespace alluxio::shell {

// `alluxio fs`.
const Tool& FsTool();

}  // namespace alluxio::shell

#endif  // ALLUXIO_SHELL_FS_TABLE_H_
