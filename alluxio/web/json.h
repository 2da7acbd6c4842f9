#ifndef ALLUXIO_WEB_JSON_H_
#define ALLUXIO_WEB_JSON_H_

#include <string>

#include "absl/status/status.h"
#include "alluxio/http/server.h"
#include "nlohmann/json.hpp"

// JSON as the original's REST services write it.
namespace alluxio::web {

using Json = nlohmann::json;

// One line; bytes that are not UTF-8 become U+FFFD.
std::string Dump(const Json& json);

http::Response JsonResponse(const Json& json);

// {"statusCode": "NOT_FOUND", "message": ...} with status 500, as the original
// answers whatever goes wrong in a call.
http::Response ErrorResponse(const absl::Status& status);

}  // namespace alluxio::web

#endif  // ALLUXIO_WEB_JSON_H_
