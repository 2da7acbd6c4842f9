// Making inodes: CreateFile, CreateDirectory, GetNewBlockIdForFile, CompleteFile.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "alluxio/base/log.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/master/file/core.h"
#include "alluxio/master/file/errors.h"
#include "alluxio/master/inode/inode_proto.h"
#include "alluxio/security/acl_proto.h"
#include "alluxio/uri/path.h"

namespace alluxio::master {
namespace {

using grpc::file::WritePType;
using security::Bits;
using security::Mode;

bool GoesThrough(WritePType type) { return type == grpc::file::THROUGH || type == grpc::file::CACHE_THROUGH; }

// One record holds all the directories of a new path, each with the same attributes as
// `directory`: what is far more than anybody needs is refused before any id is taken.
absl::Status CheckRecordOf(const Inode& directory, size_t count, absl::string_view path) {
  constexpr size_t kMaxBytes = size_t{64} << 20;
  proto::journal::InodeDirectoryEntry entry;
  InodeToEntry(directory, &entry);
  const size_t bytes = entry.ByteSizeLong() * count;
  if (bytes <= kMaxBytes) return absl::OkStatus();
  return absl::ResourceExhaustedError(
      absl::StrCat("Cannot create the ", count, " directories of a path of ", path.size(), " bytes at once: ", bytes,
                   " bytes of extended attributes and ACLs; create them one by one, or with fewer attributes"));
}

// What a file consists of when it is completed.
struct Content {
  int64_t length = 0;
  int64_t blocks = 0;
  std::vector<std::pair<int64_t, int64_t>> unknown;  // ids and lengths of blocks that nobody has committed
};

// Of a file in Alluxio alone: its blocks, all committed and, but for the last, full.
absl::StatusOr<Content> ContentInAlluxio(const BlockDirectory& directory, const Inode& inode) {
  Content content;
  content.blocks = inode.block_count;
  for (int64_t i = 0; i < inode.block_count; ++i) {
    const auto block_length = directory.BlockLength(BlockIdOf(inode.id, i));
    if (!block_length.has_value()) {
      return absl::InvalidArgumentError("Cannot complete a file without all the blocks committed");
    }
    if (i + 1 < inode.block_count && *block_length != inode.block_size_bytes) {
      return absl::InvalidArgumentError(absl::StrCat("Block index ", i,
                                                     " has a block size smaller than the file block size (",
                                                     inode.block_size_bytes, ")"));
    }
    content.length += *block_length;
  }
  return content;
}

// Of a file that its writer put into the under store with `length` bytes.
absl::StatusOr<Content> ContentInUfs(const BlockDirectory& directory, const Inode& inode, absl::string_view path,
                                     int64_t length) {
  if (length < 0) return absl::InvalidArgumentError(absl::StrCat("File length ", length, " cannot be negative"));
  const int64_t block_size = inode.block_size_bytes;
  if (length / block_size >= kMaxBlocksOfFile) {
    return absl::InvalidArgumentError(absl::StrCat("Cannot complete file ", path, " of ", length,
                                                   " bytes: it has more than ", kMaxBlocksOfFile, " blocks of ",
                                                   block_size, " bytes; write it with larger blocks"));
  }
  Content content;
  content.length = length;
  content.blocks = length / block_size + (length % block_size != 0 ? 1 : 0);
  const auto expected = [&](int64_t i) { return std::min(block_size, length - i * block_size); };
  for (int64_t i = 0; i < std::max(content.blocks, inode.block_count); ++i) {
    const int64_t id = BlockIdOf(inode.id, i);
    const auto block_length = i < inode.block_count ? directory.BlockLength(id) : std::nullopt;
    if (!block_length.has_value()) {
      if (i < content.blocks) content.unknown.emplace_back(id, expected(i));
      continue;
    }
    // A block that was asked for twice (its answer was lost) shifts those behind it:
    // their bytes would be read in the wrong place.
    if (i < content.blocks && *block_length == expected(i)) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("Cannot complete file ", path, " of ", length, " bytes: its block ", i, " has ", *block_length,
                     " bytes, ", i < content.blocks ? absl::StrCat("not ", expected(i)) : "and should not be"));
  }
  return content;
}

}  // namespace

