#ifndef ALLUXIO_BASE_USER_NAME_H_
#define ALLUXIO_BASE_USER_NAME_H_

#include <sys/types.h>

#include <optional>
#include <string>

namespace alluxio {

// The name of a user of this machine; nothing if it has no user of that number, or
// can't say.
std::optional<std::string> UserNameOf(uid_t uid);

}  // namespace alluxio

#endif  // ALLUXIO_BASE_USER_NAME_H_
