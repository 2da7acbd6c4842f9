#include "alluxio/java/text.h"

#include <charconv>
#include <cmath>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace alluxio::java {

std::string DoubleText(double value) {
  char buffer[64];
  const double size = std::abs(value);
  const bool plain = size == 0 || (size >= 1e-3 && size < 1e7);
  const auto end = std::to_chars(buffer, buffer + sizeof(buffer), value,
                                 plain ? std::chars_format::fixed : std::chars_format::scientific);
  const std::string text(buffer, end.ptr);
  if (plain) return absl::StrContains(text, '.') ? text : absl::StrCat(text, ".0");
  const size_t e = text.find('e');
  const std::string mantissa = text.substr(0, e);
  int exponent = 0;
  static_cast<void>(absl::SimpleAtoi(text.substr(e + 1), &exponent));  // as written above
  return absl::StrCat(mantissa, absl::StrContains(mantissa, '.') ? "" : ".0", "E", exponent);
}

}  // namespace alluxio::java
