#ifndef ALLUXIO_STUB_METRICS_METHODS_H_
#define ALLUXIO_STUB_METRICS_METHODS_H_

#include "alluxio/stub/method.h"
#include "grpc/metric_master.pb.h"

// The metrics master's methods.
namespace alluxio::stub {

// MetricsMasterClientService.
inline constexpr Method<grpc::metric::ClearMetricsPRequest, grpc::metric::ClearMetricsPResponse> kClearMetrics{
    "/alluxio.grpc.metric.MetricsMasterClientService/ClearMetrics"};
inline constexpr Method<grpc::metric::MetricsHeartbeatPRequest, grpc::metric::MetricsHeartbeatPResponse>
    kMetricsHeartbeat{"/alluxio.grpc.metric.MetricsMasterClientService/MetricsHeartbeat"};
inline constexpr Method<grpc::metric::GetMetricsPOptions, grpc::metric::GetMetricsPResponse> kGetMetrics{
    "/alluxio.grpc.metric.MetricsMasterClientService/GetMetrics"};

}  // namespace alluxio::stub

#endif  // ALLUXIO_STUB_METRICS_METHODS_H_
