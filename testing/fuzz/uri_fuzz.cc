// Paths and URIs as clients, properties and the shell hand them in.
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "alluxio/base/check.h"
#include "alluxio/uri/alluxio_uri.h"
#include "alluxio/uri/path.h"

namespace {

using namespace alluxio::uri;  // NOLINT: all of it is the subject

void CheckPath(absl::string_view text) {
  const absl::StatusOr<std::string> clean = CleanPath(text);
  ALLUXIO_CHECK(!clean.ok() || ValidatePath(text).ok());
  ALLUXIO_CHECK(IsCleanPath(text) == (clean.ok() && *clean == text));
  if (!clean.ok()) return;
  ALLUXIO_CHECK(IsCleanPath(*clean));
  ALLUXIO_CHECK(*CleanPath(*clean) == *clean);
  std::string joined = "/";
  int depth = 0;
  for (const absl::string_view component : PathComponents(*clean)) {
    ALLUXIO_CHECK(!component.empty() && component != "." && component != ".." &&
                  component.find('/') == absl::string_view::npos);
    joined = JoinPath(joined, component);
    ++depth;
  }
  ALLUXIO_CHECK(joined == *clean && PathDepth(*clean) == depth);
  const absl::string_view parent = ParentPath(*clean);
  ALLUXIO_CHECK(IsCleanPath(parent) && HasPathPrefix(*clean, parent));
  ALLUXIO_CHECK(IsRoot(*clean) || JoinPath(parent, PathName(*clean)) == *clean);
  IsTemporaryFileName(*clean);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view text(reinterpret_cast<const char*>(data), size);
  CheckPath(text);
  if (const auto uri = AlluxioUri::Parse(text); uri.ok()) {
    const auto again = AlluxioUri::Parse(uri->ToString());
    // A relative path may begin with what looks like a scheme once it is normalised.
    if (again.ok() && uri->IsPathAbsolute() && uri->HasScheme()) ALLUXIO_CHECK(again->ToString() == uri->ToString());
    (void)uri->Name();
    (void)uri->Parent().ToString();
    (void)uri->Join("a/../b").ToString();
    (void)uri->IsRoot();
    CheckPath(uri->path());
  }
  (void)Authority::Parse(text);
  const size_t half = text.find('\n');
  if (half != absl::string_view::npos) (void)MatchesWildcard(text.substr(0, half), text.substr(half + 1));
  return 0;
}
