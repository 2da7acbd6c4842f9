#include "alluxio/shell/validate.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <map>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "alluxio/base/host_name.h"
#include "alluxio/base/human.h"
#include "alluxio/base/unique_fd.h"
#include "alluxio/conf/load.h"
#include "alluxio/conf/nodes.h"
#include "alluxio/conf/units.h"
#include "alluxio/shell/http_fetch.h"
#include "alluxio/shell/process.h"
#include "alluxio/ufs/local/local_ufs.h"

namespace alluxio::shell {
namespace {

enum class State { kOk, kWarning, kFailed, kSkipped };

struct Result {
  State state = State::kOk;
  std::string text;    // what was seen
  std::string advice;  // what to do; "" where there is nothing
};

Result Skip(std::string why) { return {.state = State::kSkipped, .text = std::move(why)}; }

bool Runs(absl::string_view name) {
  for (const ServerProcess& process : ServerProcesses()) {
    if (process.name == name || process.name == "local") return true;
  }
  return false;
}

Result PortIsFree(Environment& env, absl::string_view server, const char* property) {
  if (Runs(server)) return Skip(absl::StrCat("The ", server, " is already running. Skip validation."));
  const int64_t port = env.conf().GetInt(property);
  UniqueFd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int on = 1;
  ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_ANY);
  if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0) return {};
  return {.state = State::kFailed,
          .text = absl::StrCat("Port ", port, " (", property, ") cannot be used: ", std::strerror(errno), "."),
          .advice = absl::StrCat("End the process that uses port ", port, ", or set ", property, " to another.")};
}

std::vector<std::string> Nodes(Environment& env, bool masters, bool workers) {
  const std::string folder = env.conf().GetString("alluxio.conf.dir");
  std::vector<std::string> nodes;
  for (const auto& list : {masters ? conf::ReadMasters(folder, conf::ThisHost()) : std::vector<std::string>(),
                           workers ? conf::ReadWorkers(folder, conf::ThisHost()) : std::vector<std::string>()}) {
    if (!list.ok()) continue;
    for (const std::string& node : *list) {
      if (std::find(nodes.begin(), nodes.end(), node) == nodes.end()) nodes.push_back(node);
    }
  }
  return nodes;
}

Result SshReachesNodes(Environment& env) {
  std::vector<std::string> missing;
  for (const std::string& node : Nodes(env, true, true)) {
    // An SSH server says who it is before anything else; an HTTP client takes that for no HTTP.
    const auto answer = HttpFetch({.host = node, .port = 22, .target = "/", .patience = absl::Seconds(3)});
    if (!answer.ok() && !absl::StrContains(answer.status().message(), "not an HTTP server")) missing.push_back(node);
  }
  if (missing.empty()) return {};
  return {.state = State::kWarning,
          .text = absl::StrCat("Unable to reach ssh port 22 on ", absl::StrJoin(missing, ", "), "."),
          .advice = "Let sshd run there, or start and stop the servers on each machine by itself."};
}

std::string RootUfs(Environment& env) { return env.conf().GetString("alluxio.master.mount.table.root.ufs"); }
bool IsLocal(absl::string_view ufs) { return absl::StartsWith(ufs, "/") || absl::StartsWith(ufs, "file:/"); }

Result RootUfsAnswers(Environment& env) {
  const std::string uri = RootUfs(env);
  if (!IsLocal(uri)) return Skip(absl::StrCat(uri, " is not a folder of this machine. Skip validation."));
  const auto store = ufs::LocalUfs::Create({.uri = uri});
  absl::Status status = store.status();
  if (status.ok()) status = (*store)->CheckRoot();
  if (status.ok()) status = (*store)->List("", [](const ufs::UfsStatus&) { return false; });
  if (status.ok()) return {.text = absl::StrCat("Successfully listed path ", uri, ".")};
  return {.state = State::kFailed,
          .text = absl::StrCat("Unable to list path ", uri, ": ", status.message(), "."),
          .advice = absl::StrCat("Make the folder and give the master's user all rights on it, or name another with "
                                 "alluxio.master.mount.table.root.ufs.")};
}

