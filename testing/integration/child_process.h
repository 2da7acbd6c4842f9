#ifndef ALLUXIO_TESTING_INTEGRATION_CHILD_PROCESS_H_
#define ALLUXIO_TESTING_INTEGRATION_CHILD_PROCESS_H_

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace alluxio::test {

// One of our binaries as a child of the test, its stderr read by the test. Killed
// and waited for when this goes.
class ChildProcess {
 public:
  // `environment` replaces the test's own but for PATH and HOME.
  static absl::StatusOr<std::unique_ptr<ChildProcess>> Start(const std::vector<std::string>& arguments,
                                                             const std::map<std::string, std::string>& environment);
  ~ChildProcess();

  // Reads lines from stderr until one contains `text`, which is returned.
  // UNAVAILABLE, with all that was read: the process ended without it.
  absl::StatusOr<std::string> WaitForLine(const std::string& text);

  void Signal(int signal);
  // Whether it lives still.
  bool Running() const;
  // Exit code, or -signal.
  int Wait();

 private:
  ChildProcess(int pid, int fd) : pid_(pid), fd_(fd) {}
  int pid_;
  int fd_;
  std::string unread_;
};

}  // namespace alluxio::test

#endif  // ALLUXIO_TESTING_INTEGRATION_CHILD_PROCESS_H_
