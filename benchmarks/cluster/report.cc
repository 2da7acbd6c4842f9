#include "benchmarks/cluster/report.h"

#include <sys/utsname.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "nlohmann/json.hpp"

namespace alluxio::benchmarks {
namespace {

std::string Number(double value, const std::string& unit) {
  if (value < 10) return absl::StrFormat("%.2f %s", value, unit);
  if (value < 100) return absl::StrFormat("%.1f %s", value, unit);
  return absl::StrFormat("%.0f %s", value, unit);
}

}  // namespace

std::optional<double> Row::Share() const {
  if (!limit || *limit <= 0 || value <= 0) return std::nullopt;
  return smaller_is_better ? *limit / value : value / *limit;
}

std::optional<double> Row::Factor() const {
  if (!original || *original <= 0 || value <= 0) return std::nullopt;
  return smaller_is_better ? *original / value : value / *original;
}

std::optional<bool> Row::Met() const {
  if (!goal_share && !goal_bound && !goal_factor) return std::nullopt;
  if (goal_share && Share().value_or(0) < *goal_share) return false;
  if (goal_bound && (smaller_is_better ? value > *goal_bound : value < *goal_bound)) return false;
  return !goal_factor || Factor().value_or(0) >= *goal_factor;
}

std::string Row::GoalText() const {
  std::vector<std::string> parts;
  if (goal_share) parts.push_back(absl::StrFormat("%.0f%%", 100 * *goal_share));
  if (goal_bound) parts.push_back(Number(*goal_bound, unit));
  if (goal_factor) parts.push_back(absl::StrFormat("%gx", *goal_factor));
  return parts.empty() ? "-" : absl::StrJoin(parts, ", ");
}

void Report::PrintSection(const std::string& title) { out_ << "\n" << title << "\n" << std::flush; }

void Report::PrintHead() {
  out_ << machine_ << "\n\n"
       << absl::StreamFormat("%-40s %6s %12s %12s %6s %6s %-12s %-4s %8s %8s  %s\n", "row", "flight", "measured", "limit",
                             "share", "times", "goal", "met", "p50 us", "p99 us", "limit is");
}

void Report::Add(Row row) {
  const auto share = row.Share();
  const auto factor = row.Factor();
  const auto met = row.Met();
  const auto micros = [](double us) { return us > 0 ? absl::StrFormat("%.0f", us) : std::string("-"); };
  out_ << absl::StreamFormat("%-40s %6d %12s %12s %6s %6s %-12s %-4s %8s %8s  %s%s%s\n", row.name, row.in_flight,
                             Number(row.value, row.unit), row.limit ? Number(*row.limit, row.unit) : "-",
                             share ? absl::StrFormat("%.0f%%", 100 * *share) : "-",
                             factor ? absl::StrFormat("%.1fx", *factor) : "-", row.GoalText(),
                             !met ? "" : *met ? "yes" : "NO", micros(row.p50_us), micros(row.p99_us), row.limit_name,
                             row.note.empty() || row.limit_name.empty() ? "" : "; ", row.note)
       << std::flush;
  rows_.push_back(std::move(row));
}

std::string Report::Json() const {
  nlohmann::json rows = nlohmann::json::array();
  for (const Row& row : rows_) {
    nlohmann::json entry = {{"name", row.name}, {"in_flight", row.in_flight}, {"unit", row.unit}, {"value", row.value}};
    const auto put = [&](const char* key, const auto& value) {
      if (value) entry[key] = *value;
    };
    put("limit", row.limit);
    put("share", row.Share());
    put("goal_share", row.goal_share);
    put("goal_bound", row.goal_bound);
    put("original", row.original);
    put("factor", row.Factor());
    put("goal_factor", row.goal_factor);
    put("met", row.Met());
    if (!row.limit_name.empty()) entry["limit_name"] = row.limit_name;
    if (row.p50_us > 0) entry["p50_us"] = row.p50_us;
    if (row.p99_us > 0) entry["p99_us"] = row.p99_us;
    if (row.smaller_is_better) entry["smaller_is_better"] = true;
    if (!row.note.empty()) entry["note"] = row.note;
    rows.push_back(std::move(entry));
  }
  return nlohmann::json({{"machine", machine_}, {"rows", std::move(rows)}}).dump(2);
}

std::string DescribeMachine() {
  std::string processor = "unknown processor";
  std::ifstream cpuinfo("/proc/cpuinfo");
  for (std::string line; std::getline(cpuinfo, line);) {
    if (absl::StartsWith(line, "model name")) {
      processor = line.substr(std::min(line.size(), line.find(':') + 2));
      break;
    }
  }
  utsname kernel = {};
  ::uname(&kernel);
  double load[1] = {0};
  if (::getloadavg(load, 1) != 1) load[0] = 0;
  const double gib = static_cast<double>(::sysconf(_SC_PHYS_PAGES)) * static_cast<double>(::sysconf(_SC_PAGESIZE)) / (1 << 30);
  return absl::StrFormat("%d x %s, %.0f GiB, Linux %s, load %.2f at the start, %s", ::sysconf(_SC_NPROCESSORS_ONLN),
                         processor, gib, kernel.release, load[0],
                         absl::FormatTime("%Y-%m-%d %H:%M UTC", absl::Now(), absl::UTCTimeZone()));
}

}  // namespace alluxio::benchmarks
