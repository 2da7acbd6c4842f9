#include "alluxio/base/log.h"

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <vector>

#include "absl/strings/str_replace.h"
#include "alluxio/base/check.h"
#include "spdlog/sinks/rotating_file_sink.h"
#include "spdlog/sinks/stdout_sinks.h"
#include "spdlog/spdlog.h"

namespace alluxio {
namespace {

std::atomic<LogLevel> current_level{LogLevel::kWarning};

spdlog::level::level_enum ToSpdlog(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug: return spdlog::level::debug;
    case LogLevel::kInfo: return spdlog::level::info;
    case LogLevel::kWarning: return spdlog::level::warn;
    case LogLevel::kError: return spdlog::level::err;
  }
  return spdlog::level::err;
}

constexpr absl::string_view Name(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug: return "DEBUG";
    case LogLevel::kInfo: return "INFO ";
    case LogLevel::kWarning: return "WARN ";
    case LogLevel::kError: return "ERROR";
  }
  return "?";
}

std::shared_ptr<spdlog::logger>& Logger() {
  // Leaked on purpose: threads may log while static objects are destroyed.
  static auto* const logger = [] {
    auto made = std::make_shared<spdlog::logger>("alluxio", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_pattern("%Y-%m-%d %H:%M:%S,%e %v");
    made->set_level(spdlog::level::trace);
    return new std::shared_ptr<spdlog::logger>(std::move(made));
  }();
  return *logger;
}

}  // namespace

bool StartLogging(const LogOptions& options) {
  std::vector<spdlog::sink_ptr> sinks;
  bool file_ok = true;
  if (!options.file.empty()) {
    try {
      sinks.push_back(std::make_shared<spdlog::sinks::rotating_file_sink_mt>(
          options.file, static_cast<size_t>(options.max_file_bytes), static_cast<size_t>(options.max_files)));
    } catch (const spdlog::spdlog_ex&) {
      file_ok = false;
    }
  }
  if (options.to_stderr || sinks.empty()) sinks.push_back(std::make_shared<spdlog::sinks::stderr_sink_mt>());
  auto logger = std::make_shared<spdlog::logger>("alluxio", sinks.begin(), sinks.end());
  logger->set_pattern("%Y-%m-%d %H:%M:%S,%e %v");
  logger->set_level(spdlog::level::trace);
  logger->flush_on(spdlog::level::info);
  Logger() = std::move(logger);
  SetLogLevel(options.level);
  return file_ok;
}

void SetLogLevel(LogLevel level) { current_level.store(level, std::memory_order_relaxed); }

bool LogEnabled(LogLevel level) { return level >= current_level.load(std::memory_order_relaxed); }

void LogLine(LogLevel level, absl::string_view area, absl::string_view text) {
  const std::string line =
      absl::StrCat(Name(level), " ", area, " - ", absl::StrReplaceAll(text, {{"\n", "\\n"}, {"\r", "\\r"}}));
  Logger()->log(ToSpdlog(level), spdlog::string_view_t(line.data(), line.size()));
}

void FlushLog() { Logger()->flush(); }

void CheckFailed(const char* file, int line, absl::string_view what) {
  LogLine(LogLevel::kError, "check", absl::StrCat(file, ":", line, ": ", what));
  FlushLog();
  std::fprintf(stderr, "%s:%d: check failed: %.*s\n", file, line, static_cast<int>(what.size()), what.data());
  std::abort();
}

}  // namespace alluxio
