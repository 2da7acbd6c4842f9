#ifndef ALLUXIO_CLIENT_META_META_MASTER_CLIENT_H_
#define ALLUXIO_CLIENT_META_META_MASTER_CLIENT_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "alluxio/client/context.h"
#include "alluxio/client/types.h"

namespace alluxio::client {

// The master about itself: its state, configuration, metrics, backups and
// journal. Thread-safe; errors as the master's.
class MetaMasterClient {
 public:
  static std::unique_ptr<MetaMasterClient> Create(std::shared_ptr<ClientContext> context);
  virtual ~MetaMasterClient() = default;

  // All fields.
  virtual absl::StatusOr<MasterInfo> GetMasterInfo() = 0;
  // Names with the instance prefix ("Master.…", "Cluster.…").
  virtual absl::StatusOr<std::map<std::string, MetricValue>> GetMetrics() = 0;
  virtual absl::Status ClearMetrics() = 0;

  struct Configuration {
    std::vector<ConfigProperty> cluster;
    std::map<std::string, std::vector<ConfigProperty>> paths;
    std::string cluster_hash;
    std::string path_hash;
  };
  virtual absl::StatusOr<Configuration> GetConfiguration(bool raw_value, bool ignore_cluster = false,
                                                         bool ignore_paths = false) = 0;
  struct InconsistentProperty {
    std::string name;
    std::map<std::string, std::vector<std::string>> hosts_by_value;
  };
  struct ConfigReport {
    enum class State { kPassed = 1, kWarn = 2, kFailed = 3 };
    State state = State::kPassed;
    std::map<std::string, std::vector<InconsistentProperty>> errors_by_scope;
    std::map<std::string, std::vector<InconsistentProperty>> warnings_by_scope;
  };
  virtual absl::StatusOr<ConfigReport> GetConfigReport() = 0;
  virtual absl::Status SetPathConfiguration(const std::string& path,
                                            const std::map<std::string, std::string>& properties) = 0;
  // No keys: all of the path.
  virtual absl::Status RemovePathConfiguration(const std::string& path, const std::vector<std::string>& keys) = 0;
  // Property name to whether the master took it.
  virtual absl::StatusOr<std::map<std::string, bool>> UpdateConfiguration(
      const std::map<std::string, std::string>& properties) = 0;

  struct BackupOptions {
    std::string target_directory;  // "": the master's own
    bool local_file_system = false;
    bool run_async = false;
    bool allow_leader = true;
    bool bypass_delegation = false;
  };
  struct BackupStatus {
    enum class State { kNone = 1, kInitiating = 2, kTransitioning = 3, kRunning = 4, kCompleted = 5, kFailed = 6 };
    std::string id;
    State state = State::kNone;
    std::string host;
    std::string uri;
    int64_t entry_count = 0;
    std::string error;
  };
  virtual absl::StatusOr<BackupStatus> Backup(const BackupOptions& options) = 0;
  virtual absl::StatusOr<BackupStatus> GetBackupStatus(const std::string& id) = 0;
  // The host whose journal was checkpointed.
  virtual absl::StatusOr<std::string> Checkpoint() = 0;

  struct ProxyStatus {
    NetAddress address;
    std::string state;
    int64_t start_time_ms = 0;
    int64_t last_heartbeat_time_ms = 0;
    std::string version;
    std::string revision;
  };
  virtual absl::StatusOr<std::vector<ProxyStatus>> ListProxyStatus() = 0;

  struct QuorumServer {
    NetAddress address;
    std::string state;  // AVAILABLE, UNAVAILABLE
    int priority = 0;
    bool is_leader = false;
  };
  struct QuorumInfo {
    std::string domain;  // MASTER, JOB_MASTER
    NetAddress leader;
    std::vector<QuorumServer> servers;
  };
  virtual absl::StatusOr<QuorumInfo> GetQuorumInfo() = 0;
  virtual absl::Status RemoveQuorumServer(const NetAddress& server) = 0;
  // An id under which the transfer's outcome can be asked for.
  virtual absl::StatusOr<std::string> TransferLeadership(const NetAddress& server) = 0;
};

}  // namespace alluxio::client

#endif  // ALLUXIO_CLIENT_META_META_MASTER_CLIENT_H_
