#include "alluxio/client/meta/meta_master_client.h"

#include <utility>

#include "alluxio/base/status_macros.h"
#include "alluxio/client/core.h"
#include "alluxio/stub/meta_methods.h"
#include "alluxio/stub/method.h"
#include "alluxio/stub/metrics_methods.h"
#include "grpc/journal_master.pb.h"

namespace alluxio::client {
namespace {

constexpr stub::Method<grpc::journal::GetQuorumInfoPRequest, grpc::journal::GetQuorumInfoPResponse> kGetQuorumInfo{
    "/alluxio.grpc.journal.JournalMasterClientService/GetQuorumInfo"};
constexpr stub::Method<grpc::journal::RemoveQuorumServerPRequest, grpc::journal::RemoveQuorumServerPResponse>
    kRemoveQuorumServer{"/alluxio.grpc.journal.JournalMasterClientService/RemoveQuorumServer"};
constexpr stub::Method<grpc::journal::TransferLeadershipPRequest, grpc::journal::TransferLeadershipPResponse>
    kTransferLeadership{"/alluxio.grpc.journal.JournalMasterClientService/TransferLeadership"};

NetAddress FromWire(const grpc::NetAddress& wire) { return {.host = wire.host(), .rpc_port = wire.rpcport()}; }

std::vector<ConfigProperty> FromWire(const google::protobuf::RepeatedPtrField<grpc::ConfigProperty>& wire) {
  std::vector<ConfigProperty> properties;
  for (const auto& property : wire) {
    ConfigProperty ours = {.name = property.name(), .source = property.source()};
    if (property.has_value()) ours.value = property.value();
    properties.push_back(std::move(ours));
  }
  return properties;
}

class Client final : public MetaMasterClient {
 public:
  explicit Client(std::shared_ptr<ClientContext> context)
      : core_(std::static_pointer_cast<ClientCore>(std::move(context))) {}

  absl::StatusOr<MasterInfo> GetMasterInfo() override {
    ALLUXIO_ASSIGN_OR_RETURN(const auto response, core_->master().Call(stub::kGetMasterInfo, {}));
    const auto& wire = response.masterinfo();
    MasterInfo info = {.leader_master_address = wire.leadermasteraddress(),
                       .rpc_port = wire.rpcport(),
                       .safe_mode = wire.safemode(),
                       .start_time_ms = wire.starttimems(),
                       .up_time_ms = wire.uptimems(),
                       .version = wire.version(),
                       .web_port = wire.webport(),
                       .zookeeper_addresses = {wire.zookeeperaddresses().begin(), wire.zookeeperaddresses().end()},
                       .cluster_id = wire.clusterid(),
                       .raft_journal = wire.raftjournal(),
                       .raft_addresses = {wire.raftaddress().begin(), wire.raftaddress().end()}};
    for (const auto& address : wire.masteraddresses()) info.master_addresses.push_back(FromWire(address));
    for (const auto& address : wire.workeraddresses()) info.worker_addresses.push_back(FromWire(address));
    for (const auto& version : wire.masterversions()) {
      info.master_versions.push_back(
          {.address = FromWire(version.addresses()), .version = version.version(), .state = version.state()});
    }
    return info;
  }

  absl::StatusOr<std::map<std::string, MetricValue>> GetMetrics() override {
    ALLUXIO_ASSIGN_OR_RETURN(const auto response, core_->master().Call(stub::kGetMetrics, {}));
    std::map<std::string, MetricValue> metrics;
    for (const auto& [name, wire] : response.metrics()) {
      MetricValue value = {.type = static_cast<MetricType>(wire.metrictype())};
      if (wire.has_doublevalue()) value.number = wire.doublevalue();
      if (wire.has_stringvalue()) value.text = wire.stringvalue();
      metrics[name] = std::move(value);
    }
    return metrics;
  }

  absl::Status ClearMetrics() override { return core_->master().Call(stub::kClearMetrics, {}).status(); }

  absl::StatusOr<Configuration> GetConfiguration(bool raw_value, bool ignore_cluster, bool ignore_paths) override {
    grpc::meta::GetConfigurationPOptions request;
    request.set_rawvalue(raw_value);
    request.set_ignoreclusterconf(ignore_cluster);
    request.set_ignorepathconf(ignore_paths);
    ALLUXIO_ASSIGN_OR_RETURN(const auto response, core_->master().Call(stub::kGetConfiguration, request));
    Configuration configuration = {.cluster = FromWire(response.clusterconfigs()),
                                   .cluster_hash = response.clusterconfighash(),
                                   .path_hash = response.pathconfighash()};
    for (const auto& [path, properties] : response.pathconfigs()) {
      configuration.paths[path] = FromWire(properties.properties());
    }
    return configuration;
  }

  absl::StatusOr<ConfigReport> GetConfigReport() override {
    ALLUXIO_ASSIGN_OR_RETURN(const auto response, core_->master().Call(stub::kGetConfigReport, {}));
    ConfigReport report = {.state = static_cast<ConfigReport::State>(response.report().status())};
    const auto put = [](const auto& wire, auto& ours) {
      for (const auto& [scope, properties] : wire) {
        for (const auto& property : properties.properties()) {
          InconsistentProperty entry = {.name = property.name()};
          for (const auto& [value, hosts] : property.values()) {
            // So the original's messages say that a node has none.
            entry.hosts_by_value[value == "__Optional__" ? "no value set" : value] = {hosts.values().begin(),
                                                                                      hosts.values().end()};
          }
          ours[scope].push_back(std::move(entry));
        }
      }
    };
    put(response.report().errors(), report.errors_by_scope);
    put(response.report().warns(), report.warnings_by_scope);
    return report;
  }

