#ifndef ALLUXIO_MASTER_FILE_CORE_H_
#define ALLUXIO_MASTER_FILE_CORE_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "alluxio/master/file/file_system_master.h"
#include "alluxio/master/inode/inode.h"
#include "alluxio/master/mount/namespace_state.h"
#include "alluxio/master/sync/metadata_sync.h"
#include "alluxio/master/sync/ufs_tree.h"
#include "alluxio/metrics/metrics.h"
#include "alluxio/security/permission.h"
#include "grpc/file_system_master.pb.h"
#include "proto/journal/journal.pb.h"

namespace alluxio::master {

// One run of one operation.
//
// Operations are written as if they might block. The first run is in the calling
// thread, with `may_block` false: as soon as it finds that it needs an under
// store, or has to wait for somebody who uses one, it gives up, with nothing
// changed (`NeedThread`), and is run again from its start in an executor's thread.
struct Call {
  std::string user;
  security::Subject subject;
  bool may_block = false;
  bool needs_thread = false;
  // Something was committed, or what is answered may not be durable yet: the
  // answer waits for the journal.
  bool wait_durable = false;

  // What was committed must be durable before more is done: the operation is run
  // again then, with its progress so far.
  bool needs_durable = false;
  struct Progress {
    int64_t made = -1;     // an inode's id
    bool existed = false;  // it did before this operation
    Announced announced;
  };
  Progress progress;

  absl::Status NeedThread() {
    needs_thread = true;
    return absl::AbortedError("to be run in a thread that may block");
  }
  absl::Status NeedDurable() {
    needs_durable = true;
    return absl::AbortedError("to be run again when its intent is durable");
  }
};

// The claims of one operation, see PathLocks: held while it may block, else only
// checked, under the latch, when it comes to its change.
class Claims {
 public:
  Claims(NamespaceState* ns, Call* call, std::vector<PathLock> claims);
  // Aborted (NeedThread) if others are in the way. With the latch held exclusively.
  absl::Status Check();

 private:
  NamespaceState* const ns_;
  Call* const call_;
  const std::vector<PathLock> claims_;
  PathLocks::Holder holder_;
};

// The operations of the namespace. FileSystemMaster puts them on threads and
// answers; upkeep calls those below "For upkeep".
class FileSystemCore {
 public:
  using JournalEntries = std::vector<proto::journal::JournalEntry>;
  using CommonOptions = grpc::file::FileSystemMasterCommonPOptions;

  explicit FileSystemCore(FileSystemMaster::Options options);

  // Counts there from now on; outlives this. After the replay, before there are calls.
  void UseMetrics(metrics::MetricsRegistry* metrics);
  absl::Status Start();
  // Takes over what may change at run time.
  void Reconfigure(const conf::Configuration& conf);
  bool Apply(const proto::journal::JournalEntry& entry, KvBatch* batch);
  // One that may not block needs a thread at once if the user's groups aren't known yet.
  Call MakeCall(const std::string& user, bool may_block) const;

  NamespaceState& ns() { return ns_; }
  MetadataSync::AbsentStats GetAbsentStats() const { return sync_.GetAbsentStats(); }
  const FileSystemMaster::Options& options() const { return options_; }

