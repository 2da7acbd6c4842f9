#ifndef ALLUXIO_SHELL_LOG_LEVEL_H_
#define ALLUXIO_SHELL_LOG_LEVEL_H_

#include <span>
#include <string>

#include "alluxio/shell/command.h"

namespace alluxio::shell {

inline constexpr OptionSpec kLogLevelOptions[] = {
    {.long_name = "level", .arg_name = "arg", .description = "The log level to be set."},
    {.long_name = "logName",
     .arg_name = "arg",
     .description = "The logger's name(e.g. alluxio.master.file.DefaultFileSystemMaster) you want to get or set level.",
     .required = true},
    {.long_name = "target",
     .arg_name = "arg",
     .description = "<master|workers|job_master|job_workers|host:webPort[:role]>. A list of targets separated by , can "
                    "be specified. Default target is master, job master, all workers and all job workers."},
};

// `alluxio logLevel`: shows or sets levels of running servers through their
// pages' ports, at `/api/v1/{master,worker}/logLevel`. As the original's client
// it asks with POST even where it only looks.
int LogLevelCommand(std::span<const std::string> args, Environment& env);

}  // namespace alluxio::shell

#endif  // ALLUXIO_SHELL_LOG_LEVEL_H_