Result RootUfsBelongsToUs(Environment& env) {
  const std::string uri = RootUfs(env);
  if (!IsLocal(uri)) return Skip(absl::StrCat(uri, " is not a folder of this machine. Skip validation."));
  if (::geteuid() == 0) return {.text = "This user is root."};
  return {.state = State::kWarning,
          .text = absl::StrCat("This user is not root, and cannot give files in ", uri, " to other users."),
          .advice = "Run the master and the workers as root if owners of files are to be kept in the under store."};
}

std::vector<std::string> TierFolders(Environment& env, int64_t level) {
  return env.conf().GetList(absl::StrCat("alluxio.worker.tieredstore.level", level, ".dirs.path"));
}

Result RamdiskCanBeMounted(Environment& env) {
  if (env.conf().GetString("alluxio.worker.tieredstore.level0.alias") != "MEM") {
    return Skip("The top tier is not in memory. Skip validation.");
  }
  std::ifstream mounts("/proc/mounts");
  const std::string table(std::istreambuf_iterator<char>(mounts), {});
  for (const std::string& folder : TierFolders(env, 0)) {
    if (absl::StrContains(table, absl::StrCat(" ", folder, " tmpfs ")) ||
        absl::StrContains(table, absl::StrCat(" ", folder, " ramfs "))) {
      continue;
    }
    if (absl::StartsWith(folder, "/dev/shm") || ::access(folder.c_str(), W_OK) == 0) continue;
    if (::geteuid() == 0) continue;
    return {.state = State::kFailed,
            .text = absl::StrCat(folder, " is no memory file system, and only root can mount one there."),
            .advice = absl::StrCat("Mount it as root (alluxio-mount.sh SudoMount), or let ",
                                   "alluxio.worker.tieredstore.level0.dirs.path name a folder below /dev/shm.")};
  }
  return {};
}

Result TiersHaveSpace(Environment& env) {
  struct Device {
    int64_t wanted = 0;
    int64_t available = 0;
    std::vector<std::string> folders;
  };
  std::map<uint64_t, Device> devices;
  std::vector<std::string> missing;
  const int64_t levels = env.conf().GetInt("alluxio.worker.tieredstore.levels");
  for (int64_t level = 0; level < levels; ++level) {
    const std::vector<std::string> folders = TierFolders(env, level);
    const std::vector<std::string> quotas =
        env.conf().GetList(absl::StrCat("alluxio.worker.tieredstore.level", level, ".dirs.quota"));
    for (size_t i = 0; i < folders.size() && !quotas.empty(); ++i) {
      const auto bytes = conf::ParseBytes(quotas[std::min(i, quotas.size() - 1)]);
      struct stat attributes {};
      struct statvfs space {};
      if (!bytes.ok() || ::stat(folders[i].c_str(), &attributes) != 0 || ::statvfs(folders[i].c_str(), &space) != 0) {
        missing.push_back(folders[i]);
        continue;
      }
      Device& device = devices[attributes.st_dev];
      device.wanted += *bytes;
      device.available = static_cast<int64_t>(space.f_bavail * space.f_frsize);
      device.folders.push_back(folders[i]);
    }
  }
  for (const auto& [id, device] : devices) {
    // ramfs has no size.
    if (device.available == 0 || device.available >= device.wanted) continue;
    return {.state = State::kWarning,
            .text = absl::StrCat(absl::StrJoin(device.folders, ", "), " may take ", SizeText(device.wanted), ", but ",
                                 SizeText(device.available), " are free there."),
            .advice =
                "Lower the quota of the tier (alluxio.worker.tieredstore.levelN.dirs.quota, "
                "alluxio.worker.ramdisk.size), or make space. What the worker has cached already counts as taken."};
  }
  if (!missing.empty()) {
    return {.state = State::kWarning,
            .text = absl::StrCat(absl::StrJoin(missing, ", "), ": not there yet."),
            .advice = "The worker makes the folders at its start, where it may."};
  }
  return {};
}

