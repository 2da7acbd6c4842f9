#include "alluxio/master/meta/meta_master.h"

#include <openssl/evp.h>

#include <algorithm>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "alluxio/base/check.h"
#include "alluxio/base/log.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/conf/property_table.h"
#include "alluxio/conf/update.h"
#include "alluxio/uri/path.h"

namespace alluxio::master {
namespace {

using proto::journal::JournalEntry;

constexpr char kClusterIdKey[] = "cluster.id";
// Named by anybody who can reach the port: bounded.
constexpr size_t kMaxProxies = 1000;
constexpr size_t kMaxConfiguredPaths = 100'000;

std::string Md5Hex(absl::string_view text) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  ALLUXIO_CHECK(EVP_Digest(text.data(), text.size(), digest, &size, EVP_md5(), nullptr) == 1);
  return absl::BytesToHexString(absl::string_view(reinterpret_cast<const char*>(digest), size));
}

bool Wants(const grpc::meta::GetMasterInfoPOptions& request, grpc::meta::MasterInfoField field) {
  return request.filter().empty() ||
         std::find(request.filter().begin(), request.filter().end(), field) != request.filter().end();
}

}  // namespace

MetaMaster::MetaMaster(Options options)
    : options_(std::move(options)),
      start_time_(options_.clock->Now()),
      conf_(options_.conf),
      cluster_config_(MakeClusterConfig(options_.conf)),
      cluster_config_time_(start_time_),
      path_config_time_(start_time_) {
  const KvStore& store = *options_.state->store();
  const auto id = store.Get(Family::kMisc, kClusterIdKey);
  ALLUXIO_CHECK(id.ok());  // the store was opened a moment ago
  if (id->has_value()) cluster_id_ = **id;
  const absl::Status scanned =
      store.Scan(Family::kPathConf, "", "", [this](absl::string_view path, absl::string_view value)
                                                   ABSL_NO_THREAD_SAFETY_ANALYSIS {
        proto::journal::PathPropertiesEntry entry;
        ALLUXIO_CHECK(entry.ParseFromArray(value.data(), static_cast<int>(value.size())));
        paths_[std::string(path)] = Properties(entry.properties().begin(), entry.properties().end());
        return true;
      });
  ALLUXIO_CHECK(scanned.ok());
}

void MetaMaster::Start() {
  std::string id;
  {
    MutexLock lock(&mutex_);
    if (cluster_id_.empty()) {
      std::vector<JournalEntry> entries(1);
      entries[0].mutable_cluster_info()->set_cluster_id(options_.random->NextUuid());
      options_.state->Commit(std::move(entries), [](absl::Status) {});
    }
    id = cluster_id_;
  }
  ALLUXIO_LOG(kInfo, "master/meta", "cluster id ", id);
}

// Its caller, Commit, runs under `mutex_`; replay runs alone.
bool MetaMaster::Apply(const JournalEntry& entry, KvBatch* batch) ABSL_NO_THREAD_SAFETY_ANALYSIS {
  if (entry.has_cluster_info()) {
    cluster_id_ = entry.cluster_info().cluster_id();
    batch->Put(Family::kMisc, kClusterIdKey, cluster_id_);
    return true;
  }
  if (entry.has_path_properties()) {
    const auto& properties = entry.path_properties();
    paths_[properties.path()] = Properties(properties.properties().begin(), properties.properties().end());
    batch->Put(Family::kPathConf, properties.path(), properties.SerializeAsString());
    path_config_time_ = options_.clock->Now();
    return true;
  }
  if (entry.has_remove_path_properties()) {
    paths_.erase(entry.remove_path_properties().path());
    batch->Delete(Family::kPathConf, entry.remove_path_properties().path());
    path_config_time_ = options_.clock->Now();
    return true;
  }
  return false;
}