  // One for each call of the wire; the texts and codes of errors are those of it.
  absl::StatusOr<grpc::file::CheckAccessPResponse> CheckAccess(Call&, const grpc::file::CheckAccessPRequest&);
  absl::StatusOr<grpc::file::CheckConsistencyPResponse> CheckConsistency(Call&,
                                                                         const grpc::file::CheckConsistencyPRequest&);
  absl::StatusOr<grpc::file::ExistsPResponse> Exists(Call&, const grpc::file::ExistsPRequest&);
  absl::StatusOr<grpc::file::CompleteFilePResponse> CompleteFile(Call&, const grpc::file::CompleteFilePRequest&);
  absl::StatusOr<grpc::file::CreateDirectoryPResponse> CreateDirectory(Call&,
                                                                       const grpc::file::CreateDirectoryPRequest&);
  absl::StatusOr<grpc::file::CreateFilePResponse> CreateFile(Call&, const grpc::file::CreateFilePRequest&);
  absl::StatusOr<grpc::file::FreePResponse> Free(Call&, const grpc::file::FreePRequest&);
  absl::StatusOr<grpc::file::GetFilePathPResponse> GetFilePath(Call&, const grpc::file::GetFilePathPRequest&);
  absl::StatusOr<grpc::file::GetMountTablePResponse> GetMountTable(Call&, const grpc::file::GetMountTablePRequest&);
  absl::StatusOr<grpc::file::GetSyncPathListPResponse> GetSyncPathList(Call&,
                                                                       const grpc::file::GetSyncPathListPRequest&);
  absl::StatusOr<grpc::file::GetNewBlockIdForFilePResponse> GetNewBlockIdForFile(
      Call&, const grpc::file::GetNewBlockIdForFilePRequest&);
  absl::StatusOr<grpc::file::GetStatusPResponse> GetStatus(Call&, const grpc::file::GetStatusPRequest&);
  // ListStatus, message by message; each call belongs to one thread, which may block.
  class Listing {
   public:
    virtual ~Listing() = default;
    // The next message as it travels, a bounded piece; empty: there are no more.
    virtual absl::StatusOr<std::string> Next() = 0;
  };
  std::unique_ptr<Listing> List(std::string user, grpc::file::ListStatusPRequest request);
  absl::StatusOr<grpc::file::ListStatusPartialPResponse> ListStatusPartial(
      Call&, const grpc::file::ListStatusPartialPRequest&);
  absl::StatusOr<grpc::file::MountPResponse> Mount(Call&, const grpc::file::MountPRequest&);
  absl::StatusOr<grpc::file::DeletePResponse> Remove(Call&, const grpc::file::DeletePRequest&);
  absl::StatusOr<grpc::file::RenamePResponse> Rename(Call&, const grpc::file::RenamePRequest&);
  absl::StatusOr<grpc::file::ReverseResolvePResponse> ReverseResolve(Call&, const grpc::file::ReverseResolvePRequest&);
  absl::StatusOr<grpc::file::ScheduleAsyncPersistencePResponse> ScheduleAsyncPersistence(
      Call&, const grpc::file::ScheduleAsyncPersistencePRequest&);
  absl::StatusOr<grpc::file::SetAclPResponse> SetAcl(Call&, const grpc::file::SetAclPRequest&);
  absl::StatusOr<grpc::file::SetAttributePResponse> SetAttribute(Call&, const grpc::file::SetAttributePRequest&);
  absl::StatusOr<grpc::file::UnmountPResponse> Unmount(Call&, const grpc::file::UnmountPRequest&);
  absl::StatusOr<grpc::file::UpdateMountPResponse> UpdateMount(Call&, const grpc::file::UpdateMountPRequest&);
  absl::StatusOr<grpc::file::UpdateUfsModePResponse> UpdateUfsMode(Call&, const grpc::file::UpdateUfsModePRequest&);
  absl::StatusOr<grpc::file::GetStateLockHoldersPResponse> GetStateLockHolders(
      Call&, const grpc::file::GetStateLockHoldersPRequest&);
  absl::StatusOr<grpc::file::StartSyncPResponse> StartSync(Call&, const grpc::file::StartSyncPRequest&);
  absl::StatusOr<grpc::file::StopSyncPResponse> StopSync(Call&, const grpc::file::StopSyncPRequest&);
  absl::StatusOr<grpc::file::NeedsSyncResponse> NeedsSync(Call&, const grpc::file::NeedsSyncRequest&);
  absl::StatusOr<grpc::file::GetFileInfoPResponse> GetFileInfo(Call&, const grpc::file::GetFileInfoPRequest&);
  absl::StatusOr<grpc::file::GetPinnedFileIdsPResponse> GetPinnedFileIds(Call&,
                                                                         const grpc::file::GetPinnedFileIdsPRequest&);
  absl::StatusOr<grpc::file::GetUfsInfoPResponse> GetUfsInfo(Call&, const grpc::file::GetUfsInfoPRequest&);

  // For SyncTasks: compares `path`, and what `extent` says below it, with the under
  // store, whatever was compared before. NOT_FOUND: it is in neither. Blocks.
  absl::Status SyncTree(const Call& call, const std::string& path, MetadataSync::Extent extent, SyncStats* stats);

  // For upkeep. A call as the master itself, in a thread that may block.
  Call SystemCall() const { return MakeCall(options_.superuser, true); }

  // Runs `body` with whether a file of this id is there; it neither comes nor
  // goes meanwhile. `body` must not call the namespace.
  void WithFile(int64_t file_id, absl::FunctionRef<void(bool exists)> body);

