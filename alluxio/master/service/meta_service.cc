#include <utility>

#include "alluxio/master/meta/meta_master.h"
#include "alluxio/master/service/serve.h"
#include "alluxio/master/service/services.h"
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
  ClientService(const rpc::CallEnv& env, MetaMaster* master) : env_(env), master_(master) {}

  ALLUXIO_SERVE(GetConfigReport, GetConfigReportPOptions, GetConfigReportPResponse)
  ALLUXIO_SERVE(GetMasterInfo, GetMasterInfoPOptions, GetMasterInfoPResponse)
  ALLUXIO_SERVE(Checkpoint, CheckpointPOptions, CheckpointPResponse)
  ALLUXIO_SERVE(ListProxyStatus, ListProxyStatusPRequest, ListProxyStatusPResponse)

 private:
  const rpc::CallEnv env_;
  MetaMaster* const master_;
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
ServicePtr NewMetaMasterClientService(const rpc::CallEnv& env, MetaMaster* master) {
  return {new ClientService(env, master), std::default_delete<::grpc::Service>()};
}
ServicePtr NewMetaMasterProxyService(const rpc::CallEnv& env, MetaMaster* master) {
  return {new ProxyService(env, master), std::default_delete<::grpc::Service>()};
}

}  // namespace alluxio::master
