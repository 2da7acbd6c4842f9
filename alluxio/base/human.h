#ifndef ALLUXIO_BASE_HUMAN_H_
#define ALLUXIO_BASE_HUMAN_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

// Numbers as people read them.
namespace alluxio {

// "8893" is "8.68KB"; up to five of a unit stay in the smaller one ("5120B").
std::string SizeText(int64_t bytes);

// A point in time under a pattern of Java's SimpleDateFormat, of which the
// letters y M d H m s S and quoted text are known.
std::string DateText(int64_t time_ms, absl::string_view pattern, absl::TimeZone zone);

// "1 day(s), 2 hour(s), 3 minute(s), and 4 second(s)".
std::string ClockTimeText(absl::Duration duration);

}  // namespace alluxio

#endif  // ALLUXIO_BASE_HUMAN_H_
