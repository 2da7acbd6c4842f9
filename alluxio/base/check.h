#ifndef ALLUXIO_BASE_CHECK_H_
#define ALLUXIO_BASE_CHECK_H_

#include "absl/strings/string_view.h"

namespace alluxio {

// Writes "FILE:LINE: what" to the log and to stderr, and aborts.
[[noreturn]] void CheckFailed(const char* file, int line, absl::string_view what);

}  // namespace alluxio

// Stops the process: for our own bugs that would corrupt data, never for input.
#define ALLUXIO_CHECK(condition)                                             \
  do {                                                                       \
    if (!(condition)) ::alluxio::CheckFailed(__FILE__, __LINE__, #condition); \
  } while (false)

#ifdef NDEBUG
#define ALLUXIO_DCHECK(condition) static_cast<void>(sizeof(condition))
#else
#define ALLUXIO_DCHECK(condition) ALLUXIO_CHECK(condition)
#endif

#endif  // ALLUXIO_BASE_CHECK_H_
