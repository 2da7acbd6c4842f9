#include "alluxio/security/acl.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "alluxio/base/status_macros.h"

namespace alluxio::security {
namespace {

bool IsNamed(AclEntryType type) { return type == AclEntryType::kNamedUser || type == AclEntryType::kNamedGroup; }

absl::Status Invalid(absl::string_view what, absl::string_view text) {
  return absl::InvalidArgumentError(absl::StrCat(what, ": ", text));
}

// Parts of "default:user:bob:rwx", trimmed; trailing empty ones dropped, as
// String.split of Java does.
std::vector<absl::string_view> SplitCli(absl::string_view text) {
  std::vector<absl::string_view> parts = absl::StrSplit(text, ':');
  while (parts.size() > 1 && parts.back().empty()) parts.pop_back();
  for (absl::string_view& part : parts) part = absl::StripAsciiWhitespace(part);
  return parts;
}

absl::StatusOr<AclEntryType> ParseType(absl::string_view type, absl::string_view subject, absl::string_view text) {
  if (type.empty()) return Invalid("ACL entry type is empty", text);
  if (type == "user") return subject.empty() ? AclEntryType::kOwningUser : AclEntryType::kNamedUser;
  if (type == "group") return subject.empty() ? AclEntryType::kOwningGroup : AclEntryType::kNamedGroup;
  if (type == "mask") {
    if (!subject.empty()) return Invalid("Subject for acl mask type must be empty", text);
    return AclEntryType::kMask;
  }
  if (type == "other") {
    if (!subject.empty()) return Invalid("Subject for acl other type must be empty", text);
    return AclEntryType::kOther;
  }
  return Invalid("Unexpected ACL entry type", text);
}

// The union of what may become of a mask when entries of these types change.
void UpdateMasks(absl::Span<const AclEntry> entries, AccessControlList* access, AccessControlList* default_acl) {
  bool update_access = false;
  bool update_default = false;
  for (const AclEntry& entry : entries) {
    // Somebody who names the mask has decided.
    if (entry.type == AclEntryType::kMask) return;
    if (IsNamed(entry.type) || entry.type == AclEntryType::kOwningGroup) {
      (entry.is_default ? update_default : update_access) = true;
    }
  }
  if (update_access) access->UpdateMask();
  if (update_default && default_acl != nullptr) default_acl->UpdateMask();
}

absl::Status CheckReplacement(absl::Span<const AclEntry> entries) {
  std::vector<absl::string_view> missing;
  for (auto [type, name] : {std::pair<AclEntryType, absl::string_view>{AclEntryType::kOwningUser, "OWNING_USER"},
                            {AclEntryType::kOwningGroup, "OWNING_GROUP"},
                            {AclEntryType::kOther, "OTHER"}}) {
    if (std::none_of(entries.begin(), entries.end(), [type = type](const AclEntry& e) { return e.type == type; })) {
      missing.push_back(name);
    }
  }
  if (missing.empty()) return absl::OkStatus();
  return absl::UnknownError(  // as its code is on the wire
      absl::StrCat("Replacing ACL entries must include the base entries for 'user', 'group', and 'other'. missing: ",
                   absl::StrJoin(missing, ", ")));
}

}  // namespace

std::string AclEntry::ToCliString() const {
  absl::string_view kind;
  switch (type) {
    case AclEntryType::kOwningUser:
    case AclEntryType::kNamedUser: kind = "user"; break;
    case AclEntryType::kOwningGroup:
    case AclEntryType::kNamedGroup: kind = "group"; break;
    case AclEntryType::kMask: kind = "mask"; break;
    case AclEntryType::kOther: kind = "other"; break;
  }
  return absl::StrCat(is_default ? "default:" : "", kind, ":", IsNamed(type) ? absl::string_view(subject) : "", ":",
                      BitsText(actions));
}

absl::StatusOr<AclEntry> AclEntry::ParseCli(absl::string_view text) {
  std::vector<absl::string_view> parts = SplitCli(text);
  AclEntry entry;
  if (parts[0] == "default" && parts.size() == 4) {
    entry.is_default = true;
    parts.erase(parts.begin());
  }
  if (parts.size() != 3 || parts[0] == "default") return Invalid("Unexpected acl components", text);
  ALLUXIO_ASSIGN_OR_RETURN(entry.type, ParseType(parts[0], parts[1], text));
  ALLUXIO_ASSIGN_OR_RETURN(entry.actions, ParseBits(parts[2]));
  entry.subject = std::string(parts[1]);
  return entry;
}

absl::StatusOr<AclEntry> AclEntry::ParseCliWithoutPermissions(absl::string_view text) {
  std::vector<absl::string_view> parts = SplitCli(text);
  AclEntry entry;
  if (parts[0] == "default" && parts.size() > 1) {
    entry.is_default = true;
    parts.erase(parts.begin());
  }
  if (parts.size() > 3) return Invalid("Unexpected acl components", text);
  parts.resize(3);
  if (!parts[2].empty()) return Invalid("ACL permissions cannot be specified", text);
  ALLUXIO_ASSIGN_OR_RETURN(entry.type, ParseType(parts[0], parts[1], text));
  if (entry.type == AclEntryType::kOwningUser || entry.type == AclEntryType::kOwningGroup) {
    return Invalid("ACL entry must have subject", text);
  }
  entry.subject = std::string(parts[1]);
  return entry;
}

void AccessControlList::SetEntry(const AclEntry& entry) {
  switch (entry.type) {
    case AclEntryType::kOwningUser: mode_ = mode_.WithOwner(entry.actions); break;
    case AclEntryType::kOwningGroup: mode_ = mode_.WithGroup(entry.actions); break;
    case AclEntryType::kOther: mode_ = mode_.WithOther(entry.actions); break;
    case AclEntryType::kNamedUser: named_users_.insert_or_assign(entry.subject, entry.actions); break;
    case AclEntryType::kNamedGroup: named_groups_.insert_or_assign(entry.subject, entry.actions); break;
    case AclEntryType::kMask: mask_ = entry.actions; break;
  }
}

absl::Status AccessControlList::RemoveEntry(const AclEntry& entry) {
  switch (entry.type) {
    case AclEntryType::kNamedUser: named_users_.erase(entry.subject); break;
    case AclEntryType::kNamedGroup: named_groups_.erase(entry.subject); break;
    case AclEntryType::kMask:
      if (HasExtended())
        return Invalid("Deleting the mask for extended ACLs is not allowed. entry", entry.ToCliString());
      mask_ = Bits::kNone;
      break;
    default: return Invalid("Deleting base entry is not allowed. entry", entry.ToCliString());
  }
  return absl::OkStatus();
}

void AccessControlList::RemoveExtended() {
  named_users_.clear();
  named_groups_.clear();
  mask_ = Bits::kNone;
}

void AccessControlList::UpdateMask() {
  if (!HasExtended()) return;
  mask_ = mode_.group();
  for (const auto& [name, bits] : named_users_) mask_ = mask_ | bits;
  for (const auto& [name, bits] : named_groups_) mask_ = mask_ | bits;
}

Bits AccessControlList::Permitted(absl::string_view user, absl::Span<const std::string> groups) const {
  if (user == owner_) return mode_.owner();
  if (auto it = named_users_.find(user); it != named_users_.end()) return it->second & mask_;
  bool member = false;
  Bits bits = Bits::kNone;
  for (const std::string& group : groups) {
    if (group == group_) {
      member = true;
      bits = bits | mode_.group();
    }
    if (auto it = named_groups_.find(group); it != named_groups_.end()) {
      member = true;
      bits = bits | it->second;
    }
  }
  if (!member) return mode_.other();
  return HasExtended() ? bits & mask_ : bits;
}

std::vector<AclEntry> AccessControlList::Entries() const {
  std::vector<AclEntry> entries = {
      {.type = AclEntryType::kOwningUser, .subject = owner_, .actions = mode_.owner()},
      {.type = AclEntryType::kOwningGroup, .subject = group_, .actions = mode_.group()},
      {.type = AclEntryType::kOther, .actions = mode_.other()},
  };
  for (const auto& [name, bits] : named_users_) {
    entries.push_back({.type = AclEntryType::kNamedUser, .subject = name, .actions = bits});
  }
  for (const auto& [name, bits] : named_groups_) {
    entries.push_back({.type = AclEntryType::kNamedGroup, .subject = name, .actions = bits});
  }
  if (HasExtended()) entries.push_back({.type = AclEntryType::kMask, .actions = mask_});
  return entries;
}

std::vector<std::string> AccessControlList::CliEntries() const {
  std::vector<std::string> result;
  for (const AclEntry& entry : Entries()) result.push_back(entry.ToCliString());
  return result;
}

bool operator==(const AccessControlList& a, const AccessControlList& b) {
  return a.owner_ == b.owner_ && a.group_ == b.group_ && a.mode_ == b.mode_ && a.named_users_ == b.named_users_ &&
         a.named_groups_ == b.named_groups_ && (!a.HasExtended() || a.mask_ == b.mask_);
}

void DefaultAccessControlList::SetEntry(const AclEntry& entry, const AccessControlList& access) {
  if (empty_) {
    owner_ = access.owner();
    group_ = access.group();
    mode_ = access.mode();
    empty_ = false;
  }
  AccessControlList::SetEntry(entry);
}

absl::Status DefaultAccessControlList::RemoveEntry(const AclEntry& entry, const AccessControlList& access) {
  switch (entry.type) {
    case AclEntryType::kOwningUser: mode_ = mode_.WithOwner(access.mode().owner()); break;
    case AclEntryType::kOwningGroup: mode_ = mode_.WithGroup(access.mode().group()); break;
    case AclEntryType::kOther: mode_ = mode_.WithOther(access.mode().other()); break;
    default: return AccessControlList::RemoveEntry(entry);
  }
  return absl::OkStatus();
}

std::vector<AclEntry> DefaultAccessControlList::Entries() const {
  if (empty_) return {};
  std::vector<AclEntry> entries = AccessControlList::Entries();
  for (AclEntry& entry : entries) entry.is_default = true;
  return entries;
}

std::vector<std::string> DefaultAccessControlList::CliEntries() const {
  std::vector<std::string> result;
  for (const AclEntry& entry : Entries()) result.push_back(entry.ToCliString());
  return result;
}

AccessControlList DefaultAccessControlList::ForChildFile(Mode mode) const {
  AccessControlList acl = *this;
  // With named entries the mode's group bits limit the mask, without them the group.
  if (HasExtended()) {
    acl.SetEntry({.type = AclEntryType::kMask, .actions = mask_ & mode.group()});
    acl.set_mode(Mode(mode_.owner() & mode.owner(), mode_.group(), mode_.other() & mode.other()));
  } else {
    acl.set_mode(Mode(mode_.value() & mode.value()));
  }
  return acl;
}

std::pair<AccessControlList, DefaultAccessControlList> DefaultAccessControlList::ForChildDirectory(Mode mode) const {
  std::pair<AccessControlList, DefaultAccessControlList> result{ForChildFile(mode), *this};
  result.second.empty_ = false;
  return result;
}

bool operator==(const DefaultAccessControlList& a, const DefaultAccessControlList& b) {
  return a.empty_ == b.empty_ && static_cast<const AccessControlList&>(a) == static_cast<const AccessControlList&>(b);
}

absl::Status ApplySetAcl(SetAclAction action, absl::Span<const AclEntry> entries, AccessControlList* access,
                         DefaultAccessControlList* default_acl) {
  for (const AclEntry& entry : entries) {
    if (entry.is_default && default_acl == nullptr) {
      return absl::FailedPreconditionError("Can not set default ACL for a file");
    }
    if (IsNamed(entry.type) && entry.subject.empty()) {
      return Invalid("ACL entry must have subject", entry.ToCliString());
    }
  }
  AccessControlList new_access = *access;
  DefaultAccessControlList new_default = default_acl == nullptr ? DefaultAccessControlList() : *default_acl;
  switch (action) {
    case SetAclAction::kReplace: {
      ALLUXIO_RETURN_IF_ERROR(CheckReplacement(entries));
      // Default entries alone leave the access list as it is, as on Linux.
      if (std::any_of(entries.begin(), entries.end(), [](const AclEntry& e) { return !e.is_default; })) {
        new_access.RemoveExtended();
        new_access.set_mode(Mode());
      }
      [[fallthrough]];
    }
    case SetAclAction::kModify:
      for (const AclEntry& entry : entries) {
        if (entry.is_default) {
          new_default.SetEntry(entry, new_access);
        } else {
          new_access.SetEntry(entry);
        }
      }
      UpdateMasks(entries, &new_access, &new_default);
      break;
    case SetAclAction::kRemove:
      for (const AclEntry& entry : entries) {
        ALLUXIO_RETURN_IF_ERROR(entry.is_default ? new_default.RemoveEntry(entry, new_access)
                                                 : new_access.RemoveEntry(entry));
      }
      UpdateMasks(entries, &new_access, &new_default);
      break;
    case SetAclAction::kRemoveAll: new_access.RemoveExtended(); break;
    case SetAclAction::kRemoveDefault: new_default = DefaultAccessControlList(); break;
  }
  *access = std::move(new_access);
  if (default_acl != nullptr) *default_acl = std::move(new_default);
  return absl::OkStatus();
}

}  // namespace alluxio::security
