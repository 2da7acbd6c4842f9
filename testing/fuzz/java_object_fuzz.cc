// Any bytes as one of Java's serialised objects, as a load job's request, and as
// text in either of the two forms of UTF-8.
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "alluxio/base/check.h"
#include "alluxio/base/log.h"
#include "alluxio/java/load_job_request.h"
#include "alluxio/java/object_stream.h"

namespace {

using alluxio::java::LoadJobRequest;

// Text in Java's form means one text, which has one such form.
void CheckText(absl::string_view input) {
  if (const absl::StatusOr<std::string> modified = alluxio::java::ToModifiedUtf8(input); modified.ok()) {
    const absl::StatusOr<std::string> back = alluxio::java::FromModifiedUtf8(*modified);
    ALLUXIO_CHECK(back.ok() && *back == input);
  }
  if (const absl::StatusOr<std::string> utf8 = alluxio::java::FromModifiedUtf8(input); utf8.ok()) {
    const absl::StatusOr<std::string> modified = alluxio::java::ToModifiedUtf8(*utf8);
    ALLUXIO_CHECK(modified.ok());
    const absl::StatusOr<std::string> again = alluxio::java::FromModifiedUtf8(*modified);
    ALLUXIO_CHECK(again.ok() && *again == *utf8);
  }
}

// What was understood can be written, and is understood again.
void CheckRequest(const LoadJobRequest& request) {
  const absl::StatusOr<std::string> written = alluxio::java::SerializeLoadJobRequest(request);
  if (!written.ok()) return;  // a path that is too long for Java
  const absl::StatusOr<LoadJobRequest> read = alluxio::java::ParseLoadJobRequest(*written);
  ALLUXIO_CHECK(read.ok());
  ALLUXIO_CHECK(read->path == request.path);
  ALLUXIO_CHECK(read->options.SerializeAsString() == request.options.SerializeAsString());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  alluxio::SetLogLevel(alluxio::LogLevel::kError);
  const absl::string_view input(reinterpret_cast<const char*>(data), size);
  const bool is_stream = alluxio::java::ReadObjectStream(input).ok();
  if (const auto request = alluxio::java::ParseLoadJobRequest(input); request.ok()) {
    ALLUXIO_CHECK(is_stream);
    CheckRequest(*request);
  }
  CheckText(input);
  CheckRequest({.path = std::string(input)});
  return 0;
}
