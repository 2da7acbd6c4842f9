#include "alluxio/base/human.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace alluxio {

std::string SizeText(int64_t bytes) {
  double value = static_cast<double>(bytes);
  if (value <= 1024 * 5) return absl::StrCat(bytes, "B");
  for (const char* unit : {"KB", "MB", "GB", "TB"}) {
    value /= 1024;
    if (value <= 1024 * 5) return absl::StrFormat("%.2f%s", value, unit);
  }
  return absl::StrFormat("%.2fPB", value / 1024);
}

std::string DateText(int64_t time_ms, absl::string_view pattern, absl::TimeZone zone) {
  const absl::CivilSecond civil = zone.At(absl::FromUnixMillis(time_ms)).cs;
  std::string out;
  size_t i = 0;
  while (i < pattern.size()) {
    const char letter = pattern[i];
    size_t end = i + 1;
    if (letter == '\'') {
      while (end < pattern.size() && pattern[end] != '\'') ++end;
      absl::StrAppend(&out, pattern.substr(i + 1, end - i - 1));
      i = end + 1;
      continue;
    }
    while (end < pattern.size() && pattern[end] == letter) ++end;
    const int width = static_cast<int>(end - i);
    switch (letter) {
      case 'y': absl::StrAppendFormat(&out, "%0*d", width, width == 2 ? civil.year() % 100 : civil.year()); break;
      case 'M': absl::StrAppendFormat(&out, "%0*d", width, civil.month()); break;
      case 'd': absl::StrAppendFormat(&out, "%0*d", width, civil.day()); break;
      case 'H': absl::StrAppendFormat(&out, "%0*d", width, civil.hour()); break;
      case 'm': absl::StrAppendFormat(&out, "%0*d", width, civil.minute()); break;
      case 's': absl::StrAppendFormat(&out, "%0*d", width, civil.second()); break;
      case 'S': absl::StrAppendFormat(&out, "%0*d", width, ((time_ms % 1000) + 1000) % 1000); break;
      default: absl::StrAppend(&out, pattern.substr(i, end - i));
    }
    i = end;
  }
  return out;
}

std::string ClockTimeText(absl::Duration duration) {
  const int64_t seconds = std::max<int64_t>(0, absl::ToInt64Seconds(duration));
  return absl::StrFormat("%d day(s), %d hour(s), %d minute(s), and %d second(s)", seconds / 86400,
                         seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
}

}  // namespace alluxio
