#ifndef ALLUXIO_SHELL_PATHS_H_
#define ALLUXIO_SHELL_PATHS_H_

#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "alluxio/client/file/file_system.h"
#include "alluxio/client/types.h"
#include "alluxio/shell/command.h"
#include "alluxio/uri/alluxio_uri.h"

namespace alluxio::shell {

// A path of the namespace as a user gave it.
//
// Errors: INVALID_ARGUMENT  a scheme other than alluxio.
absl::StatusOr<uri::AlluxioUri> AlluxioPath(absl::string_view text);

// What to ask the file system for: the path part, "/" if there is none.
std::string FsPath(const uri::AlluxioUri& uri);

// Itself without a `*`; else what matches in Alluxio (on the local file system),
// sorted. Directories are listed only where the pattern can lead into them.
absl::StatusOr<std::vector<uri::AlluxioUri>> ExpandAlluxio(client::FileSystem& fs, const uri::AlluxioUri& uri);
std::vector<std::string> ExpandLocal(absl::string_view pattern);

// Several errors as one, a line each; OK if there are none.
absl::Status JoinErrors(const std::vector<std::string>& messages);

// Calls `visit` for all that `text` matches, goes on after errors, and reports
// them together. `header` is called before the first. Answers 0.
absl::StatusOr<int> ForEachPath(
    Environment& env, absl::string_view text,
    absl::FunctionRef<absl::Status(client::FileSystem&, const uri::AlluxioUri&)> visit,
    absl::FunctionRef<void()> header = [] {});

// The status of `path`, which must be a file: NOT_FOUND `Path "x" must be a file.`
absl::StatusOr<client::UriStatus> FileStatus(client::FileSystem& fs, const uri::AlluxioUri& path);

}  // namespace alluxio::shell

#endif  // ALLUXIO_SHELL_PATHS_H_
