#include "alluxio/client/core.h"

#include <netdb.h>
#include <sys/socket.h>

#include <cstdio>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "alluxio/base/host_name.h"
#include "alluxio/base/log.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/client/wire.h"
#include "alluxio/conf/property_table.h"
#include "alluxio/stub/block_methods.h"
#include "alluxio/stub/meta_methods.h"
#include "alluxio/stub/metrics_methods.h"

namespace alluxio::client {
namespace {

// How late a worker may learn of reads it doesn't see.
constexpr absl::Duration kUsedBlocksInterval = absl::Seconds(1);

// Numeric address of a host, "" if it has none.
std::string Resolve(const std::string& host) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(host.c_str(), nullptr, &hints, &found) != 0) return "";
  char text[NI_MAXHOST] = {};
  const int error = ::getnameinfo(found->ai_addr, found->ai_addrlen, text, sizeof(text), nullptr, 0, NI_NUMERICHOST);
  ::freeaddrinfo(found);
  return error == 0 ? text : "";
}

bool IsPathPrefix(absl::string_view prefix, absl::string_view path) {
  if (prefix == "/" || prefix == path) return true;
  return absl::StartsWith(path, prefix) && path[prefix.size()] == '/';
}

std::string ClientHost(const conf::Configuration& conf) {
  for (const char* key : {"alluxio.user.hostname", "alluxio.locality.node"}) {
    if (std::string host = conf.GetString(key); !host.empty()) return host;
  }
  return LocalHostName();
}

TieredIdentity SelfOf(const conf::Configuration& conf, const std::string& host) {
  TieredIdentity self;
  for (const std::string& tier : conf.GetList("alluxio.locality.order")) {
    LocalityTier entry = {.name = tier};
    const std::string value = conf.GetString(absl::StrCat("alluxio.locality.", tier));
    if (!value.empty()) {
      entry.value = value;
    } else if (tier == "node") {
      entry.value = host;
    }
    self.push_back(std::move(entry));
  }
  return self;
}

}  // namespace

absl::StatusOr<std::shared_ptr<ClientContext>> ClientContext::Create(const conf::Configuration& conf, Options options) {
  return ClientCore::Make(conf, std::move(options));
}

absl::StatusOr<std::shared_ptr<ClientContext>> ClientContext::Create(const conf::Configuration& conf) {
  return Create(conf, Options());
}

absl::StatusOr<std::shared_ptr<ClientCore>> ClientCore::Make(const conf::Configuration& conf, Options options) {
  ALLUXIO_ASSIGN_OR_RETURN(stub::MasterStubOptions master, stub::MasterStubOptionsOf(conf));
  if (!options.user.empty()) master.channel.user = options.user;
  master.channel.impersonated_user = options.impersonated_user;
  master.clock = options.clock;
  auto core = std::shared_ptr<ClientCore>(new ClientCore(conf, std::move(options), std::move(master)));
  if (conf.GetBool("alluxio.user.conf.cluster.default.enabled")) {
    ALLUXIO_ASSIGN_OR_RETURN(auto loaded, core->LoadClusterConf({}));
    core->conf_ = loaded->conf;
    MutexLock lock(&core->cluster_conf_mutex_);
    core->cluster_conf_ = std::move(loaded);
    core->next_conf_sync_ =
        core->options_.clock->Now() + core->conf_.GetDuration("alluxio.user.conf.sync.interval");
  }
  core->Configure();
  return core;
}

ClientCore::ClientCore(conf::Configuration conf, Options options, stub::MasterStubOptions master)
    : options_(std::move(options)), own_conf_(std::move(conf)), conf_(own_conf_), master_(std::move(master)) {
  auto own = std::make_shared<ClusterConf>();
  own->conf = own_conf_;
  MutexLock lock(&cluster_conf_mutex_);
  cluster_conf_ = std::move(own);
}

ClientCore::~ClientCore() {
  heartbeats_.Stop();
  ReportMetrics();
}

void ClientCore::ReportMetrics() {
  bool reporting = false;
  {
    MutexLock lock(&mutex_);
    reporting = reporting_metrics_;
  }
  if (workers_) workers_->ReportUsedBlocks(absl::Now() + absl::Seconds(1));
  // A master that is gone must not hold up an exit.
  if (reporting) Report(absl::Now() + absl::Seconds(1));
}

