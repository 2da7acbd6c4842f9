#ifndef ALLUXIO_BASE_LOG_LEVELS_H_
#define ALLUXIO_BASE_LOG_LEVELS_H_

#include <optional>

#include "absl/strings/string_view.h"
#include "alluxio/base/log.h"

// Levels of single areas of the log, changed while the process runs.
namespace alluxio {

// What the area logs: its own level, else that of the nearest area above it
// ("worker/block" is below "worker"), else the process's. "" is the process.
LogLevel AreaLogLevel(absl::string_view area);

// From now on the area and those below it log at `level`; "" sets the process's
// level and keeps those of areas. False: too many areas have a level of their own.
bool SetAreaLogLevel(absl::string_view area, LogLevel level);

// "DEBUG", "INFO", "WARN", "ERROR".
absl::string_view LogLevelName(LogLevel level);
// Those and log4j's others (TRACE and ALL are DEBUG, FATAL and OFF are ERROR),
// in any case.
std::optional<LogLevel> ParseLogLevel(absl::string_view name);

}  // namespace alluxio

#endif  // ALLUXIO_BASE_LOG_LEVELS_H_
