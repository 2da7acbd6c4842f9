#include "alluxio/conf/nodes.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "alluxio/base/status_macros.h"

namespace alluxio::conf {
namespace {

absl::StatusOr<std::vector<std::string>> Read(const std::string& path, const Host& host) {
  ALLUXIO_ASSIGN_OR_RETURN(const std::string text, host.read_file(path));
  return ParseNodes(text);
}

}  // namespace

std::vector<std::string> ParseNodes(absl::string_view text) {
  std::vector<std::string> nodes;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    line = absl::StripAsciiWhitespace(line.substr(0, line.find('#')));
    if (!line.empty()) nodes.emplace_back(line);
  }
  return nodes;
}

absl::StatusOr<std::vector<std::string>> ReadMasters(const std::string& conf_dir, const Host& host) {
  return Read(absl::StrCat(conf_dir, "/masters"), host);
}

absl::StatusOr<std::vector<std::string>> ReadWorkers(const std::string& conf_dir, const Host& host) {
  return Read(absl::StrCat(conf_dir, "/workers"), host);
}

}  // namespace alluxio::conf