absl::StatusOr<Inode> FileSystemCore::PlanNodes(const Call& call, const Lookup& lookup, const NewNode& node,
                                                JournalEntries* entries) {
  const size_t first = lookup.inodes.size();  // index of the first missing component, from 1
  if (first < lookup.names.size() && !node.recursive) {
    return absl::NotFoundError(absl::StrCat("File ", lookup.path, " creation failed. Component ", first, "(",
                                            lookup.names[first - 1], ") does not exist"));
  }
  Inode parent = *lookup.deepest();
  if (!parent.directory) {
    return absl::InvalidArgumentError(absl::StrCat("Could not traverse to parent directory of path ", lookup.path,
                                                   ". Component ", parent.name, " is not a directory."));
  }
  auto* touched = entries->emplace_back().mutable_update_inode();
  touched->set_id(parent.id);
  touched->set_last_modification_time_ms(node.now_ms);
  touched->set_last_access_time_ms(node.now_ms);
  const std::string group = call.subject.groups.empty() ? "" : call.subject.groups.front();
  for (size_t i = first;; ++i) {
    const bool target = i == lookup.names.size();
    Inode inode;
    inode.parent_id = parent.id;
    inode.name = std::string(lookup.names[i - 1]);
    inode.directory = node.directory || !target;
    if (inode.directory && node.persisted) inode.persistence = PersistenceState::kToBePersisted;
    inode.creation_ms = inode.modified_ms = inode.accessed_ms = node.now_ms;
    const Mode mode = target ? Mode(node.mode) : Mode(Mode::kDirectoryDefault).WithUmask(umask_);
    if (parent.default_acl.empty()) {
      inode.acl = security::AccessControlList(call.user, group, mode);
    } else if (inode.directory) {
      std::tie(inode.acl, inode.default_acl) = parent.default_acl.ForChildDirectory(mode);
    } else {
      inode.acl = parent.default_acl.ForChildFile(mode);
    }
    inode.acl.set_owner(call.user);
    inode.acl.set_group(group);
    inode.ttl_ms = node.common->ttl();
    inode.ttl_action = static_cast<TtlAction>(node.common->ttlaction());
    if (parent.pinned) {
      inode.pinned = true;
      inode.medium_types = parent.medium_types;
    }
    if (target || node.xattr_on_parents) inode.xattr = node.xattr;
    if (i == first && !target) {
      ALLUXIO_RETURN_IF_ERROR(CheckRecordOf(inode, lookup.names.size() - first + 1, lookup.path));
    }
    if (!inode.directory) {
      inode.id = ns_.NextFileId(entries);
      return inode;
    }
    inode.id = ns_.NextDirectoryId(entries);
    // What is new in Alluxio alone has nothing to load; PersistDirectories says
    // whether it was new in the under store too.
    if (target) return inode;
    inode.ttl_ms = kNoTtl;
    InodeToEntry(inode, entries->emplace_back().mutable_inode_directory());
    parent = std::move(inode);
  }
}

