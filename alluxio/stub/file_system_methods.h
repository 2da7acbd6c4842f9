#ifndef ALLUXIO_STUB_FILE_SYSTEM_METHODS_H_
#define ALLUXIO_STUB_FILE_SYSTEM_METHODS_H_

#include "alluxio/stub/method.h"
#include "grpc/file_system_master.pb.h"

// The file system master's methods; `Remove` deletes.
namespace alluxio::stub {

// FileSystemMasterClientService, for clients.
inline constexpr Method<grpc::file::CheckAccessPRequest, grpc::file::CheckAccessPResponse> kCheckAccess{
    "/alluxio.grpc.file.FileSystemMasterClientService/CheckAccess"};
inline constexpr Method<grpc::file::CheckConsistencyPRequest, grpc::file::CheckConsistencyPResponse> kCheckConsistency{
    "/alluxio.grpc.file.FileSystemMasterClientService/CheckConsistency"};
inline constexpr Method<grpc::file::ExistsPRequest, grpc::file::ExistsPResponse> kExists{
    "/alluxio.grpc.file.FileSystemMasterClientService/Exists"};
inline constexpr Method<grpc::file::CompleteFilePRequest, grpc::file::CompleteFilePResponse> kCompleteFile{
    "/alluxio.grpc.file.FileSystemMasterClientService/CompleteFile"};
inline constexpr Method<grpc::file::CreateDirectoryPRequest, grpc::file::CreateDirectoryPResponse> kCreateDirectory{
    "/alluxio.grpc.file.FileSystemMasterClientService/CreateDirectory"};
inline constexpr Method<grpc::file::CreateFilePRequest, grpc::file::CreateFilePResponse> kCreateFile{
    "/alluxio.grpc.file.FileSystemMasterClientService/CreateFile"};
inline constexpr Method<grpc::file::FreePRequest, grpc::file::FreePResponse> kFree{
    "/alluxio.grpc.file.FileSystemMasterClientService/Free"};
inline constexpr Method<grpc::file::GetFilePathPRequest, grpc::file::GetFilePathPResponse> kGetFilePath{
    "/alluxio.grpc.file.FileSystemMasterClientService/GetFilePath"};
inline constexpr Method<grpc::file::GetMountTablePRequest, grpc::file::GetMountTablePResponse> kGetMountTable{
    "/alluxio.grpc.file.FileSystemMasterClientService/GetMountTable"};
inline constexpr Method<grpc::file::GetSyncPathListPRequest, grpc::file::GetSyncPathListPResponse> kGetSyncPathList{
    "/alluxio.grpc.file.FileSystemMasterClientService/GetSyncPathList"};
inline constexpr Method<grpc::file::GetNewBlockIdForFilePRequest, grpc::file::GetNewBlockIdForFilePResponse>
    kGetNewBlockIdForFile{"/alluxio.grpc.file.FileSystemMasterClientService/GetNewBlockIdForFile"};
inline constexpr Method<grpc::file::GetStatusPRequest, grpc::file::GetStatusPResponse> kGetStatus{
    "/alluxio.grpc.file.FileSystemMasterClientService/GetStatus"};
inline constexpr StreamMethod<grpc::file::ListStatusPRequest, grpc::file::ListStatusPResponse> kListStatus{
    "/alluxio.grpc.file.FileSystemMasterClientService/ListStatus"};
inline constexpr Method<grpc::file::ListStatusPartialPRequest, grpc::file::ListStatusPartialPResponse>
    kListStatusPartial{"/alluxio.grpc.file.FileSystemMasterClientService/ListStatusPartial"};
inline constexpr Method<grpc::file::MountPRequest, grpc::file::MountPResponse> kMount{
    "/alluxio.grpc.file.FileSystemMasterClientService/Mount"};
inline constexpr Method<grpc::file::DeletePRequest, grpc::file::DeletePResponse> kRemove{
    "/alluxio.grpc.file.FileSystemMasterClientService/Remove"};
inline constexpr Method<grpc::file::RenamePRequest, grpc::file::RenamePResponse> kRename{
    "/alluxio.grpc.file.FileSystemMasterClientService/Rename"};
inline constexpr Method<grpc::file::ReverseResolvePRequest, grpc::file::ReverseResolvePResponse> kReverseResolve{
    "/alluxio.grpc.file.FileSystemMasterClientService/ReverseResolve"};
inline constexpr Method<grpc::file::ScheduleAsyncPersistencePRequest, grpc::file::ScheduleAsyncPersistencePResponse>
    kScheduleAsyncPersistence{"/alluxio.grpc.file.FileSystemMasterClientService/ScheduleAsyncPersistence"};
inline constexpr Method<grpc::file::SetAclPRequest, grpc::file::SetAclPResponse> kSetAcl{
    "/alluxio.grpc.file.FileSystemMasterClientService/SetAcl"};
inline constexpr Method<grpc::file::SetAttributePRequest, grpc::file::SetAttributePResponse> kSetAttribute{
    "/alluxio.grpc.file.FileSystemMasterClientService/SetAttribute"};
inline constexpr Method<grpc::file::StartSyncPRequest, grpc::file::StartSyncPResponse> kStartSync{
    "/alluxio.grpc.file.FileSystemMasterClientService/StartSync"};
inline constexpr Method<grpc::file::StopSyncPRequest, grpc::file::StopSyncPResponse> kStopSync{
    "/alluxio.grpc.file.FileSystemMasterClientService/StopSync"};
inline constexpr Method<grpc::file::UnmountPRequest, grpc::file::UnmountPResponse> kUnmount{
    "/alluxio.grpc.file.FileSystemMasterClientService/Unmount"};
inline constexpr Method<grpc::file::UpdateMountPRequest, grpc::file::UpdateMountPResponse> kUpdateMount{
    "/alluxio.grpc.file.FileSystemMasterClientService/UpdateMount"};
inline constexpr Method<grpc::file::UpdateUfsModePRequest, grpc::file::UpdateUfsModePResponse> kUpdateUfsMode{
    "/alluxio.grpc.file.FileSystemMasterClientService/UpdateUfsMode"};
inline constexpr Method<grpc::file::GetStateLockHoldersPRequest, grpc::file::GetStateLockHoldersPResponse>
    kGetStateLockHolders{"/alluxio.grpc.file.FileSystemMasterClientService/GetStateLockHolders"};
inline constexpr Method<grpc::file::NeedsSyncRequest, grpc::file::NeedsSyncResponse> kNeedsSync{
    "/alluxio.grpc.file.FileSystemMasterClientService/NeedsSync"};
inline constexpr Method<grpc::file::SubmitJobPRequest, grpc::file::SubmitJobPResponse> kSubmitJob{
    "/alluxio.grpc.file.FileSystemMasterClientService/submitJob"};
inline constexpr Method<grpc::file::StopJobPRequest, grpc::file::StopJobPResponse> kStopJob{
    "/alluxio.grpc.file.FileSystemMasterClientService/StopJob"};
inline constexpr Method<grpc::file::GetJobProgressPRequest, grpc::file::GetJobProgressPResponse> kGetJobProgress{
    "/alluxio.grpc.file.FileSystemMasterClientService/GetJobProgress"};
inline constexpr Method<grpc::file::SyncMetadataPRequest, grpc::file::SyncMetadataPResponse> kSyncMetadata{
    "/alluxio.grpc.file.FileSystemMasterClientService/SyncMetadata"};
inline constexpr Method<grpc::file::SyncMetadataPRequest, grpc::file::SyncMetadataAsyncPResponse> kSyncMetadataAsync{
    "/alluxio.grpc.file.FileSystemMasterClientService/SyncMetadataAsync"};
inline constexpr Method<grpc::file::GetSyncProgressPRequest, grpc::file::GetSyncProgressPResponse> kGetSyncProgress{
    "/alluxio.grpc.file.FileSystemMasterClientService/GetSyncProgress"};
inline constexpr Method<grpc::file::CancelSyncMetadataPRequest, grpc::file::CancelSyncMetadataPResponse>
    kCancelSyncMetadata{"/alluxio.grpc.file.FileSystemMasterClientService/CancelSyncMetadata"};

// FileSystemMasterWorkerService, for workers.
inline constexpr Method<grpc::file::FileSystemHeartbeatPRequest, grpc::file::FileSystemHeartbeatPResponse>
    kWorkerFileSystemHeartbeat{"/alluxio.grpc.file.FileSystemMasterWorkerService/FileSystemHeartbeat"};
inline constexpr Method<grpc::file::GetFileInfoPRequest, grpc::file::GetFileInfoPResponse> kWorkerGetFileInfo{
    "/alluxio.grpc.file.FileSystemMasterWorkerService/GetFileInfo"};
inline constexpr Method<grpc::file::GetPinnedFileIdsPRequest, grpc::file::GetPinnedFileIdsPResponse>
    kWorkerGetPinnedFileIds{"/alluxio.grpc.file.FileSystemMasterWorkerService/GetPinnedFileIds"};
inline constexpr Method<grpc::file::GetUfsInfoPRequest, grpc::file::GetUfsInfoPResponse> kWorkerGetUfsInfo{
    "/alluxio.grpc.file.FileSystemMasterWorkerService/GetUfsInfo"};

}  // namespace alluxio::stub

#endif  // ALLUXIO_STUB_FILE_SYSTEM_METHODS_H_
