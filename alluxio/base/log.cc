#include "alluxio/base/log.h"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "alluxio/base/check.h"
#include "spdlog/sinks/rotating_file_sink.h"
#include "spdlog/sinks/stdout_sinks.h"
#include "spdlog/spdlog.h"

namespace alluxio {
namespace {

constexpr size_t kMaxAreas = 100;

// What LogEnabled passes: the lowest level of the process and all areas.
std::atomic<LogLevel> threshold{LogLevel::kWarning};

// Not our Mutex: it would make the log lean on a library that logs.
struct Levels {
  std::mutex mutex;
  LogLevel process = LogLevel::kWarning;
  std::map<std::string, LogLevel, std::less<>> areas;
  std::atomic<bool> has_areas{false};  // spares lines the lock

  void SetThreshold() {
    LogLevel lowest = process;
    for (const auto& [area, level] : areas) lowest = std::min(lowest, level);
    threshold.store(lowest, std::memory_order_relaxed);
  }
};

Levels& TheLevels() {
  // Leaked on purpose: threads may log while static objects are destroyed.
  static auto* const levels = new Levels;
  return *levels;
}

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

// Names come from anybody: one line stays one, and no terminal is told anything.
std::string Escaped(absl::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if (c == '\n') {
      out += "\\n";
    } else if (c == '\r') {
      out += "\\r";
    } else if (absl::ascii_iscntrl(static_cast<unsigned char>(c)) && c != '\t') {
      absl::StrAppend(&out, "\\x", absl::Hex(static_cast<unsigned char>(c), absl::kZeroPad2));
    } else {
      out += c;
    }
  }
  return out;
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

bool SetAreaLogLevel(absl::string_view area, LogLevel level);

void SetLogLevel(LogLevel level) { SetAreaLogLevel("", level); }

bool LogEnabled(LogLevel level) { return level >= threshold.load(std::memory_order_relaxed); }

// This and the next three are declared by log_levels.h.
LogLevel AreaLogLevel(absl::string_view area) {
  Levels& levels = TheLevels();
  const std::lock_guard<std::mutex> lock(levels.mutex);
  while (!area.empty()) {
    if (const auto found = levels.areas.find(std::string(area)); found != levels.areas.end()) return found->second;
    const size_t slash = area.rfind('/');
    area = slash == absl::string_view::npos ? absl::string_view() : area.substr(0, slash);
  }
  return levels.process;
}

bool SetAreaLogLevel(absl::string_view area, LogLevel level) {
  Levels& levels = TheLevels();
  const std::lock_guard<std::mutex> lock(levels.mutex);
  if (area.empty()) {
    levels.process = level;
  } else {
    if (levels.areas.size() >= kMaxAreas && levels.areas.count(std::string(area)) == 0) return false;
    levels.areas[std::string(area)] = level;
    levels.has_areas.store(true, std::memory_order_relaxed);
  }
  levels.SetThreshold();
  return true;
}

absl::string_view LogLevelName(LogLevel level) { return absl::StripTrailingAsciiWhitespace(Name(level)); }

std::optional<LogLevel> ParseLogLevel(absl::string_view name) {
  const std::string upper = absl::AsciiStrToUpper(name);
  if (upper == "DEBUG" || upper == "TRACE" || upper == "ALL") return LogLevel::kDebug;
  if (upper == "INFO") return LogLevel::kInfo;
  if (upper == "WARN" || upper == "WARNING") return LogLevel::kWarning;
  if (upper == "ERROR" || upper == "FATAL" || upper == "OFF") return LogLevel::kError;
  return std::nullopt;
}

void LogLine(LogLevel level, absl::string_view area, absl::string_view text) {
  if (TheLevels().has_areas.load(std::memory_order_relaxed) && level < AreaLogLevel(area)) return;
  const std::string line =
      absl::StrCat(Name(level), " ", area, " - ", Escaped(text));
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