absl::Status FileSystemCore::CreateTarget(Call& call, const std::string& path, const NewNode& node,
                                          absl::FunctionRef<void(Inode*)> finish, const CommonOptions& common,
                                          Inode* created) {
  Claims claims(&ns_, &call, {{path, PathLock::kSubtree}});
  ALLUXIO_RETURN_IF_ERROR(ns_.mounts.CheckWritable(path));
  const std::string parent_path(uri::ParentPath(path));
  bool parents_made = false;
  for (;;) {
    {
      MutexLock latch(&ns_.latch);
      ALLUXIO_RETURN_IF_ERROR(claims.Check());
      Lookup lookup;
      ALLUXIO_RETURN_IF_ERROR(ns_.tree.Lookup(path, &lookup));
      ALLUXIO_RETURN_IF_ERROR(CheckParentWrite(call, lookup));
      if (lookup.exists()) {
        return absl::AlreadyExistsError(
            absl::StrCat("Not allowed to create ", node.directory ? "directory" : "file",
                         " because path already exists: ", path));
      }
      const bool has_parent = lookup.inodes.size() == lookup.names.size();
      // Parents that have to be made real first; and a directory of its own.
      const bool ufs_first = node.persisted && !(has_parent && lookup.deepest()->persisted());
      if ((ufs_first || (node.persisted && node.directory)) && !call.may_block) return call.NeedThread();
      if (!ufs_first || (!has_parent && !node.recursive)) {
        JournalEntries entries;
        ALLUXIO_ASSIGN_OR_RETURN(Inode inode, PlanNodes(call, lookup, node, &entries));
        if (!node.directory && node.persisted) inode.persistence = PersistenceState::kPersisted;
        finish(&inode);
        if (node.directory) {
          InodeToEntry(inode, entries.emplace_back().mutable_inode_directory());
        } else {
          InodeToEntry(inode, entries.emplace_back().mutable_inode_file());
        }
        if (!(node.directory && node.persisted)) SetOperation(common, &entries);
        ns_.Commit(std::move(entries));
        call.wait_durable = true;
        *created = std::move(inode);
        break;
      }
      if (parents_made && has_parent) return absl::InternalError(absl::StrCat("the parent of ", path, " changed"));
      if (!has_parent) {
        // The parents alone, as a directory that isn't persisted yet.
        NewNode parent = node;
        parent.directory = true;
        parent.mode = Mode(Mode::kDirectoryDefault).WithUmask(umask_).value();
        Lookup parent_lookup;
        ALLUXIO_RETURN_IF_ERROR(ns_.tree.Lookup(parent_path, &parent_lookup));
        JournalEntries entries;
        ALLUXIO_ASSIGN_OR_RETURN(Inode inode, PlanNodes(call, parent_lookup, parent, &entries));
        inode.ttl_ms = kNoTtl;
        if (!node.xattr_on_parents) inode.xattr.clear();
        InodeToEntry(inode, entries.emplace_back().mutable_inode_directory());
        ns_.Commit(std::move(entries));
        call.wait_durable = true;
      }
    }
    ALLUXIO_ASSIGN_OR_RETURN(const bool there, PersistDirectories(&ns_, parent_path, &call.progress.announced));
    if (!there) return call.NeedDurable();
    parents_made = true;
  }
  sync_.NoteExists(path);
  if (!node.directory || !node.persisted) return absl::OkStatus();
  // After a crash, nothing would lie in the under store that the namespace doesn't know of.
  call.progress.made = created->id;
  call.progress.announced[created->id] = path;
  return call.NeedDurable();
}

absl::Status FileSystemCore::MakeInUfs(Call& call, int64_t now_ms, const CommonOptions& common) {
  for (;;) {
    std::string path;
    {
      ReaderMutexLock latch(&ns_.latch);
      auto found = ns_.tree.PathOf(call.progress.made);
      if (absl::IsNotFound(found.status())) return absl::OkStatus();  // removed since
      ALLUXIO_ASSIGN_OR_RETURN(path, std::move(found));
    }
    Claims claims(&ns_, &call, {{path, PathLock::kSubtree}});
    InodePtr inode;
    {
      ReaderMutexLock latch(&ns_.latch);
      Lookup lookup;
      ALLUXIO_RETURN_IF_ERROR(ns_.tree.Lookup(path, &lookup));
      if (!lookup.exists() || lookup.target()->id != call.progress.made) continue;  // renamed since
      inode = lookup.target();
    }
    const absl::StatusOr<bool> there = PersistDirectories(&ns_, path, &call.progress.announced);
    if (there.ok() && !*there) return call.NeedDurable();
    MutexLock latch(&ns_.latch);
    JournalEntries entries;
    call.wait_durable = true;
    if (there.ok()) {
      entries.emplace_back().mutable_update_inode()->set_id(call.progress.made);
      SetOperation(common, &entries);
    } else if (inode->child_count == 0 && !call.progress.existed) {
      std::vector<int64_t> freed;
      AddDelete(&ns_, *inode, now_ms, &entries, &freed);
    }
    ns_.Commit(std::move(entries));
    return there.status();
  }
}

