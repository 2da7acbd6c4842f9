#ifndef ALLUXIO_MASTER_FILE_FILE_SYSTEM_MASTER_H_
#define ALLUXIO_MASTER_FILE_FILE_SYSTEM_MASTER_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "alluxio/base/clock.h"
#include "alluxio/base/executor.h"
#include "alluxio/base/random.h"
#include "alluxio/conf/configuration.h"
#include "alluxio/master/block/block_directory.h"
#include "alluxio/master/call.h"
#include "alluxio/master/journaled/state_machine.h"
#include "alluxio/rpc/outlet.h"
#include "alluxio/ufs/under_file_system.h"
#include "grpc/file_system_master.pb.h"

namespace alluxio::master {

class FileSystemCore;
class RunningOperations;

// The namespace: inodes, mounts, permissions, and their agreement with the
// under stores. One method for each call of FileSystemMasterClientService and
// FileSystemMasterWorkerService, with the messages of the wire; `reply` gets
// errors with the codes and texts of the original (errors.h).
//
// Assembly: construct, `AddPart` to the state machine, replay, `Start`, then
// calls. The caller keeps everything in Options alive until the destructor has
// returned, and lets the executor run dry before it.
//
// Thread-safe. A call with an operation id that arrives again while it is being
// executed shares the first one's answer. No call blocks the calling thread: what memory alone can answer
// runs in it and is answered from the journal's callback (or at once, if nothing
// changed); what needs an under store, or has to wait for a call that does, goes
// to `executor` (RESOURCE_EXHAUSTED when that is full). How: docs/namespace.md.
class FileSystemMaster final : public Journaled {
 public:
  struct Options {
    conf::Configuration conf;
    StateMachine* state = nullptr;
    BlockDirectory* blocks = nullptr;
    const ufs::UfsRegistry* ufs_registry = nullptr;
    // Calls to under stores and waiting for one another: threads in production.
    Executor* executor = nullptr;
    Clock* clock = nullptr;
    Random* random = nullptr;
    // Groups of a user, the primary one first; empty: none known. Thread-safe, may block.
    std::function<std::vector<std::string>(const std::string& user)> groups;
    // The same without blocking; nullopt: `groups` has to be asked, which the executor
    // does then. Null: `groups` is quick.
    std::function<std::optional<std::vector<std::string>>(const std::string& user)> known_groups;
    // Who started the master: owner of the root, and superuser.
    std::string superuser;
    // Budget of the cache of decoded inodes.
    size_t inode_cache_bytes = size_t{40} << 20;
  };

  explicit FileSystemMaster(Options options);
  ~FileSystemMaster() override;

  // After replay: makes root and root mount if this is the first start, opens
  // the mounts' under stores. UNAVAILABLE: the root under store can't be used
  // (text names path, user and mode); other mounts only log.
  absl::Status Start();

  // Journaled.
  bool Apply(const proto::journal::JournalEntry& entry, KvBatch* batch) override;
  absl::Status Dump(const KvReader& state, EntryVisitor visit) const override;
  std::optional<absl::Status> CheckForeign(const proto::journal::JournalEntry& entry) override;

