#include "alluxio/master/file/core.h"

#include <algorithm>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "alluxio/base/log.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/master/file/errors.h"
#include "alluxio/master/inode/inode_proto.h"
#include "alluxio/metrics/metric_names.h"
#include "alluxio/uri/alluxio_uri.h"
#include "alluxio/uri/path.h"

namespace alluxio::master {

using proto::journal::JournalEntry;
using security::Bits;

namespace {

constexpr absl::string_view kRootOption = "alluxio.master.mount.table.root.option.";

// Whether the list lets everybody do it, whoever it is.
bool PermitsAll(const security::AccessControlList& acl, Bits wanted) {
  Bits all = acl.mode().owner() & acl.mode().group() & acl.mode().other();
  if (acl.HasExtended()) {
    all = all & acl.mask();
    for (const auto* named : {&acl.named_users(), &acl.named_groups()}) {
      for (const auto& [name, bits] : *named) all = all & bits;
    }
  }
  return security::Implies(all, wanted);
}

}  // namespace

Claims::Claims(NamespaceState* ns, Call* call, std::vector<PathLock> claims)
    : ns_(ns), call_(call), claims_(std::move(claims)) {
  if (call->may_block) holder_ = ns->locks.Acquire(claims_);
}

absl::Status Claims::Check() {
  if (holder_.held() || ns_->locks.IsFree(claims_)) return absl::OkStatus();
  return call_->NeedThread();
}

FileSystemCore::FileSystemCore(FileSystemMaster::Options options)
    : options_(std::move(options)),
      ns_(options_.conf, options_.state, options_.blocks, options_.ufs_registry, options_.clock, options_.random,
          options_.inode_cache_bytes),
      sync_(&ns_),
      permission_enabled_(options_.conf.GetBool("alluxio.security.authorization.permission.enabled")),
      supergroup_(options_.conf.GetString("alluxio.security.authorization.permission.supergroup")),
      umask_([this] {
        const auto mode =
            security::Mode::Parse(options_.conf.GetString("alluxio.security.authorization.permission.umask"));
        return mode.ok() ? *mode : security::Mode(022);
      }()),
      default_sync_interval_ms_(options_.conf.GetMillis("alluxio.user.file.metadata.sync.interval")),
      access_time_precision_ms_(options_.conf.GetMillis("alluxio.master.file.access.time.update.precision")),
      list_message_length_(static_cast<size_t>(
          std::max<int64_t>(1, options_.conf.GetInt("alluxio.master.filesystem.liststatus.result.message.length")))),
      operations_remembered_(options_.conf.GetBool("alluxio.master.filesystem.operation.retry.cache.enabled")),
      persist_blacklist_(options_.conf.GetList("alluxio.master.persistence.blacklist")),
      access_generation_(options_.clock->NowMillis() << 20) {}

void FileSystemCore::Reconfigure(const conf::Configuration& conf) {
  default_sync_interval_ms_.store(conf.GetMillis("alluxio.user.file.metadata.sync.interval"),
                                  std::memory_order_relaxed);
  access_time_precision_ms_.store(conf.GetMillis("alluxio.master.file.access.time.update.precision"),
                                  std::memory_order_relaxed);
  sync_.Reconfigure(conf);
}

void FileSystemCore::UseMetrics(metrics::MetricsRegistry* metrics) {
  sync_.UseMetrics(metrics);
  retried_ = &metrics->GetCounter(metrics::kMasterCompletedOperationRetryCount);
  metrics::Counter* const persisted = &metrics->GetCounter(metrics::kMasterFilesPersisted);
  MutexLock latch(&ns_.latch);
  ns_.tree.set_on_persisted([persisted] { persisted->Inc(); });
}

absl::Status FileSystemCore::Start() {
  bool first = false;
  {
    MutexLock latch(&ns_.latch);
    ns_.tree.Load();
    ALLUXIO_ASSIGN_OR_RETURN(const InodePtr root, ns_.tree.Child(kNoParent, ""));
    first = root == nullptr;
  }
  const auto uri = uri::AlluxioUri::Parse(options_.conf.GetString("alluxio.master.mount.table.root.ufs"));
  if (first) {
    // Before anything is journalled: a wrong property can still be corrected then.
    ALLUXIO_RETURN_IF_ERROR(uri.status());
    std::map<std::string, std::string> properties;
    for (const auto& [key, value] : options_.conf.WithPrefix(kRootOption)) {
      properties[key.substr(kRootOption.size())] = value;
    }
    ALLUXIO_ASSIGN_OR_RETURN(const auto ufs, options_.ufs_registry->Create(uri->ToString(), properties));
    if (!options_.conf.IsSetByUser("alluxio.master.mount.table.root.ufs")) {
      // Nobody chose a folder: the default one is ours to make.
      const absl::Status made = ufs->Mkdir("", {});
      if (!made.ok() && !absl::IsAlreadyExists(made)) return made;
    }
    ALLUXIO_RETURN_IF_ERROR(ufs->CheckRoot());
  }
  {
    MutexLock latch(&ns_.latch);
    if (first) {
      JournalEntries entries;
      ns_.NextDirectoryId(&entries);  // the root takes the first, which is 0
      Inode inode;
      inode.id = kRootId;
      inode.directory = true;
      inode.persistence = PersistenceState::kPersisted;
      inode.mount_point = true;
      inode.creation_ms = inode.modified_ms = inode.accessed_ms = ns_.clock->NowMillis();
      const std::vector<std::string> groups = options_.groups(options_.superuser);
      inode.acl = security::AccessControlList(options_.superuser, groups.empty() ? options_.superuser : groups.front(),
                                              security::Mode(0755));
      InodeToEntry(inode, entries.emplace_back().mutable_inode_directory());
      ns_.Commit(std::move(entries));
    }
    // Also after a backup of the original was restored, where the root's mount is no entry.
    if (ns_.mounts.At("/") == nullptr) {
      ALLUXIO_RETURN_IF_ERROR(uri.status());
      JournalEntries entries;
      auto* mount = entries.emplace_back().mutable_add_mount_point();
      mount->set_alluxio_path("/");
      mount->set_ufs_path(uri->ToString());
      mount->set_mount_id(kRootMountId);
      ns_.Commit(std::move(entries));
    }
    UpdateRootMount();
  }
  for (const MountPtr& mount : ns_.mounts.All()) {
    auto ufs = ns_.mounts.Ufs(*mount);
    absl::Status status = ufs.ok() ? (*ufs)->CheckRoot() : ufs.status();
    if (status.ok()) continue;
    if (mount->path == "/") {
      if (!uri.ok() || mount->uri == uri->ToString()) return status;
      return absl::Status(status.code(),
                          absl::StrCat(status.message(), " (The root has been mounted there since the first start; ",
                                       "alluxio.master.mount.table.root.ufs, now ", uri->ToString(),
                                       ", counts only then: format the master to begin anew with it.)"));
    }
    ALLUXIO_LOG(kWarning, "master/mount", "the under store of ", mount->path, " is not usable now: ",
                status.message());
  }
  return absl::OkStatus();
}

// What the user has set counts at each start, as in the original, whose root mount is
// made of the configuration; what `updateMount` has changed stays otherwise.
void FileSystemCore::UpdateRootMount() {
  const MountPtr root = ns_.mounts.At("/");
  JournalEntries entries;
  auto* mount = entries.emplace_back().mutable_add_mount_point();
  mount->set_alluxio_path("/");
  mount->set_ufs_path(root->uri);
  mount->set_mount_id(root->id);
  constexpr absl::string_view kReadOnly = "alluxio.master.mount.table.root.readonly";
  mount->set_readonly(options_.conf.IsSetByUser(kReadOnly) ? options_.conf.GetBool(kReadOnly) : root->read_only);
  // As the original: only what lies in an object store is shared with everybody, on demand.
  const bool object_store = absl::StrContains(root->uri, "://") && !absl::StartsWith(root->uri, "file://");
  mount->set_shared(object_store && options_.conf.GetBool("alluxio.underfs.object.store.mount.shared.publicly"));
  std::map<std::string, std::string> properties = root->properties;
  for (const auto& [key, value] : options_.conf.WithPrefix(kRootOption)) {
    properties[key.substr(kRootOption.size())] = value;
  }
  for (const auto& [key, value] : properties) {
    auto* property = mount->add_properties();
    property->set_key(key);
    property->set_value(value);
  }
  if (mount->readonly() == root->read_only && mount->shared() == root->shared && properties == root->properties) return;
  ns_.Commit(std::move(entries));
}

bool FileSystemCore::Apply(const JournalEntry& entry, KvBatch* batch) {
  if (entry.has_rename() || entry.has_set_acl() || (entry.has_update_inode() && entry.update_inode().has_mode())) {
    access_generation_.fetch_add(1, std::memory_order_relaxed);
  }
  return ns_.tree.Apply(entry, batch) || ns_.mounts.Apply(entry, batch);
}

Call FileSystemCore::MakeCall(const std::string& user, bool may_block) const {
  Call call;
  call.user = user;
  call.may_block = may_block;
  call.subject.user = user;
  if (may_block || options_.known_groups == nullptr) {
    call.subject.groups = options_.groups(user);
  } else if (std::optional<std::vector<std::string>> known = options_.known_groups(user)) {
    call.subject.groups = *std::move(known);
  } else {
    call.needs_thread = true;
  }
  const auto& groups = call.subject.groups;
  call.subject.is_superuser = !permission_enabled_ || user == options_.superuser ||
                              std::find(groups.begin(), groups.end(), supergroup_) != groups.end();
  return call;
}

absl::StatusOr<std::string> FileSystemCore::PathOfRequest(absl::string_view path) {
  constexpr size_t kMaxPathBytes = 64 << 10;
  if (path.size() > kMaxPathBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("A path of ", path.size(), " bytes is too long: at most ", kMaxPathBytes, " are possible."));
  }
  // A URI of an under store is resolved through the mount table.
  if (path.find("://") != absl::string_view::npos) {
    ALLUXIO_ASSIGN_OR_RETURN(const auto uri, uri::AlluxioUri::Parse(path));
    if (uri.IsAlluxio()) return uri::CleanPath(uri.path().empty() ? "/" : uri.path());
    auto resolved = ns_.mounts.ReverseResolve(path);
    if (resolved.ok()) return resolved;
    return absl::InvalidArgumentError(absl::StrCat("Foreign URI: ", path, " is not found on Alluxio mounts."));
  }
  return uri::CleanPath(path);
}

