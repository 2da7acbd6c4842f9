#ifndef ALLUXIO_SHELL_PROCESS_H_
#define ALLUXIO_SHELL_PROCESS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace alluxio::shell {

struct ProcessResult {
  int code = 0;        // 128 + signal where one ended it
  std::string output;  // both streams, as they came
};

// Runs a program, found along PATH, without a shell and without input, and waits
// for it; after `patience` it is killed. NOT_FOUND: no such program.
absl::StatusOr<ProcessResult> RunProcess(const std::vector<std::string>& words,
                                         absl::Duration patience = absl::Seconds(60));

// This program's own file.
std::string OwnProgram();

// What the linker made of all that is in this program, in hexadecimal digits: no
// two builds share it. "unknown" if it was told to leave it out.
std::string OwnBuildId();

// The processes of Alluxio's servers on this machine, by "master", "worker", "local".
struct ServerProcess {
  int pid = 0;
  std::string name;
};
std::vector<ServerProcess> ServerProcesses();

}  // namespace alluxio::shell

#endif  // ALLUXIO_SHELL_PROCESS_H_
