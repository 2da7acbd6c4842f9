#include "benchmarks/cluster/report.h"

#include "absl/strings/str_format.h"
#include "nlohmann/json.hpp"

namespace alluxio::benchmarks {

void Report::PrintHead() {
  out_ << absl::StreamFormat("%-34s %6s %14s %14s %7s %7s %9s %9s  %s\n", "row", "flight", "measured", "limit", "share",
                             "goal", "p50 us", "p99 us", "limit is");
}

void Report::Add(Row row) {
  const std::string value = absl::StrFormat("%.0f %s", row.value, row.unit);
  const std::string limit = row.limit ? absl::StrFormat("%.0f %s", *row.limit, row.unit) : "-";
  const std::string share = row.limit && *row.limit > 0 ? absl::StrFormat("%.0f %%", 100 * row.value / *row.limit) : "-";
  const std::string goal = row.goal_share ? absl::StrFormat("%.0f %%", 100 * *row.goal_share) : "-";
  out_ << absl::StreamFormat("%-34s %6d %14s %14s %7s %7s %9.0f %9.0f  %s%s%s\n", row.name, row.in_flight, value, limit,
                             share, goal, row.p50_us, row.p99_us, row.limit_name, row.note.empty() ? "" : "; ", row.note)
       << std::flush;
  rows_.push_back(std::move(row));
}

std::string Report::Json() const {
  nlohmann::json rows = nlohmann::json::array();
  for (const Row& row : rows_) {
    nlohmann::json entry = {{"name", row.name}, {"in_flight", row.in_flight}, {"unit", row.unit}, {"value", row.value},
                            {"limit_name", row.limit_name}, {"p50_us", row.p50_us}, {"p99_us", row.p99_us}};
    if (row.limit) entry["limit"] = *row.limit;
    if (row.goal_share) entry["goal_share"] = *row.goal_share;
    if (!row.note.empty()) entry["note"] = row.note;
    rows.push_back(std::move(entry));
  }
  return nlohmann::json({{"rows", std::move(rows)}}).dump(2);
}

}  // namespace alluxio::benchmarks
