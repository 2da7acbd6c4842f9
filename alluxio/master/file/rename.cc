// Rename.
#include "absl/strings/str_cat.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/master/file/core.h"
#include "alluxio/master/file/errors.h"
#include "alluxio/uri/path.h"

namespace alluxio::master {
namespace {

// What can be said of the paths alone.
absl::Status CheckPaths(MountTable& mounts, const std::string& from, const std::string& to) {
  if (from == "/") return absl::InvalidArgumentError("The root directory cannot be renamed");
  if (to == "/") return absl::InvalidArgumentError("Cannot rename a path to the root directory");
  if (uri::HasPathPrefix(to, from)) {
    return absl::InvalidArgumentError(absl::StrCat("Cannot rename because ", from, " is a prefix of ", to));
  }
  if (mounts.At(to) != nullptr) {
    return absl::InvalidArgumentError(absl::StrCat(to, " is a mount point and cannot be renamed onto"));
  }
  const auto from_mount = mounts.Resolve(from).mount;
  const auto to_mount = mounts.Resolve(to).mount;
  if (from_mount != to_mount || mounts.HasMountWithin(from)) {
    return absl::InvalidArgumentError(absl::StrCat("Renaming ", from, " to ", to, " is a cross mount operation"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status FileSystemCore::RenameInUfs(Call& call, const std::string& from, const std::string& to,
                                         const Inode& inode, const Inode* replaced) {
  ALLUXIO_ASSIGN_OR_RETURN(const UfsPlace source, OpenPlace(&ns_, from));
  ALLUXIO_ASSIGN_OR_RETURN(const UfsPlace target, OpenPlace(&ns_, to));
  absl::Status done;
  if (inode.directory && !inode.persisted()) {
    // A crash has left it half made.
    ALLUXIO_ASSIGN_OR_RETURN(const bool there, IsDirectoryInUfs(source));
    if (!there) return absl::OkStatus();
  }
  if (inode.directory || (inode.persisted() && inode.completed)) {
    ALLUXIO_ASSIGN_OR_RETURN(const bool there,
                             PersistDirectories(&ns_, std::string(uri::ParentPath(to)), &call.progress.announced));
    if (!there) return call.NeedDurable();
    done = source.ufs->Rename(source.relative, target.relative);
    if (!done.ok()) {
      // It may have happened all the same: whoever comes next looks.
      sync_.Invalidate(from);
      sync_.Invalidate(to);
    }
  } else {
    const auto remove = [](const UfsPlace& place) {
      const absl::Status removed = place.ufs->DeleteFile(place.relative);
      return absl::IsNotFound(removed) ? absl::OkStatus() : removed;
    };
    // Persistence puts it under its new name, once more.
    if (inode.maybe_in_ufs() && !inode.persisted()) done = remove(source);
    if (done.ok() && replaced != nullptr && replaced->maybe_in_ufs()) done = remove(target);
  }
  if (done.ok() || absl::IsUnavailable(done)) return done;
  return absl::UnknownError(absl::StrCat("Failed to rename ", source.mount->UriOf(source.relative), " to ",
                                         target.mount->UriOf(target.relative), " in the under file system: ",
                                         done.message()));
}

absl::StatusOr<grpc::file::RenamePResponse> FileSystemCore::Rename(Call& call,
                                                                   const grpc::file::RenamePRequest& request) {
  const auto& options = request.options();
  ALLUXIO_ASSIGN_OR_RETURN(const std::string from, PathOfRequest(request.path()));
  ALLUXIO_ASSIGN_OR_RETURN(const std::string to, PathOfRequest(request.dstpath()));
  grpc::file::RenamePResponse response;
  if (WasFinished(call, options.commonoptions())) return response;
  ALLUXIO_RETURN_IF_ERROR(SyncOnAccess(call, from, options.commonoptions(), grpc::file::ONCE,
                                       MetadataSync::Extent::kSelf));
  if (from != to) {
    ALLUXIO_RETURN_IF_ERROR(CheckPaths(ns_.mounts, from, to));
    ALLUXIO_RETURN_IF_ERROR(SyncOnAccess(call, to, options.commonoptions(), grpc::file::NEVER,
                                         MetadataSync::Extent::kSelf));
    // A call that may not block asks below, where its target is looked up anyway.
    if (call.may_block) ALLUXIO_RETURN_IF_ERROR(LoadBeforeCreate(call, to));
  }
  const bool overwrite = options.s3syntaxoptions().overwrite();
  std::vector<int64_t> freed;
  {
    Claims claims(&ns_, &call, {{from, PathLock::kSubtree}, {to, PathLock::kSubtree}});
    Lookup source;
    Lookup target;
    // Checks all that memory knows; what is there again after the under store was changed,
    // but not who may: that can't be taken back then.
    const auto check = [&](bool permissions) -> absl::Status {
      ALLUXIO_RETURN_IF_ERROR(ns_.tree.Lookup(from, &source));
      if (permissions) ALLUXIO_RETURN_IF_ERROR(CheckParentWrite(call, source));
      if (!source.exists()) return PathDoesNotExist(from);
      if (from == to) return absl::OkStatus();
      ALLUXIO_RETURN_IF_ERROR(ns_.tree.Lookup(to, &target));
      // The under store may hide more there.
      const Inode& deepest = *target.deepest();
      if (!call.may_block && !target.exists() && deepest.persisted() && !deepest.direct_children_loaded) {
        return call.NeedThread();
      }
      if (permissions) ALLUXIO_RETURN_IF_ERROR(CheckParentWrite(call, target));
      if (target.exists() && !(overwrite && !target.target()->directory && !source.target()->directory)) {
        return absl::AlreadyExistsError(
            absl::StrCat("Cannot rename because destination already exists. src: ", from, " dst: ", to));
      }
      if (!target.exists() && target.inodes.size() < target.names.size()) {
        return PathDoesNotExist(uri::ParentPath(to));
      }
      if (!target.exists() && !target.deepest()->directory) return PathDoesNotExist(uri::ParentPath(to));
      return absl::OkStatus();
    };
    const auto in_ufs = [&] {
      return source.target()->maybe_in_ufs() || (target.exists() && target.target()->maybe_in_ufs());
    };
    bool moved_in_ufs = false;
    if (call.may_block) {
      {
        ReaderMutexLock latch(&ns_.latch);
        ALLUXIO_RETURN_IF_ERROR(check(/*permissions=*/true));
        if (from == to) return response;
        moved_in_ufs = in_ufs();
      }
      if (moved_in_ufs) {
        ALLUXIO_RETURN_IF_ERROR(ns_.mounts.CheckWritable(from));
        ALLUXIO_RETURN_IF_ERROR(
            RenameInUfs(call, from, to, *source.target(), target.exists() ? target.target().get() : nullptr));
      }
    }
    MutexLock latch(&ns_.latch);
    ALLUXIO_RETURN_IF_ERROR(claims.Check());
    ALLUXIO_RETURN_IF_ERROR(check(/*permissions=*/!moved_in_ufs));
    if (from == to) return response;
    if (!call.may_block && (in_ufs() || options.persist())) return call.NeedThread();
    const int64_t now_ms = ns_.clock->NowMillis();
    JournalEntries entries;
    if (target.exists()) AddDelete(&ns_, *target.target(), now_ms, &entries, &freed);
    const Inode& inode = *source.target();
    auto* rename = entries.emplace_back().mutable_rename();
    rename->set_id(inode.id);
    rename->set_op_time_ms(now_ms);
    rename->set_new_parent_id(target.inodes[target.names.size() - 1]->id);
    rename->set_new_name(std::string(target.names.back()));
    rename->set_path(from);
    rename->set_new_path(to);
    SetOperation(options.commonoptions(), &entries);
    ns_.Commit(std::move(entries));
    call.wait_durable = true;
  }
  sync_.NoteMoved(to);
  if (!freed.empty()) ns_.blocks->FreeBlocks(freed);
  if (options.persist()) {
    ALLUXIO_RETURN_IF_ERROR(ForSubtree(to, [&](const std::string& at, const Inode& inode) {
      if (inode.directory || !inode.completed || inode.persisted() || IsPersistBlacklisted(at)) {
        return absl::OkStatus();
      }
      return SchedulePersist(call, at, 0);
    }));
  }
  return response;
}

}  // namespace alluxio::master