void ClientCore::StartReporting() {
  std::optional<absl::Duration> metrics_interval;
  {
    MutexLock lock(&mutex_);
    if (reporting_) return;
    reporting_ = true;
    reporting_metrics_ = conf_.GetBool("alluxio.user.metrics.collection.enabled");
    if (reporting_metrics_) metrics_interval = conf_.GetDuration("alluxio.user.metrics.heartbeat.interval");
  }
  heartbeats_.Add("Client Used Blocks", kUsedBlocksInterval,
                  [this] { workers_->ReportUsedBlocks(absl::Now() + absl::Seconds(5)); });
  if (!metrics_interval) return;
  heartbeats_.Add("Client Metrics", *metrics_interval, [this] { Report(absl::Now() + absl::Seconds(5)); });
}

void ClientCore::Report(absl::Time deadline) {
  constexpr std::array<const char*, 3> kNames = {"BytesReadLocal", "BytesWrittenLocal", "BytesWrittenUfs"};
  const std::array<int64_t, 3> now = {counters_.bytes_read_local, counters_.bytes_written_local,
                                      counters_.bytes_written_ufs};
  grpc::metric::MetricsHeartbeatPRequest request;
  auto* client = request.mutable_options()->add_clientmetrics();
  {
    MutexLock lock(&report_mutex_);
    for (size_t i = 0; i < now.size(); ++i) {
      if (now[i] == reported_[i]) continue;
      auto* metric = client->add_metrics();
      metric->set_instance("Client");
      metric->set_name(kNames[i]);
      metric->set_metrictype(grpc::COUNTER);
      metric->set_value(static_cast<double>(now[i] - reported_[i]));
    }
    if (client->metrics().empty()) return;
    // Counted once: a report that is lost is not repeated.
    reported_ = now;
    if (app_id_.empty()) app_id_ = conf_.GetString("alluxio.user.app.id");
    if (app_id_.empty()) app_id_ = absl::StrCat("app-", options_.random->NextPositiveId());
    client->set_source(app_id_);
  }
  master_.Call(stub::kMetricsHeartbeat, request, {.deadline = deadline}).status().IgnoreError();
}

absl::StatusOr<std::shared_ptr<const ClientCore::ClusterConf>> ClientCore::LoadClusterConf(
    const stub::CallOptions& call) {
  grpc::meta::GetConfigurationPOptions request;
  request.set_rawvalue(true);
  ALLUXIO_ASSIGN_OR_RETURN(const auto response, master_.Call(stub::kGetConfiguration, request, call));
  auto loaded = std::make_shared<ClusterConf>();
  loaded->conf = own_conf_;
  loaded->cluster_hash = response.clusterconfighash();
  loaded->path_hash = response.pathconfighash();
  std::vector<std::pair<std::string, std::string>> values;
  for (const auto& property : response.clusterconfigs()) {
    // The master's built-in defaults are ours; taking them over would only make
    // every key look as if somebody had set it.
    if (!property.has_value() || property.source() == "DEFAULT") continue;
    const conf::Property* known = conf::FindProperty(property.name());
    if (known == nullptr) known = conf::FindTemplate(property.name());
    if (known == nullptr || !conf::ScopeContains(known->scope, conf::Scope::kClient)) continue;
    if (conf::IsCredential(property.name())) continue;  // masked
    values.emplace_back(property.name(), property.value());
  }
  if (!values.empty()) {
    auto merged = own_conf_.With(values, conf::Source::kClusterDefault);
    if (!merged.ok()) return Annotate(merged.status(), "the cluster's configuration");
    loaded->conf = *std::move(merged);
  }
  for (const auto& [path, properties] : response.pathconfigs()) {
    auto& entries = loaded->paths[path];
    for (const auto& property : properties.properties()) {
      if (property.has_value()) entries.emplace_back(property.name(), property.value());
    }
  }
  return std::shared_ptr<const ClusterConf>(std::move(loaded));
}

void ClientCore::SyncClusterConf() {
  std::shared_ptr<const ClusterConf> known;
  {
    MutexLock lock(&cluster_conf_mutex_);
    if (options_.clock->Now() < next_conf_sync_) return;
    next_conf_sync_ = absl::InfiniteFuture();
    known = cluster_conf_;
  }
  // What is asked for on behalf of an operation must not hold that up.
  const stub::CallOptions call = {.deadline = absl::Now() + absl::Seconds(5)};
  absl::StatusOr<std::shared_ptr<const ClusterConf>> loaded = known;
  const auto hash = master_.Call(stub::kGetConfigHash, {}, call);
  if (!hash.ok()) {
    loaded = hash.status();
  } else if (hash->clusterconfighash() != known->cluster_hash || hash->pathconfighash() != known->path_hash) {
    loaded = LoadClusterConf(call);
  }
  if (!loaded.ok()) {
    ALLUXIO_LOG(kDebug, "client", "the cluster's configuration is not followed: ", loaded.status().message());
    loaded = known;
  }
  MutexLock lock(&cluster_conf_mutex_);
  cluster_conf_ = *std::move(loaded);
  next_conf_sync_ = options_.clock->Now() + cluster_conf_->conf.GetDuration("alluxio.user.conf.sync.interval");
}

