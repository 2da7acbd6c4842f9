#include "alluxio/base/server_main.h"

#include <pthread.h>

#include <cstdio>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "alluxio/base/log.h"
#include "alluxio/base/open_files.h"

namespace alluxio {

ServerSignals::ServerSignals() {
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  RaiseOpenFileLimit();
  sigemptyset(&signals_);
  sigaddset(&signals_, SIGTERM);
  sigaddset(&signals_, SIGINT);
  // All threads to come inherit it, and so leave the signals to sigwait.
  pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

void ServerSignals::Wait(absl::string_view area) const {
  int signal = 0;
  sigwait(&signals_, &signal);
  ALLUXIO_LOG(kInfo, area, "stopping on signal ", signal);
}

bool ServerSignals::WaitFor(absl::Duration pause) const {
  const timespec time = absl::ToTimespec(pause);
  return sigtimedwait(&signals_, nullptr, &time) > 0;
}

int FailServer(absl::string_view name, const absl::Status& status, bool log_is_on_console) {
  const std::string line = absl::StrCat("alluxio-", name, ": ", status.message());
  if (!log_is_on_console) std::fprintf(stderr, "%s\n", line.c_str());
  if (LogEnabled(LogLevel::kInfo)) ALLUXIO_LOG(kError, name, status.message());
  FlushLog();
  return 1;
}

}  // namespace alluxio
