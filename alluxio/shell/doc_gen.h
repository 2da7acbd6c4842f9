#ifndef ALLUXIO_SHELL_DOC_GEN_H_
#define ALLUXIO_SHELL_DOC_GEN_H_

#include <map>
#include <span>
#include <string>

#include "alluxio/shell/command.h"

namespace alluxio::shell {

inline constexpr OptionSpec kDocGenOptions[] = {
    {.long_name = "conf", .description = "the configuration properties used by the master."},
    {.long_name = "metric", .description = "the configuration properties used by the master."},
};

// The tables of properties and metrics by their files' names below docs/_data/table,
// in the original's form: NAME.csv and en/NAME.yml.
std::map<std::string, std::string> PropertyTables();
// The yml files tell the kinds: descriptions of metrics are not kept here.
std::map<std::string, std::string> MetricTables();

// `alluxio docGen`: writes them below `alluxio.home`.
int DocGen(std::span<const std::string> args, Environment& env);

}  // namespace alluxio::shell

#endif  // ALLUXIO_SHELL_DOC_GEN_H_
