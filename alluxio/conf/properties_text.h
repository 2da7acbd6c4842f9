#ifndef ALLUXIO_CONF_PROPERTIES_TEXT_H_
#define ALLUXIO_CONF_PROPERTIES_TEXT_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace alluxio::conf {

// One key and value of a .properties text, and the line its key starts on.
struct PropertiesEntry {
  std::string key;
  std::string value;
  int line = 0;
};

// Reads Java's .properties syntax: comments from # or !, keys ended by =, : or a
// blank, a backslash at the end of a line joins it to the next, \t \n \r \f
// \uXXXX and \ before any other character. Keys that come twice are kept twice,
// in order.
//
// INVALID_ARGUMENT: a malformed \uXXXX; names the line.
absl::StatusOr<std::vector<PropertiesEntry>> ParsePropertiesText(absl::string_view text);

}  // namespace alluxio::conf

#endif  // ALLUXIO_CONF_PROPERTIES_TEXT_H_
