#ifndef ALLUXIO_HTTP_SERVER_H_
#define ALLUXIO_HTTP_SERVER_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace alluxio::http {

struct Request {
  std::string method;  // "GET", "HEAD", "POST", ...
  // Percent-decoded, begins with '/', without "." and ".." components.
  std::string path;
  // Decoded; of a name given twice the last value counts.
  std::map<std::string, std::string> query;
  // Names in lower case.
  std::map<std::string, std::string> headers;
  std::string body;

  std::optional<std::string> Query(absl::string_view name) const;
};

struct Response {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;

  static Response Text(std::string body, int status = 200);
  static Response Html(std::string body, int status = 200);
  static Response Json(std::string body, int status = 200);
};

using Handler = std::function<Response(const Request&)>;

// Finds the handler of a path. Built before the server starts, then constant.
class Router {
 public:
  // `path` exactly, for GET (and HEAD).
  void Get(std::string path, Handler handler);
  // For POST: whatever changes something.
  void Post(std::string path, Handler handler);
  // Every GET path that begins with `prefix` and has no handler of its own.
  void GetPrefix(std::string prefix, Handler handler);

  // 404 for an unknown path, 405 with an Allow header for the wrong method.
  Response Handle(const Request& request) const;

 private:
  std::map<std::string, std::map<std::string, Handler>> exact_;  // path, method
  std::map<std::string, Handler> prefixes_;
};

struct ServerOptions {
  std::string host = "0.0.0.0";
  int port = 0;  // 0 takes a free one
  std::string port_key = "alluxio.master.web.port";  // named by the error
  int threads = 2;
  // One more takes the place of the one that has been silent, or sending its
  // request, for longest; while all are being answered it is closed at once.
  int max_connections = 256;
  uint32_t max_header_bytes = 16 << 10;   // else 431
  uint64_t max_body_bytes = 1 << 20;      // else 413
  absl::Duration idle_timeout = absl::Seconds(30);
  // After a connection that could not be taken (no descriptor is left, most likely).
  absl::Duration accept_pause = absl::Milliseconds(100);
  // Told of each of those; may be null, must not block.
  std::function<void()> on_accept_failed;
};

// A small HTTP/1.1 server for status pages, REST calls and metrics.
//
// Handlers run in the server's few threads and may block briefly. What a
// handler throws or a peer sends wrong ends in an error answer, never in the
// process. Thread-safe.
class Server {
 public:
  // FAILED_PRECONDITION: the port is in use (names it and its key), the address
  // is not of this machine.
  static absl::StatusOr<std::unique_ptr<Server>> Start(ServerOptions options, Router router);
  virtual ~Server() = default;
  virtual int port() const = 0;
  // Closes the connections and joins the threads. Idempotent.
  virtual void Stop() = 0;
};

// Takes a request's target apart, into `path` and `query`. False: it can't be understood.
bool ParseTarget(absl::string_view target, Request* request);
// `text` with & < > " ' as entities: for every value that goes into a page.
std::string EscapeHtml(absl::string_view text);
// Percent-decoding; nullopt where a % is not followed by two hex digits or a
// NUL would come out. '+' is a blank in a query.
std::optional<std::string> DecodePercent(absl::string_view text, bool plus_is_blank);
std::string EncodePercent(absl::string_view text);

}  // namespace alluxio::http

#endif  // ALLUXIO_HTTP_SERVER_H_
