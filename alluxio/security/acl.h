#ifndef ALLUXIO_SECURITY_ACL_H_
#define ALLUXIO_SECURITY_ACL_H_

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "alluxio/security/mode.h"

namespace alluxio::security {

// Numbered as on the wire.
enum class AclEntryType { kOwningUser = 0, kNamedUser = 1, kOwningGroup = 2, kNamedGroup = 3, kMask = 4, kOther = 5 };

// One line of an access control list.
struct AclEntry {
  AclEntryType type = AclEntryType::kOwningUser;
  std::string subject;  // of a named user or group; else ignored
  Bits actions = Bits::kNone;
  bool is_default = false;

  // "user::rwx", "group:staff:r-x", "default:mask::rwx".
  std::string ToCliString() const;

  // Errors:
  //   INVALID_ARGUMENT  with the text that `setfacl` of the original shows.
  static absl::StatusOr<AclEntry> ParseCli(absl::string_view text);
  // The same without permissions ("user:bob", "default:mask:"), as `setfacl -x`
  // takes them; a third part is an error there.
  static absl::StatusOr<AclEntry> ParseCliWithoutPermissions(absl::string_view text);

  friend bool operator==(const AclEntry&, const AclEntry&) = default;
};

// Who may do what to a file or directory: owner, group and mode, and on top the
// entries of named users and groups, limited by a mask.
//
// A value type; not thread-safe. Without named entries it costs its two names.
class AccessControlList {
 public:
  using Named = std::map<std::string, Bits, std::less<>>;

  AccessControlList() = default;
  AccessControlList(absl::string_view owner, absl::string_view group, Mode mode)
      : owner_(owner), group_(group), mode_(mode) {}

  const std::string& owner() const { return owner_; }
  const std::string& group() const { return group_; }
  Mode mode() const { return mode_; }
  void set_owner(absl::string_view owner) { owner_ = std::string(owner); }
  void set_group(absl::string_view group) { group_ = std::string(group); }
  void set_mode(Mode mode) { mode_ = mode; }

  const Named& named_users() const { return named_users_; }
  const Named& named_groups() const { return named_groups_; }
  Bits mask() const { return mask_; }
  // Whether there are named entries; the mask counts only then.
  bool HasExtended() const { return !named_users_.empty() || !named_groups_.empty(); }

  // Adds or replaces the entry of that type and subject. Does not touch the
  // mask (ApplySetAcl does).
  void SetEntry(const AclEntry& entry);
  // Errors:
  //   INVALID_ARGUMENT  a base entry, or the mask while there are named entries.
  absl::Status RemoveEntry(const AclEntry& entry);
  void RemoveExtended();
  // Makes the mask the union of the group's and all named entries.
  void UpdateMask();

  // What `user`, a member of `groups`, may do. The first that fits decides: owner,
  // named user (masked), any of the groups (united, masked), other.
  Bits Permitted(absl::string_view user, absl::Span<const std::string> groups) const;

  // In the order of `getfacl`: user, group, other, named users, named groups, mask.
  std::vector<AclEntry> Entries() const;
  std::vector<std::string> CliEntries() const;

  friend bool operator==(const AccessControlList& a, const AccessControlList& b);

 protected:
  std::string owner_;
  std::string group_;
  Mode mode_;
  Named named_users_;
  Named named_groups_;
  Bits mask_ = Bits::kNone;
};

// What the children of a directory start with. Empty until its first entry is set.
class DefaultAccessControlList : public AccessControlList {
 public:
  DefaultAccessControlList() = default;

  bool empty() const { return empty_; }
  void set_empty(bool empty) { empty_ = empty; }

  // An empty list takes the mode of `access` first.
  void SetEntry(const AclEntry& entry, const AccessControlList& access);
  // A base entry falls back to that of `access`. Errors as the base class's.
  absl::Status RemoveEntry(const AclEntry& entry, const AccessControlList& access);

  // Entries marked as default; none if empty.
  std::vector<AclEntry> Entries() const;
  std::vector<std::string> CliEntries() const;

  // The access list of a file created with `mode` (umask not applied: that is
  // the rule of POSIX where a default list exists). The owner and group of the
  // directory are kept; the caller sets its own.
  AccessControlList ForChildFile(Mode mode) const;
  // And of a directory: its access list and its default list.
  std::pair<AccessControlList, DefaultAccessControlList> ForChildDirectory(Mode mode) const;

  friend bool operator==(const DefaultAccessControlList& a, const DefaultAccessControlList& b);

 private:
  bool empty_ = true;
};

// Numbered as on the wire.
enum class SetAclAction { kReplace = 0, kModify = 1, kRemove = 2, kRemoveAll = 3, kRemoveDefault = 4 };

// Carries SetAcl out on one inode. `default_acl` is null for a file. On an error
// nothing has changed.
//
// Errors:
//   INVALID_ARGUMENT     a base entry or needed mask would be removed; REPLACE
//                        without the three base entries; a named entry without name.
//   FAILED_PRECONDITION  a default entry for a file.
absl::Status ApplySetAcl(SetAclAction action, absl::Span<const AclEntry> entries, AccessControlList* access,
                         DefaultAccessControlList* default_acl);

}  // namespace alluxio::security

#endif  // ALLUXIO_SECURITY_ACL_H_
