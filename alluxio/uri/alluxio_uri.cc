#include "alluxio/uri/alluxio_uri.h"

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "alluxio/uri/path.h"

namespace alluxio::uri {
namespace {

bool IsScheme(absl::string_view text) {
  if (text.empty() || !absl::ascii_isalpha(text.front())) return false;
  for (char c : text) {
    if (!absl::ascii_isalnum(c) && c != '+' && c != '-' && c != '.') return false;
  }
  return true;
}

// Collapses separators and resolves `.` and `..`, but keeps a `..` that has
// nothing to go back to (relative paths; the server refuses it in absolute ones).
std::string NormalizeUriPath(absl::string_view path) {
  if (path.empty()) return "";
  const bool absolute = path.front() == '/';
  std::vector<absl::string_view> kept;
  for (absl::string_view component : absl::StrSplit(path, '/', absl::SkipEmpty())) {
    if (component == ".") continue;
    if (component == ".." && !kept.empty() && kept.back() != "..") {
      kept.pop_back();
    } else {
      kept.push_back(component);
    }
  }
  std::string result;
  result.reserve(path.size());
  for (absl::string_view component : kept) {
    if (absolute || !result.empty()) result.push_back('/');
    result.append(component.data(), component.size());
  }
  if (result.empty() && absolute) result = "/";
  return result;
}

// host:port pairs, all or nothing.
bool ParseHosts(absl::string_view text, std::vector<Authority::HostPort>* hosts) {
  for (absl::string_view part : absl::StrSplit(text, absl::ByAnyChar(",;+"))) {
    const size_t colon = part.rfind(':');
    int port = 0;
    if (colon == absl::string_view::npos || colon == 0 || !absl::SimpleAtoi(part.substr(colon + 1), &port) ||
        port < 0 || port > 65535) {
      hosts->clear();
      return false;
    }
    hosts->push_back({std::string(part.substr(0, colon)), port});
  }
  return true;
}

}  // namespace

Authority Authority::Parse(absl::string_view text) {
  Authority result;
  if (text.empty()) return result;
  if (absl::ConsumePrefix(&text, "zk@")) {
    result.kind = ParseHosts(text, &result.hosts) ? Kind::kZookeeper : Kind::kLogicalZookeeper;
  } else if (absl::ConsumePrefix(&text, "ebj@")) {
    result.kind = Kind::kLogicalMaster;
  } else if (ParseHosts(text, &result.hosts)) {
    result.kind = result.hosts.size() == 1 ? Kind::kSingleMaster : Kind::kMultiMaster;
  } else {
    result.kind = Kind::kUnknown;
  }
  if (result.hosts.empty()) result.name = std::string(text);
  return result;
}

absl::StatusOr<AlluxioUri> AlluxioUri::Parse(absl::string_view text) {
  if (text.find('\0') != absl::string_view::npos) return InvalidPath(text);
  absl::string_view rest = text;
  absl::string_view scheme;
  absl::string_view authority;
  const size_t colon = rest.find(':');
  if (colon != absl::string_view::npos && colon < rest.find('/')) {
    scheme = rest.substr(0, colon);
    if (!IsScheme(scheme)) {
      return absl::InvalidArgumentError(absl::StrCat("Illegal scheme name in URI: ", text));
    }
    rest.remove_prefix(colon + 1);
  }
  if (absl::StartsWith(rest, "//") && rest.size() > 2) {
    const size_t slash = rest.find('/', 2);
    authority = rest.substr(2, slash == absl::string_view::npos ? slash : slash - 2);
    rest.remove_prefix(2 + authority.size());
  }
  return AlluxioUri(scheme, authority, rest);
}

AlluxioUri::AlluxioUri(absl::string_view scheme, absl::string_view authority, absl::string_view path)
    : scheme_(scheme), authority_(authority), path_(NormalizeUriPath(path)) {}

absl::string_view AlluxioUri::Name() const { return PathName(path_); }

AlluxioUri AlluxioUri::Parent() const {
  if (path_.empty() || path_ == "/") return *this;
  const size_t slash = path_.rfind('/');
  if (slash == std::string::npos) return WithPath("");
  return WithPath(absl::string_view(path_).substr(0, slash == 0 ? 1 : slash));
}

AlluxioUri AlluxioUri::Join(absl::string_view suffix) const { return WithPath(absl::StrCat(path_, "/", suffix)); }

AlluxioUri AlluxioUri::WithPath(absl::string_view path) const { return AlluxioUri(scheme_, authority_, path); }

std::string AlluxioUri::ToString() const {
  std::string result;
  if (HasScheme()) {
    absl::StrAppend(&result, scheme_, "://");
  } else if (HasAuthority()) {
    result = "//";
  }
  absl::StrAppend(&result, authority_, path_);
  return result;
}

}  // namespace alluxio::uri
