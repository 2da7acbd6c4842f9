#ifndef ALLUXIO_WEB_METRICS_OUTPUT_H_
#define ALLUXIO_WEB_METRICS_OUTPUT_H_

#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "alluxio/metrics/metrics.h"
#include "alluxio/web/json.h"

namespace alluxio::web {

// The shape of Dropwizard's MetricsServlet: version, gauges, counters,
// histograms, meters, timers. Of a timer it has count, sum, max, mean (in
// milliseconds) and the mean rate over `uptime`; quantiles are not kept.
Json MetricsJson(const metrics::Snapshot& snapshot, absl::Duration uptime);

// Prometheus's text format 0.0.4, with the names that the original's sink makes:
// whatever is not a letter, digit, colon or underscore becomes an underscore.
// As there, counters are gauges; timers are summaries in seconds. Gauges with
// text are left out.
std::string PrometheusText(const metrics::Snapshot& snapshot);
inline constexpr char kPrometheusType[] = "text/plain; version=0.0.4; charset=utf-8";

// Workers' metrics bear the worker's name as their last part, its dots as
// underscores ("Worker.BlocksCached.10_0_0_7"), so that sinks tell workers apart.
metrics::Snapshot WithSource(const metrics::Snapshot& snapshot, absl::string_view instance, absl::string_view host);

// "FilesCreated" of "Master.FilesCreated": how the web UI lists them.
std::string NameWithoutInstance(absl::string_view name);

}  // namespace alluxio::web

#endif  // ALLUXIO_WEB_METRICS_OUTPUT_H_