absl::Status MetaMaster::Dump(const KvReader& state, EntryVisitor visit) const {
  JournalEntry entry;
  ALLUXIO_ASSIGN_OR_RETURN(const auto id, state.Get(Family::kMisc, kClusterIdKey));
  if (id.has_value()) {
    entry.mutable_cluster_info()->set_cluster_id(*id);
    ALLUXIO_RETURN_IF_ERROR(visit(entry));
  }
  entry.Clear();
  absl::Status result;
  ALLUXIO_RETURN_IF_ERROR(state.Scan(Family::kPathConf, "", "", [&](absl::string_view, absl::string_view value) {
    if (!entry.mutable_path_properties()->ParseFromArray(value.data(), static_cast<int>(value.size()))) {
      result = absl::DataLossError("a record of path configuration is damaged");
    } else {
      result = visit(entry);
    }
    return result.ok();
  }));
  return result;
}

std::optional<absl::Status> MetaMaster::CheckForeign(const JournalEntry& entry) {
  if (entry.has_cluster_info() || entry.has_path_properties()) return absl::OkStatus();
  return std::nullopt;
}

// --- configuration ---------------------------------------------------------

std::shared_ptr<const MetaMaster::ClusterConfig> MetaMaster::MakeClusterConfig(const conf::Configuration& conf) {
  auto config = std::make_shared<ClusterConfig>();
  for (const conf::Configuration::Entry& entry : conf.All()) {
    grpc::ConfigProperty property;
    property.set_name(entry.key);
    property.set_source(entry.source_text);
    grpc::ConfigProperty raw = property;
    if (entry.is_set || !entry.raw_value.empty()) {
      const bool hide = conf::IsCredential(entry.key);
      raw.set_value(hide ? "******" : entry.raw_value);
      if (entry.is_set) property.set_value(hide ? "******" : entry.value);
    }
    config->raw.push_back(std::move(raw));
    config->resolved.push_back(std::move(property));
  }
  config->hash = conf.Hash();
  return config;
}

std::string MetaMaster::PathHashLocked() const {
  // The hash of nothing for no path, as the original has it.
  std::string text;
  for (const auto& [path, properties] : paths_) {
    for (const auto& [key, value] : properties) absl::StrAppend(&text, path, "\n", key, "=", value, "\n");
  }
  return Md5Hex(text);
}

void MetaMaster::GetConfiguration(const Caller& caller, const grpc::meta::GetConfigurationPOptions& request,
                                  Reply<grpc::meta::GetConfigurationPResponse> reply) {
  grpc::meta::GetConfigurationPResponse response;
  std::shared_ptr<const ClusterConfig> config;
  {
    ReaderMutexLock lock(&mutex_);
    config = cluster_config_;
    if (!request.ignorepathconf()) {
      for (const auto& [path, properties] : paths_) {
        grpc::meta::ConfigProperties& list = (*response.mutable_pathconfigs())[path];
        for (const auto& [key, value] : properties) {
          grpc::ConfigProperty* const property = list.add_properties();
          property->set_name(key);
          property->set_source("PATH_DEFAULT");
          property->set_value(value);
        }
      }
      response.set_pathconfighash(PathHashLocked());
      response.set_pathconfiglastupdatetime(absl::ToUnixMillis(path_config_time_));
    }
    if (!request.ignoreclusterconf()) {
      response.set_clusterconfiglastupdatetime(absl::ToUnixMillis(cluster_config_time_));
    }
  }
  if (!request.ignoreclusterconf()) {
    const auto& properties = request.rawvalue() ? config->raw : config->resolved;
    *response.mutable_clusterconfigs() = {properties.begin(), properties.end()};
    response.set_clusterconfighash(config->hash);
  }
  std::move(reply)(std::move(response));
}

void MetaMaster::GetConfigHash(const Caller& caller, const grpc::meta::GetConfigHashPOptions& request,
                               Reply<grpc::meta::GetConfigHashPResponse> reply) {
  grpc::meta::GetConfigHashPResponse response;
  {
    ReaderMutexLock lock(&mutex_);
    response.set_clusterconfighash(cluster_config_->hash);
    response.set_pathconfighash(PathHashLocked());
  }
  std::move(reply)(std::move(response));
}