  // FileSystemMaster::GetReadAccess.
  FileSystemMaster::ReadAccess GetReadAccess(absl::Span<const int64_t> file_ids);

  // Persistence intents that were recorded since the last call, with the time
  // from which they are due; the first call gives all that the store holds.
  std::vector<std::pair<int64_t, int64_t>> TakePersistIntents();

  // What a file needs to be persisted. nullopt: it is gone, or not to be
  // persisted any more.
  struct PersistPlan {
    int64_t file_id = 0;
    std::string path;
    MountPtr mount;
    std::string relative;       // below the mount
    std::string temporary;      // relative too; the same for every try, also after a restart
    int64_t length_bytes = 0;
    std::vector<int64_t> block_ids;
    std::string owner;
    std::string group;
    int32_t mode = 0;
    Announced announced;  // FinishPersist's own
  };
  absl::StatusOr<std::optional<PersistPlan>> PlanPersist(int64_t file_id);
  // Renames the temporary file into place and marks the file PERSISTED, if it is
  // still that file, unchanged; wherever it was renamed to meanwhile. Otherwise the
  // temporary is removed. In two steps, so that a rename or delete after a crash in
  // between knows that the under store may have the file. Blocks.
  enum class PersistStep {
    kPersisted,
    kUnwanted,
    kAnnounced,  // nothing is in place yet: call again when what was committed is durable
  };
  absl::StatusOr<PersistStep> FinishPersist(PersistPlan& plan);
  // Removes the folders of temporary files from the under stores where they are
  // empty. Blocks; only while nothing is being persisted.
  void TidyPersistFolders();
  // Gives an intent up: the file stays in Alluxio alone.
  absl::Status AbandonPersist(int64_t file_id);

  // Removes an inode whose time to live was over at `now_ms`, with all below it. One that
  // is gone, was replaced, or got another time to live meanwhile is left alone. Blocks.
  absl::Status RemoveExpired(int64_t id, bool alluxio_only, int64_t now_ms);
  // Drops the cached blocks of such an inode, and of the persisted files below it, and takes
  // its time to live off. UNKNOWN: it is a file that lies in Alluxio alone. Blocks.
  absl::Status FreeExpired(int64_t id, int64_t now_ms);

 private:
  using Lookup = InodePath;

  // Checks and cleans a path of a request.
  absl::StatusOr<std::string> PathOfRequest(absl::string_view path);
  // With the latch held, shared or not.
  bool IsFinishedLocked(const CommonOptions& options);
  bool WasFinished(Call& call, const CommonOptions& options);
  void SetOperation(const CommonOptions& options, JournalEntries* entries) const;

  // Permissions. `lookup` may end before its target.
  absl::Status CheckTraverse(const Call& call, const Lookup& lookup) const;
  absl::Status CheckTarget(const Call& call, const Lookup& lookup, security::Bits bits) const;
  absl::Status CheckEnter(const Call& call, const Lookup& lookup) const;
  // WRITE on the parent, or on the deepest ancestor there is.
  absl::Status CheckParentWrite(const Call& call, const Lookup& lookup) const;
  absl::Status CheckOwner(const Call& call, const Lookup& lookup) const;
  absl::Status CheckInode(const Call& call, const Inode& inode, absl::string_view path, security::Bits bits) const;

  // Brings what is at `path` into step with its under store, as the options of
  // the call ask.
  absl::Status SyncOnAccess(Call& call, const std::string& path, const CommonOptions& common,
                            grpc::file::LoadMetadataPType load, MetadataSync::Extent extent);
  // Before something is made at `path`: an entry of that name may lie unseen in
  // the under store.
  absl::Status LoadBeforeCreate(Call& call, const std::string& path);

  // FileInfo of `inode` at `path`, without blocks. `place`: where it is in its under store.
  void FillInfo(const Inode& inode, absl::string_view path, const MountTable::Place& place,
                grpc::file::FileInfo* info) const;
  // Blocks and percentages of the completed files among `infos`.
  absl::Status FillBlocks(absl::Span<grpc::file::FileInfo* const> infos) const;
  absl::StatusOr<grpc::file::FileInfo> InfoOf(const Lookup& lookup);

