#ifndef ALLUXIO_MASTER_INODE_INODE_PROTO_H_
#define ALLUXIO_MASTER_INODE_INODE_PROTO_H_

#include "alluxio/master/inode/inode.h"
#include "proto/journal/file.pb.h"

// Inodes to and from the entries that create them.
namespace alluxio::master {

Inode InodeFromEntry(const proto::journal::InodeFileEntry& entry);
Inode InodeFromEntry(const proto::journal::InodeDirectoryEntry& entry);
void InodeToEntry(const Inode& inode, proto::journal::InodeFileEntry* entry);
void InodeToEntry(const Inode& inode, proto::journal::InodeDirectoryEntry* entry);

}  // namespace alluxio::master

#endif  // ALLUXIO_MASTER_INODE_INODE_PROTO_H_