absl::StatusOr<grpc::file::CreateFilePResponse> FileSystemCore::CreateFile(
    Call& call, const grpc::file::CreateFilePRequest& request) {
  const auto& options = request.options();
  ALLUXIO_ASSIGN_OR_RETURN(const std::string path, PathOfRequest(request.path()));
  grpc::file::CreateFilePResponse response;
  Lookup lookup;
  if (WasFinished(call, options.commonoptions())) {
    {
      ReaderMutexLock latch(&ns_.latch);
      ALLUXIO_RETURN_IF_ERROR(ns_.tree.Lookup(path, &lookup));
    }
    if (!lookup.exists()) return PathDoesNotExist(request.path());
    ALLUXIO_ASSIGN_OR_RETURN(*response.mutable_fileinfo(), InfoOf(lookup));
    return response;
  }
  if (options.blocksizebytes() <= 0) {
    return absl::InvalidArgumentError(absl::StrCat("Invalid block size ", options.blocksizebytes()));
  }
  if (path == "/") return absl::AlreadyExistsError("Not allowed to create existing root path: /");
  ALLUXIO_RETURN_IF_ERROR(SyncOnAccess(call, path, options.commonoptions(), grpc::file::NEVER,
                                       MetadataSync::Extent::kSelf));
  ALLUXIO_RETURN_IF_ERROR(LoadBeforeCreate(call, path));
  {
    ReaderMutexLock latch(&ns_.latch);
    ALLUXIO_RETURN_IF_ERROR(ns_.tree.Lookup(path, &lookup));
    ALLUXIO_RETURN_IF_ERROR(CheckParentWrite(call, lookup));
    if (options.checks3bucketpath() && lookup.names.size() > 1 && lookup.inodes.size() < 2) {
      return absl::NotFoundError(absl::StrCat("Bucket ", lookup.names[0], " doesn't exist."));
    }
  }
  if (lookup.exists()) {
    if (lookup.target()->directory && options.overwrite()) {
      return absl::AlreadyExistsError(
          absl::StrCat(path, " already exists. Directories cannot be overwritten with create"));
    }
    if (!options.overwrite()) {
      return absl::AlreadyExistsError(absl::StrCat(
          path, " already exists. If you want to overwrite the file, you need to specify the overwrite option."));
    }
    Removal overwritten;
    overwritten.unchecked = true;
    ALLUXIO_RETURN_IF_ERROR(RemoveChecked(call, path, overwritten));
  }
  NewNode node;
  node.mode = options.has_mode() ? security::ModeFromProto(options.mode()).value() : 0;
  node.persisted = GoesThrough(options.writetype());
  node.common = &options.commonoptions();
  node.recursive = options.recursive();
  node.now_ms = ns_.clock->NowMillis();
  node.xattr.insert(options.xattr().begin(), options.xattr().end());
  node.xattr_on_parents = options.xattrpropstrat() == grpc::file::NEW_PATHS;
  Inode created;
  ALLUXIO_RETURN_IF_ERROR(CreateTarget(
      call, path, node,
      [&](Inode* inode) {
        inode->block_size_bytes = options.blocksizebytes();
        inode->replication_durable = options.replicationdurable();
        inode->replication_min = options.replicationmin();
        inode->replication_max = options.replicationmax();
        if (options.persistencewaittime() > 0) inode->should_persist_ms = node.now_ms + options.persistencewaittime();
      },
      options.commonoptions(), &created));
  const MountTable::Place place = ns_.mounts.Resolve(path);
  FillInfo(created, path, place, response.mutable_fileinfo());
  return response;
}

