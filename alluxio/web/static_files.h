#ifndef ALLUXIO_WEB_STATIC_FILES_H_
#define ALLUXIO_WEB_STATIC_FILES_H_

#include "absl/strings/string_view.h"

namespace alluxio::web {

extern const absl::string_view kStyleSheet;
extern const absl::string_view kScript;
extern const absl::string_view kIcon;

}  // namespace alluxio::web

#endif  // ALLUXIO_WEB_STATIC_FILES_H_
