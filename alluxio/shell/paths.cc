#include "alluxio/shell/paths.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "alluxio/base/status_macros.h"
#include "alluxio/shell/text.h"
#include "alluxio/uri/path.h"

namespace alluxio::shell {
namespace {

// `*` stands for anything, `/` included, as in the original.
bool Matches(absl::string_view path, absl::string_view pattern) { return uri::MatchesWildcard(path, pattern); }

// The first `depth` components of `pattern`, or "" if it has fewer.
absl::string_view LeadingPath(absl::string_view pattern, int depth) {
  size_t end = 0;
  for (int i = 0; i < depth; ++i) {
    if (end >= pattern.size()) return "";
    end = pattern.find('/', end + 1);
    if (end == absl::string_view::npos) end = pattern.size();
  }
  return pattern.substr(0, end);
}

// The folder below which all matches lie.
absl::string_view PatternParent(absl::string_view pattern) {
  return uri::ParentPath(pattern.substr(0, pattern.find('*')));
}

bool MayLeadTo(absl::string_view folder, absl::string_view pattern) {
  const absl::string_view prefix = LeadingPath(pattern, uri::PathDepth(folder));
  return !prefix.empty() && Matches(folder, prefix);
}

absl::Status ExpandAlluxioBelow(client::FileSystem& fs, const uri::AlluxioUri& pattern, absl::string_view folder,
                                std::vector<uri::AlluxioUri>* found) {
  const absl::StatusOr<std::vector<client::UriStatus>> statuses = fs.ListStatus(folder);
  if (!statuses.ok()) return absl::Status(statuses.status().code(), JavaExceptionText(statuses.status()));
  for (const client::UriStatus& status : *statuses) {
    if (Matches(status.path, pattern.path())) {
      found->push_back(pattern.WithPath(status.path));
    } else if (status.folder && MayLeadTo(status.path, pattern.path())) {
      ALLUXIO_RETURN_IF_ERROR(ExpandAlluxioBelow(fs, pattern, status.path, found));
    }
  }
  return absl::OkStatus();
}

void ExpandLocalBelow(absl::string_view pattern, const std::filesystem::path& folder, std::vector<std::string>* found) {
  std::error_code error;
  std::filesystem::directory_iterator entries(folder, error);
  const std::filesystem::directory_iterator end;
  for (; !error && entries != end; entries.increment(error)) {
    const std::string path = entries->path().string();
    std::error_code ignored;  // a file that has just gone is no folder
    if (Matches(path, pattern)) {
      found->push_back(path);
    } else if (entries->is_directory(ignored) && MayLeadTo(path, pattern)) {
      ExpandLocalBelow(pattern, entries->path(), found);
    }
  }
}

}  // namespace

absl::StatusOr<uri::AlluxioUri> AlluxioPath(absl::string_view text) {
  ALLUXIO_ASSIGN_OR_RETURN(uri::AlluxioUri uri, uri::AlluxioUri::Parse(text));
  if (!uri.IsAlluxio()) {
    return absl::InvalidArgumentError(absl::StrCat("Scheme ", uri.scheme(),
                                                   ":// in AlluxioURI is invalid. Schemes in filesystem operations are "
                                                   "ignored. \"alluxio://\" or no scheme at all is valid."));
  }
  return uri;
}

std::string FsPath(const uri::AlluxioUri& uri) { return uri.path().empty() && uri.HasAuthority() ? "/" : uri.path(); }

absl::StatusOr<std::vector<uri::AlluxioUri>> ExpandAlluxio(client::FileSystem& fs, const uri::AlluxioUri& uri) {
  std::vector<uri::AlluxioUri> found;
  if (!uri.HasWildcard()) {
    found.push_back(uri);
    return found;
  }
  ALLUXIO_RETURN_IF_ERROR(ExpandAlluxioBelow(fs, uri, PatternParent(uri.path()), &found));
  std::sort(found.begin(), found.end(),
            [](const uri::AlluxioUri& a, const uri::AlluxioUri& b) { return a.path() < b.path(); });
  return found;
}

std::vector<std::string> ExpandLocal(absl::string_view pattern) {
  std::vector<std::string> found;
  if (!uri::HasWildcard(pattern)) {
    std::error_code error;
    if (std::filesystem::exists(std::string(pattern), error)) found.push_back(std::string(pattern));
    return found;
  }
  ExpandLocalBelow(pattern, std::string(PatternParent(pattern)), &found);
  std::sort(found.begin(), found.end());
  return found;
}

absl::Status JoinErrors(const std::vector<std::string>& messages) {
  return messages.empty() ? absl::OkStatus() : absl::UnknownError(absl::StrJoin(messages, "\n"));
}

absl::StatusOr<int> ForEachPath(Environment& env, absl::string_view text,
                                absl::FunctionRef<absl::Status(client::FileSystem&, const uri::AlluxioUri&)> visit,
                                absl::FunctionRef<void()> header) {
  ALLUXIO_ASSIGN_OR_RETURN(const uri::AlluxioUri uri, AlluxioPath(text));
  ALLUXIO_ASSIGN_OR_RETURN(client::FileSystem * fs, env.fs());
  ALLUXIO_ASSIGN_OR_RETURN(const std::vector<uri::AlluxioUri> paths, ExpandAlluxio(*fs, uri));
  if (paths.empty()) return absl::NotFoundError(absl::StrCat(uri.ToString(), " does not exist."));
  header();
  std::vector<std::string> errors;
  for (const uri::AlluxioUri& path : paths) {
    absl::Status status = visit(*fs, path);
    // A wrong command line is wrong for every path.
    if (IsUsageError(status)) return status;
    if (!status.ok()) errors.push_back(std::string(status.message()));
  }
  ALLUXIO_RETURN_IF_ERROR(JoinErrors(errors));
  return 0;
}

absl::StatusOr<client::UriStatus> FileStatus(client::FileSystem& fs, const uri::AlluxioUri& path) {
  ALLUXIO_ASSIGN_OR_RETURN(client::UriStatus status, fs.GetStatus(FsPath(path)));
  if (status.folder) return absl::NotFoundError(absl::StrCat("Path \"", path.ToString(), "\" must be a file."));
  return status;
}

}  // namespace alluxio::shell