  // Creation. Plans the missing parents and the target below `lookup`'s deepest
  // inode; with the latch held exclusively.
  struct NewNode {
    bool directory = false;
    int32_t mode = 0;
    bool persisted = false;
    const CommonOptions* common = nullptr;
    std::map<std::string, std::string> xattr;
    bool xattr_on_parents = false;
    bool recursive = false;
    int64_t now_ms = 0;
  };
  absl::StatusOr<Inode> PlanNodes(const Call& call, const Lookup& lookup, const NewNode& node,
                                  JournalEntries* entries);
  // Makes the directories above `path` real in the under store, from the deepest
  // that is not; `through` the path itself too. Blocks; no latch.
  absl::Status CreateTarget(Call& call, const std::string& path, const NewNode& node,
                            absl::FunctionRef<void(Inode*)> finish, const CommonOptions& common, Inode* created);

  // The parts of Remove.
  struct Removal {
    bool recursive = false;
    bool alluxio_only = false;
    bool unchecked = false;
    bool mounts_too = false;
    bool sync_parent = false;
    CommonOptions common;
    // Asked once nothing can come in between; false: NOT_FOUND. Null: whatever is there.
    std::function<bool(const Inode&)> wanted;
  };
  absl::Status RemoveChecked(Call& call, const std::string& path, const Removal& removal);
  absl::Status CheckRemove(Call& call, const std::string& path, const Removal& removal, bool* simple, Lookup* lookup);
  absl::Status RemoveInUfs(Call& call, const Lookup& lookup, bool unchecked);
  absl::Status FreeOne(Call& call, const std::string& path, const Inode& seen, bool forced);

  // The rest of making the directory `progress.made`, once that is durable: in the under store.
  absl::Status MakeInUfs(Call& call, int64_t now_ms, const CommonOptions& common);

  // The part of Rename that talks to the under store.
  absl::Status RenameInUfs(Call& call, const std::string& from, const std::string& to, const Inode& inode,
                           const Inode* replaced);

  // Calls `visit` with the inode at `path` and all below, parents before children;
  // scanned in steps. What comes or goes meanwhile may be seen or not.
  absl::Status ForSubtree(const std::string& path,
                          absl::FunctionRef<absl::Status(const std::string&, const Inode&)> visit);

  // SetAttribute of one inode. `top`: it is the one that was named.
  absl::Status SetAttributeOne(Call& call, const std::string& path, const Inode& seen,
                               const grpc::file::SetAttributePOptions& options, bool top);
  // Before anything below `path` is changed: the caller may write all of it, or owns it.
  absl::Status CheckDescendants(const Call& call, const std::string& path, bool owned);
  absl::Status CheckAttributes(const Call& call, const Lookup& lookup,
                               const grpc::file::SetAttributePOptions& options) const;

  // What lies below a directory, from a position on.
  class Lister;
  class ListingImpl;

  // The options of a mount as an entry.
  void FillMountEntry(const std::string& path, const std::string& uri, int64_t id,
                      const grpc::file::MountPOptions& options, proto::journal::AddMountPointEntry* entry) const;
  absl::Status MountSteps(Call& call, const grpc::file::MountPRequest& request, std::string* log);

  void NotePersist(int64_t file_id, int64_t due_ms);
  // Brings what the configuration says of the root's mount to the journalled mount.
  void UpdateRootMount() ABSL_EXCLUSIVE_LOCKS_REQUIRED(ns_.latch);
  bool IsPersistBlacklisted(absl::string_view path) const;
  absl::Status SchedulePersist(Call& call, const std::string& path, int64_t wait_ms);

  const FileSystemMaster::Options options_;
  NamespaceState ns_;
  MetadataSync sync_;

  const bool permission_enabled_;
  const std::string supergroup_;
  const security::Mode umask_;
  // Of the configuration of the moment; they order nothing.
  std::atomic<int64_t> default_sync_interval_ms_;
  std::atomic<int64_t> access_time_precision_ms_;
  const size_t list_message_length_;
  const bool operations_remembered_;
  const std::vector<std::string> persist_blacklist_;
  metrics::Counter* retried_ = nullptr;  // calls of operations that were finished already; null: nobody counts

  // Counts changes of lists and places; orders nothing by itself: it is raised
  // under the latch. Begins with the time, so that no worker takes one master's
  // for another's.
  std::atomic<int64_t> access_generation_;

  Mutex intents_mutex_;  // below all others
  bool intents_loaded_ ABSL_GUARDED_BY(intents_mutex_) = false;
  std::vector<std::pair<int64_t, int64_t>> intents_ ABSL_GUARDED_BY(intents_mutex_);
};

}  // namespace alluxio::master

#endif  // ALLUXIO_MASTER_FILE_CORE_H_
