// Remove and Free.
#include "absl/strings/str_cat.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/master/file/core.h"
#include "alluxio/master/file/errors.h"
#include "alluxio/uri/path.h"

namespace alluxio::master {

using security::Bits;

absl::Status FileSystemCore::CheckRemove(Call& call, const std::string& path, const Removal& removal, bool* simple,
                                         Lookup* lookup) {
  ALLUXIO_RETURN_IF_ERROR(ns_.tree.Lookup(path, lookup));
  ALLUXIO_RETURN_IF_ERROR(CheckParentWrite(call, *lookup));
  if (!lookup->exists()) return PathDoesNotExist(path);
  const Inode& inode = *lookup->target();
  if (removal.wanted != nullptr && !removal.wanted(inode)) return PathDoesNotExist(path);
  if (path == "/" || ns_.mounts.HasMountWithin(path)) {
    if (!removal.mounts_too || !removal.recursive) {
      return absl::PermissionDeniedError(absl::StrCat("Cannot delete path ", path,
                                                      " which is or contains a mount point without "
                                                      "--deleteMountPoint/-m option specified"));
    }
    if (path == "/") return absl::InvalidArgumentError("Cannot delete the root directory");
  }
  if (inode.directory && inode.child_count > 0 && !removal.recursive) {
    return absl::FailedPreconditionError(
        absl::StrCat("Cannot delete non-empty directory ", path, " because recursive is set to false"));
  }
  *simple = (!inode.directory || inode.child_count == 0) && !inode.mount_point;
  return absl::OkStatus();
}

// Deletes what the under store holds of the target. Claims are held, the latch is not.
absl::Status FileSystemCore::RemoveInUfs(Call& call, const Lookup& lookup, bool unchecked) {
  const Inode& inode = *lookup.target();
  ALLUXIO_ASSIGN_OR_RETURN(const UfsPlace place, OpenPlace(&ns_, lookup.path));
  const auto failed = [&](const absl::Status& status) {
    return absl::Status(absl::StatusCode::kFailedPrecondition,
                        absl::StrCat("Failed to delete ", lookup.path, " (UFS delete ",
                                     inode.directory ? "dir" : "file", " failed: ", status.message(),
                                     ") from the under file system"));
  };
  if (inode.directory && !inode.persisted()) {
    // A crash has left it half made.
    ALLUXIO_ASSIGN_OR_RETURN(const bool there, IsDirectoryInUfs(place));
    if (!there) return absl::OkStatus();
  }
  if (!inode.directory) {
    const absl::Status deleted = place.ufs->DeleteFile(place.relative);
    if (deleted.ok() || absl::IsNotFound(deleted)) return absl::OkStatus();
    if (!absl::IsUnavailable(deleted)) sync_.Invalidate(lookup.path);
    return absl::IsUnavailable(deleted) ? deleted : failed(deleted);
  }
  if (!unchecked) {
    // Nothing goes that nobody here knows of.
    absl::Status unknown;
    ALLUXIO_RETURN_IF_ERROR(ForSubtree(lookup.path, [&](const std::string& path, const Inode& directory) {
      if (!directory.directory || !directory.maybe_in_ufs()) return absl::OkStatus();
      const MountTable::Place at = ns_.mounts.Resolve(path);
      if (at.mount->id != place.mount->id) return absl::OkStatus();
      const absl::Status listed = place.ufs->List(at.relative, [&](const ufs::UfsStatus& status) {
        if (status.name == kPersistFolder) return true;
        {
          ReaderMutexLock latch(&ns_.latch);
          const auto known = ns_.tree.Child(directory.id, status.name);
          if (known.ok() && *known != nullptr) return true;
        }
        unknown = absl::FailedPreconditionError(
            absl::StrCat("Cannot delete ", lookup.path,
                         " because the UFS has contents not loaded into Alluxio. Sync Alluxio with "
                         "UFS or run delete with unchecked flag to forcibly delete"));
        return false;
      });
      ALLUXIO_RETURN_IF_ERROR(unknown);
      return absl::IsNotFound(listed) ? absl::OkStatus() : listed;
    }));
  }
  const absl::Status deleted = place.ufs->DeleteDirectory(place.relative, /*recursive=*/true);
  if (deleted.ok() || absl::IsNotFound(deleted)) return absl::OkStatus();
  // A part may be gone: whoever comes next looks.
  sync_.Invalidate(lookup.path);
  return absl::IsUnavailable(deleted) ? deleted : failed(deleted);
}

absl::Status FileSystemCore::RemoveChecked(Call& call, const std::string& path, const Removal& removal) {
  Claims claims(&ns_, &call, {{path, PathLock::kSubtree}});
  const int64_t now_ms = ns_.clock->NowMillis();
  Lookup lookup;
  bool simple = false;
  std::vector<int64_t> freed;
  {
    MutexLock latch(&ns_.latch);
    ALLUXIO_RETURN_IF_ERROR(claims.Check());
    ALLUXIO_RETURN_IF_ERROR(CheckRemove(call, path, removal, &simple, &lookup));
    const bool in_ufs = lookup.target()->maybe_in_ufs() && !removal.alluxio_only;
    if ((in_ufs || !simple) && !call.may_block) return call.NeedThread();
    if (simple && !in_ufs) {
      JournalEntries entries;
      AddDelete(&ns_, *lookup.target(), now_ms, &entries, &freed);
      SetOperation(removal.common, &entries);
      ns_.Commit(std::move(entries));
      call.wait_durable = true;
    }
  }
  if (call.may_block && !(simple && (removal.alluxio_only || !lookup.target()->maybe_in_ufs()))) {
    if (!call.subject.is_superuser) {
      ALLUXIO_RETURN_IF_ERROR(ForSubtree(path, [&](const std::string& at, const Inode& inode) {
        return at == path ? absl::OkStatus() : CheckInode(call, inode, at, Bits::kWrite);
      }));
    }
    if (lookup.target()->maybe_in_ufs() && !removal.alluxio_only && !lookup.target()->mount_point) {
      ALLUXIO_RETURN_IF_ERROR(ns_.mounts.CheckWritable(path));
      ALLUXIO_RETURN_IF_ERROR(RemoveInUfs(call, lookup, removal.unchecked));
    }
    proto::journal::JournalOpPId operation;
    operation.set_mostsignificantbits(removal.common.operationid().mostsignificantbits());
    operation.set_leastsignificantbits(removal.common.operationid().leastsignificantbits());
    SubtreeRemoval subtree;
    subtree.op_time_ms = now_ms;
    if (operations_remembered_ && removal.common.has_operationid()) subtree.operation = &operation;
    call.wait_durable = true;
    ALLUXIO_RETURN_IF_ERROR(RemoveSubtree(&ns_, *lookup.target(), subtree));
  }
  if (!freed.empty()) ns_.blocks->FreeBlocks(freed);
  if (removal.sync_parent) sync_.Invalidate(std::string(uri::ParentPath(path)));
  return absl::OkStatus();
}

absl::StatusOr<grpc::file::DeletePResponse> FileSystemCore::Remove(Call& call,
                                                                   const grpc::file::DeletePRequest& request) {
  const auto& options = request.options();
  ALLUXIO_ASSIGN_OR_RETURN(const std::string path, PathOfRequest(request.path()));
  grpc::file::DeletePResponse response;
  if (WasFinished(call, options.commonoptions())) return response;
  ALLUXIO_RETURN_IF_ERROR(
      SyncOnAccess(call, path, options.commonoptions(), grpc::file::ONCE,
                   options.recursive() && !options.alluxioonly() && !options.unchecked()
                       ? MetadataSync::Extent::kAll
                       : MetadataSync::Extent::kSelf));
  ALLUXIO_RETURN_IF_ERROR(RemoveChecked(call, path,
                                        {.recursive = options.recursive(),
                                         .alluxio_only = options.alluxioonly(),
                                         .unchecked = options.unchecked(),
                                         .mounts_too = options.deletemountpoint(),
                                         .sync_parent = options.syncparentnexttime(),
                                         .common = options.commonoptions(),
                                         .wanted = nullptr}));
  return response;
}

absl::Status FileSystemCore::RemoveExpired(int64_t id, bool alluxio_only, int64_t now_ms) {
  std::string path;
  {
    ReaderMutexLock latch(&ns_.latch);
    auto found = ns_.tree.PathOf(id);
    if (absl::IsNotFound(found.status())) return absl::OkStatus();
    ALLUXIO_ASSIGN_OR_RETURN(path, std::move(found));
  }
  Call call = SystemCall();
  const absl::Status removed = RemoveChecked(call, path,
                                             {.recursive = true,
                                              .alluxio_only = alluxio_only,
                                              .unchecked = true,
                                              .mounts_too = false,
                                              .sync_parent = false,
                                              .common = CommonOptions(),
                                              .wanted = [&](const Inode& inode) {
                                                return inode.id == id && inode.ExpiredAt(now_ms);
                                              }});
  return absl::IsNotFound(removed) ? absl::OkStatus() : removed;
}

absl::StatusOr<grpc::file::FreePResponse> FileSystemCore::Free(Call& call,
                                                               const grpc::file::FreePRequest& request) {
  const auto& options = request.options();
  ALLUXIO_ASSIGN_OR_RETURN(const std::string path, PathOfRequest(request.path()));
  Lookup lookup;
  {
    ReaderMutexLock latch(&ns_.latch);
    ALLUXIO_RETURN_IF_ERROR(ns_.tree.Lookup(path, &lookup));
  }
  ALLUXIO_RETURN_IF_ERROR(CheckTarget(call, lookup, Bits::kRead));
  if (!lookup.exists()) return PathDoesNotExist(request.path());
  if (lookup.target()->directory) {
    if (!options.recursive() && lookup.target()->child_count > 0) {
      return absl::UnknownError(absl::StrCat("Cannot free directory ", path,
                                             " which is not empty. Please set the \"recursive\" flag of free "
                                             "operation to true"));
    }
    if (!call.may_block) return call.NeedThread();
  }
  const auto free_one = [&](const std::string& at, const Inode& seen) {
    return FreeOne(call, at, seen, options.forced());
  };
  if (!lookup.target()->directory) {
    ALLUXIO_RETURN_IF_ERROR(free_one(path, *lookup.target()));
  } else {
    ALLUXIO_RETURN_IF_ERROR(ForSubtree(path, free_one));
  }
  return grpc::file::FreePResponse();
}

absl::Status FileSystemCore::FreeOne(Call& call, const std::string& path, const Inode& seen, bool forced) {
  if (seen.directory) return absl::OkStatus();
  std::vector<int64_t> blocks;
  {
    Claims claims(&ns_, &call, {{path, PathLock::kNode}});
    MutexLock latch(&ns_.latch);
    ALLUXIO_RETURN_IF_ERROR(claims.Check());
    ALLUXIO_ASSIGN_OR_RETURN(const InodePtr inode, ns_.tree.ById(seen.id));
    if (inode == nullptr) return absl::OkStatus();
    ALLUXIO_RETURN_IF_ERROR(CheckInode(call, *inode, path, Bits::kRead));
    if (!inode->persisted()) {
      return absl::UnknownError(absl::StrCat("Cannot free file ", path, " which is not persisted"));
    }
    if (inode->pinned) {
      if (!forced) {
        return absl::UnknownError(absl::StrCat("Cannot free file ", path,
                                               " which is pinned. Please unpin it first or set the \"forced\" flag "
                                               "of free operation to true"));
      }
      JournalEntries entries;
      auto* update = entries.emplace_back().mutable_update_inode();
      update->set_id(inode->id);
      update->set_pinned(false);
      update->add_medium_type("");
      ns_.Commit(std::move(entries));
      call.wait_durable = true;
    }
    blocks = inode->BlockIds();
  }
  if (!blocks.empty()) ns_.blocks->FreeBlocks(blocks);
  return absl::OkStatus();
}

absl::Status FileSystemCore::FreeExpired(int64_t id, int64_t now_ms) {
  std::string path;
  {
    ReaderMutexLock latch(&ns_.latch);
    auto found = ns_.tree.PathOf(id);
    if (absl::IsNotFound(found.status())) return absl::OkStatus();
    ALLUXIO_ASSIGN_OR_RETURN(path, std::move(found));
  }
  Call call = SystemCall();
  const absl::Status freed = ForSubtree(path, [&](const std::string& at, const Inode& inode) -> absl::Status {
    if (at == path) {
      if (inode.id != id || !inode.ExpiredAt(now_ms)) return PathDoesNotExist(path);
    } else if (!inode.persisted()) {
      // It stays, and keeps nothing else from going.
      return absl::OkStatus();
    }
    return FreeOne(call, at, inode, /*forced=*/true);
  });
  if (absl::IsNotFound(freed)) return absl::OkStatus();
  ALLUXIO_RETURN_IF_ERROR(freed);
  Claims claims(&ns_, &call, {{path, PathLock::kNode}});
  MutexLock latch(&ns_.latch);
  ALLUXIO_ASSIGN_OR_RETURN(const InodePtr inode, ns_.tree.ById(id));
  if (inode == nullptr || !inode->ExpiredAt(now_ms)) return absl::OkStatus();
  JournalEntries entries;
  auto* update = entries.emplace_back().mutable_update_inode();
  update->set_id(id);
  update->set_ttl(kNoTtl);
  ns_.Commit(std::move(entries));
  return absl::OkStatus();
}

}  // namespace alluxio::master
