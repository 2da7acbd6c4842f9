#include <memory>
#include <utility>

#include "alluxio/master/file/file_system_master.h"
#include "alluxio/master/file/sync_tasks.h"
#include "alluxio/master/load/load_scheduler.h"
#include "alluxio/master/service/serve.h"
#include "alluxio/master/service/services.h"
#include "alluxio/rpc/stream.h"
#include "grpc/file_system_master.grpc.pb.h"

#define ALLUXIO_SERVICE "alluxio.grpc.file.FileSystemMasterClientService/"

namespace alluxio::master {
namespace {

using namespace grpc::file;  // NOLINT: forty messages, and nothing else

// Messages of listings come ready from the domain.
using CallbackService =
    FileSystemMasterClientService::WithRawCallbackMethod_ListStatus<FileSystemMasterClientService::CallbackService>;

class Service final : public CallbackService {
 public:
  Service(const rpc::CallEnv& env, FileSystemMaster* master, SyncTasks* syncs, LoadScheduler* loads)
      : env_(env), master_(master), syncs_(syncs), loads_(loads) {}

  ALLUXIO_SERVE(CheckAccess, CheckAccessPRequest, CheckAccessPResponse)
  ALLUXIO_SERVE(CheckConsistency, CheckConsistencyPRequest, CheckConsistencyPResponse)
  ALLUXIO_SERVE(Exists, ExistsPRequest, ExistsPResponse)
  ALLUXIO_SERVE(CompleteFile, CompleteFilePRequest, CompleteFilePResponse)
  ALLUXIO_SERVE(CreateDirectory, CreateDirectoryPRequest, CreateDirectoryPResponse)
  ALLUXIO_SERVE(CreateFile, CreateFilePRequest, CreateFilePResponse)
  ALLUXIO_SERVE(Free, FreePRequest, FreePResponse)
  ALLUXIO_SERVE(GetFilePath, GetFilePathPRequest, GetFilePathPResponse)
  ALLUXIO_SERVE(GetMountTable, GetMountTablePRequest, GetMountTablePResponse)
  ALLUXIO_SERVE(GetSyncPathList, GetSyncPathListPRequest, GetSyncPathListPResponse)
  ALLUXIO_SERVE(GetNewBlockIdForFile, GetNewBlockIdForFilePRequest, GetNewBlockIdForFilePResponse)
  ALLUXIO_SERVE(GetStatus, GetStatusPRequest, GetStatusPResponse)
  ALLUXIO_SERVE(ListStatusPartial, ListStatusPartialPRequest, ListStatusPartialPResponse)
  ALLUXIO_SERVE(Mount, MountPRequest, MountPResponse)
  ALLUXIO_SERVE(Remove, DeletePRequest, DeletePResponse)
  ALLUXIO_SERVE(Rename, RenamePRequest, RenamePResponse)
  ALLUXIO_SERVE(ReverseResolve, ReverseResolvePRequest, ReverseResolvePResponse)
  ALLUXIO_SERVE(ScheduleAsyncPersistence, ScheduleAsyncPersistencePRequest, ScheduleAsyncPersistencePResponse)
  ALLUXIO_SERVE(SetAcl, SetAclPRequest, SetAclPResponse)
  ALLUXIO_SERVE(SetAttribute, SetAttributePRequest, SetAttributePResponse)
  ALLUXIO_SERVE(Unmount, UnmountPRequest, UnmountPResponse)
  ALLUXIO_SERVE(UpdateMount, UpdateMountPRequest, UpdateMountPResponse)
  ALLUXIO_SERVE(UpdateUfsMode, UpdateUfsModePRequest, UpdateUfsModePResponse)
  ALLUXIO_SERVE(GetStateLockHolders, GetStateLockHoldersPRequest, GetStateLockHoldersPResponse)
  ALLUXIO_SERVE(StartSync, StartSyncPRequest, StartSyncPResponse)
  ALLUXIO_SERVE(StopSync, StopSyncPRequest, StopSyncPResponse)
  ALLUXIO_SERVE(NeedsSync, NeedsSyncRequest, NeedsSyncResponse)

  ALLUXIO_SERVE_BY(syncs_->SyncMetadata, SyncMetadata, SyncMetadataPRequest, SyncMetadataPResponse)
  ALLUXIO_SERVE_BY(syncs_->SyncMetadataAsync, SyncMetadataAsync, SyncMetadataPRequest, SyncMetadataAsyncPResponse)
  ALLUXIO_SERVE_BY(syncs_->GetSyncProgress, GetSyncProgress, GetSyncProgressPRequest, GetSyncProgressPResponse)
  ALLUXIO_SERVE_BY(syncs_->CancelSyncMetadata, CancelSyncMetadata, CancelSyncMetadataPRequest,
                   CancelSyncMetadataPResponse)
  ALLUXIO_SERVE_BY(loads_->SubmitJob, submitJob, SubmitJobPRequest, SubmitJobPResponse)
  ALLUXIO_SERVE_BY(loads_->StopJob, StopJob, StopJobPRequest, StopJobPResponse)
  ALLUXIO_SERVE_BY(loads_->GetJobProgress, GetJobProgress, GetJobProgressPRequest, GetJobProgressPResponse)

  rpc::StreamReactor* ListStatus(::grpc::CallbackServerContext* context, const ::grpc::ByteBuffer* request) override {
    return rpc::ServeStream<ListStatusPRequest>(
        env_, ALLUXIO_SERVICE "ListStatus", context, *request,
        [this](const rpc::Caller& caller, const ListStatusPRequest& q, std::unique_ptr<rpc::Outlet> outlet) {
          master_->ListStatus(caller, q, std::move(outlet));
        });
  }

 private:
  const rpc::CallEnv env_;
  FileSystemMaster* const master_;
  SyncTasks* const syncs_;
  LoadScheduler* const loads_;
};

}  // namespace

ServicePtr NewFileSystemMasterClientService(const rpc::CallEnv& env, FileSystemMaster* master, SyncTasks* syncs,
                                            LoadScheduler* loads) {
  return {new Service(env, master, syncs, loads), std::default_delete<::grpc::Service>()};
}

}  // namespace alluxio::master