bool FileSystemCore::IsFinishedLocked(const CommonOptions& options) {
  if (!operations_remembered_ || !options.has_operationid()) return false;
  proto::journal::JournalOpPId id;
  id.set_mostsignificantbits(options.operationid().mostsignificantbits());
  id.set_leastsignificantbits(options.operationid().leastsignificantbits());
  if (!ns_.tree.IsFinished(id)) return false;
  if (retried_ != nullptr) retried_->Inc();
  return true;
}

bool FileSystemCore::WasFinished(Call& call, const CommonOptions& options) {
  if (!operations_remembered_ || !options.has_operationid()) return false;
  ReaderMutexLock latch(&ns_.latch);
  if (!IsFinishedLocked(options)) return false;
  call.wait_durable = true;
  return true;
}

FileSystemMaster::ReadAccess FileSystemCore::GetReadAccess(absl::Span<const int64_t> file_ids) {
  // So many between two writers of the namespace.
  constexpr size_t kStep = 100;
  FileSystemMaster::ReadAccess access;
  // First: a change that comes meanwhile makes the answer an old one.
  access.generation = access_generation_.load(std::memory_order_relaxed);
  access.readable_by_all.reserve(file_ids.size());
  if (!permission_enabled_) {
    access.readable_by_all.resize(file_ids.size(), true);
    return access;
  }
  for (size_t from = 0; from < file_ids.size(); from += kStep) {
    absl::flat_hash_map<int64_t, bool> folders;  // whether everybody may go through, from the root on
    ReaderMutexLock latch(&ns_.latch);
    for (const int64_t file_id : file_ids.subspan(from, kStep)) {
      const absl::StatusOr<InodePtr> file = ns_.tree.ById(file_id);
      bool open = file.ok() && *file != nullptr && !(*file)->directory && PermitsAll((*file)->acl, Bits::kRead);
      std::vector<int64_t> seen;
      for (int64_t id = open ? (*file)->parent_id : kNoParent; open && id != kNoParent;) {
        if (const auto known = folders.find(id); known != folders.end()) {
          open = known->second;
          break;
        }
        seen.push_back(id);
        const absl::StatusOr<InodePtr> folder = ns_.tree.ById(id);
        open = folder.ok() && *folder != nullptr && PermitsAll((*folder)->acl, Bits::kExecute);
        if (open) id = (*folder)->parent_id;
      }
      // A closed folder closes those below it, and those between were asked on the way.
      for (const int64_t id : seen) folders[id] = open;
      access.readable_by_all.push_back(open);
    }
  }
  return access;
}

