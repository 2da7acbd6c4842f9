#include "alluxio/security/mode.h"

#include <vector>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace alluxio::security {
namespace {

constexpr absl::string_view kTexts[] = {"---", "--x", "-w-", "-wx", "r--", "r-x", "rw-", "rwx"};

// Up to five octal digits, as a short of the original holds.
bool ParseOctal(absl::string_view text, int* value) {
  if (text.empty() || text.size() > 5) return false;
  *value = 0;
  for (char c : text) {
    if (c < '0' || c > '7') return false;
    *value = *value * 8 + (c - '0');
  }
  return true;
}

}  // namespace

absl::string_view BitsText(Bits bits) { return kTexts[static_cast<int>(bits) & 7]; }

absl::StatusOr<Bits> ParseBits(absl::string_view text) {
  for (int i = 0; i < 8; ++i) {
    if (kTexts[i] == text) return Bits(i);
  }
  return absl::InvalidArgumentError(absl::StrCat("Invalid mode string: ", text));
}

absl::StatusOr<Mode> Mode::Parse(absl::string_view text) {
  if (absl::StripAsciiWhitespace(text).empty()) {
    return absl::InvalidArgumentError(absl::StrCat("Invalid mode ", text));
  }
  if (int value; ParseOctal(text, &value)) return Mode(value);
  Mode result;
  for (absl::string_view segment : absl::StrSplit(text, ',')) {
    const std::vector<absl::string_view> parts = absl::StrSplit(segment, '=');
    const auto invalid = [text, segment](absl::string_view what = "", absl::string_view which = "") {
      return absl::InvalidArgumentError(
          absl::StrCat("Invalid mode ", text, " - contains invalid segment ", segment, what, which));
    };
    if (parts.size() != 2 || parts[0].empty() || parts[1].empty()) return invalid();
    Bits bits = Bits::kNone;
    for (char c : parts[1]) {
      switch (c) {
        case 'r': bits = bits | Bits::kRead; break;
        case 'w': bits = bits | Bits::kWrite; break;
        case 'x': bits = bits | Bits::kExecute; break;
        case '-': break;
        default: return invalid(" which has invalid permissions ", parts[1]);
      }
    }
    for (char c : parts[0]) {
      switch (c) {
        case 'u': result = result.WithOwner(result.owner() | bits); break;
        case 'g': result = result.WithGroup(result.group() | bits); break;
        case 'o': result = result.WithOther(result.other() | bits); break;
        case 'a': result = Mode(result.owner() | bits, result.group() | bits, result.other() | bits); break;
        default: return invalid(" which has invalid targets ", parts[0]);
      }
    }
  }
  return result;
}

std::string Mode::ToString() const { return absl::StrCat(BitsText(owner()), BitsText(group()), BitsText(other())); }

}  // namespace alluxio::security
