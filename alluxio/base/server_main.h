#ifndef ALLUXIO_BASE_SERVER_MAIN_H_
#define ALLUXIO_BASE_SERVER_MAIN_H_

#include <csignal>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

// What the `main` of every server does besides its own work.
namespace alluxio {

// The first object of a server's main, made before there is any thread: sets the
// process up, and from then on SIGTERM and SIGINT come to whoever waits here.
class ServerSignals {
 public:
  ServerSignals();

  // Waits until the process is told to stop; logs it under `area`.
  void Wait(absl::string_view area) const;
  // Waits no longer than `pause`. Whether it is told to stop.
  bool WaitFor(absl::Duration pause) const;

 private:
  sigset_t signals_;
};

// Says why the server `name` can't go on: one line on the console, even if the log
// goes elsewhere, and one in the log. Returns main's exit code.
int FailServer(absl::string_view name, const absl::Status& status, bool log_is_on_console = false);

}  // namespace alluxio

#endif  // ALLUXIO_BASE_SERVER_MAIN_H_
