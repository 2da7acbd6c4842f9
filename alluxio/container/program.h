#ifndef ALLUXIO_CONTAINER_PROGRAM_H_
#define ALLUXIO_CONTAINER_PROGRAM_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace alluxio::container {

// The folder above bin/ or lib/ in which this program lies, "" where it lies
// elsewhere (a checkout's build folder).
std::string ProgramHome();

// Puts the tarball's folder and conf/alluxio-env.sh into the environment, as
// libexec/alluxio-config.sh does for scripts. False where that file needs a shell.
bool PrepareEnvironment();

// Becomes this program again, as `arguments[0]`. Returns only on failure.
absl::Status BecomeProgram(const std::vector<std::string>& arguments);

// Runs it in a process of its own; its exit code (128 + signal where one ended it).
absl::StatusOr<int> RunProgram(const std::vector<std::string>& arguments);

}  // namespace alluxio::container

#endif  // ALLUXIO_CONTAINER_PROGRAM_H_
