#include "alluxio/shell/fsadmin.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "alluxio/base/executor.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/shell/paths.h"
#include "alluxio/shell/text.h"

namespace alluxio::shell {
namespace {

using client::BlockMasterClient;
using client::MetaMasterClient;

constexpr absl::string_view kDoctorUsage =
    "doctor [category]\n"
    "Show Alluxio errors and warnings.\n"
    "Where [category] is an optional argument. If no arguments are passed in, all categories of errors/warnings will "
    "be printed out.\n"
    "[category] can be one of the following:\n"
    "    configuration    server-side configuration errors/warnings\n"
    "    storage          worker lost storage warnings\n"
    "\n";

const char* BackupStateText(MetaMasterClient::BackupStatus::State state) {
  using State = MetaMasterClient::BackupStatus::State;
  switch (state) {
    case State::kNone: return "None";
    case State::kInitiating: return "Initiating";
    case State::kTransitioning: return "Transitioning";
    case State::kRunning: return "Running";
    case State::kCompleted: return "Completed";
    case State::kFailed: return "Failed";
  }
  return "";
}

// Asks the master to begin, and then how far it is, on a line that is written over.
absl::StatusOr<int> Backup(Environment& env, const Arguments& args) {
  using State = MetaMasterClient::BackupStatus::State;
  const auto clear_line = [&env] { env.out() << std::string(75, ' ') << "\r"; };
  ALLUXIO_ASSIGN_OR_RETURN(MetaMasterClient * meta, env.meta());
  ALLUXIO_ASSIGN_OR_RETURN(MetaMasterClient::BackupStatus status,
                           meta->Backup({.target_directory = args.size() > 0 ? args[0] : "",
                                         .local_file_system = args.Has("local"),
                                         .run_async = true,
                                         .allow_leader = args.Has("allow-leader"),
                                         .bypass_delegation = args.Has("bypass-delegation")}));
  while (true) {
    clear_line();
    // Another master is the leader now.
    if (status.state == State::kNone) {
      env.out() << "Backup lost. Please check Alluxio logs.\n";
      return -1;
    }
    if (status.state == State::kCompleted) break;
    if (status.state == State::kFailed) return absl::UnknownError(status.error);
    env.out() << " Backup state: " << BackupStateText(status.state);
    if (status.state == State::kRunning) env.out() << " | Entries processed: " << status.entry_count;
    env.out() << "\r" << std::flush;
    env.clock()->Sleep(absl::Milliseconds(500));
    auto next = meta->GetBackupStatus(status.id);
    clear_line();
    ALLUXIO_RETURN_IF_ERROR(next.status());
    status = *std::move(next);
  }
  clear_line();
  env.out() << "Backup Host        : " << status.host << "\nBackup URI         : " << status.uri
            << "\nBackup Entry Count : " << status.entry_count << "\n";
  return 0;
}

void PrintConfigProblems(const std::map<std::string, std::vector<MetaMasterClient::InconsistentProperty>>& problems,
                         std::ostream& out) {
  for (const auto& [scope, properties] : problems) {
    for (const auto& property : properties) {
      std::vector<std::string> values;
      for (const auto& [value, hosts] : property.hosts_by_value) {
        values.push_back(absl::StrCat(value, " (", absl::StrJoin(hosts, ", "), ")"));
      }
      out << "key: " << property.name << "\n    value: " << absl::StrJoin(values, "\n    value: ") << "\n";
    }
  }
}

absl::Status DoctorConfiguration(Environment& env) {
  ALLUXIO_ASSIGN_OR_RETURN(MetaMasterClient * meta, env.meta());
  ALLUXIO_ASSIGN_OR_RETURN(const MetaMasterClient::ConfigReport report, meta->GetConfigReport());
  if (report.errors_by_scope.empty() && report.warnings_by_scope.empty()) {
    env.out() << "No server-side configuration errors or warnings.\n";
    return absl::OkStatus();
  }
  if (!report.errors_by_scope.empty()) {
    env.out() << "Server-side configuration errors (those properties are required to be identical): \n";
    PrintConfigProblems(report.errors_by_scope, env.out());
  }
  if (!report.warnings_by_scope.empty()) {
    env.out() << "\nServer-side configuration warnings (those properties are recommended to be identical): \n";
    PrintConfigProblems(report.warnings_by_scope, env.out());
  }
  return absl::OkStatus();
}

absl::Status DoctorStorage(Environment& env) {
  ALLUXIO_ASSIGN_OR_RETURN(BlockMasterClient * blocks, env.blocks());
  ALLUXIO_ASSIGN_OR_RETURN(const auto lost, blocks->GetWorkerLostStorage());
  if (lost.empty()) {
    env.out() << "All worker storage paths are in working state.\n";
    return absl::OkStatus();
  }
  for (const BlockMasterClient::LostStorage& storage : lost) {
    if (storage.paths_by_tier.empty()) continue;
    env.out() << "The following storage paths are lost in worker " << storage.address.host << ": \n";
    for (const auto& [tier, paths] : storage.paths_by_tier) {
      for (const std::string& path : paths) env.out() << path << " (" << tier << ")\n";
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<int> Doctor(Environment& env, const Arguments& args) {
  const std::string category = args.size() > 0 ? args[0] : "all";
  if (category != "all" && category != "configuration" && category != "storage") {
    env.out() << kDoctorUsage;
    return absl::InvalidArgumentError("doctor category is invalid.");
  }
  if (category != "storage") ALLUXIO_RETURN_IF_ERROR(DoctorConfiguration(env));
  if (category != "configuration") ALLUXIO_RETURN_IF_ERROR(DoctorStorage(env));
  return 0;
}

absl::StatusOr<int> GetBlockInfo(Environment& env, const Arguments& args) {
  int64_t id = 0;
  if (!absl::SimpleAtoi(args[0], &id)) {
    return absl::InvalidArgumentError(absl::StrCat(args[0], " is not a valid block id."));
  }
  ALLUXIO_ASSIGN_OR_RETURN(BlockMasterClient * blocks, env.blocks());
  const absl::StatusOr<client::BlockInfo> block = blocks->GetBlockInfo(id);
  if (block.ok()) {
    env.out() << BlockInfoText(*block) << "\n";
  } else {
    env.out() << "BlockMeta is not available for blockId: " << id << "\n";
  }
  const int64_t file_id = id | 0xFFFFFF;
  ALLUXIO_ASSIGN_OR_RETURN(client::FileSystem * fs, env.fs());
  const absl::StatusOr<std::string> path = fs->GetFilePath(file_id);
  env.out() << "This block belongs to file {id=" << file_id << (path.ok() ? absl::StrCat(", path=", *path) : "")
            << "}\n";
  return 0;
}

absl::StatusOr<int> JournalCheckpoint(Environment& env, const Arguments& args) {
  ALLUXIO_ASSIGN_OR_RETURN(MetaMasterClient * meta, env.meta());
  ALLUXIO_ASSIGN_OR_RETURN(const std::string host, meta->Checkpoint());
  env.out() << "Successfully took a checkpoint on master " << host << "\n";
  return 0;
}

absl::StatusOr<int> QuorumInfo(Environment& env, const Arguments& args) {
  const std::string domain = args.Value("domain");
  if (domain != "MASTER" && domain != "JOB_MASTER") {
    return absl::InvalidArgumentError(
        "Invalid value provided for option: domain. Supported values: [MASTER, JOB_MASTER]");
  }
  if (domain == "JOB_MASTER") return absl::UnimplementedError("There is no job master in this version");
  ALLUXIO_ASSIGN_OR_RETURN(MetaMasterClient * meta, env.meta());
  ALLUXIO_ASSIGN_OR_RETURN(const MetaMasterClient::QuorumInfo info, meta->GetQuorumInfo());
  env.out() << "Journal domain\t: " << info.domain << "\nQuorum size\t: " << info.servers.size()
            << "\nQuorum leader\t: " << info.leader.host << ":" << info.leader.rpc_port << "\n\n";
  env.out() << absl::StrFormat("%-11s | %-8s | %s\n", "STATE", "PRIORITY", "SERVER ADDRESS");
  for (const MetaMasterClient::QuorumServer& server : info.servers) {
    env.out() << absl::StrFormat("%-11s | %-8d | %s:%d\n", server.state, server.priority, server.address.host,
                                 server.address.rpc_port);
  }
  return 0;
}

// "host:port" of --address.
absl::StatusOr<client::NetAddress> AddressOption(const Arguments& args) {
  const std::string text = args.Value("address");
  const size_t colon = text.rfind(':');
  client::NetAddress address;
  if (colon == std::string::npos || colon == 0 || !absl::SimpleAtoi(text.substr(colon + 1), &address.rpc_port)) {
    return absl::InvalidArgumentError("Invalid address provided.");
  }
  address.host = text.substr(0, colon);
  return address;
}

absl::StatusOr<int> QuorumElect(Environment& env, const Arguments& args) {
  ALLUXIO_ASSIGN_OR_RETURN(const client::NetAddress address, AddressOption(args));
  ALLUXIO_ASSIGN_OR_RETURN(MetaMasterClient * meta, env.meta());
  ALLUXIO_RETURN_IF_ERROR(meta->TransferLeadership(address).status());
  env.out() << "Transferred leadership to server: " << args.Value("address") << "\n";
  return 0;
}

absl::StatusOr<int> QuorumRemove(Environment& env, const Arguments& args) {
  ALLUXIO_ASSIGN_OR_RETURN(const client::NetAddress address, AddressOption(args));
  ALLUXIO_ASSIGN_OR_RETURN(MetaMasterClient * meta, env.meta());
  ALLUXIO_RETURN_IF_ERROR(meta->RemoveQuorumServer(address));
  env.out() << "Removed server at " << args.Value("address") << " from quorum: " << args.Value("domain") << "\n";
  return 0;
}

// Workers whose metrics are cleared at the same time, unless somebody says how many.
constexpr int kDefaultParallelism = 8;

absl::StatusOr<int> MetricsClear(Environment& env, const Arguments& args) {
  int parallelism = kDefaultParallelism;
  if (args.Has("parallelism") && (!absl::SimpleAtoi(args.Value("parallelism"), &parallelism) || parallelism < 1)) {
    return absl::InvalidArgumentError(
        absl::StrCat("--parallelism takes a whole number from 1 on, not \"", args.Value("parallelism"), "\""));
  }
  const bool selected = args.Has("master") || args.Has("workers");
  if (!selected || args.Has("workers")) {
    ALLUXIO_ASSIGN_OR_RETURN(BlockMasterClient * blocks, env.blocks());
    ALLUXIO_ASSIGN_OR_RETURN(const std::vector<client::WorkerInfo> workers, blocks->GetWorkerInfoList());
    const std::vector<std::string> wanted = absl::StrSplit(args.Value("workers"), ',', absl::SkipEmpty());
    for (const std::string& host : wanted) {
      const auto is_it = [&host](const client::WorkerInfo& worker) { return worker.address.host == host; };
      if (std::none_of(workers.begin(), workers.end(), is_it)) {
        return absl::NotFoundError(absl::StrCat("Worker ", host, " is not found in Alluxio."));
      }
    }
    std::vector<const client::WorkerNetAddress*> chosen;
    for (const client::WorkerInfo& worker : workers) {
      if (!wanted.empty() && std::find(wanted.begin(), wanted.end(), worker.address.host) == wanted.end()) continue;
      chosen.push_back(&worker.address);
    }
    std::vector<absl::Status> cleared(chosen.size());
    if (!chosen.empty()) {
      // Ends when all is done.
      ThreadPool pool({.name = "metrics",
                       .threads = static_cast<int>(std::min(static_cast<size_t>(parallelism), chosen.size())),
                       .queue_limit = chosen.size()});
      for (size_t i = 0; i < chosen.size(); ++i) {
        pool.Submit([&, i] { cleared[i] = blocks->ClearWorkerMetrics(*chosen[i]); });
      }
    }
    absl::Status first_error;
    for (size_t i = 0; i < chosen.size(); ++i) {
      if (cleared[i].ok()) {
        env.out() << "Successfully cleared metrics of worker " << chosen[i]->host << ".\n";
      } else {
        first_error.Update(Annotate(cleared[i], absl::StrCat("worker ", chosen[i]->host)));
      }
    }
    ALLUXIO_RETURN_IF_ERROR(first_error);
  }
  if (!selected || args.Has("master")) {
    ALLUXIO_ASSIGN_OR_RETURN(MetaMasterClient * meta, env.meta());
    ALLUXIO_RETURN_IF_ERROR(meta->ClearMetrics());
    env.out() << "Successfully cleared metrics of Alluxio leading master.\n";
  }
  return 0;
}

absl::StatusOr<MetaMasterClient::Configuration> PathConfiguration(Environment& env) {
  ALLUXIO_ASSIGN_OR_RETURN(MetaMasterClient * meta, env.meta());
  return meta->GetConfiguration(/*raw_value=*/true, /*ignore_cluster=*/true);
}

absl::StatusOr<int> PathConfAdd(Environment& env, const Arguments& args) {
  std::map<std::string, std::string> properties;
  for (const std::string& text : args.Values("property")) {
    const std::pair<std::string, std::string> property = absl::StrSplit(text, absl::MaxSplits('=', 1));
    if (!env.conf().Find(property.first).ok()) {
      return absl::InvalidArgumentError(absl::StrCat("Invalid property key ", property.first));
    }
    properties.insert(property);
  }
  if (properties.empty()) return 0;
  ALLUXIO_ASSIGN_OR_RETURN(MetaMasterClient * meta, env.meta());
  ALLUXIO_RETURN_IF_ERROR(meta->SetPathConfiguration(args[0], properties));
  return 0;
}

absl::StatusOr<int> PathConfList(Environment& env, const Arguments& args) {
  ALLUXIO_ASSIGN_OR_RETURN(const MetaMasterClient::Configuration configuration, PathConfiguration(env));
  for (const auto& [path, properties] : configuration.paths) env.out() << path << "\n";
  return 0;
}

absl::StatusOr<int> PathConfRemove(Environment& env, const Arguments& args) {
  ALLUXIO_ASSIGN_OR_RETURN(MetaMasterClient * meta, env.meta());
  ALLUXIO_RETURN_IF_ERROR(
      meta->RemovePathConfiguration(args[0], absl::StrSplit(args.Value("k"), ',', absl::SkipEmpty())));
  return 0;
}

absl::StatusOr<int> PathConfShow(Environment& env, const Arguments& args) {
  ALLUXIO_ASSIGN_OR_RETURN(const MetaMasterClient::Configuration configuration, PathConfiguration(env));
  // With --all what counts for the path: its ancestors' too, the nearest wins.
  std::map<std::string, std::string> shown;
  for (const auto& [path, properties] : configuration.paths) {
    const bool ancestor = path == "/" || args[0] == path || args[0].starts_with(path + "/");
    if (args.Has("a") ? !ancestor : path != args[0]) continue;
    for (const client::ConfigProperty& property : properties) shown[property.name] = property.value.value_or("");
  }
  for (const auto& [key, value] : shown) env.out() << key << "=" << value << "\n";
  return 0;
}

absl::StatusOr<int> StateLock(Environment& env, const Arguments& args) {
  ALLUXIO_ASSIGN_OR_RETURN(client::FileSystem * fs, env.fs());
  ALLUXIO_ASSIGN_OR_RETURN(const std::vector<std::string> holders, fs->GetStateLockHolders());
  for (const std::string& holder : holders) env.out() << holder << "\n";
  return 0;
}

absl::StatusOr<int> UfsMode(Environment& env, const Arguments& args) {
  ALLUXIO_ASSIGN_OR_RETURN(const uri::AlluxioUri uri, uri::AlluxioUri::Parse(args[0]));
  if (!uri.path().empty() && uri.path() != "/") {
    return absl::InvalidArgumentError("The ufs path should have only scheme and authority but no path.");
  }
  if (!args.Has("mode")) {
    env.out() << "No attribute to update\n";
    return 0;
  }
  const std::string mode = args.Value("mode");
  const client::UfsMode wanted = mode == "noAccess"   ? client::UfsMode::kNoAccess
                                 : mode == "readOnly" ? client::UfsMode::kReadOnly
                                                      : client::UfsMode::kReadWrite;
  if (mode != "noAccess" && mode != "readOnly" && mode != "readWrite") {
    env.out() << "Unrecognized mode\n";
    return -1;
  }
  ALLUXIO_ASSIGN_OR_RETURN(client::FileSystem * fs, env.fs());
  ALLUXIO_RETURN_IF_ERROR(fs->UpdateUfsMode(args[0], wanted));
  env.out() << "Ufs mode updated\n";
  return 0;
}

absl::StatusOr<int> UpdateConf(Environment& env, const Arguments& args) {
  std::map<std::string, std::string> properties;
  for (const std::string& text : args.positional()) {
    const std::pair<std::string, std::string> property = absl::StrSplit(text, absl::MaxSplits('=', 1));
    if (text.find('=') != std::string::npos) properties.insert(property);
  }
  if (properties.empty()) return absl::InvalidArgumentError("No config to update");
  ALLUXIO_ASSIGN_OR_RETURN(MetaMasterClient * meta, env.meta());
  ALLUXIO_ASSIGN_OR_RETURN(const auto taken, meta->UpdateConfiguration(properties));
  env.out() << "Updated " << taken.size() << " configs\n";
  int code = 0;
  for (const auto& [key, ok] : taken) {
    if (ok) continue;
    env.out() << "Failed to Update " << key << "\n";
    code = -2;
  }
  return code;
}

constexpr OptionSpec kBackupOptions[] = {
    {.long_name = "allow-leader", .description = "whether to allow leader to take the backup"},
    {.long_name = "bypass-delegation", .description = "whether to take the backup on the leader"},
    {.long_name = "local", .description = "whether to write the backup to master's local filesystem"},
};
constexpr OptionSpec kDecommissionOptions[] = {
    {.short_name = "a",
     .long_name = "addresses",
     .arg_name = "workerHosts",
     .description = "One or more worker addresses separated by comma. If port is not specified, "
                    "alluxio.worker.web.port will be used. The command will talk to the workers' web port to monitor "
                    "if they are idle and safe to stop.",
     .required = true},
    {.short_name = "d",
     .long_name = "disable",
     .description = "Whether the worker should be disabled and not allowed to register again, until it is re-enabled "
                    "again by fsadmin enableWorker command."},
    {.short_name = "w",
     .long_name = "wait",
     .arg_name = "waitTime",
     .description = "Time to wait, in human readable form like 5m."},
};
constexpr OptionSpec kEnableOptions[] = {
    {.short_name = "a",
     .long_name = "addresses",
     .arg_name = "workerHosts",
     .description = "One or more worker addresses separated by comma. If port is not specified, "
                    "alluxio.worker.web.port will be used. The command will talk to the workers' web port to monitor "
                    "if they are idle and safe to stop.",
     .required = true},
};
constexpr OptionSpec kQuorumInfoOptions[] = {
    {.long_name = "domain", .arg_name = "arg", .description = "Journal domain", .required = true},
};
constexpr OptionSpec kQuorumElectOptions[] = {
    {.long_name = "address", .arg_name = "arg", .description = "Server address", .required = true},
};
constexpr OptionSpec kQuorumRemoveOptions[] = {
    {.long_name = "address", .arg_name = "arg", .description = "Server address", .required = true},
    {.long_name = "domain", .arg_name = "arg", .description = "Journal domain", .required = true},
};
constexpr OptionSpec kMetricsClearOptions[] = {
    {.long_name = "master", .description = "Clear the metrics of Alluxio leading master."},
    {.long_name = "parallelism", .arg_name = "arg", .description = "Number of concurrent worker operations."},
    {.long_name = "workers", .arg_name = "arg", .description = "Clear metrics of specified workers."},
};
constexpr OptionSpec kPathConfAddOptions[] = {
    {.long_name = "property", .arg_name = "key=value", .description = "properties associated with this path"},
};
constexpr OptionSpec kPathConfRemoveOptions[] = {
    {.short_name = "k", .long_name = "keys", .arg_name = "arg", .description = "properties keys to remove"},
};
constexpr OptionSpec kPathConfShowOptions[] = {
    {.short_name = "a", .long_name = "all", .description = "all the properties applicable to the path"},
};
constexpr OptionSpec kReportOptions[] = {
    {.short_name = "h", .long_name = "help", .description = "print this help information"},
    {.short_name = "live", .description = "Live workers"},
    {.short_name = "lost", .description = "Lost workers"},
    {.short_name = "workers", .arg_name = "arg", .description = "Specified workers"},
};
constexpr OptionSpec kUfsOptions[] = {
    {.long_name = "mode", .arg_name = "ufsMode", .description = "Set maintenance mode for a ufs path"},
};

constexpr absl::string_view kQuorumDescription =
    "Manage embedded journal quorum configuration. See sub-commands' descriptions for more details.";

constexpr Command kQuorumCommands[] = {
    {.name = "elect",
     .usage = "elect -address <HostName:Port>",
     .description = "Transfers leadership of the quorum to the master located at <hostname>:<port>",
     .options = kQuorumElectOptions,
     .arity = {0, 0},
     .run = QuorumElect},
    {.name = "info",
     .usage = "info -domain <MASTER|JOB_MASTER>",
     .description = "Shows quorum information for embedded journal.",
     .options = kQuorumInfoOptions,
     .arity = {0, 0},
     .run = QuorumInfo},
    {.name = "remove",
     .usage = "remove -domain <MASTER|JOB_MASTER> -address <HostName:Port>",
     .description = "Removes a specified server from the quorum.",
     .options = kQuorumRemoveOptions,
     .arity = {0, 0},
     .run = QuorumRemove},
};
constexpr Command kJournalCommands[] = {
    {.name = "checkpoint",
     .usage = "checkpoint",
     .description = "Create a checkpoint in the primary master journal system.",
     .arity = {0, 0},
     .run = JournalCheckpoint},
    {.name = "quorum",
     .usage = "quorum [remove] [elect] [info]",
     .description = kQuorumDescription,
     .subcommands = kQuorumCommands},
};
constexpr Command kMetricsCommands[] = {
    {.name = "clear",
     .usage = "clear [--master] [--workers <WORKER_HOSTNAMES>] [--parallelism <#>]",
     .description = "Clears the metrics of the leading master and of all workers, or of those given.",
     .options = kMetricsClearOptions,
     .arity = {0, 0},
     .run = MetricsClear},
};
constexpr Command kPathConfCommands[] = {
    {.name = "add",
     .usage = "add [--property <key=value>] <path>",
     .description = "Adds properties to the path level configurations.",
     .options = kPathConfAddOptions,
     .arity = {1, 1},
     .run = PathConfAdd},
    {.name = "list",
     .usage = "list",
     .description = "List paths that have configurations.",
     .arity = {0, 0},
     .run = PathConfList},
    {.name = "remove",
     .usage = "remove [--keys <key1,key2>] <path>",
     .description = "Removes all or specific properties from path's configurations.",
     .options = kPathConfRemoveOptions,
     .arity = {1, 1},
     .run = PathConfRemove},
    {.name = "show",
     .usage = "show [--all] <path>",
     .description = "Shows path level configurations.",
     .options = kPathConfShowOptions,
     .arity = {1, 1},
     .run = PathConfShow},
};

constexpr Command kCommands[] = {
    {.name = "backup",
     .usage = "backup [directory] [--local] [--allow-leader] [--bypass-delegation]",
     .description = "backup backs up all Alluxio metadata to the backup directory configured on master",
     .options = kBackupOptions,
     .arity = {0, 1},
     .run = Backup},
    {.name = "decommissionWorker",
     .usage = "decommissionWorker --addresses <workerHosts> [--wait waitTime] [--disable]",
     .description =
         "Decommission a specific batch of workers in the Alluxio cluster. The command will perform the following "
         "actions:\n"
         "1. For each worker in the batch, send a decommission command to the primary Alluxio master so the master "
         "marks those workers as decommissioned and will not serve operations.\n"
         "2. It takes a small interval for all other Alluxio components (like clients and Proxy instances) to know "
         "those workers should not be used, so this command waits for the interval time defined by "
         "alluxio.user.worker.list.refresh.interval.\n"
         "3. Gets the active worker list from the master after waiting, and verify the target workers are not active "
         "anymore.\n"
         "4. Wait for the workers to become idle. This command will constantly check the idleness status on each "
         "worker.\n"
         "5. Either all workers have become idle, or the specified timeout expires, this command will return.\n"
         "\n"
         "This command is idempotent and can be retried, but the admin is advised to manually check if there's an "
         "error. The return codes have different meanings: \n"
         "0: OK\n"
         "All workers are successfully decommissioned and now idle. Safe to kill or restart this batch of workers "
         "now.\n"
         "1: DECOMMISSION_FAILED\n"
         "Failed to decommission all workers. The admin should double check the worker addresses and the primary "
         "master status.\n"
         "2: LOST_MASTER_CONNECTION\n"
         "Lost connection to the primary master while this command is running. This suggests the configured master "
         "address is wrong or the primary master failed over.\n"
         "3: WORKERS_NOT_IDLE\n"
         "Some workers were still not idle afte the wait. Either the wait time is too short or those workers failed to "
         "mark decommissioned. The admin should manually intervene and check those workers.\n"
         "10: LOST_SOME_WORKERS\n"
         "Workers are decommissioned but some or all workers lost contact while this command is running. If a worker "
         "is not serving then it is safe to kill or restart. But the admin is advised to double check the status of "
         "those workers.",
     .options = kDecommissionOptions,
     .arity = {0, 0},
     .run = DecommissionWorker},
    {.name = "doctor",
     .usage = "doctor [category]",
     .description = "Show Alluxio errors and warnings.",
     .arity = {0, 1},
     .run = Doctor},
    {.name = "enableWorker",
     .usage = "enableWorker --addresses <workerHosts>",
     .description =
         "Re-enables workers to register and join the cluster. This is used in pair with the decommissionWorker "
         "command. For example:\n"
         "\n"
         "# -d specifies the worker should be rejected from registering\n"
         "$bin/alluxio fsadmin decommissionWorker --addresses worker1 -d\n"
         "# This can be reversed by enableWorker command\n"
         "$bin/alluxio fsadmin enableWorker --addresses worker1\n"
         "# worker1 should now be able to register",
     .options = kEnableOptions,
     .arity = {0, 0},
     .run = EnableWorker},
    {.name = "getBlockInfo",
     .usage = "getBlockInfo [blockId]",
     .description = "get the block information and file path of a specified block id.",
     .arity = {1, 1},
     .run = GetBlockInfo},
    {.name = "journal",
     .usage = "journal [checkpoint] [quorum]",
     .description = "Provide operations for the journal. See sub-commands' descriptions for more details.",
     .subcommands = kJournalCommands},
    {.name = "metrics",
     .usage = "metrics [clear]",
     .description =
         "Provide operations for the Alluxio metrics system. See sub-commands' descriptions for more details.",
     .subcommands = kMetricsCommands},
    {.name = "pathConf",
     .usage = "pathConf [add] [show] [list] [remove]",
     .description = "Manage path level configuration, see sub-commands' descriptions for more details.",
     .subcommands = kPathConfCommands},
    {.name = "report",
     .usage = "report [category] [category args]",
     .description = "Report Alluxio running cluster information.",
     .options = kReportOptions,
     .arity = {0, 1},
     .run = Report,
     .missing = "`report jobservice`: there is no job service in this version"},
    {.name = "statelock",
     .usage = "statelock",
     .description = "Lists all threads that hold the state lock of the leading master.",
     .arity = {0, 0},
     .run = StateLock},
    {.name = "ufs",
     .usage = "ufs [--mode <noAccess/readOnly/readWrite>] <ufsPath>",
     .description = "Update attributes for a ufs path.",
     .options = kUfsOptions,
     .arity = {1, 1},
     .run = UfsMode},
    {.name = "updateConf",
     .usage = "updateConf key1=val1 [key2=val2 ...]",
     .description = "Update config for alluxio master.",
     .arity = {0, -1},
     .run = UpdateConf},
};

}  // namespace

const Tool& FsAdminTool() {
  static constexpr Tool kTool = {.name = "fsadmin", .commands = kCommands};
  return kTool;
}

}  // namespace alluxio::shell