  // FileSystemMasterClientService.
  void CheckAccess(const Caller& caller, const grpc::file::CheckAccessPRequest& request,
                   Reply<grpc::file::CheckAccessPResponse> reply);
  void CheckConsistency(const Caller& caller, const grpc::file::CheckConsistencyPRequest& request,
                        Reply<grpc::file::CheckConsistencyPResponse> reply);
  void Exists(const Caller& caller, const grpc::file::ExistsPRequest& request,
              Reply<grpc::file::ExistsPResponse> reply);
  void CompleteFile(const Caller& caller, const grpc::file::CompleteFilePRequest& request,
                    Reply<grpc::file::CompleteFilePResponse> reply);
  void CreateDirectory(const Caller& caller, const grpc::file::CreateDirectoryPRequest& request,
                       Reply<grpc::file::CreateDirectoryPResponse> reply);
  void CreateFile(const Caller& caller, const grpc::file::CreateFilePRequest& request,
                  Reply<grpc::file::CreateFilePResponse> reply);
  void Free(const Caller& caller, const grpc::file::FreePRequest& request, Reply<grpc::file::FreePResponse> reply);
  void GetFilePath(const Caller& caller, const grpc::file::GetFilePathPRequest& request,
                   Reply<grpc::file::GetFilePathPResponse> reply);
  void GetMountTable(const Caller& caller, const grpc::file::GetMountTablePRequest& request,
                     Reply<grpc::file::GetMountTablePResponse> reply);
  void GetSyncPathList(const Caller& caller, const grpc::file::GetSyncPathListPRequest& request,
                       Reply<grpc::file::GetSyncPathListPResponse> reply);
  void GetNewBlockIdForFile(const Caller& caller, const grpc::file::GetNewBlockIdForFilePRequest& request,
                            Reply<grpc::file::GetNewBlockIdForFilePResponse> reply);
  void GetStatus(const Caller& caller, const grpc::file::GetStatusPRequest& request,
                 Reply<grpc::file::GetStatusPResponse> reply);
  // Makes each message while the one before leaves, and waits for a slow reader without
  // a thread; what lies between two messages may change meanwhile.
  void ListStatus(const Caller& caller, const grpc::file::ListStatusPRequest& request,
                  std::unique_ptr<rpc::Outlet> outlet);
  // The same for a `sink` in this process, which is called in an executor's thread, a
  // message at a time; when it says false the rest is left out and `done` gets CANCELLED.
  // `done` runs exactly once, after the last message.
  void ListStatus(const Caller& caller, const grpc::file::ListStatusPRequest& request,
                  Sink<grpc::file::ListStatusPResponse> sink, absl::AnyInvocable<void(absl::Status)> done);
  void ListStatusPartial(const Caller& caller, const grpc::file::ListStatusPartialPRequest& request,
                         Reply<grpc::file::ListStatusPartialPResponse> reply);
  void Mount(const Caller& caller, const grpc::file::MountPRequest& request, Reply<grpc::file::MountPResponse> reply);
  void Remove(const Caller& caller, const grpc::file::DeletePRequest& request,
              Reply<grpc::file::DeletePResponse> reply);
  void Rename(const Caller& caller, const grpc::file::RenamePRequest& request,
              Reply<grpc::file::RenamePResponse> reply);
  void ReverseResolve(const Caller& caller, const grpc::file::ReverseResolvePRequest& request,
                      Reply<grpc::file::ReverseResolvePResponse> reply);
  void ScheduleAsyncPersistence(const Caller& caller, const grpc::file::ScheduleAsyncPersistencePRequest& request,
                                Reply<grpc::file::ScheduleAsyncPersistencePResponse> reply);
  void SetAcl(const Caller& caller, const grpc::file::SetAclPRequest& request,
              Reply<grpc::file::SetAclPResponse> reply);
  void SetAttribute(const Caller& caller, const grpc::file::SetAttributePRequest& request,
                    Reply<grpc::file::SetAttributePResponse> reply);
  void Unmount(const Caller& caller, const grpc::file::UnmountPRequest& request,
               Reply<grpc::file::UnmountPResponse> reply);
  void UpdateMount(const Caller& caller, const grpc::file::UpdateMountPRequest& request,
                   Reply<grpc::file::UpdateMountPResponse> reply);
  void UpdateUfsMode(const Caller& caller, const grpc::file::UpdateUfsModePRequest& request,
                     Reply<grpc::file::UpdateUfsModePResponse> reply);
  void GetStateLockHolders(const Caller& caller, const grpc::file::GetStateLockHoldersPRequest& request,
                           Reply<grpc::file::GetStateLockHoldersPResponse> reply);
  void StartSync(const Caller& caller, const grpc::file::StartSyncPRequest& request,
                 Reply<grpc::file::StartSyncPResponse> reply);
  void StopSync(const Caller& caller, const grpc::file::StopSyncPRequest& request,
                Reply<grpc::file::StopSyncPResponse> reply);
  void NeedsSync(const Caller& caller, const grpc::file::NeedsSyncRequest& request,
                 Reply<grpc::file::NeedsSyncResponse> reply);

  // FileSystemMasterWorkerService (the two with an id are also those of
  // FileSystemMasterJobService).
  void GetFileInfo(const Caller& caller, const grpc::file::GetFileInfoPRequest& request,
                   Reply<grpc::file::GetFileInfoPResponse> reply);
  void GetPinnedFileIds(const Caller& caller, const grpc::file::GetPinnedFileIdsPRequest& request,
                        Reply<grpc::file::GetPinnedFileIdsPResponse> reply);
  void GetUfsInfo(const Caller& caller, const grpc::file::GetUfsInfoPRequest& request,
                  Reply<grpc::file::GetUfsInfoPResponse> reply);

  // For workers: whether every user may read a file, by its own list and by those
  // of the folders above it. Another generation than before: something changed
  // since by which the answer for a file may be another. Blocks for memory only.
  struct ReadAccess {
    int64_t generation = 0;
    std::vector<bool> readable_by_all;  // one for each id; false where there is no such file
  };
  ReadAccess GetReadAccess(absl::Span<const int64_t> file_ids);

  // For the block master: runs `body` with whether the block's file is there; the
  // file neither comes nor goes meanwhile. `body` must not call the namespace.
  void WithFileOf(int64_t block_id, absl::FunctionRef<void(bool exists)> body);

  // What upkeep (TTL, persistence) and the web UI's pages build on.
  FileSystemCore* core() const { return core_.get(); }

 private:
  std::unique_ptr<FileSystemCore> core_;
  // Shared with the answers that are on their way.
  std::shared_ptr<RunningOperations> running_;
};

}  // namespace alluxio::master

#endif  // ALLUXIO_MASTER_FILE_FILE_SYSTEM_MASTER_H_
