#ifndef ALLUXIO_MASTER_WEB_MASTER_WEB_H_
#define ALLUXIO_MASTER_WEB_MASTER_WEB_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "alluxio/base/clock.h"
#include "alluxio/conf/configuration.h"
#include "alluxio/http/server.h"
#include "alluxio/master/meta/journal_monitor.h"
#include "alluxio/master/meta/time_series.h"
#include "alluxio/master/web/master_view.h"
#include "alluxio/metrics/metrics.h"
#include "alluxio/web/common.h"

namespace alluxio::master {

struct MasterWebOptions {
  conf::Configuration conf;
  // With what was updated at run time; null: `conf`.
  std::function<conf::Configuration()> current_conf;
  const metrics::MetricsRegistry* metrics = nullptr;
  MasterView* view = nullptr;
  std::string rpc_address;  // host:port
  Clock* clock = Clock::System();
  absl::Time start_time;
  // Null: nothing is known of them.
  JournalMonitor* journal = nullptr;
  const TimeSeries* time_series = nullptr;
  // Called where a page shows a file's blocks; empty: nobody counts.
  std::function<void()> on_file_blocks;
  // Bytes [offset, offset + length) of a completed file; may give fewer. Null:
  // contents are not shown (the master itself cannot read files).
  std::function<absl::StatusOr<std::string>(const std::string& path, int64_t offset, int64_t length)> read_file;
};

// The master's REST calls (`/api/v1/master/...`), metrics and pages, with the
// JSON of the original's AlluxioMasterRestServiceHandler. Pages show what the
// JSON says. Outlives the router's server. Thread-safe.
class MasterWeb {
 public:
  explicit MasterWeb(MasterWebOptions options);

  http::Router NewRouter() const;

 private:
  using Json = web::Json;
  using Request = http::Request;

  // master_json.cc
  absl::StatusOr<Json> Info(const Request& request) const;
  Json Init() const;
  Json Overview() const;
  Json Browse(const Request& request, int64_t chunk_bytes) const;
  Json Data(const Request& request) const;
  absl::StatusOr<Json> Workers() const;
  absl::StatusOr<Json> MountTable() const;
  Json Metrics() const;
  void AddUfsMetrics(const metrics::Snapshot& snapshot, Json* json) const;
  void BrowseFile(const Request& request, int64_t chunk_bytes, const grpc::file::FileInfo& info, Json* json) const;

  // master_pages.cc
  void AddPages(http::Router* router) const;
  http::Response OverviewPage() const;
  http::Response BrowsePage(const Request& request) const;
  http::Response DataPage(const Request& request) const;
  http::Response WorkersPage() const;
  http::Response MountTablePage() const;
  http::Response MetricsPage() const;

  const MasterWebOptions options_;
  const std::vector<std::string> tiers_;  // of the whole cluster, from the fastest
  const web::Common common_;
};

}  // namespace alluxio::master

#endif  // ALLUXIO_MASTER_WEB_MASTER_WEB_H_
