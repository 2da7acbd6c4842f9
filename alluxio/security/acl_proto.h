#ifndef ALLUXIO_SECURITY_ACL_PROTO_H_
#define ALLUXIO_SECURITY_ACL_PROTO_H_

#include "alluxio/security/acl.h"
#include "alluxio/security/mode.h"
#include "grpc/common.pb.h"
#include "grpc/file_system_master.pb.h"
#include "proto/shared/acl.pb.h"

// Modes and access control lists to and from the messages of the wire, where
// they have two shapes: PAcl (FileInfo, SetAcl; mode as a Unix number) and
// proto.shared.AccessControlList (journal, inode records, UFS writes). What
// comes in is checked; unknown enum values cannot arrive in proto2.
namespace alluxio::security {

// PMode counts its bits from 1.
grpc::Bits BitsToProto(Bits bits);
Bits BitsFromProto(grpc::Bits bits);
grpc::PMode ModeToProto(Mode mode);
Mode ModeFromProto(const grpc::PMode& mode);

grpc::file::PAclEntry AclEntryToProto(const AclEntry& entry);
AclEntry AclEntryFromProto(const grpc::file::PAclEntry& entry);
proto::shared::AclEntry AclEntryToShared(const AclEntry& entry);
AclEntry AclEntryFromShared(const proto::shared::AclEntry& entry);

grpc::file::PAcl AclToProto(const AccessControlList& acl);
grpc::file::PAcl DefaultAclToProto(const DefaultAccessControlList& acl);
AccessControlList AclFromProto(const grpc::file::PAcl& acl);
DefaultAccessControlList DefaultAclFromProto(const grpc::file::PAcl& acl);

proto::shared::AccessControlList AclToShared(const AccessControlList& acl);
proto::shared::AccessControlList DefaultAclToShared(const DefaultAccessControlList& acl);
AccessControlList AclFromShared(const proto::shared::AccessControlList& acl);
DefaultAccessControlList DefaultAclFromShared(const proto::shared::AccessControlList& acl);

}  // namespace alluxio::security

#endif  // ALLUXIO_SECURITY_ACL_PROTO_H_
