#include "alluxio/master/inode/inode_proto.h"

#include "alluxio/base/check.h"
#include "alluxio/security/acl_proto.h"

namespace alluxio::master {
namespace {

using proto::journal::InodeDirectoryEntry;
using proto::journal::InodeFileEntry;
using security::AccessControlList;
using security::Mode;

template <typename Entry>
Inode CommonFromEntry(const Entry& entry) {
  Inode inode;
  inode.id = entry.id();
  inode.parent_id = entry.parent_id();
  inode.name = entry.name();
  const auto state = ParsePersistenceState(entry.persistence_state());
  ALLUXIO_CHECK(state.has_value());
  inode.persistence = *state;
  inode.pinned = entry.pinned();
  inode.creation_ms = entry.creation_time_ms();
  inode.modified_ms = entry.last_modification_time_ms();
  inode.accessed_ms = entry.has_last_access_time_ms() ? entry.last_access_time_ms() : inode.modified_ms;
  if (entry.has_acl()) inode.acl = security::AclFromShared(entry.acl());
  inode.acl.set_owner(entry.owner());
  inode.acl.set_group(entry.group());
  inode.acl.set_mode(Mode(entry.mode()));
  inode.ttl_ms = entry.has_ttl() ? entry.ttl() : kNoTtl;
  inode.ttl_action = static_cast<TtlAction>(entry.ttlaction());
  for (const std::string& medium : entry.medium_type()) inode.medium_types.push_back(medium);
  for (const auto& [key, value] : entry.xattr()) inode.xattr[key] = value;
  return inode;
}

template <typename Entry>
void CommonToEntry(const Inode& inode, Entry* entry) {
  entry->set_id(inode.id);
  entry->set_parent_id(inode.parent_id);
  entry->set_name(inode.name);
  entry->set_persistence_state(std::string(PersistenceStateName(inode.persistence)));
  if (inode.pinned) entry->set_pinned(true);
  entry->set_creation_time_ms(inode.creation_ms);
  entry->set_last_modification_time_ms(inode.modified_ms);
  if (inode.accessed_ms != inode.modified_ms) entry->set_last_access_time_ms(inode.accessed_ms);
  entry->set_owner(inode.acl.owner());
  entry->set_group(inode.acl.group());
  entry->set_mode(inode.acl.mode().value());
  if (inode.acl.HasExtended()) *entry->mutable_acl() = security::AclToShared(inode.acl);
  if (inode.ttl_ms != kNoTtl) entry->set_ttl(inode.ttl_ms);
  entry->set_ttlaction(static_cast<proto::journal::PTtlAction>(inode.ttl_action));
  for (const std::string& medium : inode.medium_types) entry->add_medium_type(medium);
  for (const auto& [key, value] : inode.xattr) (*entry->mutable_xattr())[key] = value;
}

}  // namespace

Inode InodeFromEntry(const InodeFileEntry& entry) {
  Inode inode = CommonFromEntry(entry);
  inode.block_size_bytes = entry.block_size_bytes();
  inode.length_bytes = entry.length();
  inode.completed = entry.completed();
  inode.cacheable = entry.cacheable();
  inode.block_count = entry.blocks_size();
  inode.ufs_fingerprint = entry.ufs_fingerprint();
  inode.replication_max = entry.replication_max();
  inode.replication_min = entry.replication_min();
  inode.replication_durable = entry.replication_durable();
  inode.persist_job_id = entry.has_persist_job_id() ? entry.persist_job_id() : -1;
  inode.temp_ufs_path = entry.temp_ufs_path();
  inode.should_persist_ms = entry.should_persist_time();
  return inode;
}

Inode InodeFromEntry(const InodeDirectoryEntry& entry) {
  Inode inode = CommonFromEntry(entry);
  inode.directory = true;
  inode.mount_point = entry.mount_point();
  inode.direct_children_loaded = entry.direct_children_loaded();
  if (entry.has_defaultacl()) inode.default_acl = security::DefaultAclFromShared(entry.defaultacl());
  return inode;
}

void InodeToEntry(const Inode& inode, InodeFileEntry* entry) {
  CommonToEntry(inode, entry);
  entry->set_block_size_bytes(inode.block_size_bytes);
  entry->set_length(inode.length_bytes);
  entry->set_completed(inode.completed);
  entry->set_cacheable(inode.cacheable);
  for (int64_t i = 0; i < inode.block_count; ++i) entry->add_blocks(BlockIdOf(inode.id, i));
  if (!inode.ufs_fingerprint.empty()) entry->set_ufs_fingerprint(inode.ufs_fingerprint);
  entry->set_replication_max(inode.replication_max);
  entry->set_replication_min(inode.replication_min);
  entry->set_replication_durable(inode.replication_durable);
  if (inode.persist_job_id != -1) entry->set_persist_job_id(inode.persist_job_id);
  if (!inode.temp_ufs_path.empty()) entry->set_temp_ufs_path(inode.temp_ufs_path);
  if (inode.should_persist_ms != 0) entry->set_should_persist_time(inode.should_persist_ms);
}

void InodeToEntry(const Inode& inode, InodeDirectoryEntry* entry) {
  CommonToEntry(inode, entry);
  if (inode.mount_point) entry->set_mount_point(true);
  if (inode.direct_children_loaded) entry->set_direct_children_loaded(true);
  if (!inode.default_acl.empty()) *entry->mutable_defaultacl() = security::DefaultAclToShared(inode.default_acl);
}

}  // namespace alluxio::master
