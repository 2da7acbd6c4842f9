#include "alluxio/metrics/metric_table.h"

namespace alluxio::metrics {
namespace {

constexpr MetricRow kRows[] = {
#include "alluxio/metrics/metric_table.inc"
};

}  // namespace

std::span<const MetricRow> AllMetricNames() { return kRows; }

}  // namespace alluxio::metrics
