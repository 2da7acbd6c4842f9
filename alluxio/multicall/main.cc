// All of Alluxio in one program. What it is decides its name (alluxio-master,
// alluxio-worker, alluxio-local, alluxio-client: links to it in the tarball's lib/)
// or, as `alluxio`, its first argument; every other command is the shell's.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "alluxio/container/entrypoint_main.h"
#include "alluxio/container/health.h"
#include "alluxio/container/program.h"
#include "alluxio/local/local_main.h"
#include "alluxio/master/master_main.h"
#include "alluxio/security/name_service.h"
#include "alluxio/shell/shell_main.h"
#include "alluxio/worker/worker_main.h"

namespace {

struct Service {
  const char* name;
  int (*main)(int argc, char** argv);
};

constexpr Service kServices[] = {
    {"master", alluxio::master::MasterMain},
    {"worker", alluxio::worker::WorkerMain},
    {"local", alluxio::local::LocalMain},
};

// Needs other programs (ssh, a compiler, processes on this machine): a script.
constexpr const char* kScriptCommands[] = {"quickstart",   "format",        "formatMasters", "formatWorker",
                                           "formatWorkers", "bootstrapConf", "copyDir"};

int RunScript(int argc, char** argv, const std::string& home) {
  const std::string script = home + "/libexec/alluxio-commands";
  std::vector<char*> words = {const_cast<char*>("/bin/sh"), const_cast<char*>(script.c_str())};
  words.insert(words.end(), argv + 1, argv + argc);
  words.push_back(nullptr);
  ::execv(words[0], words.data());
  std::perror("alluxio: /bin/sh");
  return 1;
}

int RunCommand(int argc, char** argv) {
  const std::string home = alluxio::container::ProgramHome();
  const bool has_script = !home.empty() && ::access((home + "/libexec/alluxio-commands").c_str(), R_OK) == 0;
  const char* const command = argc > 1 ? argv[1] : "help";
  const bool script_command = std::any_of(std::begin(kScriptCommands), std::end(kScriptCommands),
                                          [&](const char* name) { return std::strcmp(name, command) == 0; });
  if (script_command && has_script) return RunScript(argc, argv, home);
  if (std::strcmp(command, "entrypoint") == 0) return alluxio::container::EntrypointMain(argc - 1, argv + 1);
  if (!alluxio::container::PrepareEnvironment()) {
    if (has_script) return RunScript(argc, argv, home);
    std::fprintf(stderr, "alluxio: conf/alluxio-env.sh needs a shell to be read, and is ignored\n");
  }
  if (std::strcmp(command, "healthCheck") == 0) return alluxio::container::HealthCheckMain();
  for (const Service& service : kServices) {
    if (std::strcmp(service.name, command) == 0) return service.main(argc - 1, argv + 1);
  }
  return alluxio::shell::ShellMain(argc, argv);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 0) return 1;
  alluxio::security::KeepNameServicesBuiltIn();
  const char* const slash = std::strrchr(argv[0], '/');
  const std::string name = slash == nullptr ? argv[0] : slash + 1;
  const bool linked = name.rfind("alluxio-", 0) == 0 && name != "alluxio-multicall";
  if (!linked) return RunCommand(argc, argv);
  // Whoever started it by such a name has read conf/alluxio-env.sh.
  alluxio::container::PrepareEnvironment();
  for (const Service& service : kServices) {
    if (name == std::string("alluxio-") + service.name) return service.main(argc, argv);
  }
  return alluxio::shell::ShellMain(argc, argv);
}
