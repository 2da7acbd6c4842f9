#include "alluxio/uri/path.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"

namespace alluxio::uri {
namespace {

constexpr size_t kTemporarySuffixLength = sizeof(".alluxio.0x0123456789ABCDEF.tmp") - 1;

absl::string_view TrimSlashes(absl::string_view text, bool front) {
  while (front && absl::ConsumePrefix(&text, "/")) {
  }
  while (absl::ConsumeSuffix(&text, "/")) {
  }
  return text;
}

}  // namespace

absl::Status InvalidPath(absl::string_view path) {
  return absl::InvalidArgumentError(absl::StrCat("Path \"", path, "\" is invalid."));
}

absl::Status ValidatePath(absl::string_view path) {
  if (path.empty() || path.front() != '/' || path.find('\0') != absl::string_view::npos) return InvalidPath(path);
  return absl::OkStatus();
}

bool IsCleanPath(absl::string_view path) {
  if (path == "/") return true;
  if (!ValidatePath(path).ok()) return false;
  size_t start = 1;
  while (true) {
    size_t end = path.find('/', start);
    if (end == absl::string_view::npos) end = path.size();
    const absl::string_view component = path.substr(start, end - start);
    if (component.empty() || component == "." || component == "..") return false;
    if (end == path.size()) return true;
    start = end + 1;
  }
}

absl::StatusOr<std::string> CleanPath(absl::string_view path) {
  if (absl::Status status = ValidatePath(path); !status.ok()) return status;
  std::string result;
  result.reserve(path.size());
  size_t start = 0;
  while (start < path.size()) {
    size_t end = path.find('/', start);
    if (end == absl::string_view::npos) end = path.size();
    const absl::string_view component = path.substr(start, end - start);
    start = end + 1;
    if (component.empty() || component == ".") continue;
    if (component == "..") {
      if (result.empty()) return InvalidPath(path);
      result.resize(result.rfind('/'));
      continue;
    }
    result.push_back('/');
    result.append(component.data(), component.size());
  }
  if (result.empty()) result.push_back('/');  // an assignment makes an optimising g++ 12 warn
  return result;
}

std::vector<absl::string_view> PathComponents(absl::string_view path) {
  std::vector<absl::string_view> result;
  size_t start = 1;
  while (start < path.size()) {
    size_t end = path.find('/', start);
    if (end == absl::string_view::npos) end = path.size();
    result.push_back(path.substr(start, end - start));
    start = end + 1;
  }
  return result;
}

int PathDepth(absl::string_view path) {
  if (path.size() <= 1) return 0;
  int depth = 0;
  for (char c : path) depth += c == '/';
  return depth;
}

absl::string_view ParentPath(absl::string_view path) {
  const size_t slash = path.rfind('/');
  if (slash == absl::string_view::npos || slash == 0) return path.substr(0, 1);
  return path.substr(0, slash);
}

absl::string_view PathName(absl::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == absl::string_view::npos ? path : path.substr(slash + 1);
}

std::string JoinPath(absl::string_view base, absl::string_view path) {
  const absl::string_view suffix = TrimSlashes(path, /*front=*/true);
  const absl::string_view prefix = TrimSlashes(base, /*front=*/false);
  // "s3://" is not a path to be trimmed; "/a:/" is.
  if (absl::EndsWith(base, "://")) return absl::StrCat(base, suffix);
  if (suffix.empty()) return prefix.empty() ? "/" : std::string(prefix);
  return absl::StrCat(prefix, "/", suffix);
}

bool HasPathPrefix(absl::string_view path, absl::string_view prefix) {
  if (prefix == "/") return absl::StartsWith(path, "/");
  return absl::StartsWith(path, prefix) && (path.size() == prefix.size() || path[prefix.size()] == '/');
}

absl::string_view RemovePathPrefix(absl::string_view path, absl::string_view prefix) {
  path.remove_prefix(prefix.size());
  absl::ConsumePrefix(&path, "/");
  return path;
}

bool MatchesWildcard(absl::string_view name, absl::string_view pattern) {
  // Greedy with one point to fall back to: linear but for the last star.
  size_t n = 0;
  size_t p = 0;
  size_t star = absl::string_view::npos;
  size_t star_name = 0;
  while (n < name.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      star_name = n;
    } else if (p < pattern.size() && pattern[p] == name[n]) {
      ++p;
      ++n;
    } else if (star != absl::string_view::npos) {
      p = star + 1;
      n = ++star_name;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

std::string TemporaryFileName(int64_t nonce, absl::string_view path) {
  return absl::StrCat(path, absl::StrFormat(".alluxio.0x%016X.tmp", static_cast<uint64_t>(nonce)));
}

bool IsTemporaryFileName(absl::string_view path) {
  if (path.size() < kTemporarySuffixLength) return false;
  absl::string_view suffix = path.substr(path.size() - kTemporarySuffixLength);
  if (!absl::ConsumePrefix(&suffix, ".alluxio.0x") || !absl::ConsumeSuffix(&suffix, ".tmp")) return false;
  for (char c : suffix) {
    if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'F'))) return false;
  }
  return true;
}

}  // namespace alluxio::uri
