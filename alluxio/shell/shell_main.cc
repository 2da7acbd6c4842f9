#include "alluxio/shell/shell_main.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>

#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "alluxio/conf/load.h"
#include "alluxio/shell/connections.h"
#include "alluxio/shell/tools.h"

namespace alluxio::shell {

int ShellMain(int argc, char** argv) {
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  std::ios::sync_with_stdio(false);
  const absl::StatusOr<conf::Loaded> loaded = conf::Load(conf::Process::kUser, argc, argv);
  if (!loaded.ok()) {
    // The one command that is there for this.
    if (std::any_of(argv, argv + argc, [](const char* word) { return absl::string_view(word) == "validateConf"; })) {
      std::cout << "Validating configuration." << std::endl;
      std::cerr << "Configuration is invalid: " << loaded.status().message() << std::endl;
      return 255;
    }
    std::cerr << loaded.status().message() << std::endl;
    return 1;
  }
  for (const std::string& warning : loaded->warnings) std::cerr << "warning: " << warning << "\n";
  // Left alone at the end: nothing in it needs more than the process's end, and
  // taking down connections costs more than most commands.
  auto* const connections =
      new Connections(loaded->configuration, isatty(STDERR_FILENO) == 1, &std::cout, &std::cerr);
  const int code = RunShell(loaded->arguments, *connections);
  std::cout.flush();
  std::cerr.flush();
  connections->ReportMetrics();
  // EX_IOERR: what we had to say was not heard.
  std::_Exit(std::cout ? code & 0xFF : 74);
}

}  // namespace alluxio::shell
