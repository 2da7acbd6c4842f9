#include "alluxio/shell/mount_text.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "alluxio/shell/text.h"

namespace alluxio::shell {

void PrintMountTable(const std::map<std::string, client::MountPointInfo>& mounts, std::ostream& out) {
  size_t uri_width = 0;
  size_t path_width = 0;
  for (const auto& [path, mount] : mounts) {
    uri_width = std::max(uri_width, mount.ufs_uri.size());
    path_width = std::max(path_width, path.size());
  }
  for (const auto& [path, mount] : mounts) {
    std::string share;
    if (mount.ufs_capacity_bytes > 0) {
      share = absl::StrFormat("(%d%%)", static_cast<int>(100.0 * static_cast<double>(mount.ufs_used_bytes) /
                                                         static_cast<double>(mount.ufs_capacity_bytes)));
    }
    out << absl::StrFormat("%-*s  on  %-*s  (%s, capacity=%s, used=%s%s, %sread-only, %sshared, properties=%s)\n",
                           static_cast<int>(uri_width), mount.ufs_uri, static_cast<int>(path_width), path,
                           mount.ufs_type, SizeText(mount.ufs_capacity_bytes), SizeText(mount.ufs_used_bytes), share,
                           mount.read_only ? "" : "not ", mount.shared ? "" : "not ", MapText(mount.properties));
  }
}

}  // namespace alluxio::shell
