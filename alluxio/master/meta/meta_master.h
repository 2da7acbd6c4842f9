#ifndef ALLUXIO_MASTER_META_META_MASTER_H_
#define ALLUXIO_MASTER_META_META_MASTER_H_

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "alluxio/base/clock.h"
#include "alluxio/base/executor.h"
#include "alluxio/base/mutex.h"
#include "alluxio/base/random.h"
#include "alluxio/conf/configuration.h"
#include "alluxio/master/call.h"
#include "alluxio/master/journaled/state_machine.h"
#include "grpc/meta_master.pb.h"

namespace alluxio::master {

// What the master says about itself: configuration, cluster id, addresses; and
// path configuration, which it keeps (journalled).
//
// Serves MetaMasterConfigurationService, MetaMasterClientService (but for
// backups) and MetaMasterProxyService. Assembly: construct, AddPart, replay,
// `Start`, then calls. Thread-safe.
class MetaMaster final : public Journaled {
 public:
  struct Options {
    conf::Configuration conf;
    StateMachine* state = nullptr;
    Clock* clock = Clock::System();
    Random* random = Random::System();
    // Runs checkpoints.
    Executor* executor = nullptr;
    // As clients reach this master; ports as bound.
    std::string hostname;
    // Asked for each answer: known once the server listens.
    std::function<int()> rpc_port = [] { return 0; };
    std::function<int()> web_port = [] { return 0; };
    std::function<bool()> in_safe_mode = [] { return false; };
    std::function<std::vector<grpc::NetAddress>()> worker_addresses = [] { return std::vector<grpc::NetAddress>(); };
    // Where nodes' configurations differ; empty: they don't.
    std::function<grpc::meta::ConfigCheckReport()> config_report;
    // Applies what was updated; `configuration()` has it. May be called by several
    // threads at once.
    std::function<void()> on_update;
  };

  explicit MetaMaster(Options options);

  // After replay: gives the cluster its id, if this is the first start.
  void Start();

  // Journaled.
  bool Apply(const proto::journal::JournalEntry& entry, KvBatch* batch) override;
  absl::Status Dump(const KvReader& state, EntryVisitor visit) const override;
  std::optional<absl::Status> CheckForeign(const proto::journal::JournalEntry& entry) override;

  // MetaMasterConfigurationService.
  void GetConfiguration(const Caller& caller, const grpc::meta::GetConfigurationPOptions& request,
                        Reply<grpc::meta::GetConfigurationPResponse> reply);
  void GetConfigHash(const Caller& caller, const grpc::meta::GetConfigHashPOptions& request,
                     Reply<grpc::meta::GetConfigHashPResponse> reply);
  // Adds to what the path has. INVALID_ARGUMENT: a path that is not absolute, an
  // unknown property, a value that does not parse.
  void SetPathConfiguration(const Caller& caller, const grpc::meta::SetPathConfigurationPRequest& request,
                            Reply<grpc::meta::SetPathConfigurationPResponse> reply);
  // No keys: all of the path.
  void RemovePathConfiguration(const Caller& caller, const grpc::meta::RemovePathConfigurationPRequest& request,
                               Reply<grpc::meta::RemovePathConfigurationPResponse> reply);
  // Property by property: false where conf::UpdateProperty refuses it; the log
  // says why. What is updated counts until this master ends.
  void UpdateConfiguration(const Caller& caller, const grpc::meta::UpdateConfigurationPRequest& request,
                           Reply<grpc::meta::UpdateConfigurationPResponse> reply);

  // MetaMasterClientService.
  void GetMasterInfo(const Caller& caller, const grpc::meta::GetMasterInfoPOptions& request,
                     Reply<grpc::meta::GetMasterInfoPResponse> reply);
  void GetConfigReport(const Caller& caller, const grpc::meta::GetConfigReportPOptions& request,
                       Reply<grpc::meta::GetConfigReportPResponse> reply);
  void Checkpoint(const Caller& caller, const grpc::meta::CheckpointPOptions& request,
                  Reply<grpc::meta::CheckpointPResponse> reply);
  void ListProxyStatus(const Caller& caller, const grpc::meta::ListProxyStatusPRequest& request,
                       Reply<grpc::meta::ListProxyStatusPResponse> reply);

  // MetaMasterProxyService.
  void ProxyHeartbeat(const Caller& caller, const grpc::meta::ProxyHeartbeatPRequest& request,
                      Reply<grpc::meta::ProxyHeartbeatPResponse> reply);

  std::string cluster_id() const;
  // With what was updated at run time.
  conf::Configuration configuration() const;
  absl::Time start_time() const { return start_time_; }

 private:
  using Properties = std::map<std::string, std::string>;
  struct ClusterConfig {
    std::vector<grpc::ConfigProperty> raw, resolved;
    std::string hash;
  };

  static std::shared_ptr<const ClusterConfig> MakeClusterConfig(const conf::Configuration& conf);
  absl::Status CheckProperty(const std::string& key, const std::string& value) const
      ABSL_SHARED_LOCKS_REQUIRED(mutex_);
  std::string PathHashLocked() const ABSL_SHARED_LOCKS_REQUIRED(mutex_);
  // What SetPathConfiguration and RemovePathConfiguration commit.
  absl::Status SetPathLocked(const std::string& path, const grpc::meta::SetPathConfigurationPRequest& request,
                             std::vector<proto::journal::JournalEntry>* entries) const
      ABSL_SHARED_LOCKS_REQUIRED(mutex_);
  void RemovePathLocked(const std::string& path, const grpc::meta::RemovePathConfigurationPRequest& request,
                        std::vector<proto::journal::JournalEntry>* entries) const ABSL_SHARED_LOCKS_REQUIRED(mutex_);
  // Commits with the part's latch held, as StateMachine demands.
  void CommitLocked(std::vector<proto::journal::JournalEntry> entries) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Answers once all that was committed is durable; without the latch, as it may answer at once.
  template <typename Response>
  void ReplyWhenDurable(Reply<Response> reply) ABSL_LOCKS_EXCLUDED(mutex_);

  const Options options_;
  const absl::Time start_time_;
  // The part's latch: below those of file system and blocks, above the state
  // machine's.
  mutable Mutex mutex_;
  conf::Configuration conf_ ABSL_GUARDED_BY(mutex_);
  std::shared_ptr<const ClusterConfig> cluster_config_ ABSL_GUARDED_BY(mutex_);
  absl::Time cluster_config_time_ ABSL_GUARDED_BY(mutex_);
  absl::Time path_config_time_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, Properties> paths_ ABSL_GUARDED_BY(mutex_);
  std::string cluster_id_ ABSL_GUARDED_BY(mutex_);

  struct Proxy {
    grpc::meta::ProxyStatus status;
    absl::Time last_heartbeat;
  };
  mutable Mutex proxies_mutex_;
  std::map<std::string, Proxy> proxies_ ABSL_GUARDED_BY(proxies_mutex_);  // by host:port
};

}  // namespace alluxio::master

#endif  // ALLUXIO_MASTER_META_META_MASTER_H_
