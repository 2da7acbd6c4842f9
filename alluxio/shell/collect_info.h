#ifndef ALLUXIO_SHELL_COLLECT_INFO_H_
#define ALLUXIO_SHELL_COLLECT_INFO_H_

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "alluxio/shell/command.h"

namespace alluxio::shell {

inline constexpr OptionSpec kCollectInfoOptions[] = {
    {.long_name = "additional-logs",
     .arg_name = "filename-prefixes",
     .description = "extra log file name prefixes to include in ${ALLUXIO_HOME}/logs. The files that start with the "
                    "prefix will be included, in addition to the rest of regular logs like master.log.\nThis will be "
                    "checked after the exclusions defined in --exclude-logs.\n<filename-prefixes> filename prefixes, "
                    "separated by comma"},
    {.long_name = "end-time",
     .arg_name = "datetime",
     .description = "logs that do not contain entries before this time will be ignored\n<datetime> a datetime string "
                    "like 2020-06-27T11:58:53"},
    {.long_name = "exclude-logs",
     .arg_name = "filename-prefixes",
     .description = "log file name prefixes to exclude in ${ALLUXIO_HOME}/logs. The files that start with the prefix "
                    "will be excluded.\nThis will be checked before the additions defined in --additional-logs.\n"
                    "<filename-prefixes> filename prefixes, separated by comma"},
    {.long_name = "exclude-worker-metrics",
     .description = "only collect master metrics\nBy default collect master metrics and all worker metrics."},
    {.long_name = "help", .description = "shows the help message"},
    {.long_name = "include-logs",
     .arg_name = "filename-prefixes",
     .description = "extra log file name prefixes to include in ${ALLUXIO_HOME}/logs. Only the files that start with "
                    "the prefix will be included.\nThis option should not be given in combination with --exclude-logs "
                    "or --additional-logs.\n<filename-prefixes> filename prefixes, separated by comma"},
    {.long_name = "local", .description = "specifies this command should only collect information about the localhost"},
    {.long_name = "max-threads",
     .arg_name = "arg",
     .description = "the number of threads this command uses\nBy default it allocates one thread for each host.\nUse a "
                    "smaller number to constrain the network IO when transmitting tarballs."},
    {.long_name = "start-time",
     .arg_name = "datetime",
     .description = "logs that do not contain entries after this time will be ignored\n<datetime> a datetime string "
                    "like 2020-06-27T11:58:53 or \"2020-06-27 11:58:53\""},
};
inline constexpr absl::string_view kCollectInfoCommands[] = {
    "all", "collectAlluxioInfo", "collectConfig", "collectEnv", "collectJvmInfo", "collectLog", "collectMetrics"};

// `alluxio collectInfo [--local] COMMAND OUTPUT`: gathers what helps to understand
// trouble into OUTPUT/alluxio-info.tar.gz; without --local on every host of
// conf/masters and conf/workers, and all of it into one file.
int CollectInfo(std::span<const std::string> args, Environment& env);

// Which logs are wanted.
struct LogChoice {
  std::vector<std::string> included;  // beginnings of names
  std::vector<std::string> excluded;
  std::optional<absl::CivilSecond> start;
  std::optional<absl::CivilSecond> end;

  bool WantsName(absl::string_view name) const;
};
// INVALID_ARGUMENT: options that do not go together, or a time that can't be read.
absl::StatusOr<LogChoice> ChooseLogs(const Arguments& args);

// The time that `text` begins with, in one of the forms that logs use.
std::optional<absl::CivilSecond> LeadingTime(absl::string_view text);

}  // namespace alluxio::shell

#endif  // ALLUXIO_SHELL_COLLECT_INFO_H_