void FileSystemCore::WithFile(int64_t file_id, absl::FunctionRef<void(bool exists)> body) {
  ReaderMutexLock latch(&ns_.latch);
  const absl::StatusOr<InodePtr> inode = ns_.tree.ById(file_id);
  // A store that can't be read says nothing against the file.
  body(!inode.ok() || *inode != nullptr);
}

void FileSystemCore::SetOperation(const CommonOptions& options, JournalEntries* entries) const {
  if (!operations_remembered_ || !options.has_operationid()) return;
  // Only entries of inodes keep it.
  for (auto entry = entries->rbegin(); entry != entries->rend(); ++entry) {
    if (!entry->has_inode_file() && !entry->has_inode_directory() && !entry->has_update_inode() &&
        !entry->has_update_inode_file() && !entry->has_delete_file() && !entry->has_rename()) {
      continue;
    }
    entry->mutable_operationid()->set_mostsignificantbits(options.operationid().mostsignificantbits());
    entry->mutable_operationid()->set_leastsignificantbits(options.operationid().leastsignificantbits());
    return;
  }
}

absl::Status FileSystemCore::CheckInode(const Call& call, const Inode& inode, absl::string_view path,
                                        Bits bits) const {
  return security::CheckPermission(call.subject, bits, path, inode.name, inode.acl);
}

