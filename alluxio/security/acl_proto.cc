#include "alluxio/security/acl_proto.h"

#include <string>

namespace alluxio::security {
namespace {

// Both shapes list actions one by one, numbered alike.
constexpr struct {
  int action;
  Bits bit;
} kActions[] = {{0, Bits::kRead}, {1, Bits::kWrite}, {2, Bits::kExecute}};

template <typename Message>
void AddActions(Bits bits, Message* message) {
  for (const auto& [action, bit] : kActions) {
    if (Implies(bits, bit)) message->add_actions(static_cast<decltype(message->actions(0))>(action));
  }
}

template <typename Message>
Bits ReadActions(const Message& message) {
  Bits bits = Bits::kNone;
  for (int action : message.actions()) {
    for (const auto& known : kActions) {
      if (known.action == action) bits = bits | known.bit;
    }
  }
  return bits;
}

template <typename Message>
Message EntryTo(const AclEntry& entry) {
  Message message;
  message.set_type(static_cast<decltype(message.type())>(entry.type));
  message.set_subject(entry.subject);
  AddActions(entry.actions, &message);
  message.set_isdefault(entry.is_default);
  return message;
}

template <typename Message>
AclEntry EntryFrom(const Message& message) {
  return {.type = static_cast<AclEntryType>(message.type()),
          .subject = message.subject(),
          .actions = ReadActions(message),
          .is_default = message.isdefault()};
}

grpc::file::PAcl CommonToProto(const AccessControlList& acl) {
  grpc::file::PAcl message;
  message.set_owner(acl.owner());
  message.set_owninggroup(acl.group());
  message.set_mode(acl.mode().value());
  if (acl.HasExtended()) {
    for (const AclEntry& entry : acl.AccessControlList::Entries()) {
      if (entry.type == AclEntryType::kNamedUser || entry.type == AclEntryType::kNamedGroup ||
          entry.type == AclEntryType::kMask) {
        *message.add_entries() = AclEntryToProto(entry);
      }
    }
  }
  return message;
}

void CommonFromProto(const grpc::file::PAcl& message, AccessControlList* acl) {
  *acl = AccessControlList(message.owner(), message.owninggroup(), Mode(message.mode()));
  for (const grpc::file::PAclEntry& entry : message.entries()) acl->SetEntry(AclEntryFromProto(entry));
}

void AddNamed(const std::string& name, Bits bits, proto::shared::NamedAclActions* message) {
  message->set_name(name);
  AddActions(bits, message->mutable_actions());
}

proto::shared::AccessControlList CommonToShared(const AccessControlList& acl) {
  proto::shared::AccessControlList message;
  message.set_owninguser(acl.owner());
  message.set_owninggroup(acl.group());
  // The owner's and the group's own actions lie under the empty name.
  AddNamed("", acl.mode().owner(), message.add_useractions());
  AddNamed("", acl.mode().group(), message.add_groupactions());
  AddActions(acl.mode().other(), message.mutable_otheractions());
  for (const auto& [name, bits] : acl.named_users()) AddNamed(name, bits, message.add_useractions());
  for (const auto& [name, bits] : acl.named_groups()) AddNamed(name, bits, message.add_groupactions());
  if (acl.HasExtended()) AddActions(acl.mask(), message.mutable_maskactions());
  return message;
}

void CommonFromShared(const proto::shared::AccessControlList& message, AccessControlList* acl) {
  *acl = AccessControlList(message.owninguser(), message.owninggroup(), Mode());
  for (const proto::shared::NamedAclActions& user : message.useractions()) {
    acl->SetEntry({.type = user.name().empty() ? AclEntryType::kOwningUser : AclEntryType::kNamedUser,
                   .subject = user.name(),
                   .actions = ReadActions(user.actions())});
  }
  for (const proto::shared::NamedAclActions& group : message.groupactions()) {
    acl->SetEntry({.type = group.name().empty() ? AclEntryType::kOwningGroup : AclEntryType::kNamedGroup,
                   .subject = group.name(),
                   .actions = ReadActions(group.actions())});
  }
  acl->SetEntry({.type = AclEntryType::kOther, .actions = ReadActions(message.otheractions())});
  acl->SetEntry({.type = AclEntryType::kMask, .actions = ReadActions(message.maskactions())});
}

}  // namespace

grpc::Bits BitsToProto(Bits bits) { return static_cast<grpc::Bits>(static_cast<int>(bits) + 1); }

Bits BitsFromProto(grpc::Bits bits) { return static_cast<Bits>((static_cast<int>(bits) - 1) & 7); }

grpc::PMode ModeToProto(Mode mode) {
  grpc::PMode message;
  message.set_ownerbits(BitsToProto(mode.owner()));
  message.set_groupbits(BitsToProto(mode.group()));
  message.set_otherbits(BitsToProto(mode.other()));
  return message;
}

Mode ModeFromProto(const grpc::PMode& mode) {
  return Mode(BitsFromProto(mode.ownerbits()), BitsFromProto(mode.groupbits()), BitsFromProto(mode.otherbits()));
}

grpc::file::PAclEntry AclEntryToProto(const AclEntry& entry) { return EntryTo<grpc::file::PAclEntry>(entry); }
AclEntry AclEntryFromProto(const grpc::file::PAclEntry& entry) { return EntryFrom(entry); }
proto::shared::AclEntry AclEntryToShared(const AclEntry& entry) { return EntryTo<proto::shared::AclEntry>(entry); }
AclEntry AclEntryFromShared(const proto::shared::AclEntry& entry) { return EntryFrom(entry); }

grpc::file::PAcl AclToProto(const AccessControlList& acl) {
  grpc::file::PAcl message = CommonToProto(acl);
  message.set_isdefault(false);
  return message;
}

grpc::file::PAcl DefaultAclToProto(const DefaultAccessControlList& acl) {
  grpc::file::PAcl message = CommonToProto(acl);
  message.set_isdefault(true);
  message.set_isdefaultempty(acl.empty());
  return message;
}

AccessControlList AclFromProto(const grpc::file::PAcl& acl) {
  AccessControlList result;
  CommonFromProto(acl, &result);
  return result;
}

DefaultAccessControlList DefaultAclFromProto(const grpc::file::PAcl& acl) {
  DefaultAccessControlList result;
  CommonFromProto(acl, &result);
  result.set_empty(!acl.isdefault() || acl.isdefaultempty());
  return result;
}

proto::shared::AccessControlList AclToShared(const AccessControlList& acl) {
  proto::shared::AccessControlList message = CommonToShared(acl);
  message.set_isdefault(false);
  return message;
}

proto::shared::AccessControlList DefaultAclToShared(const DefaultAccessControlList& acl) {
  proto::shared::AccessControlList message = CommonToShared(acl);
  message.set_isdefault(true);
  message.set_isempty(acl.empty());
  return message;
}

AccessControlList AclFromShared(const proto::shared::AccessControlList& acl) {
  AccessControlList result;
  CommonFromShared(acl, &result);
  return result;
}

DefaultAccessControlList DefaultAclFromShared(const proto::shared::AccessControlList& acl) {
  DefaultAccessControlList result;
  CommonFromShared(acl, &result);
  result.set_empty(!acl.isdefault() || acl.isempty());
  return result;
}

}  // namespace alluxio::security