  absl::Status SetPathConfiguration(const std::string& path,
                                    const std::map<std::string, std::string>& properties) override {
    grpc::meta::SetPathConfigurationPRequest request;
    request.set_path(path);
    for (const auto& [name, value] : properties) (*request.mutable_properties())[name] = value;
    return core_->master().Call(stub::kSetPathConfiguration, request).status();
  }

  absl::Status RemovePathConfiguration(const std::string& path, const std::vector<std::string>& keys) override {
    grpc::meta::RemovePathConfigurationPRequest request;
    request.set_path(path);
    for (const std::string& key : keys) request.add_keys(key);
    return core_->master().Call(stub::kRemovePathConfiguration, request).status();
  }

  absl::StatusOr<std::map<std::string, bool>> UpdateConfiguration(
      const std::map<std::string, std::string>& properties) override {
    grpc::meta::UpdateConfigurationPRequest request;
    for (const auto& [name, value] : properties) (*request.mutable_properties())[name] = value;
    ALLUXIO_ASSIGN_OR_RETURN(const auto response, core_->master().Call(stub::kUpdateConfiguration, request));
    return std::map<std::string, bool>(response.status().begin(), response.status().end());
  }

  absl::StatusOr<BackupStatus> Backup(const BackupOptions& options) override {
    grpc::meta::BackupPRequest request;
    if (!options.target_directory.empty()) request.set_targetdirectory(options.target_directory);
    request.mutable_options()->set_localfilesystem(options.local_file_system);
    request.mutable_options()->set_runasync(options.run_async);
    request.mutable_options()->set_allowleader(options.allow_leader);
    request.mutable_options()->set_bypassdelegation(options.bypass_delegation);
    ALLUXIO_ASSIGN_OR_RETURN(const auto response, core_->master().Call(stub::kBackup, request));
    return StatusOf(response);
  }

  absl::StatusOr<BackupStatus> GetBackupStatus(const std::string& id) override {
    grpc::meta::BackupStatusPRequest request;
    request.set_backupid(id);
    ALLUXIO_ASSIGN_OR_RETURN(const auto response, core_->master().Call(stub::kGetBackupStatus, request));
    return StatusOf(response);
  }

  absl::StatusOr<std::string> Checkpoint() override {
    ALLUXIO_ASSIGN_OR_RETURN(const auto response, core_->master().Call(stub::kCheckpoint, {}));
    return response.masterhostname();
  }

  absl::StatusOr<std::vector<ProxyStatus>> ListProxyStatus() override {
    ALLUXIO_ASSIGN_OR_RETURN(const auto response, core_->master().Call(stub::kListProxyStatus, {}));
    std::vector<ProxyStatus> proxies;
    for (const auto& proxy : response.proxystatuses()) {
      proxies.push_back({.address = FromWire(proxy.address()),
                         .state = proxy.state(),
                         .start_time_ms = proxy.starttime(),
                         .last_heartbeat_time_ms = proxy.lastheartbeattime(),
                         .version = proxy.version().version(),
                         .revision = proxy.version().revision()});
    }
    return proxies;
  }

  absl::StatusOr<QuorumInfo> GetQuorumInfo() override {
    ALLUXIO_ASSIGN_OR_RETURN(const auto response, core_->master().Call(kGetQuorumInfo, {}));
    QuorumInfo info = {.domain = grpc::journal::JournalDomain_Name(response.domain())};
    for (const auto& server : response.serverinfo()) {
      info.servers.push_back({.address = FromWire(server.serveraddress()),
                              .state = grpc::journal::QuorumServerState_Name(server.serverstate()),
                              .priority = server.priority(),
                              .is_leader = server.isleader()});
      if (server.isleader()) info.leader = FromWire(server.serveraddress());
    }
    return info;
  }

  absl::Status RemoveQuorumServer(const NetAddress& server) override {
    grpc::journal::RemoveQuorumServerPRequest request;
    request.mutable_serveraddress()->set_host(server.host);
    request.mutable_serveraddress()->set_rpcport(server.rpc_port);
    return core_->master().Call(kRemoveQuorumServer, request).status();
  }

  absl::StatusOr<std::string> TransferLeadership(const NetAddress& server) override {
    grpc::journal::TransferLeadershipPRequest request;
    request.mutable_serveraddress()->set_host(server.host);
    request.mutable_serveraddress()->set_rpcport(server.rpc_port);
    ALLUXIO_ASSIGN_OR_RETURN(const auto response, core_->master().Call(kTransferLeadership, request));
    return response.transferid();
  }

 private:
  static BackupStatus StatusOf(const grpc::meta::BackupPStatus& wire) {
    BackupStatus status = {.id = wire.backupid(),
                           .host = wire.backuphost(),
                           .uri = wire.backupuri(),
                           .entry_count = wire.entrycount(),
                           .error = wire.backuperror()};
    if (wire.has_backupstate()) status.state = static_cast<BackupStatus::State>(wire.backupstate());
    return status;
  }

  const std::shared_ptr<ClientCore> core_;
};

}  // namespace

std::unique_ptr<MetaMasterClient> MetaMasterClient::Create(std::shared_ptr<ClientContext> context) {
  return std::make_unique<Client>(std::move(context));
}

}  // namespace alluxio::client
