#include "alluxio/shell/run_class.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "alluxio/container/entrypoint.h"
#include "alluxio/shell/tools.h"

namespace alluxio::shell {
namespace {

struct JavaClass {
  absl::string_view name;
  absl::string_view word;
};
constexpr JavaClass kClasses[] = {
    {"alluxio.cli.AlluxioShell", "fs"},
    {"alluxio.cli.DocGenerator", "docGen"},
    {"alluxio.cli.GetConf", "getConf"},
    {"alluxio.cli.LogLevel", "logLevel"},
    {"alluxio.cli.TestRunner", "runTests"},
    {"alluxio.cli.UfsTests", "runUfsTests"},
    {"alluxio.cli.UnderFileSystemContractTest", "runUfsTests"},
    {"alluxio.cli.ValidateConf", "validateConf"},
    {"alluxio.cli.ValidateEnv", "validateEnv"},
    {"alluxio.cli.Version", "version"},
    {"alluxio.cli.bundler.CollectInfo", "collectInfo"},
    {"alluxio.cli.fs.FileSystemShell", "fs"},
    {"alluxio.cli.fsadmin.FileSystemAdminShell", "fsadmin"},
    {"alluxio.cli.job.JobShell", "job"},
    {"alluxio.master.journal.tool.JournalTool", "readJournal"},
    {"alluxio.stress.cli.UfsIOBench", "runUfsIOTest"},
};

int FormatPart(std::span<const std::string> args, Environment& env) {
  const std::string part = args.empty() ? "" : absl::AsciiStrToLower(args[0]);
  if (part == "master") return RunShell(std::vector<std::string>{"formatJournal"}, env);
  if (part == "worker") return RunShell(std::vector<std::string>{"formatWorker"}, env);
  env.err() << "Usage: runClass alluxio.cli.Format MASTER|WORKER\n";
  return 1;
}

// The property that a variable of a container names.
int ConfKey(std::span<const std::string> args, Environment& env) {
  const auto property = args.size() == 1 ? container::PropertyOfVariable(args[0]) : std::nullopt;
  if (property.has_value()) {
    env.out() << *property << "\n";
    return 0;
  }
  if (args.size() == 1) {
    env.err() << args[0] << " is not a valid configuration key.\n";
  } else {
    env.err() << "Usage: runClass alluxio.cli.GetConfKey ENVIRONMENT_VARIABLE\n";
  }
  return 1;
}

std::string CommandLine(int pid) {
  std::ifstream file(absl::StrCat("/proc/", pid, "/cmdline"), std::ios::binary);
  return absl::StrReplaceAll(std::string(std::istreambuf_iterator<char>(file), {}),
                             {{absl::string_view("\0", 1), " "}});
}

// Programs of ours, but not this one nor what started it.
std::vector<int> ProcessesWith(absl::string_view word) {
  std::vector<int> found;
  std::error_code error;
  for (std::filesystem::directory_iterator it("/proc", error); !error && it != std::filesystem::directory_iterator();
       it.increment(error)) {
    int pid = 0;
    if (!absl::SimpleAtoi(it->path().filename().string(), &pid) || pid == ::getpid() || pid == ::getppid()) continue;
    const std::string line = CommandLine(pid);
    const std::string program = std::filesystem::path(line.substr(0, line.find(' '))).filename().string();
    if (absl::StartsWith(program, "alluxio-") && absl::StrContains(line, word)) found.push_back(pid);
  }
  return found;
}

}  // namespace

int RunClass(std::span<const std::string> args, Environment& env) {
  if (args.empty()) {
    env.err() << "Usage: alluxio runClass CLASS [ARGUMENTS]\n";
    return 1;
  }
  if (args[0] == "alluxio.cli.Format") return FormatPart(args.subspan(1), env);
  if (args[0] == "alluxio.cli.GetConfKey") return ConfKey(args.subspan(1), env);
  for (const JavaClass& known : kClasses) {
    if (known.name != args[0]) continue;
    std::vector<std::string> words = {std::string(known.word)};
    words.insert(words.end(), args.begin() + 1, args.end());
    return RunShell(words, env);
  }
  env.err() << "Error: Could not find or load main class " << args[0]
            << "\nThere is no Java here. These are known, and done by words of this shell: alluxio.cli.Format, "
               "alluxio.cli.GetConfKey";
  for (const JavaClass& known : kClasses) env.err() << ", " << known.name;
  env.err() << "\n";
  return 1;
}

int KillAll(std::span<const std::string> args, Environment& env) {
  const bool soft = !args.empty() && args[0] == "-s";
  if (soft) args = args.subspan(1);
  if (args.size() != 1 || args[0].empty() || args[0][0] == '-') {
    env.out() << "Usage: alluxio killAll [-s] <WORD>\n";
    return 1;
  }
  const std::vector<int> pids = ProcessesWith(args[0]);
  for (const int pid : pids) ::kill(pid, SIGTERM);
  const auto left = [&pids] {
    return std::count_if(pids.begin(), pids.end(), [](int pid) { return ::kill(pid, 0) == 0; });
  };
  for (int i = 0; i < 1200 && left() > 0; ++i) env.clock()->Sleep(absl::Milliseconds(100));
  for (const int pid : pids) {
    if (soft || ::kill(pid, 0) != 0) continue;
    env.out() << "Process did not complete after 120 seconds, killing.\n";
    ::kill(pid, SIGKILL);
  }
  char host[256] = "localhost";
  ::gethostname(host, sizeof(host) - 1);
  env.out() << "Killed " << pids.size() - (soft ? static_cast<size_t>(left()) : 0) << " process(es) on " << host
            << "\n";
  return 0;
}

}  // namespace alluxio::shell