Result LimitIsHighEnough(int resource, absl::string_view what) {
  constexpr rlim_t kWanted = 16384;
  rlimit limit{};
  ::getrlimit(static_cast<__rlimit_resource>(resource), &limit);
  if (limit.rlim_cur == RLIM_INFINITY) return {.text = absl::StrCat("The user limit for ", what, " is unlimited.")};
  if (limit.rlim_cur >= kWanted) {
    return {.text = absl::StrCat("The user limit for ", what, " is set to ", limit.rlim_cur, ".")};
  }
  return {.state = State::kWarning,
          .text = absl::StrCat("The user limit for ", what, " is too small. The current value is ", limit.rlim_cur,
                               ". For production use, it should be bigger than ", kWanted, "."),
          .advice = "Raise it with ulimit before the servers start, or in /etc/security/limits.conf."};
}

Result ConfigurationAgrees(Environment& env) {
  const auto meta = env.meta();
  const auto report = meta.ok() ? (*meta)->GetConfigReport() : meta.status();
  if (!report.ok()) {
    return {.state = State::kFailed,
            .text = std::string(report.status().message()),
            .advice = "The master compares the configuration of its servers: start it first."};
  }
  const bool failed = !report->errors_by_scope.empty();
  if (!failed && report->warnings_by_scope.empty()) return {};
  return {.state = failed ? State::kFailed : State::kWarning,
          .text = "Servers have different values of properties.",
          .advice = "`alluxio fsadmin doctor configuration` shows which."};
}

enum Group { kCommon = 1, kMaster = 2, kWorker = 4, kCluster = 8 };

struct Task {
  absl::string_view name;
  absl::string_view description;
  Group group;
  Result (*run)(Environment& env);
};

// HDFS is not an under store here: what is validated of it has nothing to look at.
Result SkipHdfs(Environment& env) {
  return Skip(absl::StrCat("UFS path ", RootUfs(env), " is not HDFS. Skipping validation for HDFS properties."));
}
Result SkipKerberos(Environment& env) { return Skip("Under file system is not HDFS. Skip validation."); }
Result SkipJava(Environment& env) { return Skip("There is no Java in this version. Skip validation."); }

// Names and descriptions are the original's, in its order.
constexpr Task kTasks[] = {
    {"ufs.hdfs.config.correctness", "This validates HDFS configuration files like core-site.xml and hdfs-site.xml.",
     kCommon, SkipHdfs},
    {"ufs.hdfs.config.parity",
     "If a Hadoop config directory is specified, this compares the Hadoop config directory with the HDFS "
     "configuration paths given to Alluxio, and see if they are consistent.",
     kCommon, SkipHdfs},
    {"ufs.hdfs.config.proxyuser",
     "This validates proxy user configuration in HDFS for Alluxio. This is needed to enable impersonation for "
     "Alluxio.",
     kCommon, SkipHdfs},
    {"ufs.hdfs.config.version", "This validates version compatibility between Alluxio and HDFS.", kCommon, SkipHdfs},
    {"proxy.web.port.available", "validate proxy web port is available", kCommon,
     [](Environment& env) { return PortIsFree(env, "proxy", "alluxio.proxy.web.port"); }},
    {"ssh.nodes.reachable", "validate SSH port on all Alluxio nodes are reachable", kCommon, SshReachesNodes},
    {"ufs.version", "This validates the a configured UFS library version is available on the system.", kCommon,
     SkipHdfs},
    {"ufs.path.accessible", "This validates the under file system location is accessible to Alluxio.", kCommon,
     RootUfsAnswers},
    {"ufs.path.superuser", "This validates Alluxio has super user privilege on the under file system.", kCommon,
     RootUfsBelongsToUs},
    {"ulimit.nofile", "validate ulimit for number of open files is set appropriately", kCommon,
     [](Environment&) { return LimitIsHighEnough(RLIMIT_NOFILE, "number of open files"); }},
    {"ulimit.nproc", "validate ulimit for number of processes is set appropriately", kCommon,
     [](Environment&) { return LimitIsHighEnough(RLIMIT_NPROC, "number of user processes"); }},
    {"java.native.libs", "This validates if java native libraries defined at java.library.path all exist.", kCommon,
     SkipJava},
    {"master.rpc.port.available", "validate master RPC port is available", kMaster,
     [](Environment& env) { return PortIsFree(env, "master", "alluxio.master.rpc.port"); }},
    {"master.web.port.available", "validate master web port is available", kMaster,
     [](Environment& env) { return PortIsFree(env, "master", "alluxio.master.web.port"); }},
    {"master.ufs.hdfs.security.kerberos", "This validates kerberos security configurations for Alluxio masters.",
     kMaster, SkipKerberos},
    {"worker.rpc.port.available", "validate worker RPC port is available", kWorker,
     [](Environment& env) { return PortIsFree(env, "worker", "alluxio.worker.rpc.port"); }},
    {"worker.web.port.available", "validate worker web port is available", kWorker,
     [](Environment& env) { return PortIsFree(env, "worker", "alluxio.worker.web.port"); }},
    {"worker.ufs.hdfs.security.kerberos", "This validates kerberos security configurations for Alluxio workers.",
     kWorker, SkipKerberos},
    {"worker.ramdisk.mount.privilege", "validate user has the correct privilege to mount ramdisk", kWorker,
     RamdiskCanBeMounted},
    {"worker.storage.space", "validate tiered storage locations have enough space", kWorker, TiersHaveSpace},
    {"cluster.conf.consistent", "validate configuration consistency across the cluster", kCluster, ConfigurationAgrees},
};