absl::Status MetaMaster::CheckProperty(const std::string& key, const std::string& value) const {
  if (conf::FindProperty(key) == nullptr && conf::FindTemplate(key) == nullptr) {
    return absl::InvalidArgumentError(absl::StrCat("Invalid property key ", key));
  }
  return conf_.With({{key, value}}, conf::Source::kPathDefault).status();
}

void MetaMaster::CommitLocked(std::vector<JournalEntry> entries) {
  if (!entries.empty()) options_.state->Commit(std::move(entries), [](absl::Status) {});
}

template <typename Response>
void MetaMaster::ReplyWhenDurable(Reply<Response> reply) {
  options_.state->Commit({}, [reply = std::move(reply)](absl::Status status) mutable {
    if (!status.ok()) return std::move(reply)(std::move(status));
    std::move(reply)(Response());
  });
}

absl::Status MetaMaster::SetPathLocked(const std::string& path,
                                       const grpc::meta::SetPathConfigurationPRequest& request,
                                       std::vector<JournalEntry>* entries) const {
  for (const auto& [key, value] : request.properties()) ALLUXIO_RETURN_IF_ERROR(CheckProperty(key, value));
  if (request.properties().empty()) return absl::OkStatus();
  const auto it = paths_.find(path);
  if (it == paths_.end() && paths_.size() >= kMaxConfiguredPaths) {
    return absl::ResourceExhaustedError(
        absl::StrCat("path configuration is limited to ", kMaxConfiguredPaths, " paths"));
  }
  auto* const entry = entries->emplace_back().mutable_path_properties();
  entry->set_path(path);
  if (it != paths_.end()) entry->mutable_properties()->insert(it->second.begin(), it->second.end());
  for (const auto& [key, value] : request.properties()) (*entry->mutable_properties())[key] = value;
  return absl::OkStatus();
}

void MetaMaster::SetPathConfiguration(const Caller& caller, const grpc::meta::SetPathConfigurationPRequest& request,
                                      Reply<grpc::meta::SetPathConfigurationPResponse> reply) {
  const absl::StatusOr<std::string> path = uri::CleanPath(request.path());
  absl::Status status = path.status();
  if (path.ok()) {
    MutexLock lock(&mutex_);
    std::vector<JournalEntry> entries;
    status = SetPathLocked(*path, request, &entries);
    if (status.ok()) CommitLocked(std::move(entries));
  }
  if (!status.ok()) return std::move(reply)(std::move(status));
  ReplyWhenDurable(std::move(reply));
}

void MetaMaster::RemovePathLocked(const std::string& path,
                                  const grpc::meta::RemovePathConfigurationPRequest& request,
                                  std::vector<JournalEntry>* entries) const {
  const auto it = paths_.find(path);
  if (it == paths_.end()) return;
  Properties rest = request.keys().empty() ? Properties() : it->second;
  for (const std::string& key : request.keys()) rest.erase(key);
  if (rest.empty()) {
    entries->emplace_back().mutable_remove_path_properties()->set_path(path);
  } else if (rest.size() != it->second.size()) {
    auto* const entry = entries->emplace_back().mutable_path_properties();
    entry->set_path(path);
    entry->mutable_properties()->insert(rest.begin(), rest.end());
  }
}

void MetaMaster::RemovePathConfiguration(const Caller& caller,
                                         const grpc::meta::RemovePathConfigurationPRequest& request,
                                         Reply<grpc::meta::RemovePathConfigurationPResponse> reply) {
  const absl::StatusOr<std::string> path = uri::CleanPath(request.path());
  if (!path.ok()) return std::move(reply)(path.status());
  {
    MutexLock lock(&mutex_);
    std::vector<JournalEntry> entries;
    RemovePathLocked(*path, request, &entries);
    CommitLocked(std::move(entries));
  }
  ReplyWhenDurable(std::move(reply));
}

