#ifndef ALLUXIO_CONF_UNITS_H_
#define ALLUXIO_CONF_UNITS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace alluxio::conf {

// Bytes of "512MB", "1.5g", "10", "4096B": a number with an optional unit b, k,
// kb, m, mb, g, gb, t, tb, p, pb (any case, also kib and so on), 1024-based.
// Fractions are cut off; what is too large for 64 bits becomes the largest value.
//
// INVALID_ARGUMENT: anything else ("Fail to parse x to bytes").
absl::StatusOr<int64_t> ParseBytes(absl::string_view text);

// Milliseconds of "5min", "10sec", "1h", "1day", "100", "-1": a whole number with
// an optional unit ms, millisecond, s, sec, second, m, min, minute, h, hr, hour,
// d, day (any case).
//
// INVALID_ARGUMENT: anything else ("Fail to parse x to milliseconds").
absl::StatusOr<int64_t> ParseMillis(absl::string_view text);

// "true" and "false" in any case; nullopt otherwise.
std::optional<bool> ParseBool(absl::string_view text);

// Split at commas, blanks trimmed, empty ones dropped.
std::vector<std::string> ParseList(absl::string_view text);

}  // namespace alluxio::conf

#endif  // ALLUXIO_CONF_UNITS_H_
