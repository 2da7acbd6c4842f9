#ifndef ALLUXIO_BASE_OPEN_FILES_H_
#define ALLUXIO_BASE_OPEN_FILES_H_

#include <cstdint>

namespace alluxio {

// Raises the process's soft limit of open descriptors to the hard one: a server
// holds one for each connection and each open block, and shells start it with
// 1,024. Returns what it is then. A limit that can't be raised stays.
int64_t RaiseOpenFileLimit();

}  // namespace alluxio

#endif  // ALLUXIO_BASE_OPEN_FILES_H_
