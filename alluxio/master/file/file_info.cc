#include "alluxio/master/file/file_info.h"

#include <algorithm>
#include <string>
#include <utility>

#include "alluxio/security/acl_proto.h"

namespace alluxio::master {

void FillFileInfo(const Inode& inode, absl::string_view path, grpc::file::FileInfo* info) {
  info->set_fileid(inode.id);
  info->set_name(inode.name);
  info->set_path(path.data(), path.size());
  info->set_length(inode.directory ? inode.child_count : inode.length_bytes);
  info->set_blocksizebytes(inode.directory ? 0 : inode.block_size_bytes);
  info->set_creationtimems(inode.creation_ms);
  info->set_completed(inode.directory || inode.completed);
  info->set_folder(inode.directory);
  info->set_pinned(inode.pinned);
  info->set_cacheable(!inode.directory && inode.cacheable);
  info->set_persisted(inode.persisted());
  for (int64_t i = 0; i < inode.block_count; ++i) info->add_blockids(BlockIdOf(inode.id, i));
  info->set_lastmodificationtimems(inode.modified_ms);
  info->set_lastaccesstimems(inode.accessed_ms);
  info->set_ttl(inode.ttl_ms);
  info->set_ttlaction(static_cast<grpc::TtlAction>(inode.ttl_action));
  info->set_owner(inode.acl.owner());
  info->set_group(inode.acl.group());
  info->set_mode(inode.acl.mode().value());
  const absl::string_view state = PersistenceStateName(inode.persistence);
  info->set_persistencestate(state.data(), state.size());
  info->set_mountpoint(inode.mount_point);
  info->set_ufsfingerprint(inode.ufs_fingerprint);
  info->set_replicationmax(inode.directory ? 0 : inode.replication_max);
  info->set_replicationmin(inode.directory ? 0 : inode.replication_min);
  info->set_inalluxiopercentage(PercentageWithoutBlocks(inode));
  info->set_inmemorypercentage(PercentageWithoutBlocks(inode));
  *info->mutable_acl() = security::AclToProto(inode.acl);
  if (inode.directory) *info->mutable_defaultacl() = security::DefaultAclToProto(inode.default_acl);
  for (const auto& [key, value] : inode.xattr) (*info->mutable_xattr())[key] = value;
  for (const std::string& medium : inode.medium_types) info->add_mediumtype(medium);
}

void FileBlocks::Next(grpc::BlockInfo&& known, grpc::file::FileBlockInfo* to) {
  const int64_t offset = index_ * block_size_bytes_;
  to->set_offset(offset);
  auto& block = *to->mutable_blockinfo();
  block = std::move(known);
  block.set_blockid(BlockIdOf(file_id_, index_++));
  if (!block.has_length()) block.set_length(std::min(block_size_bytes_, length_bytes_ - offset));
  if (block.locations_size() == 0) return;
  cached_bytes_ += block.length();
  const bool top = std::any_of(block.locations().begin(), block.locations().end(),
                               [](const auto& location) { return location.tieralias() == "MEM"; });
  if (top) memory_bytes_ += block.length();
}

}  // namespace alluxio::master