void MetaMaster::UpdateConfiguration(const Caller& caller, const grpc::meta::UpdateConfigurationPRequest& request,
                                     Reply<grpc::meta::UpdateConfigurationPResponse> reply) {
  grpc::meta::UpdateConfigurationPResponse response;
  std::vector<std::string> updated, refused;
  {
    MutexLock lock(&mutex_);
    for (const auto& [key, value] : request.properties()) {
      absl::StatusOr<conf::Configuration> with = conf::UpdateProperty(conf_, key, value);
      (*response.mutable_status())[key] = with.ok();
      if (with.ok()) {
        conf_ = *std::move(with);
        updated.push_back(absl::StrCat("property ", key, " is updated by ", caller.user));
      } else {
        refused.push_back(absl::StrCat("property ", key, " is not updated: ", with.status().message()));
      }
    }
    if (!updated.empty()) {
      cluster_config_ = MakeClusterConfig(conf_);
      cluster_config_time_ = options_.clock->Now();
    }
  }
  for (const std::string& line : updated) ALLUXIO_LOG(kInfo, "master/meta", line);
  for (const std::string& line : refused) ALLUXIO_LOG(kWarning, "master/meta", line);
  if (!updated.empty() && options_.on_update) options_.on_update();
  std::move(reply)(std::move(response));
}

// --- about the master ------------------------------------------------------

std::string MetaMaster::cluster_id() const {
  ReaderMutexLock lock(&mutex_);
  return cluster_id_;
}

conf::Configuration MetaMaster::configuration() const {
  ReaderMutexLock lock(&mutex_);
  return conf_;
}

void MetaMaster::GetMasterInfo(const Caller& caller, const grpc::meta::GetMasterInfoPOptions& request,
                               Reply<grpc::meta::GetMasterInfoPResponse> reply) {
  const conf::Configuration conf = configuration();
  const std::string version = conf.GetString("alluxio.version");
  grpc::NetAddress address;
  address.set_host(options_.hostname);
  address.set_rpcport(options_.rpc_port());
  // "UFS" keeps the same log, under the name that site files may still have.
  const bool embedded = conf.GetEnum("alluxio.master.journal.type") == "EMBEDDED";

  grpc::meta::GetMasterInfoPResponse response;
  grpc::meta::MasterInfo* const info = response.mutable_masterinfo();
  if (Wants(request, grpc::meta::LEADER_MASTER_ADDRESS)) {
    // As Java prints an address whose name was not looked up.
    info->set_leadermasteraddress(absl::StrCat(options_.hostname, "/<unresolved>:", options_.rpc_port()));
  }
  if (Wants(request, grpc::meta::MASTER_ADDRESSES)) *info->add_masteraddresses() = address;
  if (Wants(request, grpc::meta::RPC_PORT)) info->set_rpcport(options_.rpc_port());
  if (Wants(request, grpc::meta::SAFE_MODE)) info->set_safemode(options_.in_safe_mode());
  if (Wants(request, grpc::meta::START_TIME_MS)) info->set_starttimems(absl::ToUnixMillis(start_time_));
  if (Wants(request, grpc::meta::UP_TIME_MS)) {
    info->set_uptimems(absl::ToInt64Milliseconds(options_.clock->Now() - start_time_));
  }
  if (Wants(request, grpc::meta::VERSION)) info->set_version(version);
  if (Wants(request, grpc::meta::WEB_PORT)) info->set_webport(options_.web_port());
  if (Wants(request, grpc::meta::WORKER_ADDRESSES)) {
    for (grpc::NetAddress& worker : options_.worker_addresses()) *info->add_workeraddresses() = std::move(worker);
  }
  if (Wants(request, grpc::meta::CLUSTER_ID)) info->set_clusterid(cluster_id());
  if (Wants(request, grpc::meta::RAFT_JOURNAL)) info->set_raftjournal(embedded);
  if (Wants(request, grpc::meta::RAFT_ADDRESSES) && embedded) {
    info->add_raftaddress(
        absl::StrCat(options_.hostname, ":", conf.GetInt("alluxio.master.embedded.journal.port")));
  }
  if (Wants(request, grpc::meta::MASTER_VERSION)) {
    grpc::meta::MasterVersion* const master = info->add_masterversions();
    *master->mutable_addresses() = address;
    master->set_version(version);
    master->set_state("PRIMARY");
  }
  std::move(reply)(std::move(response));
}

