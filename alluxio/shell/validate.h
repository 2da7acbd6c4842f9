#ifndef ALLUXIO_SHELL_VALIDATE_H_
#define ALLUXIO_SHELL_VALIDATE_H_

#include <span>
#include <string>

#include "alluxio/shell/command.h"

namespace alluxio::shell {

inline constexpr absl::string_view kValidateTargets[] = {"all",     "cluster", "list",   "local",
                                                         "master",  "masters", "worker", "workers"};

// `alluxio validateConf`: the configuration as masters, workers and clients of
// this machine would have it.
int ValidateConf(std::span<const std::string> args, Environment& env);

// `alluxio validateEnv TARGET [NAME]`: whether Alluxio can run here. Returns 0, -1
// after failed tasks, -2 for bad arguments.
int ValidateEnv(std::span<const std::string> args, Environment& env);

}  // namespace alluxio::shell

#endif  // ALLUXIO_SHELL_VALIDATE_H_
