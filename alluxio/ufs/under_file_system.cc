#include "alluxio/ufs/under_file_system.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace alluxio::ufs {
namespace {

// The original's rule for a value: the two separators become "_", and so does nothing at all.
std::string Sanitised(absl::string_view value) {
  if (value.empty()) return "_";
  std::string out(value);
  for (char& c : out) {
    if (c == ' ' || c == '|') c = '_';
  }
  return out;
}

// Tag -> value of a fingerprint's text; empty if it is not one.
std::map<absl::string_view, absl::string_view> Parsed(absl::string_view fingerprint) {
  std::map<absl::string_view, absl::string_view> tags;
  for (absl::string_view part : absl::StrSplit(fingerprint, ' ', absl::SkipEmpty())) {
    const size_t bar = part.find('|');
    if (bar == absl::string_view::npos) return {};
    tags[part.substr(0, bar)] = part.substr(bar + 1);
  }
  return tags;
}

constexpr absl::string_view kTemporaryPrefix = ".alluxio.0x";
constexpr absl::string_view kTemporarySuffix = ".tmp";
constexpr size_t kHexDigits = 16;
constexpr size_t kTemporaryLength = kTemporaryPrefix.size() + kHexDigits + kTemporarySuffix.size();

}  // namespace

std::string Fingerprint(absl::string_view ufs_type, const UfsStatus& status) {
  std::string out = absl::StrCat("TYPE|", status.is_directory ? "DIRECTORY" : "FILE", " UFS|", Sanitised(ufs_type),
                                 " OWNER|", Sanitised(status.owner), " GROUP|", Sanitised(status.group), " MODE|",
                                 status.mode, " ");
  if (!status.is_directory) absl::StrAppend(&out, "CONTENT_HASH|", Sanitised(status.content_hash), " ");
  return out;
}

bool SameContent(absl::string_view a, absl::string_view b) {
  const auto left = Parsed(a);
  const auto right = Parsed(b);
  if (left.empty() || right.empty()) return false;
  const auto value = [](const auto& tags, absl::string_view tag) {
    const auto it = tags.find(tag);
    return it == tags.end() ? absl::string_view("_") : it->second;
  };
  for (absl::string_view tag : {"TYPE", "UFS", "CONTENT_HASH"}) {
    if (value(left, tag) != value(right, tag)) return false;
  }
  return true;
}

std::string ApproximateContentHash(int64_t length_bytes, int64_t modified_ms) {
  return absl::StrCat("(len:", length_bytes, ", modtime:", modified_ms, ")");
}

std::string TemporaryName(absl::string_view name, uint64_t nonce) {
  std::string hex = absl::StrCat(absl::Hex(nonce, absl::kZeroPad16));
  for (char& c : hex) c = c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c;
  if (name.size() + kTemporaryLength > kMaxNameBytes) name = "";
  return absl::StrCat(name, kTemporaryPrefix, hex, kTemporarySuffix);
}

bool IsTemporaryName(absl::string_view name) {
  if (name.size() < kTemporaryLength) return false;
  name.remove_prefix(name.size() - kTemporaryLength);
  if (!absl::StartsWith(name, kTemporaryPrefix) || !absl::EndsWith(name, kTemporarySuffix)) return false;
  for (char c : name.substr(kTemporaryPrefix.size(), kHexDigits)) {
    if (!absl::ascii_isxdigit(static_cast<unsigned char>(c)) && c != ' ') return false;  // old ones pad with blanks
  }
  return true;
}

absl::Status CheckPath(absl::string_view path) {
  if (path.empty()) return absl::OkStatus();
  const auto refuse = [&](absl::string_view why) {
    return absl::InvalidArgumentError(absl::StrCat("Under store path \"", path, "\" ", why));
  };
  if (path.find('\0') != absl::string_view::npos) return refuse("holds a zero byte.");
  for (absl::string_view part : absl::StrSplit(path, '/')) {
    if (part.empty()) return refuse("has an empty component, or a slash at its start or end.");
    if (part == "." || part == "..") return refuse("has a component \".\" or \"..\".");
    if (part.size() > kMaxNameBytes) return refuse(absl::StrCat("has a component of ", part.size(), " bytes; ",
                                                                kMaxNameBytes, " are the most."));
  }
  return absl::OkStatus();
}

std::string UnderFileSystem::UriOf(absl::string_view path) const {
  const std::string& root = uri();
  if (path.empty() && !root.empty() && !absl::EndsWith(root, "/")) return root;
  return absl::StrCat(root, "/", path);
}

void UfsRegistry::Register(std::string scheme, Factory factory) {
  factories_[std::move(scheme)] = std::move(factory);
}

absl::StatusOr<std::shared_ptr<UnderFileSystem>> UfsRegistry::Create(
    absl::string_view uri, const std::map<std::string, std::string>& properties) const {
  std::string scheme;
  if (!absl::StartsWith(uri, "/")) {
    const size_t colon = uri.find(":/");
    if (colon == absl::string_view::npos || colon == 0) {
      return absl::InvalidArgumentError(
          absl::StrCat("\"", uri, "\" is not the URI of an under store: write /folder or scheme://place."));
    }
    scheme = std::string(uri.substr(0, colon));
  }
  const auto it = factories_.find(scheme);
  if (it == factories_.end()) {
    const std::string known = absl::StrJoin(factories_, ", ", [](std::string* out, const auto& entry) {
      absl::StrAppend(out, entry.first.empty() ? "/folder" : absl::StrCat(entry.first, "://"));
    });
    return absl::InvalidArgumentError(absl::StrCat("No under file system for \"", uri, "\"; known are: ", known));
  }
  return it->second(uri, properties);
}

}  // namespace alluxio::ufs