absl::Status FileSystemCore::CheckTraverse(const Call& call, const Lookup& lookup) const {
  if (call.subject.is_superuser) return absl::OkStatus();
  const size_t ancestors = std::min(lookup.names.size(), lookup.inodes.size());
  for (size_t i = 0; i < ancestors; ++i) {
    ALLUXIO_RETURN_IF_ERROR(CheckInode(call, *lookup.inodes[i], lookup.path, Bits::kExecute));
  }
  return absl::OkStatus();
}

absl::Status FileSystemCore::CheckTarget(const Call& call, const Lookup& lookup, Bits bits) const {
  if (call.subject.is_superuser) return absl::OkStatus();
  ALLUXIO_RETURN_IF_ERROR(CheckTraverse(call, lookup));
  if (!lookup.exists()) return absl::OkStatus();
  return CheckInode(call, *lookup.target(), lookup.path, bits);
}

absl::Status FileSystemCore::CheckParentWrite(const Call& call, const Lookup& lookup) const {
  if (call.subject.is_superuser) return absl::OkStatus();
  ALLUXIO_RETURN_IF_ERROR(CheckTraverse(call, lookup));
  if (lookup.names.empty()) return CheckInode(call, *lookup.inodes[0], lookup.path, Bits::kWrite);
  const size_t parent = std::min(lookup.names.size() - 1, lookup.inodes.size() - 1);
  return CheckInode(call, *lookup.inodes[parent], lookup.path, Bits::kWrite);
}

absl::Status FileSystemCore::CheckOwner(const Call& call, const Lookup& lookup) const {
  if (call.subject.is_superuser) return absl::OkStatus();
  ALLUXIO_RETURN_IF_ERROR(CheckTraverse(call, lookup));
  if (lookup.target()->acl.owner() == call.user) return absl::OkStatus();
  return security::NotOwner(call.user, lookup.path);
}

