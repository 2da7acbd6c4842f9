#include <utility>

#include "alluxio/master/meta/metrics_master.h"
#include "alluxio/master/service/serve.h"
#include "alluxio/master/service/services.h"
#include "grpc/metric_master.grpc.pb.h"

#define ALLUXIO_SERVICE "alluxio.grpc.metric.MetricsMasterClientService/"

namespace alluxio::master {
namespace {

using namespace grpc::metric;  // NOLINT

class Service final : public MetricsMasterClientService::CallbackService {
 public:
  Service(const rpc::CallEnv& env, MetricsMaster* master) : env_(env), master_(master) {}

  ALLUXIO_SERVE(ClearMetrics, ClearMetricsPRequest, ClearMetricsPResponse)
  ALLUXIO_SERVE(MetricsHeartbeat, MetricsHeartbeatPRequest, MetricsHeartbeatPResponse)
  ALLUXIO_SERVE(GetMetrics, GetMetricsPOptions, GetMetricsPResponse)

 private:
  const rpc::CallEnv env_;
  MetricsMaster* const master_;
};

}  // namespace

ServicePtr NewMetricsMasterClientService(const rpc::CallEnv& env, MetricsMaster* master) {
  return {new Service(env, master), std::default_delete<::grpc::Service>()};
}

}  // namespace alluxio::master
