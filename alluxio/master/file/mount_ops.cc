// Mounts, and the calls about under stores as such.
#include <algorithm>
#include <memory>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/conf/property_table.h"
#include "alluxio/master/file/core.h"
#include "alluxio/master/file/errors.h"
#include "alluxio/master/inode/inode_proto.h"
#include "alluxio/uri/alluxio_uri.h"
#include "alluxio/uri/path.h"

namespace alluxio::master {
namespace {

constexpr char kMasked[] = "******";

absl::Status UfsPathDoesNotExist(absl::string_view ufs_path) {
  return absl::InvalidArgumentError(absl::StrCat("Ufs path ", ufs_path, " does not exist"));
}

// The root of a store that is to be mounted, as it stands there: a directory.
absl::StatusOr<ufs::UfsStatus> RootOf(const absl::StatusOr<std::shared_ptr<ufs::UnderFileSystem>>& ufs,
                                      absl::string_view ufs_path) {
  auto status = ufs.ok() ? (*ufs)->Status("") : ufs.status();
  if (absl::IsNotFound(status.status()) || (status.ok() && !status->is_directory)) return UfsPathDoesNotExist(ufs_path);
  // Stores that need their root to be opened say so in their own words.
  if (!status.ok() && (absl::StrContains(status.status().message(), "does not exist") ||
                       absl::StrContains(status.status().message(), "No such file"))) {
    return UfsPathDoesNotExist(ufs_path);
  }
  return status;
}

// No store is mounted twice, nor a part of it.
absl::Status CheckNotNested(MountTable& mounts, const std::string& uri) {
  for (const MountPtr& other : mounts.All()) {
    if (!UrisNest(other->uri, uri)) continue;
    const bool above = other->uri.size() <= uri.size();
    return absl::InvalidArgumentError(absl::StrCat("Mount point ", above ? other->uri : uri, " is a prefix of ",
                                                   above ? uri : other->uri));
  }
  return absl::OkStatus();
}

}  // namespace

void FileSystemCore::FillMountEntry(const std::string& path, const std::string& uri, int64_t id,
                                    const grpc::file::MountPOptions& options,
                                    proto::journal::AddMountPointEntry* entry) const {
  entry->set_alluxio_path(path);
  entry->set_ufs_path(uri);
  entry->set_mount_id(id);
  entry->set_readonly(options.readonly());
  entry->set_shared(options.shared());
  for (const auto& [key, value] : options.properties()) {
    auto* property = entry->add_properties();
    property->set_key(key);
    property->set_value(value);
  }
}

absl::StatusOr<grpc::file::MountPResponse> FileSystemCore::Mount(Call& call, const grpc::file::MountPRequest& request) {
  if (!call.may_block) return call.NeedThread();
  // The original answers with the log of its steps.
  grpc::file::MountPOptions shown = request.options();
  for (auto& [key, value] : *shown.mutable_properties()) {
    if (conf::IsCredential(key)) value = kMasked;
  }
  std::string log = absl::StrCat("mount command: alluxio fs mount ", request.alluxiopath(), " ", request.ufspath(),
                                 " option MountContext{ProtoOptions=", shown.DebugString(), "}");
  const absl::Status done = MountSteps(call, request, &log);
  if (done.ok()) return grpc::file::MountPResponse();
  if (absl::IsPermissionDenied(done)) return done;
  return absl::UnknownError(absl::StrCat(log, "\n", done.message()));
}

absl::Status FileSystemCore::MountSteps(Call& call, const grpc::file::MountPRequest& request, std::string* log) {
  const auto& options = request.options();
  ALLUXIO_ASSIGN_OR_RETURN(const std::string path, PathOfRequest(request.alluxiopath()));
  ALLUXIO_ASSIGN_OR_RETURN(const auto parsed, uri::AlluxioUri::Parse(request.ufspath()));
  const std::string uri = parsed.ToString();
  if (uri.empty() || (!parsed.HasScheme() && !parsed.IsPathAbsolute())) {
    return absl::InvalidArgumentError(absl::StrCat("Path \"", request.ufspath(), "\" is invalid."));
  }
  if (options.remount()) {
    Claims claims(&ns_, &call, {{path, PathLock::kNode}});
    if (const MountPtr mount = ns_.mounts.At(path); mount != nullptr && mount->uri == uri) {
      if (!call.subject.is_superuser) return security::NotSuperuser(call.user);
      JournalEntries entries;
      FillMountEntry(path, uri, mount->id, options, entries.emplace_back().mutable_add_mount_point());
      MutexLock latch(&ns_.latch);
      ns_.Commit(std::move(entries));
      call.wait_durable = true;
      ns_.mounts.Forget(mount->id);
      return absl::OkStatus();
    }
  }
  ALLUXIO_RETURN_IF_ERROR(SyncOnAccess(call, std::string(uri::ParentPath(path)), CommonOptions(), grpc::file::ONCE,
                                       MetadataSync::Extent::kSelf));
  Claims claims(&ns_, &call, {{path, PathLock::kSubtree}});
  Lookup lookup;
  const auto check = [&]() -> absl::Status {
    ALLUXIO_RETURN_IF_ERROR(ns_.tree.Lookup(path, &lookup));
    if (lookup.exists()) {
      return absl::InvalidArgumentError(absl::StrCat("Mount point target path ", path,
                                                     " already exists in Alluxio namespace. Try mounting to another "
                                                     "path."));
    }
    ALLUXIO_RETURN_IF_ERROR(CheckParentWrite(call, lookup));
    ALLUXIO_RETURN_IF_ERROR(ns_.mounts.CheckWritable(path));
    if (lookup.inodes.size() < lookup.names.size() || !lookup.deepest()->directory) {
      return PathDoesNotExist(uri::ParentPath(path));
    }
    return absl::OkStatus();
  };
  {
    ReaderMutexLock latch(&ns_.latch);
    ALLUXIO_RETURN_IF_ERROR(check());
  }
  struct Mount mount;
  mount.path = path;
  mount.uri = uri;
  mount.id = ns_.random->NextPositiveId();
  mount.properties.insert(options.properties().begin(), options.properties().end());
  absl::StrAppend(log, "\nAcquired mount ID for the new mount point: ", mount.id);
  ALLUXIO_RETURN_IF_ERROR(CheckNotNested(ns_.mounts, uri));
  // Opened without the table, so that a failure leaves nothing in it.
  auto ufs = ns_.mounts.OpenUfs(mount);
  if (absl::IsInvalidArgument(ufs.status())) {
    return absl::InvalidArgumentError(absl::StrCat("No Under File System Factory found for: ", request.ufspath()));
  }
  struct Undo {
    MountTable* mounts;
    int64_t id;
    ~Undo() {
      if (mounts != nullptr) mounts->Forget(id);
    }
  } undo{&ns_.mounts, mount.id};
  ALLUXIO_ASSIGN_OR_RETURN(const ufs::UfsStatus status, RootOf(ufs, request.ufspath()));
  const auto shadowed = OpenPlace(&ns_, path);
  if (shadowed.ok() && shadowed->ufs->Status(shadowed->relative).ok()) {
    return absl::InvalidArgumentError(absl::StrCat("Mount path ", path, " shadows an existing path ",
                                                   shadowed->mount->UriOf(shadowed->relative),
                                                   " in the parent underlying filesystem"));
  }
  const int64_t now_ms = ns_.clock->NowMillis();
  MutexLock latch(&ns_.latch);
  ALLUXIO_RETURN_IF_ERROR(check());
  // The same store may have been mounted elsewhere meanwhile.
  ALLUXIO_RETURN_IF_ERROR(CheckNotNested(ns_.mounts, uri));
  JournalEntries entries;
  Inode inode;
  inode.id = ns_.NextDirectoryId(&entries);
  inode.parent_id = lookup.deepest()->id;
  inode.name = std::string(lookup.names.back());
  inode.directory = true;
  inode.mount_point = true;
  inode.ttl_action = TtlAction::kFree;  // the default of 2.9's options, which has no other effect here
  inode.persistence = PersistenceState::kPersisted;
  inode.creation_ms = now_ms;
  inode.modified_ms = inode.accessed_ms = status.modified_ms;
  inode.acl = security::AccessControlList(status.owner, status.group, security::Mode(status.mode));
  InodeToEntry(inode, entries.emplace_back().mutable_inode_directory());
  auto* touched = entries.emplace_back().mutable_update_inode();
  touched->set_id(inode.parent_id);
  touched->set_last_modification_time_ms(now_ms);
  FillMountEntry(path, uri, mount.id, options, entries.emplace_back().mutable_add_mount_point());
  ns_.Commit(std::move(entries));
  call.wait_durable = true;
  undo.mounts = nullptr;
  sync_.NoteMoved(path);
  return absl::OkStatus();
}

absl::StatusOr<grpc::file::UnmountPResponse> FileSystemCore::Unmount(Call& call,
                                                                     const grpc::file::UnmountPRequest& request) {
  if (!call.may_block) return call.NeedThread();
  ALLUXIO_ASSIGN_OR_RETURN(const std::string path, PathOfRequest(request.alluxiopath()));
  Claims claims(&ns_, &call, {{path, PathLock::kSubtree}});
  Lookup lookup;
  {
    ReaderMutexLock latch(&ns_.latch);
    ALLUXIO_RETURN_IF_ERROR(ns_.tree.Lookup(path, &lookup));
  }
  if (!lookup.exists()) {
    return absl::NotFoundError(absl::StrCat("Failed to unmount: Path ", path, " does not exist"));
  }
  ALLUXIO_RETURN_IF_ERROR(CheckParentWrite(call, lookup));
  const std::vector<MountPtr> mounts = ns_.mounts.All();
  // Other mounts are unmounted by name, not along with this one.
  const bool holds_mounts = std::any_of(mounts.begin(), mounts.end(), [&](const MountPtr& mount) {
    return mount->path != path && uri::HasPathPrefix(mount->path, path);
  });
  if (path == "/" || ns_.mounts.At(path) == nullptr || holds_mounts) {
    return absl::InvalidArgumentError(absl::StrCat("Failed to unmount ", path,
                                                   ". Please ensure the path is an existing mount point and not "
                                                   "root."));
  }
  call.wait_durable = true;
  ALLUXIO_RETURN_IF_ERROR(RemoveSubtree(&ns_, *lookup.target(), {.op_time_ms = ns_.clock->NowMillis()}));
  return grpc::file::UnmountPResponse();
}

absl::StatusOr<grpc::file::UpdateMountPResponse> FileSystemCore::UpdateMount(
    Call& call, const grpc::file::UpdateMountPRequest& request) {
  if (!call.may_block) return call.NeedThread();
  ALLUXIO_ASSIGN_OR_RETURN(const std::string path, PathOfRequest(request.alluxiopath()));
  Claims claims(&ns_, &call, {{path, PathLock::kNode}});
  const MountPtr mount = ns_.mounts.At(path);
  if (mount == nullptr) {
    return absl::InvalidArgumentError(absl::StrCat("Failed to update mount properties for ", path,
                                                   ". Please ensure the path is an existing mount point."));
  }
  {
    ReaderMutexLock latch(&ns_.latch);
    Lookup lookup;
    ALLUXIO_RETURN_IF_ERROR(ns_.tree.Lookup(path, &lookup));
    ALLUXIO_RETURN_IF_ERROR(CheckParentWrite(call, lookup));
  }
  {
    // Properties with which the store can't be opened are not kept. This handle is not kept
    // either: the next user of the store makes the one that stays.
    auto ufs = options_.ufs_registry->Create(
        mount->uri, {request.options().properties().begin(), request.options().properties().end()});
    const absl::Status usable = RootOf(std::move(ufs), mount->uri).status();
    if (absl::IsInvalidArgument(usable)) return absl::UnknownError(usable.message());
    ALLUXIO_RETURN_IF_ERROR(usable);
  }
  // A new id (but for the root, whose id is known), so that workers ask again.
  const int64_t id = path == "/" ? mount->id : ns_.random->NextPositiveId();
  JournalEntries entries;
  FillMountEntry(path, mount->uri, id, request.options(), entries.emplace_back().mutable_add_mount_point());
  {
    MutexLock latch(&ns_.latch);
    ns_.Commit(std::move(entries));
  }
  call.wait_durable = true;
  ns_.mounts.Forget(mount->id);
  return grpc::file::UpdateMountPResponse();
}

absl::StatusOr<grpc::file::GetMountTablePResponse> FileSystemCore::GetMountTable(
    Call& call, const grpc::file::GetMountTablePRequest& request) {
  const bool check_ufs = !request.has_checkufs() || request.checkufs();
  if (check_ufs && !call.may_block) return call.NeedThread();
  grpc::file::GetMountTablePResponse response;
  for (const MountPtr& mount : ns_.mounts.All()) {
    auto& info = (*response.mutable_mountpoints())[mount->path];
    info.set_ufsuri(mount->uri);
    info.set_ufstype("");
    info.set_ufscapacitybytes(-1);
    info.set_ufsusedbytes(-1);
    info.set_readonly(mount->read_only);
    info.set_shared(mount->shared);
    info.set_mountid(mount->id);
    for (const auto& [key, value] : mount->properties) {
      // Everybody may ask for the table; workers get credentials by GetUfsInfo.
      (*info.mutable_properties())[key] = conf::IsCredential(key) ? kMasked : value;
    }
    if (!check_ufs) continue;
    const auto ufs = ns_.mounts.Ufs(*mount);
    if (!ufs.ok()) continue;
    info.set_ufstype(std::string((*ufs)->type()));
    if (const auto space = (*ufs)->GetSpace(); space.ok()) {
      info.set_ufscapacitybytes(space->total_bytes);
      info.set_ufsusedbytes(space->used_bytes);
    }
  }
  return response;
}

absl::StatusOr<grpc::file::ReverseResolvePResponse> FileSystemCore::ReverseResolve(
    Call&, const grpc::file::ReverseResolvePRequest& request) {
  grpc::file::ReverseResolvePResponse response;
  ALLUXIO_ASSIGN_OR_RETURN(*response.mutable_alluxiopath(), ns_.mounts.ReverseResolve(request.ufsuri()));
  return response;
}

absl::StatusOr<grpc::file::UpdateUfsModePResponse> FileSystemCore::UpdateUfsMode(
    Call& call, const grpc::file::UpdateUfsModePRequest& request) {
  if (!call.subject.is_superuser) return security::NotSuperuser(call.user);
  const std::string root = UfsRootOf(request.ufspath());
  if (request.ufspath() != root && absl::StrCat(request.ufspath(), "/") != root) {
    return absl::InvalidArgumentError("The ufs path should have only scheme and authority but no path.");
  }
  const std::vector<MountPtr> mounts = ns_.mounts.All();
  // A mode that no mount point looks at would seem to be in force.
  if (std::none_of(mounts.begin(), mounts.end(), [&](const MountPtr& mount) { return UfsRootOf(mount->uri) == root; })) {
    return absl::InvalidArgumentError(absl::StrCat("Unknown Ufs path ", root));
  }
  JournalEntries entries;
  auto* update = entries.emplace_back().mutable_update_ufs_mode();
  update->set_ufspath(root);
  switch (request.options().ufsmode()) {
    case grpc::file::NO_ACCESS: update->set_ufsmode(proto::journal::NO_ACCESS); break;
    case grpc::file::READ_ONLY: update->set_ufsmode(proto::journal::READ_ONLY); break;
    default: update->set_ufsmode(proto::journal::READ_WRITE); break;
  }
  MutexLock latch(&ns_.latch);
  ns_.Commit(std::move(entries));
  call.wait_durable = true;
  return grpc::file::UpdateUfsModePResponse();
}

absl::StatusOr<grpc::file::GetUfsInfoPResponse> FileSystemCore::GetUfsInfo(
    Call&, const grpc::file::GetUfsInfoPRequest& request) {
  grpc::file::GetUfsInfoPResponse response;
  auto* info = response.mutable_ufsinfo();
  const MountPtr mount = ns_.mounts.ById(request.mountid());
  if (mount == nullptr) return absl::NotFoundError(absl::StrCat("mount id ", request.mountid(), " does not exist"));
  info->set_uri(mount->uri);
  info->mutable_properties()->set_readonly(mount->read_only);
  info->mutable_properties()->set_shared(mount->shared);
  for (const auto& [key, value] : mount->properties) (*info->mutable_properties()->mutable_properties())[key] = value;
  return response;
}

absl::StatusOr<grpc::file::NeedsSyncResponse> FileSystemCore::NeedsSync(Call&,
                                                                        const grpc::file::NeedsSyncRequest& request) {
  if (const auto path = PathOfRequest(request.path()); path.ok()) sync_.Invalidate(*path);
  return grpc::file::NeedsSyncResponse();
}

// Active sync needs a store that tells what changes in it (the original has it for
// HDFS alone). No store here does, so there never is a sync point.
absl::StatusOr<grpc::file::StartSyncPResponse> FileSystemCore::StartSync(Call& call,
                                                                         const grpc::file::StartSyncPRequest& request) {
  ALLUXIO_ASSIGN_OR_RETURN(const std::string path, PathOfRequest(request.path()));
  ALLUXIO_RETURN_IF_ERROR(
      SyncOnAccess(call, path, request.options().commonoptions(), grpc::file::ONCE, MetadataSync::Extent::kSelf));
  Lookup lookup;
  {
    ReaderMutexLock latch(&ns_.latch);
    ALLUXIO_RETURN_IF_ERROR(ns_.tree.Lookup(path, &lookup));
  }
  ALLUXIO_RETURN_IF_ERROR(CheckTarget(call, lookup, security::Bits::kWrite));
  if (!lookup.exists()) return PathDoesNotExist(request.path());
  if (!call.may_block) return call.NeedThread();
  ALLUXIO_ASSIGN_OR_RETURN(const UfsPlace place, OpenPlace(&ns_, path));
  return absl::InternalError(
      absl::StrCat("Active Syncing is not supported on this UFS type: ", place.ufs->type()));
}

absl::StatusOr<grpc::file::StopSyncPResponse> FileSystemCore::StopSync(Call&,
                                                                       const grpc::file::StopSyncPRequest& request) {
  ALLUXIO_ASSIGN_OR_RETURN(const std::string path, PathOfRequest(request.path()));
  return absl::InvalidArgumentError(absl::StrCat(path, " is not a sync point"));
}

absl::StatusOr<grpc::file::GetSyncPathListPResponse> FileSystemCore::GetSyncPathList(
    Call&, const grpc::file::GetSyncPathListPRequest&) {
  return grpc::file::GetSyncPathListPResponse();
}

absl::StatusOr<grpc::file::GetStateLockHoldersPResponse> FileSystemCore::GetStateLockHolders(
    Call&, const grpc::file::GetStateLockHoldersPRequest&) {
  return grpc::file::GetStateLockHoldersPResponse();  // there is no such lock
}

absl::StatusOr<grpc::file::CheckConsistencyPResponse> FileSystemCore::CheckConsistency(
    Call& call, const grpc::file::CheckConsistencyPRequest& request) {
  if (!call.may_block) return call.NeedThread();
  ALLUXIO_ASSIGN_OR_RETURN(const std::string path, PathOfRequest(request.path()));
  Lookup lookup;
  {
    ReaderMutexLock latch(&ns_.latch);
    ALLUXIO_RETURN_IF_ERROR(ns_.tree.Lookup(path, &lookup));
  }
  ALLUXIO_RETURN_IF_ERROR(CheckTarget(call, lookup, security::Bits::kRead));
  if (!lookup.exists()) return PathDoesNotExist(request.path());
  grpc::file::CheckConsistencyPResponse response;
  ALLUXIO_RETURN_IF_ERROR(ForSubtree(path, [&](const std::string& at, const Inode& inode) -> absl::Status {
    ALLUXIO_ASSIGN_OR_RETURN(const UfsPlace place, OpenPlace(&ns_, at));
    const auto status = place.ufs->Status(place.relative);
    if (!status.ok() && !absl::IsNotFound(status.status())) return status.status();
    bool same = status.ok() == inode.persisted();
    if (same && status.ok()) {
      same = inode.directory == status->is_directory;
      if (same && !inode.directory && inode.completed) {
        same = inode.length_bytes == status->length_bytes &&
               (inode.ufs_fingerprint.empty() ||
                ufs::SameContent(inode.ufs_fingerprint, ufs::Fingerprint(place.ufs->type(), *status)));
      }
    }
    if (!same) response.add_inconsistentpaths(at);
    return absl::OkStatus();
  }));
  return response;
}

}  // namespace alluxio::master
