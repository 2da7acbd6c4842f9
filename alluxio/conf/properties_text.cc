#include "alluxio/conf/properties_text.h"

#include <cstdint>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace alluxio::conf {
namespace {

bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\f'; }

absl::string_view SkipBlanks(absl::string_view text) {
  while (!text.empty() && IsBlank(text.front())) text.remove_prefix(1);
  return text;
}

// Takes one line off the front; \n, \r and \r\n end it.
absl::string_view TakeLine(absl::string_view& text) {
  const size_t end = text.find_first_of("\r\n");
  const absl::string_view line = text.substr(0, end);
  if (end == absl::string_view::npos) {
    text = {};
    return line;
  }
  text.remove_prefix(end + (text.substr(end, 2) == "\r\n" ? 2 : 1));
  return line;
}

bool EndsInOddBackslashes(absl::string_view line) {
  size_t count = 0;
  while (count < line.size() && line[line.size() - 1 - count] == '\\') ++count;
  return count % 2 == 1;
}

void AppendUtf8(uint32_t code, std::string& out) {
  if (code < 0x80) {
    out.push_back(static_cast<char>(code));
  } else if (code < 0x800) {
    out.push_back(static_cast<char>(0xC0 | (code >> 6)));
    out.push_back(static_cast<char>(0x80 | (code & 0x3F)));
  } else if (code < 0x10000) {
    out.push_back(static_cast<char>(0xE0 | (code >> 12)));
    out.push_back(static_cast<char>(0x80 | ((code >> 6) & 0x3F)));
    out.push_back(static_cast<char>(0x80 | (code & 0x3F)));
  } else {
    out.push_back(static_cast<char>(0xF0 | (code >> 18)));
    out.push_back(static_cast<char>(0x80 | ((code >> 12) & 0x3F)));
    out.push_back(static_cast<char>(0x80 | ((code >> 6) & 0x3F)));
    out.push_back(static_cast<char>(0x80 | (code & 0x3F)));
  }
}

// The four hex digits at the front of `text`; false if they are not there.
bool TakeHex(absl::string_view& text, uint32_t& code) {
  if (text.size() < 4) return false;
  for (char c : text.substr(0, 4)) {
    if (!absl::ascii_isxdigit(c)) return false;
  }
  if (!absl::SimpleHexAtoi(text.substr(0, 4), &code)) return false;
  text.remove_prefix(4);
  return true;
}

bool Unescape(absl::string_view text, std::string& out) {
  while (!text.empty()) {
    const char c = text.front();
    text.remove_prefix(1);
    if (c != '\\' || text.empty()) {
      out.push_back(c);
      continue;
    }
    const char escaped = text.front();
    text.remove_prefix(1);
    switch (escaped) {
      case 't': out.push_back('\t'); break;
      case 'n': out.push_back('\n'); break;
      case 'r': out.push_back('\r'); break;
      case 'f': out.push_back('\f'); break;
      case 'u': {
        uint32_t code = 0;
        if (!TakeHex(text, code)) return false;
        // Java writes what lies outside 16 bits as two surrogates.
        if (code >= 0xD800 && code < 0xDC00 && text.substr(0, 2) == "\\u") {
          absl::string_view after = text.substr(2);
          uint32_t low = 0;
          if (TakeHex(after, low) && low >= 0xDC00 && low < 0xE000) {
            code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
            text = after;
          }
        }
        AppendUtf8(code, out);
        break;
      }
      default: out.push_back(escaped);
    }
  }
  return true;
}

}  // namespace

absl::StatusOr<std::vector<PropertiesEntry>> ParsePropertiesText(absl::string_view text) {
  std::vector<PropertiesEntry> entries;
  int line_number = 0;
  while (!text.empty()) {
    const int first_line = ++line_number;
    absl::string_view line = SkipBlanks(TakeLine(text));
    if (line.empty() || line.front() == '#' || line.front() == '!') continue;
    std::string logical(line);
    while (EndsInOddBackslashes(logical)) {
      logical.pop_back();
      if (text.empty()) break;
      ++line_number;
      absl::StrAppend(&logical, SkipBlanks(TakeLine(text)));
    }
    if (logical.empty()) continue;
    size_t key_end = 0;
    while (key_end < logical.size() && logical[key_end] != '=' && logical[key_end] != ':' &&
           !IsBlank(logical[key_end])) {
      key_end += logical[key_end] == '\\' ? 2 : 1;
    }
    key_end = std::min(key_end, logical.size());
    absl::string_view value = SkipBlanks(absl::string_view(logical).substr(key_end));
    if (!value.empty() && (value.front() == '=' || value.front() == ':')) value = SkipBlanks(value.substr(1));
    PropertiesEntry entry;
    entry.line = first_line;
    if (!Unescape(absl::string_view(logical).substr(0, key_end), entry.key) || !Unescape(value, entry.value)) {
      return absl::InvalidArgumentError(
          absl::StrCat("line ", first_line, ": \\u must be followed by four hexadecimal digits"));
    }
    entries.push_back(std::move(entry));
  }
  return entries;
}

}  // namespace alluxio::conf
