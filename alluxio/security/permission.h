#ifndef ALLUXIO_SECURITY_PERMISSION_H_
#define ALLUXIO_SECURITY_PERMISSION_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "alluxio/security/acl.h"
#include "alluxio/security/mode.h"

namespace alluxio::security {

// On whose behalf something is done.
struct Subject {
  std::string user;
  std::vector<std::string> groups;
  // Passes every check: the user who started the master, or a member of
  // alluxio.security.authorization.permission.supergroup.
  bool is_superuser = false;
};

// Whether `subject` may do `wanted` to the inode `name` ("" for the root) whose
// list is `acl`, on the way to `path`.
//
// Errors:
//   PERMISSION_DENIED  as PermissionDenied words it.
absl::Status CheckPermission(const Subject& subject, Bits wanted, absl::string_view path, absl::string_view name,
                             const AccessControlList& acl);

// The same for an inode without an extended list; compares names only.
Bits PermittedByMode(const Subject& subject, absl::string_view owner, absl::string_view group, Mode mode);

// `Permission denied: user=alice, access=-w-, path=/d/x: failed at d, inode
// owner=root, inode group=root, inode mode=rwxr-xr-x`; `name` "" is the root.
absl::Status PermissionDenied(absl::string_view user, Bits wanted, absl::string_view path, absl::string_view name,
                              absl::string_view owner, absl::string_view group, Mode mode);

// `Permission denied: user=alice is not the owner of path=/d/x`
absl::Status NotOwner(absl::string_view user, absl::string_view path);

// `Permission denied: alice is not a super user or in super group`
absl::Status NotSuperuser(absl::string_view user);

}  // namespace alluxio::security

#endif  // ALLUXIO_SECURITY_PERMISSION_H_
