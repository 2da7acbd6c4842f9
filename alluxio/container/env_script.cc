#include "alluxio/container/env_script.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/strip.h"

namespace alluxio::container {
namespace {

bool IsNameChar(char c, bool first) { return c == '_' || absl::ascii_isalpha(c) || (!first && absl::ascii_isdigit(c)); }

// Takes the value off the front of `rest`: nullopt where a shell would do more
// than copy it.
std::optional<std::string> TakeValue(absl::string_view& rest) {
  std::string value;
  if (absl::ConsumePrefix(&rest, "'")) {
    const size_t end = rest.find('\'');
    if (end == absl::string_view::npos) return std::nullopt;
    value = std::string(rest.substr(0, end));
    rest.remove_prefix(end + 1);
    return value;
  }
  if (absl::ConsumePrefix(&rest, "\"")) {
    while (!rest.empty()) {
      const char c = rest[0];
      rest.remove_prefix(1);
      if (c == '"') return value;
      if (c == '$' || c == '`') return std::nullopt;
      if (c == '\\' && !rest.empty() && absl::string_view("\"\\$`\n").find(rest[0]) != absl::string_view::npos) {
        if (rest[0] != '\n') value += rest[0];
        rest.remove_prefix(1);
        continue;
      }
      value += c;
    }
    return std::nullopt;
  }
  while (!rest.empty() && !absl::ascii_isspace(rest[0])) {
    if (absl::string_view("$`\\\"'|&;<>()*?[]~{}!").find(rest[0]) != absl::string_view::npos) return std::nullopt;
    value += rest[0];
    rest.remove_prefix(1);
  }
  return value;
}

}  // namespace

std::optional<std::vector<std::pair<std::string, std::string>>> ReadPlainEnvScript(absl::string_view text) {
  std::vector<std::pair<std::string, std::string>> out;
  absl::string_view rest = text;
  while (!(rest = absl::StripLeadingAsciiWhitespace(rest)).empty()) {
    if (rest[0] == '#') {
      const size_t end = rest.find('\n');
      rest.remove_prefix(end == absl::string_view::npos ? rest.size() : end);
      continue;
    }
    if (absl::StartsWith(rest, "export ")) rest = absl::StripLeadingAsciiWhitespace(rest.substr(7));
    size_t length = 0;
    while (length < rest.size() && IsNameChar(rest[length], length == 0)) ++length;
    if (length == 0 || length == rest.size() || rest[length] != '=') return std::nullopt;
    std::string name(rest.substr(0, length));
    rest.remove_prefix(length + 1);
    std::optional<std::string> value = TakeValue(rest);
    if (!value.has_value()) return std::nullopt;
    // Nothing but a comment may follow on its line.
    while (!rest.empty() && (rest[0] == ' ' || rest[0] == '\t')) rest.remove_prefix(1);
    if (!rest.empty() && rest[0] != '\n' && rest[0] != '#' && rest[0] != '\r') return std::nullopt;
    out.emplace_back(std::move(name), *std::move(value));
  }
  return out;
}

}  // namespace alluxio::container
