// Request targets of the status pages: what is accepted is safe to route and,
// escaped, to show.
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "alluxio/base/check.h"
#include "alluxio/http/server.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace alluxio::http;  // NOLINT
  const absl::string_view text(reinterpret_cast<const char*>(data), size);
  static const Router* const router = [] {
    auto* made = new Router;
    made->Get("/", [](const Request&) { return Response::Text("root"); });
    made->GetPrefix("/browse", [](const Request& request) { return Response::Html(EscapeHtml(request.path)); });
    made->Post("/change", [](const Request& request) { return Response::Text(request.Query("a").value_or("")); });
    return made;
  }();
  Request request{.method = "GET"};
  if (ParseTarget(text, &request)) {
    ALLUXIO_CHECK(absl::StartsWith(request.path, "/") && !absl::StrContains(request.path, absl::string_view("\0", 1)));
    for (const absl::string_view component : absl::StrSplit(request.path, '/')) {
      ALLUXIO_CHECK(component != "." && component != "..");
    }
    (void)router->Handle(request);
    request.method = "POST";
    (void)router->Handle(request);
  }
  const std::string escaped = EscapeHtml(text);
  ALLUXIO_CHECK(escaped.find_first_of("<>\"'") == std::string::npos);
  const auto decoded = DecodePercent(EncodePercent(text), /*plus_is_blank=*/false);
  ALLUXIO_CHECK(absl::StrContains(text, absl::string_view("\0", 1)) ? !decoded.has_value() : decoded == text);
  return 0;
}
