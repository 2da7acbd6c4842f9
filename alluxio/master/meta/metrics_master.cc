#include "alluxio/master/meta/metrics_master.h"

#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "alluxio/metrics/metric_names.h"

namespace alluxio::master {
namespace {

// The reported name (without its instance) and the counter it is added to.
struct Sum {
  const char* reported;
  const char* cluster;
};
constexpr Sum kFromClients[] = {
    {"BytesReadLocal", metrics::kClusterBytesReadLocal},
    {"BytesWrittenLocal", metrics::kClusterBytesWrittenLocal},
};
constexpr Sum kFromWorkers[] = {
    {"ActiveRpcReadCount", metrics::kClusterActiveRpcReadCount},
    {"ActiveRpcWriteCount", metrics::kClusterActiveRpcWriteCount},
    {"BytesReadCache", metrics::kClusterBytesReadCache},
    {"BytesReadDirect", metrics::kClusterBytesReadDirect},
    {"BytesReadDomain", metrics::kClusterBytesReadDomain},
    {"BytesReadRemote", metrics::kClusterBytesReadRemote},
    {"BytesWrittenDomain", metrics::kClusterBytesWrittenDomain},
    {"BytesWrittenRemote", metrics::kClusterBytesWrittenRemote},
};
constexpr size_t kMaxPerUfsNames = 1000;

// The reported number; 0 of one that is none (it comes from outside).
int64_t Rise(const grpc::Metric& metric) {
  return std::abs(metric.value()) < 9e18 ? static_cast<int64_t>(metric.value()) : 0;
}

}  // namespace

MetricsMaster::MetricsMaster(Options options)
    : options_(std::move(options)), registry_(*options_.registry), cleared_(options_.clock->Now()) {
  for (const Sum& sum : kFromClients) of_clients_[sum.reported] = &registry_.GetCounter(sum.cluster);
  for (const Sum& sum : kFromWorkers) of_workers_[sum.reported] = &registry_.GetCounter(sum.cluster);
  registry_.GetCounter(metrics::kClusterBytesReadUfsAll);
  registry_.GetCounter(metrics::kClusterBytesWrittenUfsAll);
  AddGauges();
}

void MetricsMaster::AddThroughput(const char* counter, const char* throughput) {
  metrics::Counter* const bytes = &registry_.GetCounter(counter);
  gauges_.push_back(registry_.RegisterGauge(throughput, [this, bytes]() -> metrics::GaugeValue {
    absl::Time cleared;
    {
      MutexLock lock(&mutex_);
      cleared = cleared_;
    }
    // Bytes a minute, of whole minutes, as the original counts them.
    const int64_t minutes = absl::ToInt64Minutes(options_.clock->Now() - cleared);
    return minutes <= 0 ? int64_t{0} : bytes->Value() / minutes;
  }));
}

void MetricsMaster::AddGauges() {
  AddThroughput(metrics::kClusterBytesReadDirect, metrics::kClusterBytesReadDirectThroughput);
  AddThroughput(metrics::kClusterBytesReadDomain, metrics::kClusterBytesReadDomainThroughput);
  AddThroughput(metrics::kClusterBytesReadLocal, metrics::kClusterBytesReadLocalThroughput);
  AddThroughput(metrics::kClusterBytesReadRemote, metrics::kClusterBytesReadRemoteThroughput);
  AddThroughput(metrics::kClusterBytesReadUfsAll, metrics::kClusterBytesReadUfsThroughput);
  AddThroughput(metrics::kClusterBytesWrittenDomain, metrics::kClusterBytesWrittenDomainThroughput);
  AddThroughput(metrics::kClusterBytesWrittenLocal, metrics::kClusterBytesWrittenLocalThroughput);
  AddThroughput(metrics::kClusterBytesWrittenRemote, metrics::kClusterBytesWrittenRemoteThroughput);
  AddThroughput(metrics::kClusterBytesWrittenUfsAll, metrics::kClusterBytesWrittenUfsThroughput);

  const auto add = [this](const std::string& name, std::function<metrics::GaugeValue()> value) {
    gauges_.push_back(registry_.RegisterGauge(name, std::move(value)));
  };
  metrics::Counter* const from_ufs = &registry_.GetCounter(metrics::kClusterBytesReadUfsAll);
  metrics::Counter* const from_cache = &registry_.GetCounter(metrics::kClusterBytesReadCache);
  metrics::Counter* const local = &registry_.GetCounter(metrics::kClusterBytesReadLocal);
  add(metrics::kClusterCacheHitRate, [from_ufs, from_cache, local]() -> metrics::GaugeValue {
    const int64_t hits = from_cache->Value() + local->Value();
    const int64_t total = hits + from_ufs->Value();
    return total <= 0 ? 0.0 : static_cast<double>(hits) / static_cast<double>(total);
  });
  add(metrics::kClusterLeaderId, [id = options_.leader_id]() -> metrics::GaugeValue { return id; });
  add(metrics::kClusterLeaderIndex, []() -> metrics::GaugeValue { return int64_t{-1}; });
  if (!options_.totals) return;

  using Totals = BlockMaster::Totals;
  const auto add_total = [this, &add](const std::string& name, std::function<int64_t(const Totals&)> pick) {
    add(name, [this, pick = std::move(pick)]() -> metrics::GaugeValue { return pick(options_.totals()); });
  };
  const auto of_tier = [](const std::map<std::string, int64_t>& tiers, const std::string& tier) {
    const auto it = tiers.find(tier);
    return it == tiers.end() ? int64_t{0} : it->second;
  };
  add_total(metrics::kClusterWorkers, [](const Totals& t) { return t.live_workers; });
  add_total(metrics::kClusterLostWorkers, [](const Totals& t) { return t.lost_workers; });
  add_total(metrics::kClusterCapacityTotal, [](const Totals& t) { return t.capacity_bytes; });
  add_total(metrics::kClusterCapacityUsed, [](const Totals& t) { return t.used_bytes; });
  add_total(metrics::kClusterCapacityFree, [](const Totals& t) { return t.capacity_bytes - t.used_bytes; });
  for (const std::string tier : {"MEM", "SSD", "HDD"}) {
    add_total(absl::StrCat(metrics::kClusterCapacityTotal, "Tier", tier),
              [tier, of_tier](const Totals& t) { return of_tier(t.capacity_on_tiers, tier); });
    add_total(absl::StrCat(metrics::kClusterCapacityUsed, "Tier", tier),
              [tier, of_tier](const Totals& t) { return of_tier(t.used_on_tiers, tier); });
    add_total(absl::StrCat(metrics::kClusterCapacityFree, "Tier", tier), [tier, of_tier](const Totals& t) {
      return of_tier(t.capacity_on_tiers, tier) - of_tier(t.used_on_tiers, tier);
    });
  }
  add_total(metrics::kMasterUniqueBlocks, [](const Totals& t) { return t.unique_blocks; });
  add_total(metrics::kMasterTotalBlockReplicaCount, [](const Totals& t) { return t.block_replicas; });
}

void MetricsMaster::AddPerUfs(const grpc::Metric& metric, const char* per_ufs, const char* all) {
  const int64_t value = Rise(metric);
  registry_.GetCounter(all).Inc(value);
  const auto tag = metric.tags().find("UFS");
  if (tag == metric.tags().end()) return;
  const std::string name = metrics::NameWithTags(per_ufs, {{"UFS", tag->second}});
  {
    MutexLock lock(&mutex_);
    if (!per_ufs_names_.contains(name)) {
      if (per_ufs_names_.size() >= kMaxPerUfsNames) return;
      per_ufs_names_.insert(name);
    }
  }
  registry_.GetCounter(name).Inc(value);
}

void MetricsMaster::AddWorkerMetrics(const google::protobuf::RepeatedPtrField<grpc::Metric>& reported) {
  for (const grpc::Metric& metric : reported) {
    // A counter's value is what it rose by since the last report.
    if (metric.metrictype() != grpc::COUNTER) continue;
    if (const auto it = of_workers_.find(metric.name()); it != of_workers_.end()) {
      it->second->Inc(Rise(metric));
    } else if (metric.name() == "BytesReadPerUfs") {
      AddPerUfs(metric, metrics::kClusterBytesReadUfs, metrics::kClusterBytesReadUfsAll);
    } else if (metric.name() == "BytesWrittenPerUfs") {
      AddPerUfs(metric, metrics::kClusterBytesWrittenUfs, metrics::kClusterBytesWrittenUfsAll);
    }
  }
}

void MetricsMaster::MetricsHeartbeat(const Caller& caller, const grpc::metric::MetricsHeartbeatPRequest& request,
                                     Reply<grpc::metric::MetricsHeartbeatPResponse> reply) {
  for (const grpc::metric::ClientMetrics& client : request.options().clientmetrics()) {
    for (const grpc::Metric& metric : client.metrics()) {
      if (metric.metrictype() != grpc::COUNTER) continue;
      const auto it = of_clients_.find(metric.name());
      if (it != of_clients_.end()) it->second->Inc(Rise(metric));
    }
  }
  std::move(reply)(grpc::metric::MetricsHeartbeatPResponse());
}

void MetricsMaster::GetMetrics(const Caller& caller, const grpc::metric::GetMetricsPOptions& request,
                               Reply<grpc::metric::GetMetricsPResponse> reply) {
  grpc::metric::GetMetricsPResponse response;
  for (const auto& [name, metric] : registry_.Collect()) {
    grpc::metric::MetricValue value;
    value.set_metrictype(static_cast<grpc::MetricType>(metric.type));
    if (const std::string* const text = std::get_if<std::string>(&metric.value)) {
      value.set_stringvalue(*text);
    } else {
      value.set_doublevalue(metric.AsDouble());
    }
    (*response.mutable_metrics())[name] = std::move(value);
  }
  std::move(reply)(std::move(response));
}

void MetricsMaster::ClearMetrics(const Caller& caller, const grpc::metric::ClearMetricsPRequest& request,
                                 Reply<grpc::metric::ClearMetricsPResponse> reply) {
  registry_.Reset();
  {
    MutexLock lock(&mutex_);
    cleared_ = options_.clock->Now();
  }
  std::move(reply)(grpc::metric::ClearMetricsPResponse());
}

}  // namespace alluxio::master
