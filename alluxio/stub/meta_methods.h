#ifndef ALLUXIO_STUB_META_METHODS_H_
#define ALLUXIO_STUB_META_METHODS_H_

#include "alluxio/stub/method.h"
#include "grpc/meta_master.pb.h"

// The meta master's methods.
namespace alluxio::stub {

// MetaMasterConfigurationService: needs no authentication.
inline constexpr Method<grpc::meta::GetConfigurationPOptions, grpc::meta::GetConfigurationPResponse> kGetConfiguration{
    "/alluxio.grpc.meta.MetaMasterConfigurationService/GetConfiguration", false};
inline constexpr Method<grpc::meta::SetPathConfigurationPRequest, grpc::meta::SetPathConfigurationPResponse>
    kSetPathConfiguration{"/alluxio.grpc.meta.MetaMasterConfigurationService/SetPathConfiguration", false};
inline constexpr Method<grpc::meta::RemovePathConfigurationPRequest, grpc::meta::RemovePathConfigurationPResponse>
    kRemovePathConfiguration{"/alluxio.grpc.meta.MetaMasterConfigurationService/RemovePathConfiguration", false};
inline constexpr Method<grpc::meta::GetConfigHashPOptions, grpc::meta::GetConfigHashPResponse> kGetConfigHash{
    "/alluxio.grpc.meta.MetaMasterConfigurationService/GetConfigHash", false};
inline constexpr Method<grpc::meta::UpdateConfigurationPRequest, grpc::meta::UpdateConfigurationPResponse>
    kUpdateConfiguration{"/alluxio.grpc.meta.MetaMasterConfigurationService/UpdateConfiguration", false};

// MetaMasterClientService.
inline constexpr Method<grpc::meta::BackupPRequest, grpc::meta::BackupPStatus> kBackup{
    "/alluxio.grpc.meta.MetaMasterClientService/Backup"};
inline constexpr Method<grpc::meta::BackupStatusPRequest, grpc::meta::BackupPStatus> kGetBackupStatus{
    "/alluxio.grpc.meta.MetaMasterClientService/GetBackupStatus"};
inline constexpr Method<grpc::meta::GetConfigReportPOptions, grpc::meta::GetConfigReportPResponse> kGetConfigReport{
    "/alluxio.grpc.meta.MetaMasterClientService/GetConfigReport"};
inline constexpr Method<grpc::meta::GetMasterInfoPOptions, grpc::meta::GetMasterInfoPResponse> kGetMasterInfo{
    "/alluxio.grpc.meta.MetaMasterClientService/GetMasterInfo"};
inline constexpr Method<grpc::meta::CheckpointPOptions, grpc::meta::CheckpointPResponse> kCheckpoint{
    "/alluxio.grpc.meta.MetaMasterClientService/Checkpoint"};
inline constexpr Method<grpc::meta::ListProxyStatusPRequest, grpc::meta::ListProxyStatusPResponse> kListProxyStatus{
    "/alluxio.grpc.meta.MetaMasterClientService/ListProxyStatus"};

}  // namespace alluxio::stub

#endif  // ALLUXIO_STUB_META_METHODS_H_