// The groups of a target that runs here; 0: not one.
int GroupsOf(absl::string_view target) {
  if (target == "master") return kCommon | kMaster;
  if (target == "worker") return kCommon | kWorker;
  if (target == "cluster") return kCluster;
  if (target == "local") return kCommon | kMaster | kWorker;
  return 0;
}

void PrintResult(const Result& result, std::ostream& out) {
  struct Shown {
    const char* color;
    const char* word;
  };
  static constexpr Shown kShown[] = {
      {"\033[32m", "OK"}, {"\033[33m", "WARNING"}, {"\033[31m", "FAILED"}, {"\033[35m", "SKIPPED"}};
  const Shown& shown = kShown[static_cast<int>(result.state)];
  if (!result.text.empty()) out << result.text << "\n";
  if (!result.advice.empty()) out << result.advice << "\n";
  out << shown.color << shown.word << "\033[0m\n" << std::flush;
}

bool ValidateHere(const std::string& target, const std::string& name, Environment& env) {
  env.out() << "Validating " << target << " environment...\n";
  std::map<State, int> counts;
  for (const Task& task : kTasks) {
    if ((GroupsOf(target) & task.group) == 0 || !absl::StartsWith(task.name, name)) continue;
    env.out() << "Validating " << task.name << "...\n" << std::flush;
    const Result result = task.run(env);
    PrintResult(result, env.out());
    ++counts[result.state];
  }
  if (counts[State::kFailed] > 0) env.err() << counts[State::kFailed] << " failures ";
  if (counts[State::kWarning] > 0) env.err() << counts[State::kWarning] << " warnings ";
  if (counts[State::kSkipped] > 0) env.err() << counts[State::kSkipped] << " skipped ";
  env.err() << "\n";
  if (counts[State::kOk] + counts[State::kFailed] + counts[State::kWarning] + counts[State::kSkipped] == 0) {
    env.err() << "No validation task matched name \"" << name << "\".\n";
    return false;
  }
  if (counts[State::kFailed] > 0) return false;
  env.out() << "Validation succeeded.\n";
  return true;
}

bool ValidateThere(const std::string& target, const std::string& name, Environment& env) {
  bool success = true;
  for (const std::string& node : Nodes(env, target == "master", target == "worker")) {
    env.out() << "Validating " << target << " environment on " << node << "...\n" << std::flush;
    // No server for ssh is needed to come back here.
    if (node == "localhost" || node == "127.0.0.1" || node == LocalHostName()) {
      success = ValidateHere(target, name, env) && success;
      continue;
    }
    std::vector<std::string> words = {"ssh",
                                      "-o",
                                      "ConnectTimeout=5",
                                      "-o",
                                      "StrictHostKeyChecking=no",
                                      "-n",
                                      "--",
                                      node,
                                      env.conf().GetString("alluxio.home") + "/bin/alluxio",
                                      "validateEnv",
                                      target};
    if (!name.empty()) words.push_back(name);
    const auto result = RunProcess(words, absl::Minutes(5));
    if (!result.ok()) {
      env.err() << "Unable to validate on node " << node << ": " << result.status().message() << ".\n";
    } else {
      env.out() << result->output;
    }
    success = success && result.ok() && result->code == 0;
  }
  return success;
}

