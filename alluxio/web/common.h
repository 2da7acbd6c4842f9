#ifndef ALLUXIO_WEB_COMMON_H_
#define ALLUXIO_WEB_COMMON_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "alluxio/base/clock.h"
#include "alluxio/conf/configuration.h"
#include "alluxio/http/server.h"
#include "alluxio/metrics/metrics.h"
#include "alluxio/web/json.h"
#include "alluxio/web/log_files.h"
#include "alluxio/web/page.h"
#include "grpc/file_system_master.pb.h"

namespace alluxio::web {

struct CommonOptions {
  conf::Configuration conf;
  // What is in force now; null: `conf`.
  std::function<conf::Configuration()> current_conf;
  const metrics::MetricsRegistry* metrics = nullptr;
  // "Worker": its metrics bear `host` (WithSource). Empty: names as they are.
  std::string metric_instance;
  std::string host;
  std::string rest_prefix;  // "/api/v1/master"
  std::string whitelist_key;  // empty: everything is on it
  Site site;
  Clock* clock = Clock::System();
  absl::Time start_time;
};

// Parameters "offset" and "limit" of a request. `error`: what the original says
// of ones that are no numbers or out of bounds.
struct Window {
  int64_t offset = 0;
  int64_t limit = 20;
  std::string error;
};
inline constexpr int64_t kMaxLimit = 1000;
Window WindowOf(const http::Request& request);

// Bytes of a file or log that one answer of the REST calls shows, as in the original.
inline constexpr int64_t kChunkBytes = 5 << 10;

// "1 hour(s), 3 second(s)" of "0 day(s), 1 hour(s), 0 minute(s), and 3 second(s)":
// for pages, what the JSON says at length.
std::string BriefClockTime(absl::string_view text);

// A number of the query, within [0, INT64_MAX]; `otherwise` if there is none.
int64_t NumberOf(const http::Request& request, absl::string_view name, int64_t otherwise);

// The part of both servers that is the same: configuration, logs, log levels,
// metrics, style sheet. Outlives the router that it is added to. Thread-safe.
class Common {
 public:
  explicit Common(CommonOptions options);

  // REST: webui_config, webui_logs, logLevel, /metrics/json/, /metrics/prometheus/.
  // Pages, if PagesServed: /config, /logs, /stacks, and "/" as a way to /overview.
  void AddTo(http::Router* router) const;

  conf::Configuration Conf() const;
  // `alluxio.web.file.info.enabled`: whether files and logs are shown at all.
  bool FilesShown() const;
  // `alluxio.web.ui.enabled`: without it there are only REST calls and metrics.
  bool PagesServed() const;
  metrics::Snapshot Metrics() const;
  absl::Duration Uptime() const { return options_.clock->Now() - options_.start_time; }

  // Name to value, credentials masked; null: not set.
  Json ConfigurationMap(bool raw) const;
  // Counters by name.
  Json CounterMap() const;
  // {"FilesCreated": {"count": 5}}: counters that (don't) end in "Ops".
  Json Operations(bool ops) const;

  std::string Date(int64_t time_ms) const;
  // One file as the original's UIFileInfo.
  Json FileJson(const grpc::file::FileInfo& info, const std::vector<std::string>& tiers) const;

  http::Response Page(absl::string_view path, absl::string_view title, const Markup& body, int status = 200) const {
    return web::Page(options_.site, path, title, body, status);
  }
  // Instead of a page that shows files, while FilesShown() says no.
  http::Response FilesHiddenPage(absl::string_view path, absl::string_view title) const;
  // Every metric as a row.
  Markup MetricsTable() const;

  const CommonOptions& options() const { return options_; }

 private:
  Json Logs(const http::Request& request) const;
  Json Config() const;
  http::Response LogLevel(const http::Request& request) const;
  http::Response LogsPage(const http::Request& request) const;
  http::Response ConfigPage() const;

  const CommonOptions options_;
  const LogFiles logs_;
};

}  // namespace alluxio::web

#endif  // ALLUXIO_WEB_COMMON_H_
