#include "alluxio/shell/collect_info.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "alluxio/base/executor.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/conf/load.h"
#include "alluxio/conf/nodes.h"
#include "alluxio/shell/http_fetch.h"
#include "alluxio/shell/process.h"

namespace alluxio::shell {
namespace {

namespace fs = std::filesystem;

constexpr char kTarball[] = "alluxio-info.tar.gz";

constexpr absl::string_view kUsage =
    "collectInfo [--max-threads <threadNum>] [--local] [--help] [--exclude-logs <filename-prefixes>] "
    "[--include-logs <filename-prefixes>] [--additional-logs <filename-prefixes>] [--start-time <datetime>] "
    "[--end-time <datetime>] COMMAND <outputPath>\n\n"
    "collectInfo runs a set of sub-commands which collect information about your Alluxio cluster.\n"
    "In the end of the run, the collected information will be written to files and bundled into one tarball.\n"
    "COMMAND can be one of the following values:\n"
    "all:                runs all the commands below.\n"
    "collectAlluxioInfo: runs a set of Alluxio commands to collect information about the Alluxio cluster.\n"
    "collectConfig:      collects the configuration files under ${ALLUXIO_HOME}/config/.\n"
    "collectEnv:         runs a set of linux commands to collect information about the cluster.\n"
    "collectJvmInfo:     collects jstack from the JVMs.\n"
    "collectLog:         collects the log files under ${ALLUXIO_HOME}/logs/.\n"
    "collectMetrics:     collects Alluxio system metrics.\n\n"
    "<outputPath>        the directory you want the collected tarball to be in\n\n"
    "WARNING: This command MAY bundle credentials. To understand the risks refer to the docs here.\n"
    "https://docs.alluxio.io/os/user/edge/en/operation/Troubleshooting.html#collect-alluxio-cluster-information\n";

absl::Status WriteFile(const fs::path& path, absl::string_view text) {
  std::error_code error;
  fs::create_directories(path.parent_path(), error);
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  if (file << text << std::flush) return absl::OkStatus();
  return absl::UnknownError(absl::StrCat("cannot write ", path.string()));
}

std::string ReadFile(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

// Runs each, and writes what they say. Programs that this machine lacks are no failure.
absl::Status RunAll(const std::vector<std::vector<std::string>>& commands, const fs::path& file) {
  std::string text;
  for (const std::vector<std::string>& command : commands) {
    absl::StrAppend(&text, "Running cmd [", absl::StrJoin(command, ", "), "]\n");
    const auto result = RunProcess(command, absl::Seconds(60));
    if (result.ok()) {
      absl::StrAppend(&text, "StatusCode:", result->code, "\nStdOut:\n", result->output, "\n");
    } else {
      absl::StrAppend(&text, result.status().message(), "\n\n");
    }
  }
  return WriteFile(file, text);
}

absl::Status CollectAlluxioInfo(const fs::path& folder, const Arguments& args, Environment& env) {
  const std::string self = OwnProgram();
  // A dead master should not hold this up for minutes.
  const std::string retry = "-Dalluxio.user.rpc.retry.max.duration=5s";
  return RunAll({{self, "getConf", "--master", "--source", retry},
                 {self, "fsadmin", "report", retry},
                 {self, "fsadmin", "report", "capacity", retry},
                 {self, "fsadmin", "report", "metrics", retry},
                 {self, "fsadmin", "doctor", retry},
                 {self, "fs", "mount", retry},
                 {self, "version"},
                 {"ls", "-al", "-R", env.conf().GetString("alluxio.master.journal.folder")}},
                folder / "collectAlluxioInfo.txt");
}

absl::Status CollectConfig(const fs::path& folder, const Arguments& args, Environment& env) {
  const fs::path source = env.conf().GetString("alluxio.conf.dir");
  std::error_code error;
  fs::create_directories(folder, error);
  fs::directory_iterator it(source, error);
  if (error) return absl::NotFoundError(absl::StrCat("cannot list ", source.string(), ": ", error.message()));
  for (; it != fs::directory_iterator(); it.increment(error)) {
    const std::string name = it->path().filename().string();
    // It may hold passwords; what it says is in `getConf`, with those masked.
    if (absl::StartsWith(name, "alluxio-site.properties") && !absl::EndsWith(name, ".template")) continue;
    if (it->is_regular_file()) fs::copy_file(it->path(), folder / name, fs::copy_options::overwrite_existing, error);
  }
  return absl::OkStatus();
}

absl::Status CollectEnv(const fs::path& folder, const Arguments& args, Environment& env) {
  return RunAll({{"ps", "-ef"},
                 {"env"},
                 {"top", "-b", "-n", "1"},
                 {"mount"},
                 {"df", "-H"},
                 {"sh", "-c", "ulimit -a"},
                 {"uname", "-a"},
                 {"hostname"},
                 {"hostname", "-i"},
                 {"hostname", "-f"},
                 {"ls", "-al", "-R", env.conf().GetString("alluxio.home")},
                 {"cat", "/proc/meminfo", "/proc/loadavg"},
                 {"ip", "addr"}},
                folder / "collectEnv.txt");
}

// There is no JVM: what the kernel says of each server and its threads.
absl::Status CollectJvmInfo(const fs::path& folder, const Arguments& args, Environment& env) {
  std::string text;
  for (const ServerProcess& process : ServerProcesses()) {
    const fs::path proc = fs::path("/proc") / std::to_string(process.pid);
    absl::StrAppend(&text, "Process ", process.pid, " (alluxio-", process.name, ")\n", ReadFile(proc / "status"),
                    ReadFile(proc / "limits"), "\nThreads:\n");
    std::error_code error;
    for (fs::directory_iterator it(proc / "task", error); !error && it != fs::directory_iterator();
         it.increment(error)) {
      absl::StrAppend(&text, it->path().filename().string(), " ",
                      absl::StripSuffix(ReadFile(it->path() / "comm"), "\n"), " ", ReadFile(it->path() / "wchan"), " ",
                      ReadFile(it->path() / "stat"));
    }
    absl::StrAppend(&text, "\n");
  }
  if (text.empty()) text = "There is no server of Alluxio on this machine.\n";
  return WriteFile(folder / "collectJvmInfo.txt", text);
}

bool WantsTime(const fs::path& file, const LogChoice& choice) {
  std::error_code error;
  if (choice.start.has_value()) {
    const auto written = fs::last_write_time(file, error);
    if (error) return false;
    const auto system = std::chrono::file_clock::to_sys(written);
    const absl::Time last = absl::FromChrono(std::chrono::time_point_cast<std::chrono::seconds>(system));
    if (absl::ToCivilSecond(last, absl::LocalTimeZone()) < *choice.start) return false;
  }
  if (choice.end.has_value()) {
    std::ifstream in(file);
    std::string line;
    for (int i = 0; i < 100 && std::getline(in, line); ++i) {
      if (const auto time = LeadingTime(line); time.has_value()) return *time <= *choice.end;
    }
  }
  return true;
}

absl::Status CollectLog(const fs::path& folder, const Arguments& args, Environment& env) {
  ALLUXIO_ASSIGN_OR_RETURN(const LogChoice choice, ChooseLogs(args));
  const fs::path logs = env.conf().GetString("alluxio.logs.dir");
  std::error_code error;
  if (!fs::is_directory(logs, error)) {
    return absl::NotFoundError(absl::StrCat("Alluxio log directory ", logs.string(), " does not exist!"));
  }
  fs::create_directories(folder, error);
  for (fs::recursive_directory_iterator it(logs, error); !error && it != fs::recursive_directory_iterator();
       it.increment(error)) {
    const std::string name = fs::relative(it->path(), logs).string();
    if (!it->is_regular_file() || !choice.WantsName(name) || !WantsTime(it->path(), choice)) continue;
    std::error_code copied;
    fs::create_directories((folder / name).parent_path(), copied);
    fs::copy_file(it->path(), folder / name, fs::copy_options::overwrite_existing, copied);
    if (copied) env.err() << "ERROR: file " << it->path().string() << ": " << copied.message() << "\n";
  }
  return absl::OkStatus();
}

absl::Status CollectMetrics(const fs::path& folder, const Arguments& args, Environment& env) {
  struct Server {
    std::string name;
    std::string host;
    int port = 0;
  };
  std::vector<Server> servers = {{.name = "master",
                                  .host = env.conf().GetString("alluxio.master.hostname"),
                                  .port = static_cast<int>(env.conf().GetInt("alluxio.master.web.port"))}};
  if (const auto fs = env.fs(); fs.ok()) {
    if (const auto address = (*fs)->context()->MasterAddress(); address.ok()) {
      servers[0].host = address->substr(0, address->rfind(':'));
    }
  }
  if (!args.Has("exclude-worker-metrics")) {
    if (const auto blocks = env.blocks(); blocks.ok()) {
      if (const auto workers = (*blocks)->GetWorkerInfoList(); workers.ok()) {
        for (const client::WorkerInfo& worker : *workers) {
          servers.push_back({.name = absl::StrCat("worker-", worker.address.host),
                             .host = worker.address.host,
                             .port = worker.address.web_port});
        }
      }
    }
  }
  constexpr int kTimes = 3;
  for (int i = 0; i < kTimes; ++i) {
    if (i > 0) env.clock()->Sleep(absl::Seconds(3));
    for (const Server& server : servers) {
      const auto answer = HttpFetch({.host = server.host, .port = server.port, .target = "/metrics/json/"});
      const std::string text = absl::StrCat("Url: http://", server.host, ":", server.port, "/metrics/json/\nResponse: ",
                                            answer.ok() ? *answer : std::string(answer.status().message()), "\n");
      ALLUXIO_RETURN_IF_ERROR(WriteFile(folder / absl::StrCat("collectMetrics-", server.name, "-", i), text));
    }
  }
  return absl::OkStatus();
}

struct Collector {
  absl::string_view name;
  absl::Status (*run)(const fs::path& folder, const Arguments& args, Environment& env);
};
constexpr Collector kCollectors[] = {
    {"collectAlluxioInfo", CollectAlluxioInfo}, {"collectConfig", CollectConfig}, {"collectEnv", CollectEnv},
    {"collectJvmInfo", CollectJvmInfo},         {"collectLog", CollectLog},       {"collectMetrics", CollectMetrics},
};

int Usage(absl::string_view message, int code, Environment& env) {
  constexpr absl::string_view kPrefix = "usage: ";
  constexpr int kWidth = 200;
  // Later lines begin below the first option.
  const size_t indent = kPrefix.size() + kUsage.find(' ') + 1;
  env.err() << message << "\n";
  env.out() << WrapText(absl::StrCat(kPrefix, kUsage), static_cast<int>(indent), kWidth) << "\n"
            << FormatOptions(kCollectInfoOptions, kWidth) << "\n";
  return code;
}

absl::Status Pack(const fs::path& tarball, const fs::path& folder, const std::vector<std::string>& names) {
  std::vector<std::string> words = {"tar", "-czf", tarball.string(), "-C", folder.string()};
  words.insert(words.end(), names.begin(), names.end());
  ALLUXIO_ASSIGN_OR_RETURN(const ProcessResult result, RunProcess(words, absl::Minutes(10)));
  if (result.code == 0) return absl::OkStatus();
  return absl::UnknownError(absl::StrCat("tar ended with ", result.code, ": ", result.output));
}

int CollectHere(const Arguments& args, Environment& env) {
  env.out() << "Executing collectInfo locally\n";
  const fs::path output = fs::absolute(args[1]);
  std::vector<std::string> folders;
  int code = 0;
  if (args[0] == "all") env.out() << "Execute all child commands\n";
  for (const Collector& collector : kCollectors) {
    if (args[0] != "all" && args[0] != collector.name) continue;
    env.out() << "Executing " << collector.name << "\n" << std::flush;
    if (const absl::Status status = collector.run(output / std::string(collector.name), args, env); !status.ok()) {
      env.err() << "Command " << collector.name << " failed: " << status.message() << "\n";
      code = 1;
      continue;
    }
    folders.push_back(std::string(collector.name));
  }
  env.out() << "Files to collect: [" << absl::StrJoin(folders, ", ") << "]\nArchiving dir " << args[1] << "\n";
  if (folders.empty()) {
    env.err() << "No files to add. Tarball " << (output / kTarball).string() << " will be empty!\n";
    return 2;
  }
  if (const absl::Status status = Pack(output / kTarball, output, folders); !status.ok()) {
    env.err() << status.message() << "\n";
    return 1;
  }
  env.out() << "Archiving finished\n";
  return code;
}

std::string ShellWord(absl::string_view word) {
  return absl::StrCat("'", absl::StrReplaceAll(word, {{"'", "'\\''"}}), "'");
}

// Runs `words` on `host` through ssh, copies the tarball it made to `folder`.
absl::Status CollectThere(const std::string& host, const std::vector<std::string>& words, const fs::path& made,
                          const fs::path& folder) {
  const std::vector<std::string> options = {"-o", "ConnectTimeout=5", "-o", "StrictHostKeyChecking=no"};
  std::vector<std::string> ssh = {"ssh"};
  ssh.insert(ssh.end(), options.begin(), options.end());
  ssh.insert(ssh.end(), {"-n", "--", host, absl::StrJoin(words, " ", [](std::string* out, const std::string& word) {
                           absl::StrAppend(out, ShellWord(word));
                         })});
  ALLUXIO_ASSIGN_OR_RETURN(const ProcessResult ran, RunProcess(ssh, absl::Minutes(30)));
  if (ran.code != 0) return absl::UnknownError(absl::StrCat("ssh ended with ", ran.code, "\n", ran.output));
  std::vector<std::string> scp = {"scp"};
  scp.insert(scp.end(), options.begin(), options.end());
  scp.insert(scp.end(), {"--", absl::StrCat(host, ":", made.string()), folder.string()});
  ALLUXIO_ASSIGN_OR_RETURN(const ProcessResult copied, RunProcess(scp, absl::Minutes(30)));
  if (copied.code != 0) return absl::UnknownError(absl::StrCat("scp ended with ", copied.code, "\n", copied.output));
  return absl::OkStatus();
}

int CollectEverywhere(std::span<const std::string> line, const Arguments& args, Environment& env) {
  env.out() << "Executing collectInfo on all nodes in the cluster\n";
  const std::string conf_dir = env.conf().GetString("alluxio.conf.dir");
  env.out() << "Looking for masters and workers in " << conf_dir << "\n";
  std::vector<std::string> hosts;
  for (const auto& list :
       {conf::ReadMasters(conf_dir, conf::ThisHost()), conf::ReadWorkers(conf_dir, conf::ThisHost())}) {
    if (list.ok()) hosts.insert(hosts.end(), list->begin(), list->end());
  }
  std::sort(hosts.begin(), hosts.end());
  hosts.erase(std::unique(hosts.begin(), hosts.end()), hosts.end());
  env.out() << "Found " << hosts.size() << " hosts\n" << std::flush;

  const fs::path output = fs::absolute(args[1]);
  const std::string temporary = absl::StrFormat("collectInfo-%d", ::getpid());
  std::vector<std::string> words = {env.conf().GetString("alluxio.home") + "/bin/alluxio", "collectInfo", "--local"};
  words.insert(words.end(), line.begin(), line.end());
  // Each host takes a while, and none needs another.
  size_t threads = hosts.size();
  if (int64_t wanted = 0; args.Has("max-threads")) {
    if (!absl::SimpleAtoi(args.Value("max-threads"), &wanted) || wanted < 1) {
      env.err() << "--max-threads " << args.Value("max-threads") << " is not a positive number\n";
      return -1;
    }
    threads = std::min(threads, static_cast<size_t>(wanted));
  }
  env.out() << "Init thread pool for " << hosts.size() << " hosts\n";
  std::vector<absl::Status> statuses(hosts.size());
  if (!hosts.empty()) {
    ThreadPool pool({.name = "collect", .threads = static_cast<int>(threads), .queue_limit = hosts.size()});
    for (size_t i = 0; i < hosts.size(); ++i) {
      env.out() << "Execute collectInfo on host " << hosts[i] << "\n" << std::flush;
      const fs::path folder = output / temporary / hosts[i];
      std::error_code error;
      fs::create_directories(folder, error);
      pool.Submit([&, i, folder] { statuses[i] = CollectThere(hosts[i], words, output / kTarball, folder); });
    }
  }
  std::vector<std::string> collected;
  for (size_t i = 0; i < hosts.size(); ++i) {
    if (statuses[i].ok()) {
      collected.push_back(hosts[i]);
    } else {
      env.out() << "Execution failed on host " << hosts[i] << "\n" << statuses[i].message() << "\n";
    }
  }
  env.out() << "Tarballs of " << collected.size() << "/" << hosts.size() << " hosts copied\n";
  int code = 1;
  if (collected.empty()) {
    env.err() << "Failed to invoke local collectInfo command on all hosts!\n";
  } else {
    const fs::path final_path =
        output / absl::StrCat("alluxio-cluster-info-",
                              absl::FormatTime("%Y%m%d_%H%M%S", env.clock()->Now(), absl::LocalTimeZone()), ".tar.gz");
    if (const absl::Status status = Pack(final_path, output / temporary, collected); status.ok()) {
      env.out() << "Final tarball compressed to " << final_path.string() << "\n";
      code = 0;
    } else {
      env.err() << status.message() << "\n";
    }
  }
  std::error_code error;
  fs::remove_all(output / temporary, error);
  return code;
}

}  // namespace

std::optional<absl::CivilSecond> LeadingTime(absl::string_view text) {
  // What to parse, and how many characters of the text it takes.
  static constexpr std::pair<const char*, size_t> kForms[] = {
      {"%Y-%m-%d %H:%M:%S", 19}, {"%Y-%m-%d %H:%M", 16},    {"%y/%m/%d %H:%M:%S", 17},
      {"%y/%m/%d %H:%M", 14},    {"%Y-%m-%dT%H:%M:%S", 19}, {"%Y-%m-%dT%H:%M", 16},
  };
  for (const auto& [form, length] : kForms) {
    absl::Time time;
    std::string error;
    if (text.size() >= length && absl::ParseTime(form, text.substr(0, length), absl::UTCTimeZone(), &time, &error)) {
      return absl::ToCivilSecond(time, absl::UTCTimeZone());
    }
  }
  return std::nullopt;
}

bool LogChoice::WantsName(absl::string_view name) const {
  const auto begins = [&](const std::string& prefix) { return absl::StartsWith(name, prefix); };
  return std::none_of(excluded.begin(), excluded.end(), begins) &&
         std::any_of(included.begin(), included.end(), begins);
}

absl::StatusOr<LogChoice> ChooseLogs(const Arguments& args) {
  const auto names = [&args](absl::string_view key) {
    return std::vector<std::string>(absl::StrSplit(args.Value(key), absl::ByAnyChar(", "), absl::SkipEmpty()));
  };
  LogChoice choice;
  choice.included = {"master.log",       "master.out", "job_master.log", "job_master.out",
                     "master_audit.log", "worker.log", "worker.out",     "job_worker.log",
                     "job_worker.out",   "proxy.log",  "proxy.out",      "task.log",
                     "task.out",         "user",       "local.log",      "local.out"};
  if (args.Has("include-logs")) {
    for (const char* other : {"exclude-logs", "additional-logs"}) {
      if (!args.Has(other)) continue;
      return absl::InvalidArgumentError(
          absl::StrCat("ERROR: Please do not use --", other, " when --include-logs is specified."));
    }
    choice.included = names("include-logs");
  }
  choice.excluded = names("exclude-logs");
  for (const std::string& name : names("additional-logs")) choice.included.push_back(name);
  for (const auto& [key, time] : {std::pair("start-time", &choice.start), std::pair("end-time", &choice.end)}) {
    if (!args.Has(key)) continue;
    *time = LeadingTime(args.Value(key));
    if (!time->has_value()) {
      return absl::InvalidArgumentError(
          absl::StrCat("ERROR: --", key, " ", args.Value(key), " is not a time like 2020-06-27T11:58:53."));
    }
  }
  if (choice.start.has_value() && choice.end.has_value() && *choice.start > *choice.end) {
    return absl::InvalidArgumentError("ERROR: The start time is later than the end time!");
  }
  return choice;
}

int CollectInfo(std::span<const std::string> args, Environment& env) {
  const absl::StatusOr<Arguments> parsed = ParseCommandLine(kCollectInfoOptions, args);
  if (!parsed.ok()) return Usage(parsed.status().message(), -1, env);
  if (parsed->Has("help")) return Usage("", 0, env);
  if (parsed->size() < 2) {
    return Usage(absl::StrCat("Command requires at least 2 arguments (", args.size(), " provided)\n"), -1, env);
  }
  const auto known = std::find(std::begin(kCollectInfoCommands), std::end(kCollectInfoCommands), (*parsed)[0]);
  if (known == std::end(kCollectInfoCommands)) {
    return Usage(absl::StrCat((*parsed)[0], " is an unknown command."), 1, env);
  }
  if (const auto choice = ChooseLogs(*parsed); !choice.ok()) {
    env.err() << choice.status().message() << "\n";
    return -1;
  }
  return parsed->Has("local") ? CollectHere(*parsed, env) : CollectEverywhere(args, *parsed, env);
}

}  // namespace alluxio::shell