void MetaMaster::GetConfigReport(const Caller& caller, const grpc::meta::GetConfigReportPOptions& request,
                                 Reply<grpc::meta::GetConfigReportPResponse> reply) {
  grpc::meta::GetConfigReportPResponse response;
  if (options_.config_report) {
    *response.mutable_report() = options_.config_report();
  } else {
    response.mutable_report()->set_status(grpc::meta::PASSED);
  }
  std::move(reply)(std::move(response));
}

void MetaMaster::Checkpoint(const Caller& caller, const grpc::meta::CheckpointPOptions& request,
                            Reply<grpc::meta::CheckpointPResponse> reply) {
  // Shared, as Executor's tasks are copyable.
  auto shared = std::make_shared<Reply<grpc::meta::CheckpointPResponse>>(std::move(reply));
  const bool accepted = options_.executor->Submit([this, shared] {
    if (absl::Status status = options_.state->Checkpoint(/*force=*/true); !status.ok()) {
      return std::move (*shared)(std::move(status));
    }
    grpc::meta::CheckpointPResponse response;
    response.set_masterhostname(options_.hostname);
    std::move (*shared)(std::move(response));
  });
  if (!accepted) std::move (*shared)(absl::ResourceExhaustedError("the master is too busy for a checkpoint"));
}

void MetaMaster::ProxyHeartbeat(const Caller& caller, const grpc::meta::ProxyHeartbeatPRequest& request,
                                Reply<grpc::meta::ProxyHeartbeatPResponse> reply) {
  const grpc::meta::ProxyHeartbeatPOptions& proxy = request.options();
  const std::string name = absl::StrCat(proxy.proxyaddress().host(), ":", proxy.proxyaddress().rpcport());
  bool full;
  {
    MutexLock lock(&proxies_mutex_);
    full = !proxies_.contains(name) && proxies_.size() >= kMaxProxies;
    if (!full) {
      Proxy& known = proxies_[name];
      *known.status.mutable_address() = proxy.proxyaddress();
      known.status.set_starttime(proxy.starttime());
      *known.status.mutable_version() = proxy.version();
      known.last_heartbeat = options_.clock->Now();
    }
  }
  if (full) return std::move(reply)(absl::ResourceExhaustedError("too many proxies"));
  std::move(reply)(grpc::meta::ProxyHeartbeatPResponse());
}

void MetaMaster::ListProxyStatus(const Caller& caller, const grpc::meta::ListProxyStatusPRequest& request,
                                 Reply<grpc::meta::ListProxyStatusPResponse> reply) {
  const conf::Configuration conf = configuration();
  const absl::Duration lost = conf.GetDuration("alluxio.master.proxy.timeout");
  const absl::Duration forgotten = lost + conf.GetDuration("alluxio.master.lost.proxy.deletion.timeout");
  const absl::Time now = options_.clock->Now();
  grpc::meta::ListProxyStatusPResponse response;
  {
    MutexLock lock(&proxies_mutex_);
    for (auto it = proxies_.begin(); it != proxies_.end();) {
      const absl::Duration silent = now - it->second.last_heartbeat;
      if (silent > forgotten) {
        it = proxies_.erase(it);
        continue;
      }
      grpc::meta::ProxyStatus* const status = response.add_proxystatuses();
      *status = it->second.status;
      status->set_state(silent > lost ? "LOST" : "ACTIVE");
      status->set_lastheartbeattime(absl::ToUnixMillis(it->second.last_heartbeat));
      ++it;
    }
  }
  std::move(reply)(std::move(response));
}

}  // namespace alluxio::master
