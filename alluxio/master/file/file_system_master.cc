#include "alluxio/master/file/file_system_master.h"

#include <memory>
#include <optional>
#include <utility>

#include "alluxio/base/status_macros.h"
#include "alluxio/master/file/core.h"
#include "alluxio/master/file/running_list.h"
#include "alluxio/master/file/running_operations.h"

namespace alluxio::master {
namespace {

constexpr char kBusy[] = "too many calls wait for under stores; try again later";

// Answers once what was committed is durable.
template <typename Response>
void Finish(FileSystemCore* core, const Call& call, absl::StatusOr<Response> result, Reply<Response> reply) {
  if (!call.wait_durable) {
    std::move(reply)(std::move(result));
    return;
  }
  core->ns().state->Commit(
      {}, [result = std::move(result), reply = std::move(reply)](absl::Status durable) mutable {
        if (result.ok() && !durable.ok()) {
          std::move(reply)(durable);
        } else {
          std::move(reply)(std::move(result));
        }
      });
}

// Runs `operation` in an executor's thread, and again when it has waited for the journal.
template <typename Request, typename Response>
void RunInThread(FileSystemCore* core, const std::string& user,
                 const std::shared_ptr<std::pair<Request, Reply<Response>>>& pending,
                 absl::StatusOr<Response> (FileSystemCore::*operation)(Call&, const Request&),
                 std::optional<Call::Progress> progress) {
  const bool resumed = progress.has_value();
  auto run = [core, user, pending, operation, progress = std::move(progress)] {
    Call call = core->MakeCall(user, /*may_block=*/true);
    if (progress.has_value()) call.progress = *progress;
    absl::StatusOr<Response> result = (core->*operation)(call, pending->first);
    if (!call.needs_durable) return Finish(core, call, std::move(result), std::move(pending->second));
    core->ns().state->Commit({}, [core, user, pending, operation,
                                  progress = std::move(call.progress)](const absl::Status& durable) mutable {
      if (!durable.ok()) return std::move(pending->second)(durable);
      RunInThread(core, user, pending, operation, std::optional(std::move(progress)));
    });
  };
  Executor* const executor = core->options().executor;
  const bool submitted = resumed ? executor->Resume(std::move(run)) : executor->Submit(std::move(run));
  if (!submitted) std::move(pending->second)(absl::ResourceExhaustedError(kBusy));
}

// Runs `operation` here if memory is enough for it, else in an executor's thread.
template <typename Request, typename Response>
void Run(FileSystemCore* core, const Caller& caller, const Request& request, Reply<Response> reply,
         absl::StatusOr<Response> (FileSystemCore::*operation)(Call&, const Request&)) {
  Call call = core->MakeCall(caller.user, /*may_block=*/false);
  if (!call.needs_thread) {
    absl::StatusOr<Response> result = (core->*operation)(call, request);
    if (!call.needs_thread) return Finish(core, call, std::move(result), std::move(reply));
  }
  auto pending = std::make_shared<std::pair<Request, Reply<Response>>>(request, std::move(reply));
  RunInThread(core, caller.user, pending, operation, std::nullopt);
}

// The same for a call that changes something: it is executed once, however often it
// arrives meanwhile.
template <typename Request, typename Response>
void RunOnce(FileSystemCore* core, const std::shared_ptr<RunningOperations>& running, const Caller& caller,
             const Request& request, Reply<Response> reply,
             absl::StatusOr<Response> (FileSystemCore::*operation)(Call&, const Request&)) {
  if (request.options().commonoptions().has_operationid()) {
    const auto& id = request.options().commonoptions().operationid();
    reply = RunningOperations::Begin<Response>(
        running, {Request::descriptor(), caller.user, id.mostsignificantbits(), id.leastsignificantbits()},
        std::move(reply));
    if (reply == nullptr) return;
  }
  Run(core, caller, request, std::move(reply), operation);
}

}  // namespace

FileSystemMaster::FileSystemMaster(Options options)
    : core_(std::make_unique<FileSystemCore>(std::move(options))), running_(std::make_shared<RunningOperations>()) {}
FileSystemMaster::~FileSystemMaster() = default;

absl::Status FileSystemMaster::Start() { return core_->Start(); }

bool FileSystemMaster::Apply(const proto::journal::JournalEntry& entry, KvBatch* batch) {
  return core_->Apply(entry, batch);
}

absl::Status FileSystemMaster::Dump(const KvReader& state, EntryVisitor visit) const {
  ALLUXIO_RETURN_IF_ERROR(InodeTree::Dump(state, visit));
  return MountTable::Dump(state, visit);
}

std::optional<absl::Status> FileSystemMaster::CheckForeign(const proto::journal::JournalEntry& entry) {
  if (auto checked = core_->ns().tree.CheckForeign(entry)) return checked;
  return MountTable::CheckForeign(entry);
}

void FileSystemMaster::ListStatus(const Caller& caller, const grpc::file::ListStatusPRequest& request,
                                  std::unique_ptr<rpc::Outlet> outlet) {
  RunningList::Start(core_->options().executor, core_->List(caller.user, request), std::move(outlet));
}

void FileSystemMaster::ListStatus(const Caller& caller, const grpc::file::ListStatusPRequest& request,
                                  Sink<grpc::file::ListStatusPResponse> sink,
                                  absl::AnyInvocable<void(absl::Status)> done) {
  class ToSink final : public rpc::Outlet {
   public:
    ToSink(Sink<grpc::file::ListStatusPResponse> sink, absl::AnyInvocable<void(absl::Status)> done)
        : sink_(std::move(sink)), done_(std::move(done)) {}
    void Write(std::string message, Next next) override {
      grpc::file::ListStatusPResponse parsed;
      const bool alive = parsed.ParseFromString(message) && sink_(parsed);
      std::move(next)(alive);
    }
    void End(const absl::Status& status) override { std::move(done_)(status); }

   private:
    Sink<grpc::file::ListStatusPResponse> sink_;
    absl::AnyInvocable<void(absl::Status)> done_;
  };
  ListStatus(caller, request, std::make_unique<ToSink>(std::move(sink), std::move(done)));
}

#define ALLUXIO_UNARY_CALL(method, request_type, response_type)                                       \
  void FileSystemMaster::method(const Caller& caller, const grpc::file::request_type& request,        \
                                Reply<grpc::file::response_type> reply) {                             \
    Run(core_.get(), caller, request, std::move(reply), &FileSystemCore::method);                     \
  }

#define ALLUXIO_CHANGING_CALL(method, request_type, response_type)                                    \
  void FileSystemMaster::method(const Caller& caller, const grpc::file::request_type& request,        \
                                Reply<grpc::file::response_type> reply) {                             \
    RunOnce(core_.get(), running_, caller, request, std::move(reply), &FileSystemCore::method);       \
  }

ALLUXIO_UNARY_CALL(CheckAccess, CheckAccessPRequest, CheckAccessPResponse)
ALLUXIO_UNARY_CALL(CheckConsistency, CheckConsistencyPRequest, CheckConsistencyPResponse)
ALLUXIO_UNARY_CALL(Exists, ExistsPRequest, ExistsPResponse)
ALLUXIO_CHANGING_CALL(CompleteFile, CompleteFilePRequest, CompleteFilePResponse)
ALLUXIO_CHANGING_CALL(CreateDirectory, CreateDirectoryPRequest, CreateDirectoryPResponse)
ALLUXIO_CHANGING_CALL(CreateFile, CreateFilePRequest, CreateFilePResponse)
ALLUXIO_UNARY_CALL(Free, FreePRequest, FreePResponse)
ALLUXIO_UNARY_CALL(GetFilePath, GetFilePathPRequest, GetFilePathPResponse)
ALLUXIO_UNARY_CALL(GetMountTable, GetMountTablePRequest, GetMountTablePResponse)
ALLUXIO_UNARY_CALL(GetSyncPathList, GetSyncPathListPRequest, GetSyncPathListPResponse)
ALLUXIO_CHANGING_CALL(GetNewBlockIdForFile, GetNewBlockIdForFilePRequest, GetNewBlockIdForFilePResponse)
ALLUXIO_UNARY_CALL(GetStatus, GetStatusPRequest, GetStatusPResponse)
ALLUXIO_UNARY_CALL(ListStatusPartial, ListStatusPartialPRequest, ListStatusPartialPResponse)
ALLUXIO_CHANGING_CALL(Mount, MountPRequest, MountPResponse)
ALLUXIO_CHANGING_CALL(Remove, DeletePRequest, DeletePResponse)
ALLUXIO_CHANGING_CALL(Rename, RenamePRequest, RenamePResponse)
ALLUXIO_UNARY_CALL(ReverseResolve, ReverseResolvePRequest, ReverseResolvePResponse)
ALLUXIO_UNARY_CALL(ScheduleAsyncPersistence, ScheduleAsyncPersistencePRequest, ScheduleAsyncPersistencePResponse)
ALLUXIO_CHANGING_CALL(SetAcl, SetAclPRequest, SetAclPResponse)
ALLUXIO_CHANGING_CALL(SetAttribute, SetAttributePRequest, SetAttributePResponse)
ALLUXIO_CHANGING_CALL(Unmount, UnmountPRequest, UnmountPResponse)
ALLUXIO_CHANGING_CALL(UpdateMount, UpdateMountPRequest, UpdateMountPResponse)
ALLUXIO_UNARY_CALL(UpdateUfsMode, UpdateUfsModePRequest, UpdateUfsModePResponse)
ALLUXIO_UNARY_CALL(GetStateLockHolders, GetStateLockHoldersPRequest, GetStateLockHoldersPResponse)
ALLUXIO_UNARY_CALL(StartSync, StartSyncPRequest, StartSyncPResponse)
ALLUXIO_UNARY_CALL(StopSync, StopSyncPRequest, StopSyncPResponse)
ALLUXIO_UNARY_CALL(NeedsSync, NeedsSyncRequest, NeedsSyncResponse)
ALLUXIO_UNARY_CALL(GetFileInfo, GetFileInfoPRequest, GetFileInfoPResponse)
ALLUXIO_UNARY_CALL(GetPinnedFileIds, GetPinnedFileIdsPRequest, GetPinnedFileIdsPResponse)
ALLUXIO_UNARY_CALL(GetUfsInfo, GetUfsInfoPRequest, GetUfsInfoPResponse)
#undef ALLUXIO_CHANGING_CALL
#undef ALLUXIO_UNARY_CALL

FileSystemMaster::ReadAccess FileSystemMaster::GetReadAccess(absl::Span<const int64_t> file_ids) {
  return core_->GetReadAccess(file_ids);
}

void FileSystemMaster::WithFileOf(int64_t block_id, absl::FunctionRef<void(bool exists)> body) {
  core_->WithFile(FileIdOfBlock(block_id), body);
}

}  // namespace alluxio::master
