#include "alluxio/web/metrics_output.h"

#include <cmath>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"

namespace alluxio::web {
namespace {

using metrics::MetricType;
using metrics::MetricValue;

Json GaugeJson(const metrics::GaugeValue& value) {
  return std::visit([](const auto& v) { return Json(v); }, value);
}

int64_t Count(const MetricValue& value) {
  const auto* count = std::get_if<int64_t>(&value.value);
  return count == nullptr ? 0 : *count;
}

std::string PrometheusName(absl::string_view name) {
  std::string out(name);
  for (char& c : out) {
    if (!absl::ascii_isalnum(static_cast<unsigned char>(c)) && c != ':' && c != '_') c = '_';
  }
  if (!out.empty() && absl::ascii_isdigit(static_cast<unsigned char>(out[0]))) out.insert(0, "_");
  return out;
}

std::string NumberText(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  return absl::StrFormat("%.17g", value);
}

}  // namespace

Json MetricsJson(const metrics::Snapshot& snapshot, absl::Duration uptime) {
  Json json = {{"version", "4.0.0"},          {"gauges", Json::object()}, {"counters", Json::object()},
               {"histograms", Json::object()}, {"meters", Json::object()}, {"timers", Json::object()}};
  const double seconds = std::max(absl::ToDoubleSeconds(uptime), 1e-3);
  for (const auto& [name, value] : snapshot) {
    switch (value.type) {
      case MetricType::kCounter: json["counters"][name] = {{"count", Count(value)}}; break;
      case MetricType::kTimer: {
        const int64_t count = Count(value);
        const double sum_ms = absl::ToDoubleMilliseconds(value.sum);
        json["timers"][name] = {{"count", count},
                                {"max", absl::ToDoubleMilliseconds(value.max)},
                                {"mean", count > 0 ? sum_ms / static_cast<double>(count) : 0.0},
                                {"sum", sum_ms},
                                {"mean_rate", static_cast<double>(count) / seconds},
                                {"duration_units", "milliseconds"},
                                {"rate_units", "calls/second"}};
        break;
      }
      case MetricType::kMeter:
        json["meters"][name] = {{"count", Count(value)},
                                {"mean_rate", static_cast<double>(Count(value)) / seconds},
                                {"units", "events/second"}};
        break;
      case MetricType::kHistogram:
      case MetricType::kGauge: json["gauges"][name] = {{"value", GaugeJson(value.value)}}; break;
    }
  }
  return json;
}

std::string PrometheusText(const metrics::Snapshot& snapshot) {
  std::string out;
  std::set<std::string> seen;
  for (const auto& [full_name, value] : snapshot) {
    if (std::holds_alternative<std::string>(value.value)) continue;
    const std::string name = PrometheusName(full_name);
    if (!seen.insert(name).second) continue;  // twice is an error for whoever scrapes
    const bool timer = value.type == MetricType::kTimer;
    absl::StrAppend(&out, "# HELP ", name, " ", absl::StrReplaceAll(full_name, {{"\\", "\\\\"}, {"\n", "\\n"}}), " (",
                    absl::AsciiStrToLower(metrics::MetricTypeName(value.type)), ")\n# TYPE ", name,
                    timer ? " summary\n" : " gauge\n");
    if (timer) {
      absl::StrAppend(&out, name, "_sum ", NumberText(absl::ToDoubleSeconds(value.sum)), "\n", name, "_count ",
                      Count(value), "\n");
    } else if (const auto* number = std::get_if<double>(&value.value)) {
      absl::StrAppend(&out, name, " ", NumberText(*number), "\n");
    } else {
      absl::StrAppend(&out, name, " ", Count(value), "\n");
    }
  }
  return out;
}

metrics::Snapshot WithSource(const metrics::Snapshot& snapshot, absl::string_view instance, absl::string_view host) {
  const std::string source = absl::StrReplaceAll(host, {{".", "_"}});
  metrics::Snapshot out;
  for (const auto& [name, value] : snapshot) {
    out[absl::StartsWith(name, absl::StrCat(instance, ".")) ? absl::StrCat(name, ".", source) : name] = value;
  }
  return out;
}

std::string NameWithoutInstance(absl::string_view name) {
  const size_t dot = name.find('.');
  return std::string(dot == absl::string_view::npos ? name : name.substr(dot + 1));
}

}  // namespace alluxio::web
