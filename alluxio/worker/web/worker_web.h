#ifndef ALLUXIO_WORKER_WEB_WORKER_WEB_H_
#define ALLUXIO_WORKER_WEB_WORKER_WEB_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "alluxio/base/clock.h"
#include "alluxio/conf/configuration.h"
#include "alluxio/http/server.h"
#include "alluxio/metrics/metrics.h"
#include "alluxio/web/common.h"
#include "alluxio/worker/block/block_store.h"
#include "grpc/file_system_master.pb.h"

namespace alluxio::worker {

struct WorkerWebOptions {
  conf::Configuration conf;
  const metrics::MetricsRegistry* metrics = nullptr;
  const BlockStore* store = nullptr;
  std::string host;         // as the worker registers
  std::string rpc_address;  // host:port
  Clock* clock = Clock::System();
  absl::Time start_time;
  // What the master says of a file; may block for a moment. Null: files are
  // shown by their ids only, and none can be asked for by its path.
  std::function<absl::StatusOr<grpc::file::FileInfo>(int64_t file_id)> file_by_id;
  std::function<absl::StatusOr<grpc::file::FileInfo>(const std::string& path)> file_by_path;
  // How many operations of clients and other workers are under way, and how many
  // wait for a thread. Null: not told.
  std::function<int64_t()> active_operations;
  std::function<int64_t()> waiting_operations;
};

// The worker's REST calls (`/api/v1/worker/...`), metrics and pages, with the
// JSON of the original's AlluxioWorkerRestServiceHandler. Pages show what the
// JSON says. Outlives the router's server. Thread-safe.
class WorkerWeb {
 public:
  explicit WorkerWeb(WorkerWebOptions options);

  http::Router NewRouter() const;

 private:
  using Json = web::Json;
  using Request = http::Request;

  Json Info(const Request& request) const;
  Json Init() const;
  Json Overview() const;
  Json BlockInfo(const Request& request) const;
  Json Metrics() const;
  Json Operations() const;

  http::Response OverviewPage() const;
  http::Response BlockInfoPage(const Request& request) const;
  http::Response MetricsPage() const;

  std::vector<std::string> Tiers() const;
  // `info` with those of its blocks that are here.
  Json FileWithBlocks(const grpc::file::FileInfo& info) const;

  const WorkerWebOptions options_;
  const web::Common common_;
};

}  // namespace alluxio::worker

#endif  // ALLUXIO_WORKER_WEB_WORKER_WEB_H_