absl::StatusOr<grpc::file::CreateDirectoryPResponse> FileSystemCore::CreateDirectory(
    Call& call, const grpc::file::CreateDirectoryPRequest& request) {
  const auto& options = request.options();
  ALLUXIO_ASSIGN_OR_RETURN(const std::string path, PathOfRequest(request.path()));
  grpc::file::CreateDirectoryPResponse response;
  if (WasFinished(call, options.commonoptions())) return response;
  if (call.progress.made >= 0) {
    ALLUXIO_RETURN_IF_ERROR(MakeInUfs(call, ns_.clock->NowMillis(), options.commonoptions()));
    return response;
  }
  ALLUXIO_RETURN_IF_ERROR(SyncOnAccess(call, path, options.commonoptions(), grpc::file::NEVER,
                                       MetadataSync::Extent::kSelf));
  ALLUXIO_RETURN_IF_ERROR(LoadBeforeCreate(call, path));
  Lookup lookup;
  {
    ReaderMutexLock latch(&ns_.latch);
    ALLUXIO_RETURN_IF_ERROR(ns_.tree.Lookup(path, &lookup));
    if (options.checks3bucketpath() && lookup.names.size() > 1 && lookup.inodes.size() < 2) {
      return absl::NotFoundError(absl::StrCat("Bucket ", lookup.names[0], " doesn't exist."));
    }
  }
  if (lookup.exists()) {
    ALLUXIO_RETURN_IF_ERROR(path == "/" ? CheckTraverse(call, lookup) : CheckParentWrite(call, lookup));
    if (options.allowexists() && lookup.target()->directory) {
      call.wait_durable = true;  // it may be another's, just made
      // A crash has left it half made.
      if (GoesThrough(options.writetype()) && lookup.target()->persistence == PersistenceState::kToBePersisted) {
        if (!call.may_block) return call.NeedThread();
        call.progress.made = lookup.target()->id;
        call.progress.existed = true;
        ALLUXIO_RETURN_IF_ERROR(MakeInUfs(call, ns_.clock->NowMillis(), options.commonoptions()));
      }
      return response;
    }
    return absl::AlreadyExistsError(
        absl::StrCat("Not allowed to create directory because path already exists: ", path));
  }
  NewNode node;
  node.directory = true;
  node.mode = options.has_mode() ? security::ModeFromProto(options.mode()).value() : 0;
  node.persisted = GoesThrough(options.writetype());
  node.common = &options.commonoptions();
  node.recursive = options.recursive();
  node.now_ms = ns_.clock->NowMillis();
  node.xattr.insert(options.xattr().begin(), options.xattr().end());
  node.xattr_on_parents = options.xattrpropstrat() == grpc::file::NEW_PATHS;
  Inode created;
  const absl::Status made =
      CreateTarget(call, path, node, [](Inode*) {}, options.commonoptions(), &created);
  // Somebody else was first.
  if (absl::IsAlreadyExists(made) && options.allowexists()) {
    ReaderMutexLock latch(&ns_.latch);
    ALLUXIO_RETURN_IF_ERROR(ns_.tree.Lookup(path, &lookup));
    if (lookup.exists() && lookup.target()->directory) {
      call.wait_durable = true;
      return response;
    }
  }
  ALLUXIO_RETURN_IF_ERROR(made);
  return response;
}

absl::StatusOr<grpc::file::GetNewBlockIdForFilePResponse> FileSystemCore::GetNewBlockIdForFile(
    Call& call, const grpc::file::GetNewBlockIdForFilePRequest& request) {
  ALLUXIO_ASSIGN_OR_RETURN(const std::string path, PathOfRequest(request.path()));
  Claims claims(&ns_, &call, {{path, PathLock::kNode}});
  MutexLock latch(&ns_.latch);
  ALLUXIO_RETURN_IF_ERROR(claims.Check());
  Lookup lookup;
  ALLUXIO_RETURN_IF_ERROR(ns_.tree.Lookup(path, &lookup));
  ALLUXIO_RETURN_IF_ERROR(CheckTraverse(call, lookup));
  if (!lookup.exists()) return PathDoesNotExist(request.path());
  const Inode& inode = *lookup.target();
  if (inode.directory) return PathMustBeFile(path);
  if (inode.completed) {
    return absl::AlreadyExistsError(absl::StrCat("File ", path, " is already completed: no block can be added"));
  }
  if (inode.acl.owner() != call.user) ALLUXIO_RETURN_IF_ERROR(CheckTarget(call, lookup, Bits::kWrite));
  if (inode.block_count >= kMaxBlocksOfFile) {
    return absl::ResourceExhaustedError(absl::StrCat("File ", path, " has the largest number of blocks"));
  }
  grpc::file::GetNewBlockIdForFilePResponse response;
  const CommonOptions& common = request.options().commonoptions();
  if (IsFinishedLocked(common)) {
    // A writer asks for one block after the other: it was the last one.
    response.set_id(BlockIdOf(inode.id, std::max<int64_t>(0, inode.block_count - 1)));
    call.wait_durable = true;
    return response;
  }
  JournalEntries entries;
  entries.emplace_back().mutable_new_block()->set_id(inode.id);
  if (operations_remembered_ && common.has_operationid()) {
    entries.emplace_back().mutable_update_inode()->set_id(inode.id);  // for the id; changes nothing
    SetOperation(common, &entries);
  }
  response.set_id(BlockIdOf(inode.id, inode.block_count));
  ns_.Commit(std::move(entries));
  call.wait_durable = true;
  return response;
}

