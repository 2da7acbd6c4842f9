#include "alluxio/web/json.h"

namespace alluxio::web {

std::string Dump(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

http::Response JsonResponse(const Json& json) { return http::Response::Json(Dump(json)); }

http::Response ErrorResponse(const absl::Status& status) {
  return http::Response::Json(
      Dump({{"statusCode", absl::StatusCodeToString(status.code())}, {"message", std::string(status.message())}}), 500);
}

}  // namespace alluxio::web