absl::Status FileSystemCore::SyncOnAccess(Call& call, const std::string& path, const CommonOptions& common,
                                          grpc::file::LoadMetadataPType load, MetadataSync::Extent extent) {
  MetadataSync::Request request;
  request.path = path;
  request.interval_ms = common.has_syncintervalms() ? common.syncintervalms() : default_sync_interval_ms_.load(std::memory_order_relaxed);
  request.load = load;
  request.extent = extent;
  if (common.has_ttl()) request.ttl_ms = common.ttl();
  request.ttl_action = static_cast<TtlAction>(common.ttlaction());
  ALLUXIO_ASSIGN_OR_RETURN(const bool needed, sync_.Needed(request));
  if (!needed) {
    sync_.NoteSkipped();
    return absl::OkStatus();
  }
  if (!call.may_block) return call.NeedThread();
  call.wait_durable = true;  // the answer, also "it is gone", says what was found
  return sync_.Run(request);
}

absl::Status FileSystemCore::SyncTree(const Call& call, const std::string& path, MetadataSync::Extent extent,
                                      SyncStats* stats) {
  MetadataSync::Request request;
  ALLUXIO_ASSIGN_OR_RETURN(request.path, PathOfRequest(path));
  request.interval_ms = 0;
  request.load = grpc::file::ALWAYS;
  request.extent = extent;
  request.stats = stats;
  const auto find = [&]() -> absl::StatusOr<bool> {
    Lookup lookup;
    {
      ReaderMutexLock latch(&ns_.latch);
      ALLUXIO_RETURN_IF_ERROR(ns_.tree.Lookup(request.path, &lookup));
    }
    ALLUXIO_RETURN_IF_ERROR(CheckTraverse(call, lookup));
    if (lookup.exists()) ALLUXIO_RETURN_IF_ERROR(CheckTarget(call, lookup, Bits::kRead));
    return lookup.exists();
  };
  ALLUXIO_RETURN_IF_ERROR(find().status());  // who may not list it learns nothing by it
  ALLUXIO_RETURN_IF_ERROR(sync_.Run(request));
  ALLUXIO_ASSIGN_OR_RETURN(const bool exists, find());
  return exists ? absl::OkStatus() : PathDoesNotExist(path);
}

absl::Status FileSystemCore::LoadBeforeCreate(Call& call, const std::string& path) {
  {
    ReaderMutexLock latch(&ns_.latch);
    Lookup lookup;
    ALLUXIO_RETURN_IF_ERROR(ns_.tree.Lookup(path, &lookup));
    // A directory whose listing is loaded hides nothing.
    if (lookup.exists() || lookup.deepest()->direct_children_loaded) return absl::OkStatus();
  }
  return SyncOnAccess(call, path, CommonOptions(), grpc::file::ONCE, MetadataSync::Extent::kSelf);
}

absl::Status FileSystemCore::ForSubtree(
    const std::string& path, absl::FunctionRef<absl::Status(const std::string&, const Inode&)> visit) {
  std::vector<std::string> directories = {path};
  while (!directories.empty()) {
    const std::string at = std::move(directories.back());
    directories.pop_back();
    Lookup lookup;
    {
      ReaderMutexLock latch(&ns_.latch);
      ALLUXIO_RETURN_IF_ERROR(ns_.tree.Lookup(at, &lookup));
    }
    if (!lookup.exists()) continue;
    if (at == path) ALLUXIO_RETURN_IF_ERROR(visit(at, *lookup.target()));
    if (!lookup.target()->directory) continue;
    std::string cursor;
    for (bool more = true; more;) {
      std::vector<Inode> step;
      {
        ReaderMutexLock latch(&ns_.latch);
        ALLUXIO_RETURN_IF_ERROR(ns_.tree.ScanChildren(lookup.target()->id, cursor, [&](const Inode& child) {
          step.push_back(child);
          return step.size() < kSubtreeStep;
        }));
      }
      more = step.size() == kSubtreeStep;
      if (!step.empty()) cursor = step.back().name;
      for (const Inode& child : step) {
        const std::string child_path = uri::JoinPath(at, child.name);
        ALLUXIO_RETURN_IF_ERROR(visit(child_path, child));
        if (child.directory) directories.push_back(child_path);
      }
    }
  }
  return absl::OkStatus();
}

}  // namespace alluxio::master