absl::StatusOr<grpc::file::CompleteFilePResponse> FileSystemCore::CompleteFile(
    Call& call, const grpc::file::CompleteFilePRequest& request) {
  const auto& options = request.options();
  ALLUXIO_ASSIGN_OR_RETURN(const std::string path, PathOfRequest(request.path()));
  grpc::file::CompleteFilePResponse response;
  if (WasFinished(call, options.commonoptions())) return response;
  Claims claims(&ns_, &call, {{path, PathLock::kNode}});
  Lookup lookup;
  {
    ReaderMutexLock latch(&ns_.latch);
    ALLUXIO_RETURN_IF_ERROR(ns_.tree.Lookup(path, &lookup));
  }
  ALLUXIO_RETURN_IF_ERROR(CheckTraverse(call, lookup));
  if (!lookup.exists()) return PathDoesNotExist(request.path());
  std::string fingerprint;
  if (lookup.target()->persisted()) {
    // What the client wrote to the under store, as it stands there now.
    if (!call.may_block) return call.NeedThread();
    ALLUXIO_ASSIGN_OR_RETURN(const UfsPlace place, OpenPlace(&ns_, path));
    const auto status = place.ufs->Status(place.relative);
    if (status.ok()) {
      fingerprint = ufs::Fingerprint(place.ufs->type(), *status);
    } else {
      ALLUXIO_LOG(kWarning, "master/file", "no fingerprint of ", place.mount->UriOf(place.relative), ": ",
                  status.status().ToString());
    }
  }
  const int64_t now_ms = ns_.clock->NowMillis();
  MutexLock latch(&ns_.latch);
  ALLUXIO_RETURN_IF_ERROR(claims.Check());
  ALLUXIO_RETURN_IF_ERROR(ns_.tree.Lookup(path, &lookup));
  if (!lookup.exists()) return PathDoesNotExist(request.path());
  const Inode& inode = *lookup.target();
  if (inode.directory) return PathMustBeFile(path);
  if (inode.acl.owner() != call.user) ALLUXIO_RETURN_IF_ERROR(CheckTarget(call, lookup, Bits::kWrite));
  if (inode.completed) return absl::AlreadyExistsError(absl::StrCat("File ", inode.name, " has already been completed."));
  ALLUXIO_ASSIGN_OR_RETURN(const Content content, inode.persisted()
                                                      ? ContentInUfs(*ns_.blocks, inode, path, options.ufslength())
                                                      : ContentInAlluxio(*ns_.blocks, inode));
  JournalEntries entries;
  if (!content.unknown.empty()) ns_.blocks->AddBlocks(content.unknown, &entries);
  auto* file = entries.emplace_back().mutable_update_inode_file();
  file->set_id(inode.id);
  file->set_completed(true);
  file->set_length(content.length);
  for (int64_t i = 0; i < content.blocks; ++i) file->add_set_blocks(BlockIdOf(inode.id, i));
  auto* update = entries.emplace_back().mutable_update_inode();
  update->set_id(inode.id);
  update->set_last_modification_time_ms(now_ms);
  update->set_last_access_time_ms(now_ms);
  update->set_overwrite_modification_time(true);
  if (!fingerprint.empty()) update->set_ufs_fingerprint(fingerprint);
  if (options.has_contenthash() && inode.persisted()) {
    (*update->mutable_xattr())["s3_etag"] = options.contenthash();
    update->set_xattr_update_strategy(proto::journal::UNION_REPLACE);
  }
  int64_t persist_at_ms = -1;
  if (options.has_asyncpersistoptions() && !inode.persisted() && !IsPersistBlacklisted(path)) {
    // In the same record: a completed file is never without its intent.
    update->set_persistence_state(std::string(PersistenceStateName(PersistenceState::kToBePersisted)));
    persist_at_ms = now_ms + std::max<int64_t>(0, options.asyncpersistoptions().persistencewaittime());
    if (persist_at_ms > now_ms) {
      // As SchedulePersist.
      auto* due = entries.emplace_back().mutable_update_inode_file();
      due->set_id(inode.id);
      due->set_persist_job_id(persist_at_ms);
    }
  }
  SetOperation(options.commonoptions(), &entries);
  const int64_t id = inode.id;
  ns_.Commit(std::move(entries));
  call.wait_durable = true;
  if (persist_at_ms >= 0) NotePersist(id, persist_at_ms);
  return response;
}

}  // namespace alluxio::master
