#ifndef ALLUXIO_METRICS_METRIC_TABLE_H_
#define ALLUXIO_METRICS_METRIC_TABLE_H_

#include <span>

namespace alluxio::metrics {

// A line of metric_names.h.
struct MetricRow {
  const char* name;
  const char* kind;  // "counter", "counter, summed up over the cluster", "gauge", ...
};

// All of metric_names.h, in its order.
std::span<const MetricRow> AllMetricNames();

}  // namespace alluxio::metrics

#endif  // ALLUXIO_METRICS_METRIC_TABLE_H_
