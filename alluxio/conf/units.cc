#include "alluxio/conf/units.h"

#include <cmath>
#include <limits>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace alluxio::conf {
namespace {

// Where the unit starts: after the last digit.
size_t UnitStart(absl::string_view text) {
  size_t end = text.size();
  while (end > 0 && !absl::ascii_isdigit(text[end - 1])) --end;
  return end;
}

}  // namespace

absl::StatusOr<int64_t> ParseBytes(absl::string_view text) {
  const auto bad = [&] { return absl::InvalidArgumentError(absl::StrCat("Fail to parse ", text, " to bytes")); };
  const size_t split = UnitStart(text);
  const std::string unit = absl::AsciiStrToLower(text.substr(split));
  const absl::string_view digits = text.substr(0, split);
  double number = 0;
  if (digits.empty() || absl::ascii_isspace(digits.front()) || !absl::SimpleAtod(digits, &number) ||
      !std::isfinite(number)) {
    return bad();
  }
  int shift = 0;
  if (unit.empty() || unit == "b") {
    int64_t exact = 0;
    // Doubles hold 53 bits: whole numbers take the exact way.
    if (absl::SimpleAtoi(digits, &exact) && exact >= 0) return exact;
  } else if (unit == "k" || unit == "kb" || unit == "kib") {
    shift = 10;
  } else if (unit == "m" || unit == "mb" || unit == "mib") {
    shift = 20;
  } else if (unit == "g" || unit == "gb" || unit == "gib") {
    shift = 30;
  } else if (unit == "t" || unit == "tb" || unit == "tib") {
    shift = 40;
  } else if (unit == "p" || unit == "pb" || unit == "pib") {
    shift = 50;
  } else {
    return bad();
  }
  // The original adds this much before it cuts, so that 0.1 units do not lose a
  // byte to rounding (and -1 becomes 0).
  constexpr double kAlpha = 0.0001;
  const double bytes = std::ldexp(number, shift) + kAlpha;
  if (bytes >= std::ldexp(1.0, 63)) return std::numeric_limits<int64_t>::max();
  if (bytes <= -std::ldexp(1.0, 63)) return std::numeric_limits<int64_t>::min();
  return static_cast<int64_t>(bytes);
}

absl::StatusOr<int64_t> ParseMillis(absl::string_view text) {
  const auto bad = [&] { return absl::InvalidArgumentError(absl::StrCat("Fail to parse ", text, " to milliseconds")); };
  const size_t split = UnitStart(text);
  const std::string unit = absl::AsciiStrToLower(text.substr(split));
  const absl::string_view digits = text.substr(0, split);
  int64_t number = 0;
  if (digits.empty() || absl::ascii_isspace(digits.front()) || !absl::SimpleAtoi(digits, &number)) return bad();
  int64_t factor = 0;
  if (unit.empty() || unit == "ms" || unit == "millisecond") {
    factor = 1;
  } else if (unit == "s" || unit == "sec" || unit == "second") {
    factor = 1000;
  } else if (unit == "m" || unit == "min" || unit == "minute") {
    factor = 60 * 1000;
  } else if (unit == "h" || unit == "hr" || unit == "hour") {
    factor = 60 * 60 * 1000;
  } else if (unit == "d" || unit == "day") {
    factor = 24 * 60 * 60 * 1000;
  } else {
    return bad();
  }
  int64_t millis = 0;
  if (__builtin_mul_overflow(number, factor, &millis)) return bad();
  return millis;
}

std::optional<bool> ParseBool(absl::string_view text) {
  if (absl::EqualsIgnoreCase(text, "true")) return true;
  if (absl::EqualsIgnoreCase(text, "false")) return false;
  return std::nullopt;
}

std::vector<std::string> ParseList(absl::string_view text) {
  std::vector<std::string> items;
  for (absl::string_view item : absl::StrSplit(text, ',')) {
    item = absl::StripAsciiWhitespace(item);
    if (!item.empty()) items.emplace_back(item);
  }
  return items;
}

}  // namespace alluxio::conf
