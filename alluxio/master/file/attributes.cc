// SetAttribute and SetAcl.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "alluxio/base/log.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/master/file/core.h"
#include "alluxio/master/file/errors.h"
#include "alluxio/security/acl_proto.h"

namespace alluxio::master {
namespace {

using grpc::file::SetAttributePOptions;
using security::Bits;

bool ChangesOwnership(const SetAttributePOptions& options) {
  return (options.has_owner() && !options.owner().empty()) || (options.has_group() && !options.group().empty()) ||
         options.has_mode();
}

// What SetAttribute changes of `inode`, as entries. `top`: the inode that was
// named; below it (recursively) only some attributes are inherited.
void AddEntries(const Inode& inode, const SetAttributePOptions& options, bool top, int64_t now_ms,
                const std::string& fingerprint, std::vector<proto::journal::JournalEntry>* entries) {
  const bool here = top || options.recursive();
  proto::journal::UpdateInodeEntry update;
  bool updated = false;
  if (options.has_pinned()) {
    update.set_pinned(options.pinned());
    if (!options.pinned() || options.pinnedmedia().empty()) {
      update.add_medium_type("");
    } else {
      for (const std::string& medium : options.pinnedmedia()) update.add_medium_type(medium);
    }
    updated = true;
  }
  const auto& common = options.commonoptions();
  if (here && (common.has_ttl() || common.has_ttlaction())) {
    if (common.has_ttl()) update.set_ttl(std::max(common.ttl(), kNoTtl));
    if (common.has_ttlaction()) update.set_ttlaction(static_cast<proto::journal::PTtlAction>(common.ttlaction()));
    updated = true;
  }
  if (here && options.has_owner() && !options.owner().empty()) update.set_owner(options.owner()), updated = true;
  if (here && options.has_group() && !options.group().empty()) update.set_group(options.group()), updated = true;
  if (here && options.has_mode()) {
    update.set_mode(security::ModeFromProto(options.mode()).value());
    updated = true;
  }
  if (!fingerprint.empty()) update.set_ufs_fingerprint(fingerprint), updated = true;
  if (here && options.persisted() && !inode.directory && !inode.persisted()) {
    update.set_persistence_state("PERSISTED");
    updated = true;
  }
  if (here && (options.xattr_size() > 0 || options.has_xattrupdatestrategy())) {
    for (const auto& [key, value] : options.xattr()) (*update.mutable_xattr())[key] = value;
    update.set_xattr_update_strategy(options.has_xattrupdatestrategy() ? options.xattrupdatestrategy()
                                                                       : proto::journal::TRUNCATE);
    updated = true;
  }
  if (updated) {
    update.set_id(inode.id);
    update.set_last_modification_time_ms(now_ms);
    *entries->emplace_back().mutable_update_inode() = std::move(update);
  }
  if (!inode.directory && (options.has_replicationmin() || options.has_replicationmax())) {
    auto* file = entries->emplace_back().mutable_update_inode_file();
    file->set_id(inode.id);
    if (options.has_replicationmin()) file->set_replication_min(options.replicationmin());
    if (options.has_replicationmax()) file->set_replication_max(options.replicationmax());
  }
  if (here && inode.directory && options.has_directchildrenloaded()) {
    auto* directory = entries->emplace_back().mutable_update_inode_directory();
    directory->set_id(inode.id);
    directory->set_direct_children_loaded(options.directchildrenloaded());
  }
}

absl::Status CheckReplication(const Inode& inode, const SetAttributePOptions& options) {
  const int32_t min = options.has_replicationmin() ? options.replicationmin() : inode.replication_min;
  const int32_t max = options.has_replicationmax() ? options.replicationmax() : inode.replication_max;
  if (min < 0) return absl::InvalidArgumentError(absl::StrCat("Invalid min replicas ", min, ": must be non-negative"));
  if (max < -1) return absl::InvalidArgumentError(absl::StrCat("Invalid max replicas ", max, ": must be -1 or more"));
  if (max >= 0 && min > max) {
    return absl::InvalidArgumentError(absl::StrCat("Cannot set min and max replicas to be ", min, " and ", max,
                                                   ": min replicas must be smaller or equal than max replicas"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status FileSystemCore::CheckAttributes(const Call& call, const Lookup& lookup,
                                             const SetAttributePOptions& options) const {
  if (options.has_owner() && !options.owner().empty() && !call.subject.is_superuser) {
    return security::NotSuperuser(call.user);
  }
  if (ChangesOwnership(options)) {
    ALLUXIO_RETURN_IF_ERROR(CheckOwner(call, lookup));
  } else {
    ALLUXIO_RETURN_IF_ERROR(CheckTarget(call, lookup, Bits::kWrite));
  }
  if (options.has_owner() && options.has_group() && !options.owner().empty() && !options.group().empty()) {
    const std::vector<std::string> groups = options_.groups(options.owner());
    if (std::find(groups.begin(), groups.end(), options.group()) == groups.end()) {
      return absl::UnknownError(absl::StrCat("Could not update owner:group for ", lookup.path, " to ",
                                             options.owner(), ":", options.group(), ". Owner ", options.owner(),
                                             " does not belong to the group ", options.group()));
    }
  }
  return absl::OkStatus();
}

absl::Status FileSystemCore::CheckDescendants(const Call& call, const std::string& path, bool owned) {
  if (call.subject.is_superuser) return absl::OkStatus();
  return ForSubtree(path, [&](const std::string& at, const Inode& inode) -> absl::Status {
    if (at == path) return absl::OkStatus();
    if (!owned) return CheckInode(call, inode, at, Bits::kWrite);
    return inode.acl.owner() == call.user ? absl::OkStatus() : security::NotOwner(call.user, at);
  });
}

absl::Status FileSystemCore::SetAttributeOne(Call& call, const std::string& path, const Inode& seen,
                                             const SetAttributePOptions& options, bool top) {
  Claims claims(&ns_, &call, {{path, PathLock::kNode}});
  const bool here = top || options.recursive();
  if (!top && here && ChangesOwnership(options) && !call.subject.is_superuser &&
      seen.acl.owner() != call.user) {
    return security::NotOwner(call.user, path);
  }
  std::string fingerprint;
  if (here && ChangesOwnership(options) && seen.persisted() && (seen.directory || seen.completed)) {
    if (!call.may_block) return call.NeedThread();
    ALLUXIO_ASSIGN_OR_RETURN(const UfsPlace place, OpenPlace(&ns_, path));
    ALLUXIO_RETURN_IF_ERROR(ns_.mounts.CheckWritable(path));
    const auto refused = [&](absl::string_view what, const absl::Status& status) {
      if (absl::IsUnavailable(status)) return status;
      ALLUXIO_LOG(kWarning, "master/file", what, " of ", place.mount->UriOf(place.relative), ": ", status.ToString());
      return absl::PermissionDeniedError(absl::StrCat("Could not ", what, " for UFS file ",
                                                      place.mount->UriOf(place.relative),
                                                      " . Aborting the setAttribute operation in Alluxio."));
    };
    if (!options.owner().empty() || !options.group().empty()) {
      const absl::Status set = place.ufs->SetOwner(place.relative, options.owner(), options.group());
      if (!set.ok() && !options_.conf.GetBool("alluxio.underfs.allow.set.owner.failure")) {
        return refused("setOwner", set);
      }
    }
    if (options.has_mode()) {
      const absl::Status set = place.ufs->SetMode(place.relative, security::ModeFromProto(options.mode()).value());
      if (!set.ok()) return refused("setMode", set);
    }
    if (const auto status = place.ufs->Status(place.relative); status.ok() && !seen.directory) {
      fingerprint = ufs::Fingerprint(place.ufs->type(), *status);
    }
  }
  MutexLock latch(&ns_.latch);
  ALLUXIO_RETURN_IF_ERROR(claims.Check());
  ALLUXIO_ASSIGN_OR_RETURN(const InodePtr inode, ns_.tree.ById(seen.id));
  if (inode == nullptr) return top ? PathDoesNotExist(path) : absl::OkStatus();
  if (!inode->directory && (options.has_replicationmin() || options.has_replicationmax())) {
    ALLUXIO_RETURN_IF_ERROR(CheckReplication(*inode, options));
  }
  if (here && options.persisted() && !inode->directory && !inode->completed) {
    return absl::InvalidArgumentError(absl::StrCat("Cannot persist an incomplete Alluxio file: ", path));
  }
  // A fingerprint is that of the data the inode had when it was taken.
  if (!inode->ufs_fingerprint.empty() && !ufs::SameContent(inode->ufs_fingerprint, fingerprint)) fingerprint.clear();
  JournalEntries entries;
  AddEntries(*inode, options, top, ns_.clock->NowMillis(), fingerprint, &entries);
  if (entries.empty()) return absl::OkStatus();
  ns_.Commit(std::move(entries));
  call.wait_durable = true;
  return absl::OkStatus();
}

absl::StatusOr<grpc::file::SetAttributePResponse> FileSystemCore::SetAttribute(
    Call& call, const grpc::file::SetAttributePRequest& request) {
  const auto& options = request.options();
  ALLUXIO_ASSIGN_OR_RETURN(const std::string path, PathOfRequest(request.path()));
  CommonOptions access = options.commonoptions();
  access.clear_ttl();  // here it is what to set, not what loaded inodes get
  ALLUXIO_RETURN_IF_ERROR(SyncOnAccess(call, path, access, grpc::file::ONCE,
                                       options.recursive() ? MetadataSync::Extent::kAll
                                                           : MetadataSync::Extent::kSelf));
  Lookup lookup;
  {
    ReaderMutexLock latch(&ns_.latch);
    ALLUXIO_RETURN_IF_ERROR(ns_.tree.Lookup(path, &lookup));
  }
  ALLUXIO_RETURN_IF_ERROR(CheckTraverse(call, lookup));
  if (!lookup.exists()) return PathDoesNotExist(request.path());
  ALLUXIO_RETURN_IF_ERROR(CheckAttributes(call, lookup, options));
  // Pins and replication always go for everything below.
  const bool deep = options.recursive() || options.has_pinned() || options.has_replicationmin() ||
                    options.has_replicationmax();
  const Inode& target = *lookup.target();
  if (!deep || !target.directory || target.child_count == 0) {
    ALLUXIO_RETURN_IF_ERROR(SetAttributeOne(call, path, target, options, true));
    return grpc::file::SetAttributePResponse();
  }
  if (!call.may_block) return call.NeedThread();
  if (options.recursive()) {
    ALLUXIO_RETURN_IF_ERROR(CheckDescendants(call, path, /*owned=*/ChangesOwnership(options)));
  }
  ALLUXIO_RETURN_IF_ERROR(ForSubtree(path, [&](const std::string& at, const Inode& inode) {
    return SetAttributeOne(call, at, inode, options, at == path);
  }));
  return grpc::file::SetAttributePResponse();
}

absl::StatusOr<grpc::file::SetAclPResponse> FileSystemCore::SetAcl(Call& call,
                                                                   const grpc::file::SetAclPRequest& request) {
  ALLUXIO_ASSIGN_OR_RETURN(const std::string path, PathOfRequest(request.path()));
  ALLUXIO_RETURN_IF_ERROR(SyncOnAccess(call, path, request.options().commonoptions(), grpc::file::ONCE,
                                       request.options().recursive() ? MetadataSync::Extent::kAll
                                                                     : MetadataSync::Extent::kSelf));
  Lookup lookup;
  {
    ReaderMutexLock latch(&ns_.latch);
    ALLUXIO_RETURN_IF_ERROR(ns_.tree.Lookup(path, &lookup));
  }
  ALLUXIO_RETURN_IF_ERROR(CheckTraverse(call, lookup));
  if (!lookup.exists()) return PathDoesNotExist(request.path());
  ALLUXIO_RETURN_IF_ERROR(CheckOwner(call, lookup));
  const auto set_one = [&](const std::string& at, const Inode& seen) -> absl::Status {
    Claims claims(&ns_, &call, {{at, PathLock::kNode}});
    MutexLock latch(&ns_.latch);
    ALLUXIO_RETURN_IF_ERROR(claims.Check());
    ALLUXIO_ASSIGN_OR_RETURN(const InodePtr inode, ns_.tree.ById(seen.id));
    if (inode == nullptr) return absl::OkStatus();
    if (!call.subject.is_superuser && inode->acl.owner() != call.user) return security::NotOwner(call.user, at);
    JournalEntries entries;
    auto* set = entries.emplace_back().mutable_set_acl();
    set->set_id(inode->id);
    set->set_op_time_ms(ns_.clock->NowMillis());
    set->set_action(static_cast<proto::journal::PSetAclAction>(request.action()));
    std::vector<security::AclEntry> acl_entries;
    for (const auto& entry : request.entries()) {
      security::AclEntry converted = security::AclEntryFromProto(entry);
      if (at != path && converted.is_default && !inode->directory) continue;  // files have no default
      *set->add_entries() = security::AclEntryToShared(converted);
      acl_entries.push_back(std::move(converted));
    }
    if (at != path && acl_entries.empty() && request.entries_size() > 0) return absl::OkStatus();
    // Tried on a copy: what is journalled must apply.
    Inode copy = *inode;
    ALLUXIO_RETURN_IF_ERROR(security::ApplySetAcl(static_cast<security::SetAclAction>(request.action()), acl_entries,
                                                  &copy.acl, copy.directory ? &copy.default_acl : nullptr));
    ns_.Commit(std::move(entries));
    call.wait_durable = true;
    return absl::OkStatus();
  };
  if (!request.options().recursive() || !lookup.target()->directory) {
    ALLUXIO_RETURN_IF_ERROR(set_one(path, *lookup.target()));
  } else {
    if (!call.may_block) return call.NeedThread();
    ALLUXIO_RETURN_IF_ERROR(CheckDescendants(call, path, /*owned=*/true));
    ALLUXIO_RETURN_IF_ERROR(ForSubtree(path, set_one));
  }
  return grpc::file::SetAclPResponse();
}

}  // namespace alluxio::master