void PrintTasks(absl::string_view target, Environment& env) {
  env.out() << "The following tasks are available to run on " << target << ":\n";
  for (const Task& task : kTasks) {
    if ((GroupsOf(target) & task.group) != 0) env.out() << task.name << ": " << task.description << "\n";
  }
  env.out() << "\n";
}

constexpr absl::string_view kUsage =
    "validateEnv COMMAND [NAME] [OPTIONS]\n\n"
    "Validate environment for Alluxio.\n\n"
    "COMMAND can be one of the following values:\n"
    "local:   run all validation tasks on local\n"
    "master:  run master validation tasks on local\n"
    "worker:  run worker validation tasks on local\n"
    "all:     run corresponding validation tasks on all master nodes and worker nodes\n"
    "masters: run master validation tasks on all master nodes\n"
    "workers: run worker validation tasks on all worker nodes\n\n"
    "list:    list all validation tasks\n\n"
    "For all commands except list:\n"
    "NAME can be any task full name or prefix.\n"
    "When NAME is given, only tasks with name starts with the prefix will run.\n"
    "For example, specifying NAME \"master\" or \"ma\" will run both tasks named \"master.rpc.port.available\" and "
    "\"master.web.port.available\" but not \"worker.rpc.port.available\".\n"
    "If NAME is not given, all tasks for the given TARGET will run.\n\n"
    "OPTIONS can be a list of command line options. Each option has the format \"-<optionName> [optionValue]\"\n";

// What the original's HDFS tasks take: understood, and of no use here.
constexpr OptionSpec kOptions[] = {
    {.short_name = "hadoopConfDir",
     .arg_name = "arg",
     .description = "path to server-side hadoop conf dir",
     .hidden = true},
};

void PrintUsage(Environment& env) {
  constexpr absl::string_view kPrefix = "usage: ";
  env.out() << WrapText(absl::StrCat(kPrefix, kUsage), static_cast<int>(kPrefix.size()), kHelpWidth) << "\n";
}

int Refuse(absl::string_view message, Environment& env) {
  env.err() << message << "\n";
  PrintUsage(env);
  return -2;
}

}  // namespace

int ValidateConf(std::span<const std::string> args, Environment& env) {
  env.out() << "Validating configuration.\n";
  // The client's is known to be good: this process has it.
  for (const conf::Process process : {conf::Process::kMaster, conf::Process::kWorker}) {
    const auto loaded = conf::Load(process, {}, conf::ThisHost());
    if (!loaded.ok()) {
      env.err() << "Configuration is invalid: " << loaded.status().message() << "\n";
      return -1;
    }
  }
  env.out() << "Configuration is valid.\n";
  return 0;
}

int ValidateEnv(std::span<const std::string> args, Environment& env) {
  if (args.empty()) return Refuse("Target not specified.", env);
  const std::string& target = args[0];
  if (target == "-h" || target == "--help" || target == "-help") {
    PrintUsage(env);
    return 0;
  }
  const absl::StatusOr<Arguments> parsed = ParseCommandLine(kOptions, args.subspan(1));
  if (!parsed.ok()) {
    env.err() << "Invalid argument: Failed to parse args for validateEnv: " << parsed.status().message() << ".\n";
    return -1;
  }
  const std::string name = parsed->size() > 0 ? (*parsed)[0] : "";
  if (target == "list") {
    for (absl::string_view shown : {"master", "worker", "cluster"}) PrintTasks(shown, env);
    return 0;
  }
  bool success = false;
  if (GroupsOf(target) != 0) {
    success = ValidateHere(target, name, env);
  } else if (target == "masters" || target == "workers") {
    success = ValidateThere(target.substr(0, target.size() - 1), name, env);
  } else if (target == "all") {
    success = ValidateThere("master", name, env);
    success = ValidateThere("worker", name, env) && success;
    success = ValidateHere("cluster", name, env) && success;
  } else {
    return Refuse("Invalid target.", env);
  }
  return success ? 0 : -1;
}

}  // namespace alluxio::shell
