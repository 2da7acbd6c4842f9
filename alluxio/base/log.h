#ifndef ALLUXIO_BASE_LOG_H_
#define ALLUXIO_BASE_LOG_H_

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace alluxio {

enum class LogLevel { kDebug, kInfo, kWarning, kError };

// Where the process's one log goes. Lines look as the original's do:
//   2026-11-22 15:24:05,397 INFO  worker/block - text
struct LogOptions {
  // Empty: stderr only.
  std::string file;
  bool to_stderr = true;
  LogLevel level = LogLevel::kInfo;
  // The file is rotated at this size; this many old ones are kept.
  int64_t max_file_bytes = int64_t{10} << 20;
  int max_files = 100;
};

// Called once by `main`, before other threads log; until then warnings and
// errors go to stderr. False: the file cannot be written (stderr is used).
bool StartLogging(const LogOptions& options);
void SetLogLevel(LogLevel level);
bool LogEnabled(LogLevel level);
// Writes one line; newlines and other control characters in `text` are escaped. Thread-safe.
void LogLine(LogLevel level, absl::string_view area, absl::string_view text);
void FlushLog();

}  // namespace alluxio

// ALLUXIO_LOG(kInfo, "worker/block", "evicted ", n, " blocks");
#define ALLUXIO_LOG(level, area, ...)                                            \
  do {                                                                           \
    if (::alluxio::LogEnabled(::alluxio::LogLevel::level)) {                     \
      ::alluxio::LogLine(::alluxio::LogLevel::level, area, absl::StrCat(__VA_ARGS__)); \
    }                                                                            \
  } while (false)

#endif  // ALLUXIO_BASE_LOG_H_
