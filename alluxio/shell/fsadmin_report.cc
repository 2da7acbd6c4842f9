// `fsadmin report`: what the cluster says about itself.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/shell/fsadmin.h"
#include "alluxio/shell/mount_text.h"
#include "alluxio/shell/text.h"

namespace alluxio::shell {
namespace {

using client::BlockMasterClient;
using client::WorkerInfo;

constexpr absl::string_view kUsage =
    "report [category] [category args]\n"
    "Report Alluxio running cluster information.\n"
    "Where [category] is an optional argument. If no arguments are passed in, summary information will be printed "
    "out.\n"
    "[category] can be one of the following:\n"
    "    capacity         worker capacity information\n"
    "    metrics          metrics information\n"
    "    summary          cluster summary\n"
    "    ufs              under storage system information\n"
    "    jobservice       job service metrics information\n"
    "\n";

// The order in which the original lists tiers; others behind, by name.
int TierRank(absl::string_view tier) {
  constexpr absl::string_view kOrder[] = {"MEM", "SSD", "HDD"};
  const auto it = std::find(std::begin(kOrder), std::end(kOrder), tier);
  return static_cast<int>(it - std::begin(kOrder));
}

std::vector<std::pair<std::string, int64_t>> InTierOrder(const std::map<std::string, int64_t>& tiers) {
  std::vector<std::pair<std::string, int64_t>> result(tiers.begin(), tiers.end());
  std::stable_sort(result.begin(), result.end(),
                   [](const auto& a, const auto& b) { return TierRank(a.first) < TierRank(b.first); });
  return result;
}

void PrintTiers(const std::map<std::string, int64_t>& tiers, std::ostream& out) {
  for (const auto& [tier, bytes] : InTierOrder(tiers)) {
    out << "        Tier: " << tier << "  Size: " << SizeText(bytes) << "\n";
  }
}

std::string UptimeText(int64_t ms) {
  const int64_t seconds = std::max<int64_t>(ms, 0) / 1000;
  return absl::StrFormat("%d day(s), %d hour(s), %d minute(s), and %d second(s)", seconds / 86400, seconds / 3600 % 24,
                         seconds / 60 % 60, seconds % 60);
}

absl::StatusOr<int> Summary(Environment& env) {
  ALLUXIO_ASSIGN_OR_RETURN(client::MetaMasterClient * meta, env.meta());
  ALLUXIO_ASSIGN_OR_RETURN(const client::MasterInfo info, meta->GetMasterInfo());
  ALLUXIO_ASSIGN_OR_RETURN(BlockMasterClient * blocks, env.blocks());
  ALLUXIO_ASSIGN_OR_RETURN(const client::BlockMasterInfo space, blocks->GetBlockMasterInfo());
  std::ostream& out = env.out();
  const auto boolean = [](bool value) { return value ? "true" : "false"; };
  out << "Alluxio cluster summary: \n";
  out << "    Master Address: " << info.leader_master_address << "\n";
  out << "    Web Port: " << info.web_port << "\n";
  out << "    Rpc Port: " << info.rpc_port << "\n";
  out << "    Started: "
      << DateText(info.start_time_ms, env.conf().GetString("alluxio.user.date.format.pattern"), absl::LocalTimeZone())
      << "\n";
  out << "    Uptime: " << UptimeText(info.up_time_ms) << "\n";
  out << "    Version: " << info.version << "\n";
  out << "    Safe Mode: " << boolean(info.safe_mode) << "\n";
  out << "    Zookeeper Enabled: " << boolean(!info.zookeeper_addresses.empty()) << "\n";
  if (!info.zookeeper_addresses.empty()) {
    out << "    Zookeeper Addresses: \n";
    for (const std::string& address : info.zookeeper_addresses) out << "        " << address << "\n";
  }
  out << "    Raft-based Journal: " << boolean(info.raft_journal) << "\n";
  if (info.raft_journal) {
    out << "    Raft Journal Addresses: \n";
    for (const std::string& address : info.raft_addresses) out << "        " << address << "\n";
  }
  constexpr auto kMasterFormat = "    %-32s %-8s %-32s\n";
  out << absl::StrFormat(kMasterFormat, "Master Address", "State", "Version");
  for (const client::MasterVersion& master : info.master_versions) {
    out << absl::StrFormat(kMasterFormat, absl::StrCat(master.address.host, ":", master.address.rpc_port), master.state,
                           master.version);
  }
  out << "    Live Workers: " << space.live_worker_num << "\n";
  out << "    Lost Workers: " << space.lost_worker_num << "\n";
  out << "    Total Capacity: " << SizeText(space.capacity_bytes) << "\n";
  PrintTiers(space.capacity_bytes_on_tiers, out);
  out << "    Used Capacity: " << SizeText(space.used_bytes) << "\n";
  PrintTiers(space.used_bytes_on_tiers, out);
  out << "    Free Capacity: " << SizeText(space.free_bytes) << "\n";
  return 0;
}

// The table of workers: two lines each.
class WorkerTable {
 public:
  explicit WorkerTable(const std::vector<WorkerInfo>& workers) {
    std::set<std::string> tiers;
    for (const WorkerInfo& worker : workers) {
      name_width_ = std::max(name_width_, static_cast<int>(worker.address.host.size()) + 1);
      for (const auto& [tier, bytes] : worker.capacity_bytes_on_tiers) tiers.insert(tier);
    }
    columns_.assign(tiers.begin(), tiers.end());
    std::stable_sort(columns_.begin(), columns_.end(),
                     [](const std::string& a, const std::string& b) { return TierRank(a) < TierRank(b); });
    // With a single tier the total would say the same twice.
    with_total_ = columns_.size() != 1;
  }

