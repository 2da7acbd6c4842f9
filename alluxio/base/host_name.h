#ifndef ALLUXIO_BASE_HOST_NAME_H_
#define ALLUXIO_BASE_HOST_NAME_H_

#include <string>

namespace alluxio {

// The name of this machine, as the kernel has it; "localhost" if it has none.
// What masters, workers and clients call themselves when their configuration
// doesn't say: it must be the same everywhere, as locality compares it.
std::string LocalHostName();

}  // namespace alluxio

#endif  // ALLUXIO_BASE_HOST_NAME_H_
