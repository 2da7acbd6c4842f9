#ifndef ALLUXIO_URI_PATH_H_
#define ALLUXIO_URI_PATH_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

// Paths of the Alluxio namespace: absolute, `/`-separated, without a scheme.
//
// A *clean* path starts with `/`, has no empty, `.` or `..` component and no
// trailing `/` (but for the root, which is "/"). `CleanPath` makes one; all the
// other functions expect clean paths, look at bytes only and do not allocate
// unless they return a string. Their results view into their argument.
namespace alluxio::uri {

// INVALID_ARGUMENT `Path "x" is invalid.`: the words of the original.
absl::Status InvalidPath(absl::string_view path);

// Errors:
//   INVALID_ARGUMENT  empty, not absolute, or with a NUL byte.
absl::Status ValidatePath(absl::string_view path);

// The clean form: separators collapsed, `.` and `..` resolved as
// `PathUtils.cleanPath` of the original does. A backslash is an ordinary byte.
//
// Errors:
//   INVALID_ARGUMENT  as ValidatePath, or `..` leads above the root.
absl::StatusOr<std::string> CleanPath(absl::string_view path);

// Whether `path` is what CleanPath would return for it: one pass, no copy.
bool IsCleanPath(absl::string_view path);

inline bool IsRoot(absl::string_view path) { return path == "/"; }

// {"a", "b"} of "/a/b"; none of "/".
std::vector<absl::string_view> PathComponents(absl::string_view path);

// How many components: 0 for the root.
int PathDepth(absl::string_view path);

// "/a" of "/a/b", "/" of "/a" and of "/".
absl::string_view ParentPath(absl::string_view path);

// "b" of "/a/b", "" of "/".
absl::string_view PathName(absl::string_view path);

// "/a/b" of "/a" and "b" (or "/b", or "b/"), "/b" of "/" and "b", "/a" of "/a"
// and "". `base` may also be a URI ("s3://bucket/").
std::string JoinPath(absl::string_view base, absl::string_view path);

// Whether `prefix` is `path` or one of its ancestors, by whole components.
bool HasPathPrefix(absl::string_view path, absl::string_view prefix);

// What follows `prefix` in `path`, without a leading `/`; "" if they are equal.
// `prefix` must satisfy HasPathPrefix.
absl::string_view RemovePathPrefix(absl::string_view path, absl::string_view prefix);

// Whether the shell would expand it: it has a `*`.
inline bool HasWildcard(absl::string_view path) { return path.find('*') != absl::string_view::npos; }

// Whether one component matches a pattern of one component, where `*` stands
// for any bytes; everything else stands for itself, as in the original.
bool MatchesWildcard(absl::string_view name, absl::string_view pattern);

// The name under which a file of an under store lies until it is complete
// (`PathUtils.temporaryFileName`), and back.
std::string TemporaryFileName(int64_t nonce, absl::string_view path);
bool IsTemporaryFileName(absl::string_view path);

}  // namespace alluxio::uri

#endif  // ALLUXIO_URI_PATH_H_
