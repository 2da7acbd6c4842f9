#ifndef ALLUXIO_BASE_ERRNO_STATUS_H_
#define ALLUXIO_BASE_ERRNO_STATUS_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace alluxio {

// "WHAT: No such file or directory" with the code that fits `error_number`:
// ENOENT NOT_FOUND, EEXIST ALREADY_EXISTS, EACCES, EPERM and EROFS
// PERMISSION_DENIED, ENOSPC, EDQUOT, EMFILE and ENFILE RESOURCE_EXHAUSTED,
// ENOTEMPTY, EISDIR, ENOTDIR FAILED_PRECONDITION, ENAMETOOLONG, EINVAL, ELOOP
// and EXDEV INVALID_ARGUMENT, else UNKNOWN (what the original says of an I/O error).
absl::Status ErrnoStatus(int error_number, absl::string_view what);

}  // namespace alluxio

#endif  // ALLUXIO_BASE_ERRNO_STATUS_H_