  void Print(const std::vector<WorkerInfo>& workers, std::ostream& out) const {
    std::vector<std::string> header = columns_;
    if (with_total_) header.insert(header.begin(), "Total");
    Line("Worker Name", "State", "Last Heartbeat", "Storage", header, "Version", "Revision", out);
    for (const WorkerInfo& worker : workers) {
      std::vector<std::string> capacity;
      std::vector<std::string> used;
      if (with_total_) {
        capacity.push_back(SizeText(worker.capacity_bytes));
        used.push_back(UsedText(worker.used_bytes, worker.capacity_bytes));
      }
      for (const std::string& tier : columns_) {
        const auto total = worker.capacity_bytes_on_tiers.find(tier);
        if (total == worker.capacity_bytes_on_tiers.end()) {
          capacity.push_back("-");
          used.push_back("-");
          continue;
        }
        const auto taken = worker.used_bytes_on_tiers.find(tier);
        capacity.push_back(SizeText(total->second));
        used.push_back(UsedText(taken == worker.used_bytes_on_tiers.end() ? 0 : taken->second, total->second));
      }
      Line(worker.address.host, worker.state, absl::StrCat(worker.last_contact_sec), "capacity", capacity,
           worker.version, worker.revision, out);
      Line("", "", "", "used", used, "", "", out);
    }
  }

 private:
  static std::string UsedText(int64_t used, int64_t capacity) {
    return absl::StrFormat("%s (%d%%)", SizeText(used), capacity == 0 ? 0 : used * 100 / capacity);
  }
  void Line(absl::string_view name, absl::string_view state, absl::string_view heartbeat, absl::string_view storage,
            const std::vector<std::string>& sizes, absl::string_view version, absl::string_view revision,
            std::ostream& out) const {
    out << absl::StrFormat("%-*s %-15s %-16s %-13s ", name_width_, name, state, heartbeat, storage);
    for (const std::string& size : sizes) out << absl::StrFormat("%-16s ", size);
    out << absl::StrFormat("%-16s %-40s\n", version, revision);
  }

