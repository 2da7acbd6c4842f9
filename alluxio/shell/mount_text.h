#ifndef ALLUXIO_SHELL_MOUNT_TEXT_H_
#define ALLUXIO_SHELL_MOUNT_TEXT_H_

#include <map>
#include <ostream>
#include <string>

#include "alluxio/client/types.h"

namespace alluxio::shell {

// The mount table as `fs mount` and `fsadmin report ufs` list it.
void PrintMountTable(const std::map<std::string, client::MountPointInfo>& mounts, std::ostream& out);

}  // namespace alluxio::shell

#endif  // ALLUXIO_SHELL_MOUNT_TEXT_H_