void ClientCore::Configure() {
  debug_ = conf_.GetBool("alluxio.debug");
  locality_.short_circuit_enabled = conf_.GetBool("alluxio.user.short.circuit.enabled");
  locality_.short_circuit_preferred = conf_.GetBool("alluxio.user.short.circuit.preferred");
  locality_.socket_as_uuid = conf_.GetBool("alluxio.worker.data.server.domain.socket.as.uuid");
  locality_.client_host = ClientHost(conf_);
  locality_.self = SelfOf(conf_, locality_.client_host);
  if (conf_.GetBool("alluxio.locality.compare.node.ip")) locality_.resolve = Resolve;

  policy_.self = locality_.self;
  policy_.random = options_.random;
  policy_.resolve = locality_.resolve;
  policy_.avoid_eviction_reserved_bytes =
      conf_.GetBytes("alluxio.user.block.avoid.eviction.policy.reserved.size.bytes");
  policy_.hash_shards = static_cast<int>(
      conf_.GetInt("alluxio.user.ufs.block.read.location.policy.deterministic.hash.shards"));
  policy_.specific_host = conf_.GetString("alluxio.worker.hostname");

  WorkerPool::Options pool;
  pool.channel = master_.options().channel;
  pool.channel.max_inbound_message_bytes =
      conf_.GetBytes("alluxio.user.network.streaming.max.inbound.message.size");
  pool.call_timeout = conf_.GetDuration("alluxio.user.rpc.retry.max.duration");
  workers_ = std::make_shared<WorkerPool>(std::move(pool));
}

conf::Configuration ClientCore::ConfOf(absl::string_view path) {
  SyncClusterConf();
  std::shared_ptr<const ClusterConf> now;
  {
    MutexLock lock(&cluster_conf_mutex_);
    now = cluster_conf_;
  }
  if (now->paths.empty()) return now->conf;
  // Sorted by path, so ancestors come first and the nearest is given last.
  std::vector<std::pair<std::string, std::string>> values;
  for (const auto& [prefix, properties] : now->paths) {
    if (IsPathPrefix(prefix, path)) values.insert(values.end(), properties.begin(), properties.end());
  }
  if (values.empty()) return now->conf;
  auto merged = now->conf.With(values, conf::Source::kPathDefault);
  if (merged.ok()) return *std::move(merged);
  ALLUXIO_LOG(kWarning, "client", "the path configuration for ", path, " is not used: ", merged.status().message());
  return now->conf;
}

absl::StatusOr<std::vector<BlockWorker>> ClientCore::Workers(bool fresh) {
  const absl::Time now = options_.clock->Now();
  {
    MutexLock lock(&mutex_);
    if (!fresh && !worker_list_.empty() &&
        now < worker_list_time_ + conf_.GetDuration("alluxio.user.worker.list.refresh.interval")) {
      return worker_list_;
    }
  }
  ALLUXIO_ASSIGN_OR_RETURN(const auto response, master_.Call(stub::kGetWorkerInfoList, {}));
  std::vector<BlockWorker> list;
  for (const auto& info : response.workerinfos()) {
    list.push_back({.address = FromWire(info.address()),
                    .capacity_bytes = info.capacitybytes(),
                    .used_bytes = info.usedbytes()});
  }
  MutexLock lock(&mutex_);
  worker_list_ = list;
  worker_list_time_ = now;
  return list;
}

absl::StatusOr<std::optional<WorkerNetAddress>> ClientCore::NodeLocalWorker() {
  ALLUXIO_ASSIGN_OR_RETURN(const std::vector<BlockWorker> workers, Workers());
  for (const BlockWorker& worker : workers) {
    if (worker.address.host == locality_.client_host) return std::optional<WorkerNetAddress>(worker.address);
  }
  return std::optional<WorkerNetAddress>();
}

void ClientCore::Debug(absl::string_view text) const {
  if (LogEnabled(LogLevel::kDebug)) {
    LogLine(LogLevel::kDebug, "client", text);
  } else if (debug_) {
    std::fprintf(stderr, "%.*s\n", static_cast<int>(text.size()), text.data());
  }
}

}  // namespace alluxio::client