  int name_width_ = 16;
  std::vector<std::string> columns_;
  bool with_total_ = false;
};

absl::StatusOr<int> Capacity(Environment& env, const Arguments& args) {
  if (args.Has("live") + args.Has("lost") + args.Has("workers") > 1) {
    return absl::InvalidArgumentError("Only one of the arguments -live, -lost and -workers can be given");
  }
  ALLUXIO_ASSIGN_OR_RETURN(BlockMasterClient * blocks, env.blocks());
  BlockMasterClient::WorkerRange range = BlockMasterClient::WorkerRange::kAll;
  absl::string_view which = "all";
  std::vector<std::string> addresses;
  if (args.Has("live")) {
    range = BlockMasterClient::WorkerRange::kLive;
    which = "live";
  } else if (args.Has("lost")) {
    range = BlockMasterClient::WorkerRange::kLost;
    which = "lost";
  } else if (args.Has("workers")) {
    range = BlockMasterClient::WorkerRange::kSpecified;
    which = "specified";
    addresses = absl::StrSplit(args.Value("workers"), ',', absl::SkipEmpty());
  }
  ALLUXIO_ASSIGN_OR_RETURN(std::vector<WorkerInfo> workers, blocks->GetWorkerReport(range, addresses));
  if (workers.empty()) {
    env.out() << "No workers found.\n";
    return 0;
  }
  std::stable_sort(workers.begin(), workers.end(), [](const WorkerInfo& a, const WorkerInfo& b) {
    return std::pair(a.last_contact_sec, a.address.host) < std::pair(b.last_contact_sec, b.address.host);
  });
  int64_t capacity = 0;
  int64_t used = 0;
  int vcpus = 0;
  std::map<std::string, int64_t> capacity_on_tiers;
  std::map<std::string, int64_t> used_on_tiers;
  for (const WorkerInfo& worker : workers) {
    capacity += worker.capacity_bytes;
    used += worker.used_bytes;
    vcpus += worker.num_vcpu;
    for (const auto& [tier, bytes] : worker.capacity_bytes_on_tiers) capacity_on_tiers[tier] += bytes;
    for (const auto& [tier, bytes] : worker.used_bytes_on_tiers) used_on_tiers[tier] += bytes;
  }
  std::ostream& out = env.out();
  out << "Capacity information for " << which << " workers: \n";
  out << "    Total vCPUs: " << vcpus << "\n";
  out << "    Total Capacity: " << SizeText(capacity) << "\n";
  PrintTiers(capacity_on_tiers, out);
  out << "    Used Capacity: " << SizeText(used) << "\n";
  PrintTiers(used_on_tiers, out);
  if (capacity > 0) {
    const int64_t share = used * 100 / capacity;
    out << "    Used Percentage: " << share << "%\n    Free Percentage: " << 100 - share << "%\n";
  }
  out << "\n";
  WorkerTable(workers).Print(workers, out);
  return 0;
}

// 1234567.5 is "1,234,567.5".
std::string GroupedText(double value) {
  if (!std::isfinite(value)) return std::isnan(value) ? "NaN" : value > 0 ? "∞" : "-∞";
  std::string digits = absl::StrFormat("%.5f", std::fabs(value));
  while (digits.back() == '0') digits.pop_back();
  if (digits.back() == '.') digits.pop_back();
  std::string out;
  const size_t whole = std::min(digits.find('.'), digits.size());
  for (size_t i = 0; i < whole; ++i) {
    if (i > 0 && (whole - i) % 3 == 0) out.push_back(',');
    out.push_back(digits[i]);
  }
  return absl::StrCat(value < 0 && digits != "0" ? "-" : "", out, digits.substr(whole));
}

const char* MetricTypeText(client::MetricType type) {
  switch (type) {
    case client::MetricType::kGauge: return "GAUGE";
    case client::MetricType::kCounter: return "COUNTER";
    case client::MetricType::kMeter: return "METER";
    case client::MetricType::kTimer: return "TIMER";
    case client::MetricType::kExecutorService: return "EXECUTOR_SERVICE";
    case client::MetricType::kHistogram: return "HISTOGRAM";
  }
  return "";
}

std::string MetricText(absl::string_view name, const client::MetricValue& value) {
  if (value.text.has_value()) return *value.text;
  const double number = value.number.value_or(0);
  if (absl::StrContains(name, "Bytes")) {
    return absl::StrCat(SizeText(static_cast<int64_t>(number)), absl::StrContains(name, "Throughput") ? "/MIN" : "");
  }
  return GroupedText(number);
}

absl::StatusOr<int> Metrics(Environment& env) {
  ALLUXIO_ASSIGN_OR_RETURN(client::MetaMasterClient * meta, env.meta());
  ALLUXIO_ASSIGN_OR_RETURN(const auto metrics, meta->GetMetrics());
  for (const auto& [name, value] : metrics) {
    env.out() << name << "  (Type: " << MetricTypeText(value.type) << ", Value: " << MetricText(name, value) << ")\n";
  }
  return 0;
}

absl::StatusOr<int> Ufs(Environment& env) {
  ALLUXIO_ASSIGN_OR_RETURN(client::FileSystem * fs, env.fs());
  ALLUXIO_ASSIGN_OR_RETURN(const auto mounts, fs->GetMountTable());
  env.out() << "Alluxio under storage system information:\n";
  PrintMountTable(mounts, env.out());
  return 0;
}

absl::StatusOr<int> Proxies(Environment& env) {
  ALLUXIO_ASSIGN_OR_RETURN(client::MetaMasterClient * meta, env.meta());
  ALLUXIO_ASSIGN_OR_RETURN(const auto proxies, meta->ListProxyStatus());
  const int64_t serving =
      std::count_if(proxies.begin(), proxies.end(), [](const auto& proxy) { return proxy.state == "ACTIVE"; });
  env.out() << proxies.size() << " Proxy instances in the cluster, " << serving << " serving and "
            << static_cast<int64_t>(proxies.size()) - serving << " lost\n\n";
  constexpr auto kFormat = "%-24s %-8s %-16s %-20s %-32s %-8s\n";
  env.out() << absl::StrFormat("%-24s %-8s %-16s %-20s %-32s %s\n", "Address", "State", "Start Time",
                               "Last Heartbeat Time", "Version", "Revision");
  const absl::TimeZone zone = absl::LocalTimeZone();
  for (const auto& proxy : proxies) {
    env.out() << absl::StrFormat(kFormat, absl::StrCat(proxy.address.host, ":", proxy.address.rpc_port), proxy.state,
                                 DateText(proxy.start_time_ms, "yyyyMMdd-HHmmss", zone),
                                 DateText(proxy.last_heartbeat_time_ms, "yyyyMMdd-HHmmss", zone), proxy.version,
                                 proxy.revision.substr(0, 8));
  }
  return 0;
}

}  // namespace

absl::StatusOr<int> Report(Environment& env, const Arguments& args) {
  if (args.Has("h")) {
    env.out() << kUsage;
    return 0;
  }
  const std::string category = args.size() == 0 ? "summary" : args[0];
  if (category == "summary") return Summary(env);
  if (category == "capacity") return Capacity(env, args);
  if (category == "metrics") return Metrics(env);
  if (category == "ufs") return Ufs(env);
  if (category == "proxy") return Proxies(env);
  if (category == "jobservice") {
    return absl::UnimplementedError("There is no job service in this version, so there is nothing to report about it");
  }
  env.out() << kUsage;
  return absl::InvalidArgumentError("report category is invalid.");
}

}  // namespace alluxio::shell
