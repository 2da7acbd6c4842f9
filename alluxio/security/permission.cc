#include "alluxio/security/permission.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace alluxio::security {

absl::Status CheckPermission(const Subject& subject, Bits wanted, absl::string_view path, absl::string_view name,
                             const AccessControlList& acl) {
  if (subject.is_superuser || Implies(acl.Permitted(subject.user, subject.groups), wanted)) return absl::OkStatus();
  return PermissionDenied(subject.user, wanted, path, name, acl.owner(), acl.group(), acl.mode());
}

Bits PermittedByMode(const Subject& subject, absl::string_view owner, absl::string_view group, Mode mode) {
  if (subject.is_superuser) return Bits::kAll;
  if (subject.user == owner) return mode.owner();
  const bool member =
      std::any_of(subject.groups.begin(), subject.groups.end(), [group](const std::string& g) { return g == group; });
  return member ? mode.group() : mode.other();
}

absl::Status PermissionDenied(absl::string_view user, Bits wanted, absl::string_view path, absl::string_view name,
                              absl::string_view owner, absl::string_view group, Mode mode) {
  return absl::PermissionDeniedError(absl::StrCat("Permission denied: user=", user, ", access=", BitsText(wanted),
                                                  ", path=", path, ": failed at ",
                                                  name.empty() ? absl::string_view("/") : name, ", inode owner=", owner,
                                                  ", inode group=", group, ", inode mode=", mode.ToString()));
}

absl::Status NotOwner(absl::string_view user, absl::string_view path) {
  return absl::PermissionDeniedError(
      absl::StrCat("Permission denied: user=", user, " is not the owner of path=", path));
}

absl::Status NotSuperuser(absl::string_view user) {
  return absl::PermissionDeniedError(
      absl::StrCat("Permission denied: ", user, " is not a super user or in super group"));
}

}  // namespace alluxio::security
