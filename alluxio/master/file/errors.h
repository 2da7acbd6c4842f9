#ifndef ALLUXIO_MASTER_FILE_ERRORS_H_
#define ALLUXIO_MASTER_FILE_ERRORS_H_

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

// The texts of errors that users of Alluxio 2.x know (ExceptionMessage.java), with
// the codes under which they travel.
namespace alluxio::master {

inline absl::Status PathDoesNotExist(absl::string_view path) {
  return absl::NotFoundError(absl::StrCat("Path \"", path, "\" does not exist."));
}
inline absl::Status PathMustBeFile(absl::string_view path) {
  return absl::NotFoundError(absl::StrCat("Path \"", path, "\" must be a file."));
}
inline absl::Status InodeDoesNotExist(int64_t id) {
  return absl::NotFoundError(absl::StrCat("inodeId ", id, " does not exist"));
}

}  // namespace alluxio::master

#endif  // ALLUXIO_MASTER_FILE_ERRORS_H_
