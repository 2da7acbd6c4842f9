#include <functional>
#include <utility>

#include "alluxio/master/backup/backup_master.h"
#include "alluxio/master/meta/journal_master.h"
#include "alluxio/master/meta/meta_master.h"
#include "alluxio/master/service/serve.h"
#include "alluxio/master/service/services.h"
#include "grpc/journal_master.grpc.pb.h"
#include "grpc/meta_master.grpc.pb.h"

namespace alluxio::master {
namespace {

using namespace grpc::meta;  // NOLINT

#define ALLUXIO_SERVICE "alluxio.grpc.meta.MetaMasterConfigurationService/"
class ConfigurationService final : public MetaMasterConfigurationService::CallbackService {
 public:
  ConfigurationService(const rpc::CallEnv& env, MetaMaster* master) : env_(env), master_(master) {}

  ALLUXIO_SERVE_UNAUTHENTICATED(GetConfiguration, GetConfigurationPOptions, GetConfigurationPResponse)
  ALLUXIO_SERVE_UNAUTHENTICATED(SetPathConfiguration, SetPathConfigurationPRequest, SetPathConfigurationPResponse)
  ALLUXIO_SERVE_UNAUTHENTICATED(RemovePathConfiguration, RemovePathConfigurationPRequest,
                                RemovePathConfigurationPResponse)
  ALLUXIO_SERVE_UNAUTHENTICATED(GetConfigHash, GetConfigHashPOptions, GetConfigHashPResponse)
  ALLUXIO_SERVE_UNAUTHENTICATED(UpdateConfiguration, UpdateConfigurationPRequest, UpdateConfigurationPResponse)

 private:
  const rpc::CallEnv env_;
  MetaMaster* const master_;
};
#undef ALLUXIO_SERVICE

#define ALLUXIO_SERVICE "alluxio.grpc.meta.MetaMasterClientService/"
class ClientService final : public MetaMasterClientService::CallbackService {
 public:
  ClientService(const rpc::CallEnv& env, MetaMaster* master, BackupMaster* backups)
      : env_(env), master_(master), backups_(backups) {}

  ALLUXIO_SERVE(GetConfigReport, GetConfigReportPOptions, GetConfigReportPResponse)
  ALLUXIO_SERVE(GetMasterInfo, GetMasterInfoPOptions, GetMasterInfoPResponse)
  ALLUXIO_SERVE(Checkpoint, CheckpointPOptions, CheckpointPResponse)
  ALLUXIO_SERVE(ListProxyStatus, ListProxyStatusPRequest, ListProxyStatusPResponse)

  ::grpc::ServerUnaryReactor* Backup(::grpc::CallbackServerContext* context, const BackupPRequest* request,
                                     BackupPStatus* response) override {
    return rpc::ServeUnary(env_, ALLUXIO_SERVICE "Backup", context, request, response,
                           std::bind_front(&BackupMaster::Backup, backups_));
  }
  ::grpc::ServerUnaryReactor* GetBackupStatus(::grpc::CallbackServerContext* context,
                                              const BackupStatusPRequest* request, BackupPStatus* response) override {
    return rpc::ServeUnary(env_, ALLUXIO_SERVICE "GetBackupStatus", context, request, response,
                           std::bind_front(&BackupMaster::GetBackupStatus, backups_));
  }

 private:
  const rpc::CallEnv env_;
  MetaMaster* const master_;
  BackupMaster* const backups_;
};
#undef ALLUXIO_SERVICE

#define ALLUXIO_SERVICE "alluxio.grpc.journal.JournalMasterClientService/"
class JournalService final : public grpc::journal::JournalMasterClientService::CallbackService {
 public:
  JournalService(const rpc::CallEnv& env, JournalMaster* master) : env_(env), master_(master) {}

  ALLUXIO_SERVE(GetQuorumInfo, grpc::journal::GetQuorumInfoPRequest, grpc::journal::GetQuorumInfoPResponse)
  ALLUXIO_SERVE(RemoveQuorumServer, grpc::journal::RemoveQuorumServerPRequest,
                grpc::journal::RemoveQuorumServerPResponse)
  ALLUXIO_SERVE(TransferLeadership, grpc::journal::TransferLeadershipPRequest,
                grpc::journal::TransferLeadershipPResponse)
  ALLUXIO_SERVE(ResetPriorities, grpc::journal::ResetPrioritiesPRequest, grpc::journal::ResetPrioritiesPResponse)
  ALLUXIO_SERVE(GetTransferLeaderMessage, grpc::journal::GetTransferLeaderMessagePRequest,
                grpc::journal::GetTransferLeaderMessagePResponse)
  ALLUXIO_SERVE(GetNodeState, grpc::journal::GetNodeStatePRequest, grpc::journal::GetNodeStatePResponse)

 private:
  const rpc::CallEnv env_;
  JournalMaster* const master_;
};
#undef ALLUXIO_SERVICE

#define ALLUXIO_SERVICE "alluxio.grpc.meta.MetaMasterProxyService/"
class ProxyService final : public MetaMasterProxyService::CallbackService {
 public:
  ProxyService(const rpc::CallEnv& env, MetaMaster* master) : env_(env), master_(master) {}

  ALLUXIO_SERVE(ProxyHeartbeat, ProxyHeartbeatPRequest, ProxyHeartbeatPResponse)

 private:
  const rpc::CallEnv env_;
  MetaMaster* const master_;
};
#undef ALLUXIO_SERVICE

}  // namespace

ServicePtr NewMetaMasterConfigurationService(const rpc::CallEnv& env, MetaMaster* master) {
  return {new ConfigurationService(env, master), std::default_delete<::grpc::Service>()};
}
ServicePtr NewMetaMasterClientService(const rpc::CallEnv& env, MetaMaster* master, BackupMaster* backups) {
  return {new ClientService(env, master, backups), std::default_delete<::grpc::Service>()};
}
ServicePtr NewJournalMasterClientService(const rpc::CallEnv& env, JournalMaster* master) {
  return {new JournalService(env, master), std::default_delete<::grpc::Service>()};
}
ServicePtr NewMetaMasterProxyService(const rpc::CallEnv& env, MetaMaster* master) {
  return {new ProxyService(env, master), std::default_delete<::grpc::Service>()};
}

}  // namespace alluxio::master
