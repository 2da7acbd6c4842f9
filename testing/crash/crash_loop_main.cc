// The crash loop as a command:
//   bazel run -c opt //testing/crash -- --kill master --cycles 300
//   bazel run -c opt //testing/crash -- --faults
#include <cstdio>
#include <cstdlib>
#include <string>

#include "CLI/CLI.hpp"
#include "testing/crash/crash_loop.h"

int main(int argc, char** argv) {
  alluxio::test::CrashLoopOptions options;
  options.verbose = true;
  std::string kill = "master";
  CLI::App app("Kills servers while clients work, and checks what is there after each restart");
  app.add_option("--cycles", options.cycles, "How often")->check(CLI::PositiveNumber);
  app.add_option("--kill", kill, "Whom")->check(CLI::IsMember({"master", "worker", "both"}));
  app.add_option("--clients", options.clients, "Clients at work")->check(CLI::Range(1, 64));
  app.add_option("--seed", options.seed, "Of the operations");
  app.add_option("--folder", options.folder, "Where everything lies; kept after a failure (default: a new one in /tmp)");
  bool faults = false;
  app.add_flag("--faults", faults, "Instead of killing, let each call site of the file system fail");
  app.add_option("--only", options.only, "Of these the ones whose line has this text");
  CLI11_PARSE(app, argc, argv);
  if (faults) {
    options.fault_library = "testing/crash/libfault_calls.so";
    if (app.count("--cycles") == 0) options.cycles = 0;
  }
  options.kill_master = kill != "worker";
  options.kill_worker = kill != "master";
  if (options.folder.empty()) {
    std::string folder = "/tmp/crash_loop.XXXXXX";
    if (::mkdtemp(folder.data()) == nullptr) {
      std::perror("a folder in /tmp");
      return 1;
    }
    options.folder = folder;
  }
  alluxio::test::CrashLoopReport report;
  const absl::Status status = alluxio::test::RunCrashLoop(options, &report);
  std::printf("%s: %s\n", faults ? "faults" : ("kill -9 of " + kill).c_str(), report.ToString().c_str());
  for (const std::string& fault : report.not_met) std::printf("not met: %s\n", fault.c_str());
  if (!status.ok()) std::printf("WRONG: %s\n", status.ToString().c_str());
  return status.ok() ? 0 : 1;
}
