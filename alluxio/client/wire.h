#ifndef ALLUXIO_CLIENT_WIRE_H_
#define ALLUXIO_CLIENT_WIRE_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "alluxio/client/types.h"
#include "grpc/block_master.pb.h"
#include "grpc/common.pb.h"
#include "grpc/file_system_master.pb.h"
#include "proto/shared/acl.pb.h"

// The wire's messages to the client's structs and back. Internal to the client.
namespace alluxio::client {

WorkerNetAddress FromWire(const grpc::WorkerNetAddress& wire);
BlockInfo FromWire(const grpc::BlockInfo& wire);
Acl FromWire(const grpc::file::PAcl& wire);
UriStatus FromWire(const grpc::file::FileInfo& wire);
MountPointInfo FromWire(const grpc::file::MountPointInfo& wire);
WorkerInfo FromWire(const grpc::block::WorkerInfo& wire);
BlockMasterInfo FromWire(const grpc::block::BlockMasterInfo& wire);

grpc::file::PAclEntry ToWire(const AclEntry& entry);
// Unix bits to the wire's enumeration, which is one more (PROTOCOL section 7).
grpc::Bits ToBits(uint32_t rwx);
grpc::PMode ToPMode(uint32_t mode);
// The shape that CreateUfsFileOptions has.
proto::shared::AccessControlList ToSharedAcl(const Acl& acl);

// Block ids (PROTOCOL section 7).
inline int64_t SequenceNumberOf(int64_t block_id) { return block_id & 0xFFFFFF; }
inline int64_t FileIdOf(int64_t block_id) { return block_id | 0xFFFFFF; }

// What the master is sent for a path of the user's: of alluxio:// the path
// part; other schemes whole.
std::string MasterPath(absl::string_view path_or_uri);

}  // namespace alluxio::client

#endif  // ALLUXIO_CLIENT_WIRE_H_
