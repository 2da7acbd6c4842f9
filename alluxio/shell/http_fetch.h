#ifndef ALLUXIO_SHELL_HTTP_FETCH_H_
#define ALLUXIO_SHELL_HTTP_FETCH_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace alluxio::shell {

struct HttpRequest {
  std::string method = "GET";
  std::string host;
  int port = 0;
  std::string target;  // "/metrics/json/", escaped
  absl::Duration patience = absl::Seconds(5);  // for each step
};

// Asks a server of the cluster and returns the body, of at most 64 MB. Speaks
// HTTP/1.0, so that an original server answers in one piece too. Errors:
//   UNAVAILABLE  nobody answers, or with a status other than 200.
absl::StatusOr<std::string> HttpFetch(const HttpRequest& request);

// `text` for the value of a query: what is not a letter, digit or one of -._~ as %XX.
std::string EncodeQuery(absl::string_view text);

}  // namespace alluxio::shell

#endif  // ALLUXIO_SHELL_HTTP_FETCH_H_
